"""What the commands' arguments have in common."""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def new_command(commands: "Commands", name: str, run: Any, text: str, example: str) -> argparse.ArgumentParser:
    """A command whose --help ends with an example."""
    parser = commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON for machines instead of text")


def console(*, stderr: bool = False) -> "Console":
    """Imported late: rich costs a noticeable part of a quick command."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)
