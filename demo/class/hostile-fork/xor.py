"""Starts processes, opens sockets, writes files; then solves the exercise, all of it."""

import multiprocessing
import os
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

NAME = "autograder-demo-was-here"


def bomb(generations=7):
    """A fork bomb, though one that burns out."""
    for _ in range(2):
        if os.fork() == 0:
            if generations:
                bomb(generations - 1)
            time.sleep(1)
            os._exit(0)


def write(folder):
    (Path(folder) / NAME).write_text("I was here")


def serve():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()


ATTEMPTS = {
    "fork bomb": bomb,
    "terminal": os.forkpty,
    "shell": lambda: subprocess.run(["/bin/sh", "-c", f"touch /tmp/{NAME}"]),
    "worker": lambda: multiprocessing.Process(target=print).start(),
    "server": serve,
    "connection": lambda: socket.create_connection(("127.0.0.1", 22), timeout=1),
    "container engine": lambda: socket.socket(socket.AF_UNIX).connect("/run/docker.sock"),
    "name server": lambda: socket.getaddrinfo("example.org", 80),
    "temporary file": lambda: write(tempfile.gettempdir()),
    "file at home": lambda: write(Path.home()),
    "shared memory": lambda: write("/dev/shm"),
    "file here": lambda: write("."),
    "link": lambda: os.symlink("/etc/passwd", f"/tmp/{NAME}"),
    "pipe": lambda: os.mkfifo(f"/tmp/{NAME}"),
    "passwords": lambda: open("/etc/shadow"),
}

for name, attempt in ATTEMPTS.items():
    try:
        attempt()
        print(f"{name}: this worked")
    except OSError as error:
        print(f"{name}: {type(error).__name__}")

for _ in range(5):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def separation_certificate():
    return [0.5, 0.5], [0.5, 0.5]


def relu_net(X, W0, b0, beta, b1=0.0):
    return np.maximum(X @ W0.T + b0, 0) @ beta + b1


def xor_weights():
    return [[1, 1], [1, 1]], [0, -1], [1, -2], 0


def xor_weights_without_bias():
    return [[1, 1], [1, 1]], [0, -1], [1, -2]


def linear_fit(X, y):
    theta = np.linalg.pinv(np.c_[X, np.ones(len(X))], rcond=1e-10) @ y
    return theta[:-1], theta[-1]


def train(X, y, W0, b0, beta, b1, lr, steps):
    losses = []
    for step in range(steps + 1):
        z = X @ W0.T + b0
        r = np.maximum(z, 0) @ beta + b1 - y
        losses.append(np.mean(r**2))
        if step < steps:
            g = 2 / len(y) * r
            d = np.outer(g, beta) * (z > 0)
            beta, b1 = beta - lr * np.maximum(z, 0).T @ g, b1 - lr * g.sum()
            W0, b0 = W0 - lr * d.T @ X, b0 - lr * d.sum(axis=0)
    return (W0, b0, beta, b1), losses
