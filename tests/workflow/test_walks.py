"""Random walks: whatever people do in whatever order, the conservation laws hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from models import Custody, Escalation, Tenure, Ticket
from models.engine import make_engine
from tests.conftest import fresh_database
from tests.factories import START, County, settle_county
from workflow import desk
from workflow.county import setting
from workflow.errors import WorkflowError
from workflow.escalation import sweep, watch
from workflow.lifecycle import ACTIONS
from workflow.verification import verify

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
def _county(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> Iterator[County]:
    with fresh_database(request, kind, tmp_path) as url:
        engine = make_engine(url)
        try:
            yield settle_county(engine)
        finally:
            engine.dispose()


def _walk(county: County, walk: list[tuple[str, str, int, str, int]]) -> datetime:
    now, tickets = START, [county.file("village"), county.file("town", household="A2", kind="file")]
    for action, who, minutes, kind, which in walk:
        now += timedelta(minutes=minutes)
        try:
            if action == "file":
                tickets.append(county.file(who, household=f"A{1 + which % 3}", kind=kind, at=now,
                                           cause="quota" if kind == "house" else None))  # fmt: skip
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
        "reason": "x", "ground": "x", "cited_duty": "x", "kind": kind, "unit": kind if kind == "power" else "water",
        "until": (now + timedelta(days=6)).date().isoformat(), "visited_on": now.date().isoformat(),
    }  # fmt: skip
    found = {name: offered[name] for name in names if name in offered}
    if "evidence" in names:
        found["evidence"] = [county.bring(who, ticket, now)]
    with county.write() as session:
        desk.perform(session, county.people[who], ticket, action, now, **found)


def _laws(county: County, now: datetime, files: Path) -> None:
    sweep.run(county.read, county.write, now)
    with county.read() as session:
        assert verify(session, files) == [] or all(f.code == "bytes_missing" for f in verify(session, files))
        report = watch.audit(session, now)
        assert (report["missing"], report["unfounded"]) == ([], [])
        for ticket in session.scalars(select(Ticket)):
            place = setting(session, ticket.county_id)
            strips: dict[int, list[Custody]] = {}
            for custody in session.scalars(select(Custody).where(Custody.ticket_id == ticket.id).order_by(Custody.seq)):
                strips.setdefault(custody.episode, []).append(custody)
            assert (ticket.ended_at is None) == (ticket.holder_unit_id is not None)
            for strip in strips.values():
                if strip[-1].ended_at is not None:
                    whole = place.clock.minutes_between(strip[0].began_at, strip[-1].ended_at)
                    assert sum(custody.minutes or 0 for custody in strip) == whole
            for tenure in session.scalars(select(Tenure).where(Tenure.ticket_id == ticket.id)):
                used = [c.minutes or 0 for s in strips.values() for c in s if c.tenure_id == tenure.id]
                assert tenure.used_minutes == sum(used)
        seen = session.execute(select(Escalation.tenure_id, Escalation.stage, Escalation.rung)).all()
        assert len(seen) == len(set(seen))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_whatever_people_do_the_laws_hold(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, walk: list[tuple[str, str, int, str, int]]
) -> None:
    with _county(request, tmp_path, kind) as county:
        _laws(county, _walk(county, walk), tmp_path)
