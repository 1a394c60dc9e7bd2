"""A Dask scheduler and its workers, as processes of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import ROOT

START_SECONDS = 60.0


class DaskProcesses:
    """A context manager that ends them all; they write what they say, and what workers keep, into the folder."""

    def __init__(self, folder: Path, scheme: str = "tcp", environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.scratch = folder / "scratch"
        self.port = _free_port()
        self.address = f"{scheme}://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        self._logs = 0

    def __enter__(self) -> "DaskProcesses":
        self.folder.mkdir(parents=True, exist_ok=True)
        self.scheduler = self.start_scheduler()
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            process.terminate()
        for process in (*self.workers, self.scheduler):
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        """At the same port as before, if there was one."""
        options = ["--host", self.address, "--no-dashboard"]
        self.scheduler = self._start("scheduler", options, "Scheduler at", {})
        return self.scheduler

    def start_worker(
        self,
        *options: str,
        wait: bool = True,
        command: Sequence[str] = (sys.executable,),
        environment: Mapping[str, str] | None = None,
        threads: int = 1,
    ) -> subprocess.Popen[bytes]:
        given = [self.address, "--nthreads", str(threads), "--no-dashboard", "--local-directory", str(self.scratch)]
        sign = "Registered to" if wait else ""
        worker = self._start("worker", [*given, *options], sign, environment or {}, command)
        self.workers.append(worker)
        return worker

    def _start(
        self,
        kind: str,
        options: Sequence[str],
        sign: str,
        environment: Mapping[str, str],
        command: Sequence[str] = (sys.executable,),
    ) -> subprocess.Popen[Any]:
        self._logs += 1
        log = self.folder / f"{kind}-{self._logs}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [*command, "-m", f"distributed.cli.dask_{kind}", *options],
                cwd=self.folder,
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
            )
        deadline = time.monotonic() + START_SECONDS
        while sign not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"no {kind}: {log.read_text(errors='replace')}")
            time.sleep(0.05)
        return process


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
