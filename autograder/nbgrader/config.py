"""What `nbgrader_config.py` says of every course of ours."""

from pathlib import Path
from typing import Any

import msgspec
from nbgrader import __version__
from nbgrader.apps import api, autogradeapp, generateassignmentapp

from autograder.course import read_course
from autograder.nbgrader.autograde import Autograde
from autograder.nbgrader.extract import PATHS
from autograder.nbgrader.generate import GenerateAssignment
from autograder.nbgrader.gradebook import find_alembic

_SUPPORTED = "0.9."


def configure(config: Any, root: Path) -> None:
    """Puts our engine under nbgrader's commands, for the course in the folder `root`.

    `config` is what `get_config()` gives in `nbgrader_config.py`.
    """
    if not __version__.startswith(_SUPPORTED):
        # Any other exception is only logged, and nbgrader would run student code as it does without us.
        raise SystemExit(f"This course works with nbgrader {_SUPPORTED}x, and this is {__version__}.")
    find_alembic()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "assignments"
    config.GenerateFeedback.exporter_class = "autograder.nbgrader.feedback.FeedbackExporter"
    config.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
    config.ExchangeFactory.collect = "autograder.nbgrader.collect.Collect"
    config.AssignLatePenalties.plugin_class = "autograder.nbgrader.late.LatePenalty"
    for name, value in msgspec.structs.asdict(read_course(root).late).items():
        config.LatePenalty[name] = value
    config.ZipCollectApp.extractor_plugin = "autograder.nbgrader.extract.Extractor"
    config.FileNameCollectorPlugin.named_regexp = PATHS
    config.FileNameCollectorPlugin.valid_ext = [".ipynb", ".py"]
    # nbgrader names these classes in its programs, and has no setting for them.
    for module in (api, autogradeapp):
        module.Autograde = Autograde
    for module in (api, generateassignmentapp):
        module.GenerateAssignment = GenerateAssignment
