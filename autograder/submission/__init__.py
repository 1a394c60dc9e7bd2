"""Reading what was handed in: modules, notebooks, folders and archives. Nothing is run, nothing is unpacked to disk."""

from autograder.submission.discovery import Discovery, NoSubmission, discover
from autograder.submission.handin import Handin
from autograder.submission.parcel import Parcel, pack
from autograder.submission.reading import read_source
from autograder.submission.source import Source, Unit, Unreadable, imports

__all__ = [
    "Discovery",
    "Handin",
    "NoSubmission",
    "Parcel",
    "Source",
    "Unit",
    "Unreadable",
    "discover",
    "imports",
    "pack",
    "read_source",
]
