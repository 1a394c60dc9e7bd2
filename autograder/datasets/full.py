"""All of MNIST: downloaded once, or from a folder."""

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from autograder.datasets.idx import parse, unpack
from autograder.datasets.shipped import Digits, as_arrays
from autograder.errors import UserError

if TYPE_CHECKING:
    from rich.progress import Progress

FOLDER = "AUTOGRADER_MNIST"

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)

# The SHA-256 of the compressed file, as all mirrors have it, and of the file in it.
FILES = {
    "train-images-idx3-ubyte": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

_SECONDS = 20


def mnist() -> Digits:
    """All 60,000 training and 10,000 test images, in the form of `digits`: (X, y, X_test, y_test).

    They come from the folder that the environment variable AUTOGRADER_MNIST names, which holds the four IDX files,
    compressed or not; without it from the user's cache, after one download. Raises `UserError` if neither will do.
    """
    folder = os.environ.get(FOLDER)
    paths = _in_folder(Path(folder)) if folder else _downloaded()
    X, y, X_test, y_test = (_read(name, path) for name, path in paths.items())
    return as_arrays(X, y, X_test, y_test)


def _read(name: str, path: Path) -> NDArray[np.uint8]:
    data = unpack(path)
    array = parse(data, path)
    if hashlib.sha256(data).hexdigest() != FILES[name][1]:
        raise UserError(f"{path} is an IDX file, but not MNIST's {name}: its SHA-256 is another. Get it again.")
    return array


def _in_folder(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise UserError(f"{FOLDER} names {folder}, which is not a folder.")
    paths = {}
    for name in FILES:
        found = [path for path in (folder / name, folder / f"{name}.gz") if path.is_file()]
        if not found:
            raise UserError(f"{folder}, which {FOLDER} names, has neither {name} nor {name}.gz.")
        paths[name] = found[0]
    return paths


def _downloaded() -> dict[str, Path]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        return {name: _download(f"{name}.gz", FILES[name][0], progress) for name in FILES}


def _download(file: str, digest: str, progress: "Progress") -> Path:
    """The file in the user's cache, from the first mirror that has it if it is not there."""
    try:
        import pooch
    except ModuleNotFoundError as error:
        raise UserError(
            f"MNIST is downloaded with pooch: “pip install pooch”. A folder named in {FOLDER} will do, too."
        ) from error

    pooch.get_logger().setLevel("WARNING")
    cache = pooch.os_cache("autograder") / "mnist"
    problems = []
    for mirror in MIRRORS:
        host = urlsplit(mirror).netloc
        downloader = pooch.HTTPDownloader(progressbar=_Bar(progress, file), chunk_size=1 << 16, timeout=_SECONDS)
        try:
            cache.mkdir(parents=True, exist_ok=True)
            known = f"sha256:{digest}"
            return Path(pooch.retrieve(mirror + file, known, fname=file, path=cache, downloader=downloader))
        except ValueError:  # pooch's, for a file whose hash is another
            problems.append(f"{host} has another file")
        except OSError as error:  # the system's, which has a number, or requests'
            if error.errno:
                raise UserError(f"MNIST cannot be kept in {cache}: {error.strerror}.") from error
            problems.append(f"{host} does not answer")
    raise UserError(f"{file} cannot be downloaded: {', '.join(problems)}. A folder named in {FOLDER} will do, too.")


class _Bar:
    """A line of the progress display, with the methods that pooch calls."""

    def __init__(self, progress: "Progress", file: str) -> None:
        self._progress = progress
        self._line = progress.add_task(file, total=None)

    @property
    def total(self) -> float | None:
        return self._progress.tasks[self._line].total

    @total.setter
    def total(self, total: int) -> None:
        self._progress.update(self._line, total=total or None)

    def update(self, advance: int) -> None:
        self._progress.advance(self._line, advance)

    def reset(self) -> None:
        self._progress.update(self._line, completed=0)

    def close(self) -> None:
        """Nothing: the display ends with all its lines."""
