"""`python -m demo.picture FILE`: a picture of formgrader on the example week."""

import shutil
import sys
import tempfile
from pathlib import Path

from nbgrader.api import Gradebook
from rich.console import Console

from demo.formgrader import Formgrader, formgrader
from demo.week import COURSE, EXERCISE, Week, play

WIDTH, HEIGHT = 1100, 1150


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        week = Week(Path(folder), Console(stderr=True))
        play(week)
        with Gradebook(week.url, COURSE) as gradebook:
            number = gradebook.find_submission_notebook(EXERCISE, EXERCISE, "bo").id
        with formgrader(week.course) as place:
            take(place, place.submission(number), Path(sys.argv[1]))
    return 0


def take(place: Formgrader, page: str, file: Path) -> None:
    """Logs in, and takes the picture where the first part's points are."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        window.goto(f"{place.server}/login")
        window.fill("input[name=password]", place.token)
        window.click("#login_submit")
        window.goto(page)
        window.wait_for_selector("#dropout-a")
        window.evaluate("document.querySelector('#dropout-a').scrollIntoView({block: 'start'})")
        window.mouse.wheel(0, -80)
        window.wait_for_timeout(1000)
        window.screenshot(path=str(file))
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
