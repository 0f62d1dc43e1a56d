"""Random walks through tickets: after any sequence of actions the invariants hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import fresh_database
from tests.support.calendars import worked_day
from tests.support.databases import engine_at
from tests.support.factories import START, County, settle_county, staged
from tests.support.invariants import violations
from tests.support.scheme_cast import PLAYED, played_in
from tests.support.texts import SENTENCE
from tests.support.thorough import tries
from workflow.accountability import sweep
from workflow.errors import WorkflowError
from workflow.tickets import desk
from workflow.tickets.actions.lifecycle import ACTIONS

WHO = ("village", "town", "water", "power", "poverty", "office", "leaders", "housing")
steps = st.lists(
    st.tuples(
        st.sampled_from(["file", "sweep", *(name for name, a in ACTIONS.items() if not a.by_system)]),
        st.sampled_from(WHO),
        st.integers(0, 60 * 24 * 6),
        st.sampled_from(["water", "power", "file", "house"]),
        st.integers(0, 4),
    ),
    min_size=5,
    max_size=40,
)


@contextmanager
def _county(request: pytest.FixtureRequest, kind: str) -> Iterator[County]:
    with fresh_database(request, kind) as url, staged(PLAYED[kind]):
        yield settle_county(engine_at(url))


def _walk(county: County, walk: list[tuple[str, str, int, str, int]]) -> datetime:
    now, tickets = START, [county.file("village"), county.file("town", household="A2", kind="file")]
    for action, who, minutes, kind, which in walk:
        now += timedelta(minutes=minutes)
        try:
            if action == "file":
                tickets.append(
                    county.file(
                        who,
                        household=f"A{1 + which % 3}",
                        kind=kind,
                        at=now,
                        cause="quota" if kind == "house" else None,
                    )
                )
            elif action == "sweep":
                sweep.run(county.read, county.write, now)
            else:
                _act(county, who, action, tickets[which % len(tickets)], now, kind)
        except WorkflowError:
            continue
    return now


def _act(county: County, who: str, action: str, ticket: int, now: datetime, kind: str) -> None:
    names = (*ACTIONS[action].needs,)
    offered: dict[str, Any] = {
        "reason": SENTENCE,
        "ground": SENTENCE,
        "cited_duty": SENTENCE,
        "kind": kind,
        "unit": kind if kind == "power" else "water",
        "until": worked_day(county, now + timedelta(days=6)),
        "visited_on": now.date().isoformat(),
    }
    fields = {name: offered[name] for name in names if name in offered}
    if "evidence" in names:
        fields["evidence"] = [county.bring(who, ticket, now, f"{now}".encode())]
    with county.write() as session:
        desk.perform(session, county.people[who], ticket, action, now, **fields)


@pytest.mark.parametrize("kind", PLAYED, ids=played_in)
@settings(max_examples=tries(6, 15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_whatever_people_do_the_laws_hold(
    request: pytest.FixtureRequest, kind: str, walk: list[tuple[str, str, int, str, int]]
) -> None:
    with _county(request, kind) as county:
        now = _walk(county, walk)
        sweep.run(county.read, county.write, now)
        assert violations(county.engine, now, files=None) == []
