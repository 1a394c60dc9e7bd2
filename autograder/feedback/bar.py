"""The bar that shows how far a long run is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def progress_bar(doing: str, total: int, *, quiet: bool = False) -> Iterator[Callable[[], None]]:
    """Gives a function to be called once for each of `total` steps. Nothing is shown where nobody looks on."""
    if quiet or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(doing, total=total)
    bar.start()
    try:
        yield lambda: bar.advance(task)
    finally:
        with suppress(OSError):  # the terminal may have been closed, and the work is worth more than its bar
            bar.stop()
