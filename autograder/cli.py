"""`autograder`: the commands of students, instructors and authors."""

import argparse
import sys
from collections.abc import Sequence

from autograder import __version__
from autograder.commands import audit, check, grade, hint, listing, regrade, release, reproduce
from autograder.errors import UserError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command. Exit code 2 and one line for a mistake in the call."""
    parser = argparse.ArgumentParser(
        prog="autograder",
        description="A deep-learning course that grades itself.",
        epilog="example:\n  autograder check xor",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"autograder {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (listing, check, hint, grade, regrade, release, audit, reproduce):
        command.add(commands)
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except UserError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("autograder: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output went away, as `| head` does
        return 0


if __name__ == "__main__":
    sys.exit(main())
