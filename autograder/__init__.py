"""A deep-learning course that grades itself: reading, running, checking and grading submissions."""

__version__ = "1.0.0"
