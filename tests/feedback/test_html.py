import random
import subprocess
import sys
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.html import page_name, write_site
from autograder.feedback.text import one_line

VOID = {"meta", "link", "line", "rect"}
TAGS = (
    "html head title style body main header nav section div span p b small a bdi h1 h2 h3 h4 ol li dl dt dd "
    "pre code table thead tbody tr th td details summary svg desc text"
)
ATTRIBUTES = (
    "lang charset http-equiv content name rel href class id style title scope colspan role tabindex "
    "aria-label aria-hidden aria-labelledby viewbox x y x1 x2 y1 y2 width height text-anchor transform"
)


class Page(HTMLParser):
    """Fails on a tag that is not closed; keeps tags, attributes and text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts, self.links = [], set(), set(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


def pages(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_hostile_text_stays_text(hostile, tmp_path):
    ignored = [(report.student, report.student) for report in hostile]
    write_site(hostile, tmp_path, title=hostile[0].student, ignored=ignored)
    written = pages(tmp_path)
    assert len(written) == len(hostile) + 1
    for text in written.values():
        page = Page(text.decode())
        assert page.tags <= VOID | set(TAGS.split())
        assert page.attributes <= set(ATTRIBUTES.split())
        assert not any(char in text.decode() for char in "\x1b\x07\x08\x00\x9b\r\u202e\u2066\u2028")


@pytest.mark.parametrize("at", range(14))
def test_a_hostile_student_reads_as_it_is(hostile, at, tmp_path):
    report = hostile[at]
    write_site([report], tmp_path, title="Class")
    for path in [tmp_path / "index.html", tmp_path / "students" / page_name(report.student)]:
        assert " ".join(one_line(report.student).split()) in Page(path.read_text(encoding="utf-8")).text


def test_every_page_forbids_scripts_and_loads_nothing(class_of, tmp_path):
    write_site(class_of(20), tmp_path, title="Class")
    for text in pages(tmp_path).values():
        page = Page(text.decode())
        assert b"default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
        assert not page.tags & {"script", "img", "iframe", "object", "base", "form"}
        assert b"@import" not in text
        assert b"url(" not in text


def test_every_link_leads_to_a_page(class_of, hostile, tmp_path):
    write_site([*class_of(40), *hostile], tmp_path, title="Class")
    index = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    students = {link for link in index.links if link.startswith("students/")}
    assert students == {f"students/{path.name}" for path in (tmp_path / "students").iterdir()}
    assert {link[0] for link in index.links} - {"s", "#"} == {"d"}


def test_the_same_reports_give_the_same_bytes(class_of, tmp_path):
    reports = class_of(40)
    shuffled = random.Random(0).sample(reports, len(reports))
    for name, it in (("a", reports), ("b", class_of(40)), ("c", shuffled)):
        write_site(it, tmp_path / name, title="Class")
    assert pages(tmp_path / "a") == pages(tmp_path / "b") == pages(tmp_path / "c")


def test_only_the_tooltips_depend_on_times(mixed, tmp_path):
    write_site([mixed], tmp_path / "a", title="Class")
    for check in mixed.checks:
        check.seconds += 1
    mixed.seconds.total += 1
    write_site([mixed], tmp_path / "b", title="Class")
    a, b = pages(tmp_path / "a"), pages(tmp_path / "b")
    assert [path.name for path in a if a[path] != b[path]] == ["ada.html"]
    texts = [Page(it.decode()).text for site in (a, b) for path, it in site.items() if path.name == "ada.html"]
    assert texts[0] == texts[1]


def test_the_student_page_tells_everything(mixed, tmp_path):
    mixed.message = "Your file stopped at line 60."
    write_site([mixed], tmp_path, title="Class")
    text = Page((tmp_path / "students" / "ada.html").read_text(encoding="utf-8")).text
    for check in mixed.checks:
        assert check.title in text
        assert check.status == "passed" or " ".join(check.message.split()) in text
    words = "right, wrong, raised, crashed, time-out, out of memory, blocked, to do, not graded, by our fault"
    for word in words.split(", "):
        assert word in text
    assert "You multiply by W0 where its transpose belongs" in text
    assert "Your file stopped at line 60." in text
    assert "starting loss 0.25" in text


def test_the_class_page_tells_everything(class_of, lost, tmp_path):
    ignored = [("ada/notes.docx", "not a module or a notebook")]
    write_site([*class_of(40), lost], tmp_path, title="Deep learning", ignored=ignored)
    text = Page((tmp_path / "index.html").read_text(encoding="utf-8")).text
    for told in [
        "Deep learning 41 students, 1 exercise",
        "submissions 41",
        "graded 37",
        "unreadable 3",
        "not graded 1",
        "The worker was lost twice.",
        "You use parameters that you have updated already",
        "Where the normal equations are singular",
        "ada/notes.docx not a module or a notebook",
    ]:
        assert told in text


def test_several_exercises_have_a_section_each(perfect, class_of, tmp_path):
    other = msgspec.structs.replace(perfect, exercise="backprop")
    write_site([*class_of(5), other], tmp_path, title="Class")
    index = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert {"#exercise-1", "#exercise-2", "#students"} <= set(index.links)
    assert "Zoë Hilbert 002 5.75 –" in index.text
    assert index.text.count("Points of each student, by part") == 2


def test_an_archive_that_cannot_be_opened_stands_for_what_is_missing(perfect, unreadable, tmp_path):
    archive = msgspec.structs.replace(unreadable, exercise="", parts=[], max_score=0.0)
    other = msgspec.structs.replace(perfect, student=unreadable.student, exercise="backprop")
    write_site([perfect, other, archive], tmp_path, title="Class")
    index = Page((tmp_path / "index.html").read_text(encoding="utf-8"))
    assert "2 students, 2 exercises" in index.text
    assert "kurt unreadable 10" in index.text
    page = Page((tmp_path / "students" / "kurt.html").read_text(encoding="utf-8"))
    assert "any exercise" in page.text
    assert unreadable.message in page.text


def test_a_class_of_none(tmp_path):
    index = write_site([], tmp_path, title="Class")
    assert "0 students" in Page(index.read_text(encoding="utf-8")).text


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("ada", "ada.html"),
        ("s1234567", "s1234567.html"),
        ("../../etc/passwd", "etc-passwd.64a3a54c3bd4.html"),
        ("con", "con.html"),
    ],
)
def test_page_names(student, name):
    made = page_name(student)
    assert made == name or made.rsplit(".", 2)[0] == name.split(".")[0]
    assert made != "con.html"


@given(st.lists(st.text(st.characters()) | st.sampled_from(["Ada", "ada", "ADA", "a.b", "nul", ""]), unique=True))
def test_page_names_are_safe_and_different(students):
    names = [page_name(student) for student in students]
    assert len({name.lower() for name in names}) == len(students)
    for name in names:
        assert name.isascii()
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert name[0] not in ".-"
        assert len(name) < 80


def test_without_jinja2_it_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "from pathlib import Path\n"
        "from autograder.errors import UserError\n"
        "from autograder.feedback.html import write_site\n"
        "try: write_site([], Path(sys.argv[1]), title='')\n"
        "except UserError as error: print(error)"
    )
    run = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    assert "autograder[instructor]" in run.stdout


def test_pages_of_students_who_are_gone_are_removed(tmp_path, perfect, lost):
    write_site([perfect, lost], tmp_path, title="Course")
    (tmp_path / "students" / "notes.txt").touch()
    write_site([perfect], tmp_path, title="Course")
    assert sorted(path.name for path in (tmp_path / "students").iterdir()) == ["emmy.html", "notes.txt"]
