"""A Slurm of one node on this machine, which is controller, node and user in one."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from benchmarks import ROOT

_CONFIGURATION = """
ClusterName=one
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
AuthType=auth/none
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=1000
PartitionName=normal Nodes=ALL Default=YES
"""
_JOBS = """
jobqueue:
  slurm:
    cores: 1
    processes: 1
    memory: 500MB
    queue: normal
    walltime: "00:10:00"
    interface: lo
    log-directory: {folder}/logs
"""
_SECONDS = 30.0


def why_not() -> str | None:
    """Why there can be none here."""
    missing = [name for name in ("slurmctld", "slurmd", "sbatch") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    return None if os.geteuid() == 0 else "slurmd wants to be root"


class SlurmNode:
    """A context manager that ends it, and all its jobs. `environment` is for those who submit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "SLURM_CONF": str(folder / "slurm.conf"),
            "DASK_CONFIG": str(folder / "dask"),
            "PYTHONPATH": str(ROOT),
        }
        self._daemons: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "SlurmNode":
        for name in ("state", "spool", "dask", "logs"):
            (self.folder / name).mkdir()
        host = socket.gethostname().split(".")[0]
        given = {"host": host, "ports": _free_ports(2), "folder": self.folder, "cores": os.cpu_count()}
        (self.folder / "slurm.conf").write_text(_CONFIGURATION.format(**given))
        (self.folder / "dask" / "jobqueue.yaml").write_text(_JOBS.format(**given))
        try:
            for daemon in ("slurmctld", "slurmd"):
                with (self.folder / f"{daemon}.log").open("wb") as log:
                    command = [daemon, "-D"]  # in the foreground
                    self._daemons.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))
            self._wait_until_idle()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.call("scancel", f"--user={os.getuid()}")
            self._wait_until_idle()
        finally:
            self._end()

    def call(self, *command: str) -> str:
        """What a command of Slurm prints."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout

    def jobs(self) -> list[str]:
        """The numbers of those that wait or run."""
        return self.call("squeue", "--noheader", "--format=%i").split()

    def _wait_until_idle(self) -> None:
        deadline = time.monotonic() + _SECONDS
        while self.jobs() or self.call("sinfo", "--noheader", "--format=%T").strip() != "idle":
            if time.monotonic() > deadline or any(daemon.poll() is not None for daemon in self._daemons):
                logs = "".join(path.read_text(errors="replace") for path in self.folder.glob("slurm*.log"))
                raise RuntimeError(f"Slurm is not idle: {logs}")
            time.sleep(0.1)

    def _end(self) -> None:
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in self._daemons:
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def _free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(listener.getsockname()[1]) for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
