"""The course's data: handwritten digits, a part of them shipped and all of them downloaded."""

from autograder.datasets.full import mnist
from autograder.datasets.shipped import digits

__all__ = ["digits", "mnist"]
