"""Random lives of people, households, villages, units and people in office, among tickets, files, lists and candidates.

After every step the laws of `tests/support/walks/laws.py` hold; at the end `verify` is clean and custody is conserved.
Many and long walks: `XIAOHAO_WALKS=200 XIAOHAO_WALK_STEPS=60 pytest -s …`, which prints how often each act was done.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import fresh_database
from tests.support.bulk_lists import list_scheme
from tests.support.databases import engine_at
from tests.support.factories import settle_county
from tests.support.reforms import sound
from tests.support.thorough import tries
from tests.support.walks import families, files, laws, offices, reforms, tickets, visits
from tests.support.walks.walk import Nothing, Walk
from workflow.errors import WorkflowError

WALKS, STEPS = int(os.environ.get("XIAOHAO_WALKS", tries(4, 8))), int(os.environ.get("XIAOHAO_WALK_STEPS", "14"))
at = st.integers(0, 9)


def _step(act: Any, *more: Any) -> Any:
    return st.tuples(st.just(act), *more)


step = st.one_of(
    _step(families.begins, st.sampled_from(["born", "came_in", "registered"]), at),
    _step(families.ends, st.sampled_from(["died", "married_out", "moved_away", "struck", "moved", "head"]), at, at, at),
    _step(families.split, at, at),
    _step(families.merged, at, at),
    _step(families.relocated, at, at),
    _step(families.corrected, at, at),
    _step(families.undone, at),
    _step(families.reports, at, at),
    _step(families.listed, at, at),
    _step(families.answered, at, st.sampled_from(["household", "candidate", "left_out"])),
    _step(families.waits, st.integers(5, 40)),
    _step(visits.visited, at, at, at),
    _step(visits.exits, at, at),
    _step(files.imports, at, st.sampled_from(files.FILES), at),
    _step(files.undoes, at),
    _step(files.undoes_workbook, at),
    _step(files.workbook, st.sampled_from(files.SHEETS), at),
    _step(tickets.files, at, st.sampled_from(["water", "power"]), at),
    _step(tickets.files, at, st.sampled_from(["water", "power"]), at),
    _step(tickets.moves_on, at, st.sampled_from(tickets.PERSONS_ACTIONS)),
    _step(tickets.moves_on, at, st.sampled_from(tickets.PERSONS_ACTIONS)),
    _step(tickets.moves_on, at, st.sampled_from(["endorse", "accept", "resolve", "confirm"])),
    _step(tickets.moves_on, at, st.just("reopen")),
    _step(tickets.judged, at, st.sampled_from(["register", "refuse"])),
    _step(offices.hired, at),
    _step(offices.appointed, st.sampled_from(["leader", "duty", "deputy"]), at, at),
    _step(offices.relieved, st.sampled_from(["end", "cancel"]), at),
    _step(offices.handles, at, at),
    _step(offices.responsible, at, at),
    _step(offices.leaves, at, at),
    _step("unit", st.sampled_from(reforms.UNIT_KINDS), at, at),
    _step("village", st.sampled_from(reforms.VILLAGE_KINDS), at, at),
)
#: A step that is left out stands for none, so that a long walk that fails becomes a short one.
steps = st.lists(st.none() | step, min_size=STEPS, max_size=STEPS)


def take(walk: Walk, act: Any, *given_: Any) -> None:
    """Takes a step; what the product refuses changes nothing."""
    walk.begin()
    done = None
    try:
        if act in ("unit", "village"):
            kind, *which = given_
            walk.now = reforms.reformed(walk.county, walk.now, walk.next_number(), kind, act, *which)
        else:
            done = act(walk, *given_)
    except (WorkflowError, Nothing):
        return
    finally:
        walk.begin(0)
    name = act if isinstance(act, str) else act.__name__
    walk.done[" ".join([name, *([done] if done else [each for each in given_ if isinstance(each, str)])])] += 1


@pytest.fixture(scope="module")
def tally() -> Iterator[Counter[str]]:
    """Counts what was done in all walks, and prints it at the end."""
    done = Counter[str]()
    yield done
    text = ", ".join(f"{name} {n}" for name, n in sorted(done.items()))
    sys.stdout.write(f"\n{sum(done.values())} acts in walks: {text}\n")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@settings(
    max_examples=WALKS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # A walk takes a second: what failed is made shorter, but not explained by many more.
    phases=set(Phase) - {Phase.explain},
)
@given(taken=steps)
def test_whatever_happens_to_households_people_and_tickets_are_with_them(
    request: pytest.FixtureRequest, tally: Counter[str], dialect: str, taken: list[tuple[Any, ...] | None]
) -> None:
    with fresh_database(request, dialect) as url:
        walk = Walk(settle_county(engine_at(url), list_scheme(), households=0))
        for each in taken:
            if each is not None:
                take(walk, *each)
                laws.check(walk)
        assert sound(walk.county, walk.now + timedelta(hours=1)) == []
        tally.update(walk.done)
