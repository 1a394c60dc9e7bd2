"""The one exception that a user of the commands is meant to see."""


class UserError(Exception):
    """A mistake in how a command was called: one line that says what is wrong and what to do. Exit code 2."""
