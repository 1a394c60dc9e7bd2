"""What a class of any size would take on a cluster of any size: simulated, from unit costs that were measured."""

import heapq
import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

# As `autograder.grading.cluster.backlog` cuts a class into batches, and how many a core holds.
BATCH_SECONDS, BATCH_MOST, AHEAD = 2.0, 16, 2


@dataclass(frozen=True)
class UnitCosts:
    """Seconds of one core for a submission, by exercise; seconds until a worker is warm; seconds of the client for a
    submission, and of the scheduler for a batch; bytes that cross the network for a submission, and its bytes per
    second."""

    submission: Mapping[str, float]
    start: float
    client: float
    scheduler: float
    moved: float
    bandwidth: float = 1e9 / 8


@dataclass(frozen=True)
class Outcome:
    """Seconds of wall time, seconds that all cores together were busy, bytes moved, and how busy client, scheduler and
    network were, 0 to 1."""

    cores: int
    wall: float
    computing: float
    moved: float
    client: float
    scheduler: float
    network: float

    @property
    def efficiency(self) -> float:
        """The share of the cores' time in which they graded."""
        return self.computing / (self.wall * self.cores)


def simulate(costs: UnitCosts, students: int, cores: int) -> Outcome:
    """Each student hands in every exercise, in random order. The client cuts and sends batches one after another, the
    scheduler passes them on one after another, and the network carries one at a time."""
    waiting = [seconds for seconds in costs.submission.values() for _ in range(students)]
    random.Random(0).shuffle(waiting)
    mean = math.fsum(waiting) / len(waiting)
    computing, number, batches = math.fsum(waiting), len(waiting), 0
    client = scheduler = network = 0.0
    # When each core has room for one batch more, and when it has done those that it holds.
    rooms = [(0.0, costs.start, core) for core in range(cores) for _ in range(AHEAD - 1)]
    heapq.heapify(rooms)
    wall = costs.start
    while waiting:
        room, free, core = heapq.heappop(rooms)
        size = max(1, min(BATCH_MOST, int(BATCH_SECONDS / mean), len(waiting) // (2 * cores * AHEAD)))
        batch, waiting[-size:] = waiting[-size:], []
        client = max(client, room) + costs.client * len(batch)
        scheduler = max(scheduler, client) + costs.scheduler
        network = max(network, scheduler) + costs.moved * len(batch) / costs.bandwidth
        began = max(free, network)
        free = began + math.fsum(batch)
        wall = max(wall, free)
        batches += 1
        heapq.heappush(rooms, (began, free, core))
    return Outcome(
        cores,
        wall,
        computing,
        costs.moved * number,
        costs.client * number / wall,
        costs.scheduler * batches / wall,
        costs.moved * number / costs.bandwidth / wall,
    )
