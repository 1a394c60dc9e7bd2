"""`nbgrader generate_assignment`: assignments are made from solutions as `autograder release` makes them."""

from pathlib import Path

from nbgrader.converters import GenerateAssignment as OfNbgrader
from nbgrader.converters.base import NbGraderException

from autograder.course import read_course
from autograder.errors import UserError
from autograder.nbgrader.gradebook import open_gradebook
from autograder.nbgrader.graded_notebook import Released
from autograder.release.build import build, write


class GenerateAssignment(OfNbgrader):
    """Writes what changed of an exercise's folder, and tells the gradebook its cells."""

    def start(self) -> None:
        name = self.coursedir.assignment_id
        try:
            course = read_course(Path(self.coursedir.root))
            course[name]
            files = build(course, name)
            if not self.no_database:
                with open_gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
                    book.register(Released.from_json(name, files[f"{name}.ipynb"]), course[name].due)
            changed = write(course, name, files)
        except UserError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error
        self.log.info("%s: %s", course.assignment(name), ", ".join(changed) or "up to date")
