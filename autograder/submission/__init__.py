"""Reading what was handed in: modules, notebooks, folders and archives. Nothing is run, nothing is unpacked to disk."""

from autograder.submission.discovery import Discovery, NoSubmission, discover
from autograder.submission.handin import Handin
from autograder.submission.reading import read_source
from autograder.submission.source import Source, Unit, Unreadable, imports

__all__ = ["Discovery", "Handin", "NoSubmission", "Source", "Unit", "Unreadable", "discover", "imports", "read_source"]
