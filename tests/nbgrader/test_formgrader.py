"""formgrader in a real Chromium: our scores, a mark for a written answer, the total, and the feedback."""

import json
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.release.notebook import solved_notebook
from autograder.release.source import read_reference
from demo import handins
from demo.formgrader import formgrader

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
ROOT = Path(__file__).parents[2]
NAME = "dropout"
WRITTEN = "dropout-written-1"
MARKUP = """<script>document.title = "owned"</script> <img src=x onerror="document.title='owned'">

[press](javascript:document.title='owned') ![x](https://tracker.example/x.png)

$\\href{javascript:document.title='owned'}{x}$ <iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe>
"""
RAISING = f"""def inverted_dropout(h, mask, p):
    '''{MARKUP}'''
    print({MARKUP!r})
    raise ValueError({MARKUP!r})
"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium or google-chrome on the PATH")


def hostile_notebook():
    notebook = json.loads((ROOT / "assignments" / NAME / f"{NAME}.ipynb").read_text(encoding="utf-8"))
    html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": MARKUP}}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "code":
            cell["outputs"] = [html]
        if name == "inverted_dropout":
            cell["source"] = RAISING
        elif name == WRITTEN:
            cell["source"] = MARKUP
    notebook["cells"] += [
        {"cell_type": "markdown", "id": "own", "metadata": {"name": MARKUP}, "source": MARKUP},
        {"cell_type": "raw", "id": "raw", "metadata": {"format": "text/html"}, "source": MARKUP},
    ]
    notebook["metadata"]["title"] = MARKUP
    return json.dumps(notebook)


@pytest.fixture(scope="module")
def course(small_course, nbgrader):
    folder = small_course(NAME)
    for student in ("bo", "eve", "late"):
        shutil.copytree(ROOT / "assignments" / NAME, folder / "submitted" / student / NAME)
    handins.write_notebook(folder / "submitted" / "bo" / NAME, ROOT)
    handins.write_module(folder / "submitted" / "late" / NAME, ROOT)
    (folder / "submitted" / "eve" / NAME / f"{NAME}.ipynb").write_text(hostile_notebook(), encoding="utf-8")
    nbgrader("generate_assignment", NAME, cwd=folder)
    for student in ("bo", "eve"):
        nbgrader("autograde", NAME, f"--student={student}", cwd=folder)
    return folder


@pytest.fixture
def gradebook(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "deep-learning") as book:
        yield book


@pytest.fixture(scope="module")
def window(course):
    """A page of Chromium after the login."""
    with formgrader(course) as place, sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        page.place = place
        page.goto(f"{place.server}/login")
        page.fill("input[name=password]", place.token)
        page.click("#login_submit")
        yield page
        browser.close()


def open_submission(window, gradebook, student):
    number = gradebook.find_submission_notebook(NAME, NAME, student).id
    window.goto(window.place.submission(number))
    window.wait_for_selector(f"#{WRITTEN}")


def test_the_assignment_is_listed_with_its_submissions(window):
    window.goto(f"{window.place.server}/formgrader/manage_assignments")
    window.wait_for_selector(f"text={NAME}")
    row = window.locator("tr", has_text=NAME).first.inner_text()
    assert row.split()[0] == NAME
    assert "3" in row.split()


def test_our_scores_and_feedback_are_shown(window, gradebook):
    open_submission(window, gradebook, "bo")
    window.wait_for_function("document.querySelector('#dropout-a').placeholder === '1'")
    scores = window.eval_on_selector_all("input.score", "all => all.map(it => [it.id, it.placeholder])")
    assert [it for it in scores if it[0] != WRITTEN] == [["dropout-a", "1"], ["dropout-b", "0"], ["dropout-c", "0"]]
    assert "You take the plain mean over the masks" in window.inner_text("body")


def test_a_mark_for_a_written_answer_is_in_the_gradebook_and_in_the_total(window, gradebook):
    open_submission(window, gradebook, "bo")
    window.fill(f"#{WRITTEN}", "2.5")
    with window.expect_response(lambda it: "/api/grade/" in it.url and it.request.method == "PUT"):
        window.press(f"#{WRITTEN}", "Tab")
    grade = gradebook.find_grade(WRITTEN, NAME, NAME, "bo")
    assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
    window.goto(f"{window.place.server}/formgrader/gradebook/{NAME}/{NAME}")
    window.wait_for_selector("text=3.5 / 13")


def assert_harmless(window):
    assert window.title() != "owned"
    found = window.evaluate(
        """() => [...document.querySelectorAll('*')].filter(it =>
            it.matches('iframe, object, embed, base') || it.hasAttribute('onerror')
            || [...it.attributes].some(a => /^\\s*javascript:.*owned/i.test(a.value)) || /tracker/.test(it.src)
        ).map(it => it.outerHTML.slice(0, 200))"""
    )
    assert found == []
    assert not [it for it in window.eval_on_selector_all("script", "all => all.map(it => it.text)") if "owned" in it]
    assert "owned" in window.inner_text("body")


def test_what_a_student_wrote_stays_text_in_formgrader(window, gradebook):
    open_submission(window, gradebook, "eve")
    window.wait_for_timeout(1000)
    assert_harmless(window)


def test_formgraders_own_buttons_use_our_engine(course, window, gradebook):
    cookies = {it["name"]: it["value"] for it in window.context.cookies()}
    for action in (f"submission/{NAME}/late/autograde", f"assignment/{NAME}/late/generate_feedback"):
        answer = window.request.post(
            f"{window.place.server}/formgrader/api/{action}",
            headers={"X-XSRFToken": cookies["_xsrf"]},
        )
        assert answer.json()["success"], answer.json()
    scores = {it.name: it.auto_score for it in gradebook.find_submission_notebook(NAME, NAME, "late").grades}
    assert scores == {"dropout-a": 3.0, "dropout-b": 4.0, "dropout-c": 3.0, WRITTEN: 0.0}
    assert (course / "feedback" / "late" / NAME / f"{NAME}.html").exists()


def validated(window, path):
    """What the Validate button shows for a notebook: by check cell that failed, our text."""
    cookies = {it["name"]: it["value"] for it in window.context.cookies()}
    answer = window.request.post(
        f"{window.place.server}/assignments/validate",
        headers={"X-XSRFToken": cookies["_xsrf"]},
        form={"path": path},
        timeout=120_000,
    )
    found = answer.json()
    assert found["success"], found
    return [it["error"] for it in found["value"].get("failed", [])]


def test_the_validate_button_shows_our_feedback(course, window):
    found = validated(window, f"submitted/bo/{NAME}/{NAME}.ipynb")
    assert len(found) == 3
    assert "You take the plain mean over the masks" in "".join(found)
    assert "Traceback" not in "".join(found)
    assert "raise NotRight" not in "".join(found)
    solved = course / "solved.ipynb"
    reference = read_reference(ROOT / "solutions" / NAME / f"{NAME}.py")
    solved.write_text(solved_notebook(reference, {"a": 3.0, "b": 4.0, "c": 3.0}, NAME), encoding="utf-8")
    assert validated(window, "solved.ipynb") == []


def test_what_a_student_wrote_stays_text_in_feedback(course, window, nbgrader):
    nbgrader("generate_feedback", NAME, "--student=eve", cwd=course)
    window.goto((course / "feedback" / "eve" / NAME / f"{NAME}.html").as_uri())
    assert_harmless(window)
