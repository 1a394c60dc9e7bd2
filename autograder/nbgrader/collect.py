"""`nbgrader collect`: copies regular files only, because whoever hands in a link chooses what it leads to."""

import os
import shutil
from pathlib import Path

from nbgrader.exchange.default import ExchangeCollect


class Collect(ExchangeCollect):
    """Leaves links, pipes and devices behind, and does not stop at what cannot be read."""

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        if os.path.islink(src):
            self.log.error("%s is a link, and is not collected.", src)
            return
        most = 1000 * self.coursedir.max_dir_size
        if self.get_size(src) > most:
            self.log.error("%s is larger than %d MB, and is not collected.", src, most // 1_000_000)
            return
        shutil.copytree(src, dest, ignore=self._not_regular, copy_function=_copy)

    def _not_regular(self, folder: str, names: list[str]) -> list[str]:
        with os.scandir(folder) as entries:
            left = [
                entry.name
                for entry in entries
                if not (entry.is_dir(follow_symlinks=False) or entry.is_file(follow_symlinks=False))
            ]
        for name in left:
            self.log.warning("%s is no regular file, and is left out.", Path(folder) / name)
        return left


def _copy(source: str, target: str) -> str:
    """Also if it became a link in the meantime, nothing is read through it."""
    return shutil.copy2(source, target, follow_symlinks=False)
