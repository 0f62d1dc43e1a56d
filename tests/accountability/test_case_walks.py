"""Random walks through accountability cases: after any sequence of actions the invariants hold."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from models import AccountabilityCase, CaseDossier, Event
from tests.conftest import fresh_database
from tests.support.cases import GIVEN, case_county, offices_own, overdue, raised
from tests.support.databases import engine_at
from tests.support.factories import County, day, staged
from tests.support.scheme_cast import PLAYED, played_in
from tests.support.thorough import tries
from workflow.accountability.cases import case_desk, case_sweep
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, fire
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.verification.full_check import verify

WHO = ("water", "office", "office2", "leaders", "leaders2", "power", "inspectorate")
#: The usual steps of a case, drawn more often than the others.
LIKELY = ("notify", "respond", "hear", "decide", "refer", "record", "serve", "appeal", "close")
steps = st.lists(
    st.tuples(
        st.sampled_from(["sweep", "raise", *LIKELY, *LIKELY, *(n for n, a in CASE_ACTIONS.items() if not a.by_system)]),
        st.sampled_from(WHO),
        st.integers(0, 60 * 24 * 3),
        st.integers(0, 3),
    ),
    min_size=10,
    max_size=60,
)


@contextmanager
def _county(request: pytest.FixtureRequest, kind: str) -> Iterator[County]:
    with fresh_database(request, kind) as url, staged(PLAYED[kind]):
        yield case_county(engine_at(url))


def _walk(county: County, walk: list[tuple[str, str, int, int]]) -> datetime:
    now, ticket = day(1), overdue(county)
    known = [raised(county, ticket), offices_own(county)]
    for action, who, minutes, which in walk:
        now += timedelta(minutes=minutes)
        try:
            if action == "sweep":
                case_sweep.run(county.read, county.write, now)
            elif action == "raise":
                known.append(raised(county, ticket, at=now))
            else:
                # Permitted actors are drawn as often as all others together; otherwise walks would end early.
                for person in (who, "office", "leaders", "water")[: 1 + which]:
                    offered = GIVEN.get(action, {}) | (
                        {"heard_on": local_date(now).isoformat()} if action == "hear" else {}
                    )
                    with county.write() as session:
                        case_desk.perform(
                            session,
                            county.people[person],
                            known[which % len(known)],
                            action,
                            now,
                            **county.cast.given(offered),
                        )
        except WorkflowError:
            continue
    return now


@pytest.mark.parametrize("kind", PLAYED, ids=played_in)
@settings(max_examples=tries(5, 12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=steps)
def test_whatever_people_do_the_laws_of_a_case_hold(
    request: pytest.FixtureRequest, kind: str, walk: list[tuple[str, str, int, int]]
) -> None:
    with _county(request, kind) as county:
        now = _walk(county, walk) + timedelta(seconds=1)
        case_sweep.run(county.read, county.write, now)
        with county.read() as session:
            assert verify(session, Path("nowhere")) == []
            assert case_sweep.due(session, now) == []
            for case in session.scalars(select(AccountabilityCase)):
                events = session.scalars(
                    select(Event).where(Event.subject_type == "case", Event.subject_id == case.id).order_by(Event.seq)
                ).all()
                _holds(case, events)
                frozen = select(func.count()).select_from(CaseDossier).where(CaseDossier.case_id == case.id)
                assert session.scalar(frozen) == len(events)


def _holds(case: AccountabilityCase, events: Sequence[Event]) -> None:
    state = "proposed"
    for event in events[1:]:
        # Each step is one of the table, from where the last one led, and time never runs back.
        assert event.from_state == state
        state = fire(event.action, state)
        assert event.to_state == state
        assert event.effective_at <= event.at
    assert state == case.state
    assert [event.effective_at for event in events] == sorted(event.effective_at for event in events)
    actions = [event.action for event in events]
    assert actions.count("appeal") <= 1
    assert actions.count("lapse_statement") <= 1
    openers = {event.actor_unit_id for event in events if event.action == "open"}
    assert not openers & {event.actor_unit_id for event in events if event.action == "decide"}
    asked = [event.actor_id for event in events if event.action == "seek_withdrawal"]
    for event in events:
        if event.action == "agree_withdrawal":
            assert asked[-1] != event.actor_id
