"""The pages in a real Chromium: they fit, they run nothing, and they print whole."""

import re
import shutil
import struct
import subprocess

import pytest

from autograder.feedback.html import page_name, write_site

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))),
    None,
)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars"
)
POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium or google-chrome on the PATH")


@pytest.fixture
def browse(tmp_path):
    """Runs Chromium on a page, and returns what it prints."""

    def run(page, *options):
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        command = [CHROMIUM, *FLAGS.split(), profile, *options, page.as_uri()]
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()

    return run


@pytest.fixture
def site(class_of, mixed, tmp_path):
    mixed.output = "a line of output that is long enough to wrap " * 20
    write_site([*class_of(40), mixed], tmp_path / "site", title="Deep learning", ignored=[("a" * 300, "no reason")])
    return tmp_path / "site"


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("page", ["index.html", "students/ada.html"])
def test_a_page_is_never_wider_than_the_window(site, browse, page, width):
    measure = "<script>parent.postMessage(document.documentElement.scrollWidth, '*')</script>"
    text = POLICY.sub("", (site / page).read_text(encoding="utf-8")).replace("</body>", f"{measure}</body>")
    (site / "inner.html").write_text(text, encoding="utf-8")
    outer = site / "outer.html"  # a frame, because a window of Chromium cannot be as narrow as a phone
    outer.write_text(
        "<script>onmessage = event => document.title = event.data</script>"
        f"<iframe src=inner.html style='width:{width}px; height:800px; border:0'></iframe>"
    )
    dom = browse(outer, "--window-size=1400,900", "--virtual-time-budget=2000", "--dump-dom")
    assert f"<title>{width}</title>" in dom


def test_the_policy_stops_a_script(site, browse):
    page = site / "index.html"
    script = "<script>document.title = 'it ran'</script>"
    page.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{script}</body>"), encoding="utf-8")
    assert "<title>Deep learning</title>" in browse(page, "--dump-dom")


def test_hostile_text_makes_no_element(hostile, browse, tmp_path):
    index = write_site(hostile, tmp_path / "site", title=hostile[0].student)
    for page in [index, *(index.parent / "students" / page_name(report.student) for report in hostile[:5])]:
        assert not re.search(r"<(script|img|iframe|object)\b|<[^>]* on\w+=", browse(page, "--dump-dom"))


@pytest.mark.parametrize(
    ("width", "options"), [(1280, []), (390, []), (1280, ["--blink-settings=preferredColorScheme=0"])]
)
def test_a_screenshot_has_the_size_of_the_window(site, browse, tmp_path, width, options):
    browse(site / "index.html", f"--window-size={width},900", f"--screenshot={tmp_path / 'page.png'}", *options)
    image = (tmp_path / "page.png").read_bytes()
    assert struct.unpack(">II", image[16:24]) == (width, 900)
    assert len(image) > 20_000


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext, of poppler-utils")
def test_on_paper_everything_is_open(site, browse, tmp_path):
    for page, told in [("students/ada.html", "a line of output"), ("index.html", "Alan Ore 000")]:
        browse(site / page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'page.pdf'}")
        text = subprocess.run(
            ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
        assert " ".join(text.split()).count(told) >= (2 if page == "index.html" else 20)
