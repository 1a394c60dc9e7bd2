"""The plan for a cluster, in what must hold for any unit costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plan import UnitCosts, simulate

seconds = st.floats(1e-3, 2.0)
small = st.floats(0, 1e-3)
costs = st.builds(
    UnitCosts,
    submission=st.dictionaries(st.sampled_from("abcdefg"), seconds, min_size=1),
    start=st.floats(0, 5),
    client=small,
    scheduler=small,
    moved=st.floats(0, 1e5),
)


@given(costs, st.integers(1, 200), st.integers(1, 40))
def test_nothing_is_faster_than_what_limits_it(costs, students, cores):
    it = simulate(costs, students, cores)
    submissions = students * len(costs.submission)
    assert it.computing == pytest.approx(students * sum(costs.submission.values()))
    assert it.moved == pytest.approx(submissions * costs.moved)
    assert it.wall >= (costs.start + max(costs.submission.values())) * (1 - 1e-9)
    assert it.efficiency <= 1 + 1e-9
    assert all(0 <= share <= 1 + 1e-9 for share in (it.client, it.scheduler, it.network))


@given(costs, st.integers(1, 200))
def test_a_core_that_has_all_to_itself_works_without_a_pause(costs, students):
    alone = simulate(costs, students, 1)
    overhead = (costs.client + costs.scheduler + costs.moved / costs.bandwidth) * students * len(costs.submission)
    assert costs.start + alone.computing <= alone.wall * (1 + 1e-9)
    assert alone.wall <= (costs.start + alone.computing + overhead) * (1 + 1e-9)


def test_cores_help_until_the_client_is_busy():
    costs = UnitCosts({"a": 0.1}, start=2.0, client=1e-4, scheduler=1e-4, moved=1e4)
    walls = [simulate(costs, 20_000, cores).wall for cores in (1, 10, 100)]
    assert walls[0] / walls[1] == pytest.approx(10, rel=0.05)
    assert walls[1] / walls[2] == pytest.approx(10, rel=0.2)
    flooded = simulate(costs, 20_000, 10_000)
    assert flooded.wall >= 20_000 * costs.client
    assert flooded.client > 0.4
