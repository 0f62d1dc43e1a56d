"""Tickets: every state × action × actor against a matrix written by hand from the requirements.

The household's ticket was filed by a village, went to the water bureau, was declined, given to the power bureau,
declined there and given back; so `power` is a former holder. `housing` assists. No other unit took part.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Ticket
from tests.conftest import fresh_database
from tests.support.databases import engine_at
from tests.support.factories import County, day, settle_county
from tests.support.outcomes import Outcomes
from tests.support.scheme_cast import SCHEMES
from tests.support.texts import SENTENCE
from workflow.tickets import desk, participation

ACTORS = (
    "village",
    "other_village",
    "far_village",
    "town",
    "other_town",
    "water",
    "power",
    "housing",
    "poverty",
    "office",
    "leaders",
    "inspectorate",
    "admin",
)
SEE = {"village", "town", "water", "power", "housing", "office", "leaders", "inspectorate"}

ALLOWED: dict[str, dict[str, set[str]]] = {
    "reported": {
        "endorse": {"town"},
        "send_back": {"town"},
        "withdraw": {"village", "town"},
        "cancel": {"office"},
        "reassign": {"office"},
    },
    "returned": {
        "resubmit": {"village", "town"},
        "withdraw": {"village", "town"},
        "cancel": {"office"},
        "reassign": {"office"},
    },
    "assigned": {"accept": {"water"}, "decline": {"water"}, "cancel": {"office"}, "reassign": {"office"}},
    "disputed": {"uphold": {"office"}, "reassign": {"office"}, "send_back": {"office"}, "cancel": {"office"}},
    "in_progress": {
        "resolve": {"water"},
        "reclassify": {"water"},
        "suspend": {"office"},
        "extend": {"office"},
        "cancel": {"office"},
        "reassign": {"office"},
    },
    "extended": {
        "resolve": {"water"},
        "reclassify": {"water"},
        "suspend": {"office"},
        "extend_again": {"leaders"},
        "cancel": {"office"},
        "reassign": {"office"},
    },
    "extended_twice": {
        "resolve": {"water"},
        "reclassify": {"water"},
        "suspend": {"office"},
        "cancel": {"office"},
        "reassign": {"office"},
    },
    "suspended": {"resume": {"office"}, "cancel": {"office"}, "reassign": {"office"}},
    "resolved": {"confirm": {"town"}, "reject": {"town"}, "cancel": {"office"}, "reassign": {"office"}},
    "closed": {"reopen": {"town", "office"}},
    "withdrawn": {},
}
EVER: dict[str, set[str]] = {
    "endorse": {"town"},
    "send_back": {"town", "office"},
    "withdraw": {"village", "town"},
    "resubmit": {"village", "town"},
    "accept": {"water"},
    "decline": {"water"},
    "uphold": {"office"},
    "reassign": {"office"},
    "reclassify": {"water"},
    "resolve": {"water"},
    "suspend": {"office"},
    "extend": {"office"},
    "extend_again": {"leaders"},
    "resume": {"office"},
    "confirm": {"town"},
    "reject": {"town"},
    # The verdicts are for candidates alone, whoever confirms.
    "register": {"town"},
    "refuse": {"town"},
    "reopen": {"town", "office"},
    "cancel": {"office"},
}
#: In progress, but extended once and twice: the same state, other rights.
IN_PROGRESS = ("in_progress", "extended", "extended_twice")
#: Before dispatch, and after the office sent it back, no unit is responsible: the bureau only once held it.
WITHOUT_LEAD = {"reported", "returned"}


def bring_to(county: County, state: str) -> int:
    ticket = county.file("village", at=day(0))
    county.do("town", "endorse", ticket, day(0))
    if state == "withdrawn":
        county.do("office", "cancel", ticket, day(0), reason="误报")
        return ticket
    county.do("water", "decline", ticket, day(0), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", ticket, day(0), unit="power", reason=SENTENCE)
    county.do("power", "decline", ticket, day(0), ground="not_ours", cited_duty=SENTENCE)
    if state in WITHOUT_LEAD:
        county.do("office", "reassign", ticket, day(0), unit="water", reason=SENTENCE)
        county.do("water", "decline", ticket, day(0), ground="not_ours", cited_duty=SENTENCE)
        with county.write() as session:
            participation.assist(session, county.people["office"], ticket, county.code("housing"), day(0))
        county.do("office", "send_back", ticket, day(0), reason=SENTENCE)
        if state == "reported":
            county.do("village", "resubmit", ticket, day(0))
        return ticket
    county.do("office", "reassign", ticket, day(0), unit="water", reason=SENTENCE)
    with county.write() as session:
        participation.assist(session, county.people["office"], ticket, county.code("housing"), day(0))
    if state == "disputed":
        county.do("water", "decline", ticket, day(0), ground="not_ours", cited_duty=SENTENCE)
    if state in (*IN_PROGRESS, "suspended", "resolved", "closed"):
        county.do("water", "accept", ticket, day(0))
    if state in ("extended", "extended_twice"):
        county.do("office", "extend", ticket, day(0), until="2018-12-10", reason=SENTENCE)
    if state == "extended_twice":
        county.do("leaders", "extend_again", ticket, day(0), until="2018-12-11", reason=SENTENCE)
    if state == "suspended":
        county.do("office", "suspend", ticket, day(0), ground="flood", until="2018-11-30")
    if state in ("resolved", "closed"):
        county.resolve(ticket, day(0))
    if state == "closed":
        county.confirm(ticket, day(0))
    return ticket


def given(session: Session, county: County, actor: str, ticket: int, action: str) -> dict[str, Any]:
    proof = [county_evidence[actor, ticket]] if (actor, ticket) in county_evidence else [1]
    by_action: dict[str, dict[str, Any]] = {
        "send_back": {"reason": SENTENCE},
        "withdraw": {"reason": SENTENCE},
        "decline": {"ground": "not_ours", "cited_duty": SENTENCE},
        "uphold": {"reason": SENTENCE},
        "reassign": {"unit": "power", "reason": SENTENCE},
        "reclassify": {"kind": "power", "reason": SENTENCE},
        "resolve": {"evidence": proof},
        "confirm": {"evidence": proof, "visited_on": "2018-11-21"},
        "reject": {"reason": SENTENCE},
        "suspend": {"ground": "flood", "until": "2018-11-30"},
        "extend": {"until": "2018-12-10", "reason": SENTENCE},
        "extend_again": {"until": "2018-12-12", "reason": SENTENCE},
        "reopen": {"reason": SENTENCE},
        "cancel": {"reason": SENTENCE},
    }
    return by_action.get(action, {})


county_evidence: dict[tuple[str, int], int] = {}


WORLDS = [("sqlite", SCHEMES[0]), ("sqlite", SCHEMES[1]), ("postgresql", SCHEMES[1])]


@pytest.fixture(params=WORLDS, ids=lambda world: f"{world[0]}-{world[1].stem}")
def county(request: pytest.FixtureRequest) -> Iterator[County]:
    """On SQLite under every scheme, on PostgreSQL under one: rights depend on neither, and all combinations would be
    four times the runs.
    """
    kind, scheme = request.param
    county_evidence.clear()
    with fresh_database(request, kind) as url:
        yield settle_county(engine_at(url), stage=scheme, rounds=5)


def asked(outcomes: Outcomes, county: County, actor: str, ticket: int, action: str) -> str:
    def does(session: Session) -> None:
        args = county.cast.given(given(session, county, actor, ticket, action))
        desk.perform(session, county.people[actor], ticket, action, day(1), **args)

    return outcomes.of(does)


def expected(state: str, actor: str, action: str) -> str:
    if actor not in SEE - ({"power", "housing"} if state == "withdrawn" else set()):
        return "404"
    if action in ("deem_accepted", "hand_in", "hand_over", "follow", "relapse", "disprove"):
        return "404"
    ever = EVER[action] - ({"water"} if state in WITHOUT_LEAD else set())
    if actor not in ever:
        return "403"
    return "done" if actor in ALLOWED[state].get(action, set()) else "409"


@pytest.mark.parametrize("state", ALLOWED)
def test_every_action_by_everybody_ends_as_the_matrix_says(county: County, state: str) -> None:
    ticket = bring_to(county, state)
    assert county.ticket(ticket).state == ("in_progress" if state in IN_PROGRESS else state)
    if state in (*IN_PROGRESS, "resolved"):
        for who in ("water", "town"):
            county_evidence[who, ticket] = county.bring(who, ticket, day(0), who.encode())
    with Outcomes(county.engine) as outcomes:
        wrong = [
            (actor, action, expected(state, actor, action), actual)
            for actor in ACTORS
            for action in (*EVER, "deem_accepted", "hand_in", "hand_over", "follow", "relapse", "disprove")
            if (actual := asked(outcomes, county, actor, ticket, action)) != expected(state, actor, action)
        ]
    assert wrong == []


def test_every_open_state_has_a_holder_a_deadline_and_a_way_out(county: County) -> None:
    for state in ALLOWED:
        if state in ("closed", "withdrawn"):
            continue
        ticket = county.ticket(bring_to(county, state))
        assert ticket.holder_unit_id is not None, state
        assert ticket.due_at is not None, state
        assert any(ALLOWED[state].values()), state
        county.do("office", "cancel", ticket.id, day(0), reason=SENTENCE)


def test_the_buttons_are_just_what_the_door_allows(county: County) -> None:
    from workflow.county.context import county_context
    from workflow.tickets.actions.lifecycle import available_actions

    for state in ALLOWED:
        number = bring_to(county, state)
        with county.read() as session:
            row = session.get_one(Ticket, number)
            setting = county_context(session)
            for actor in SEE:
                offered = set(available_actions(county.people[actor], row, setting, day(1)))
                wanted = {action for action, who in ALLOWED[state].items() if actor in who}
                assert offered == wanted, (state, actor)
        if state not in ("closed", "withdrawn"):
            county.do("office", "cancel", number, day(0), reason=SENTENCE)
