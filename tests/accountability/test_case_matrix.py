"""Accountability cases: every state × action × actor against a matrix written by hand from the requirements.

`water` is the respondent; `office2` and `leaders2` are second persons of the same units. In the states that begin with
`own_` the office itself is the respondent; against the leading group there is no case (`test_leading_group`).
"""

from datetime import datetime
from functools import partial
from itertools import product

from sqlalchemy import Engine

from models import AccountabilityCase
from tests.support.cases import GIVEN, act, case_county, offices_own, overdue, proposed, raised, row
from tests.support.factories import County, day
from tests.support.outcomes import Outcomes
from workflow.accountability.cases import case_desk
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS, STATES, available_actions
from workflow.county.context import county_context

ACTORS = (
    "village",
    "town",
    "other_town",
    "water",
    "power",
    "poverty",
    "office",
    "office2",
    "leaders",
    "leaders2",
    "inspectorate",
    "admin",
)
COUNTY = {"office", "office2", "leaders", "leaders2", "inspectorate"}
OFFICE, LEADERS = {"office", "office2"}, {"leaders", "leaders2"}

ALLOWED: dict[str, dict[str, set[str]]] = {
    "proposed": {"open": {"office2"}, "seek_withdrawal": OFFICE},
    "opened": {"notify": OFFICE, "seek_withdrawal": OFFICE},
    "notified": {"respond": {"water"}, "seek_withdrawal": OFFICE},
    "sought": {"respond": {"water"}, "agree_withdrawal": {"office2"} | LEADERS},
    "silent": {"hear": OFFICE, "seek_withdrawal": OFFICE},
    "stated": {"hear": OFFICE, "seek_withdrawal": OFFICE},
    "heard": {"decide": LEADERS, "seek_withdrawal": OFFICE},
    "decided": {"serve": OFFICE},
    "served": {"appeal": {"water"}},
    "served_late": {"close": OFFICE},
    "appealed": {"hear": OFFICE},
    "heard_again": {"decide": LEADERS},
    "served_again": {"close": OFFICE},
    "closed": {},
    "withdrawn": {},
    "own_opened": {"notify": LEADERS, "seek_withdrawal": LEADERS},
    "own_notified": {"respond": OFFICE, "seek_withdrawal": LEADERS},
    "own_stated": {"hear": LEADERS, "seek_withdrawal": LEADERS},
    "own_heard": {"refer": LEADERS, "seek_withdrawal": LEADERS},
    "own_referred": {"record": LEADERS},
    "own_decided": {"serve": LEADERS},
    "own_served": {"appeal": OFFICE},
}
#: A person in this relation may do it in some state of such a case.
EVER: dict[str, dict[str, set[str]]] = {
    "water": {
        "open": OFFICE,
        "notify": OFFICE,
        "respond": {"water"},
        "hear": OFFICE,
        "decide": LEADERS,
        "refer": set(),
        "record": set(),
        "serve": OFFICE,
        "appeal": {"water"},
        "close": OFFICE,
        "seek_withdrawal": OFFICE,
        "agree_withdrawal": OFFICE | LEADERS,
    },
    "own": {
        "open": LEADERS,
        "notify": LEADERS,
        "respond": OFFICE,
        "hear": LEADERS,
        "decide": set(),
        "refer": LEADERS,
        "record": LEADERS,
        "serve": LEADERS,
        "appeal": OFFICE,
        "close": LEADERS,
        "seek_withdrawal": LEADERS,
        "agree_withdrawal": LEADERS,
    },
}
#: The row's state where the name of the situation is another.
STATE = {
    "sought": "notified",
    "silent": "stated",
    "served_late": "served",
    "appealed": "stated",
    "heard_again": "heard",
    "served_again": "served",
}
UNTOLD = ("proposed", "opened")
WHEN: dict[str, datetime] = {"proposed": day(32), "silent": day(9), "served_late": day(20), "closed": day(21)}


def bring_to(county: County, situation: str, household: str) -> int:
    whose, _, state = situation.rpartition("_") if situation.startswith("own_") else ("", "", situation)
    if state == "proposed":
        return proposed(county, household)
    opener = "leaders" if whose else "office"
    answers = "office" if whose else "water"
    case = offices_own(county, household) if whose else raised(county, overdue(county, household))
    way: list[tuple[str, str]] = [(opener, "notify"), (answers, "respond"), (opener, "hear")]
    way += [(opener, "refer"), (opener, "record")] if whose else [("leaders", "decide")]
    way += [(opener, "serve")]
    stops = {
        "opened": 0,
        "notified": 1,
        "sought": 1,
        "silent": 1,
        "stated": 2,
        "withdrawn": 2,
        "heard": 3,
        "referred": 4,
        "decided": 5 if whose else 4,
    }
    for who, action in way[: stops.get(state, len(way))]:
        act(county, who, case, action)
    if state in ("sought", "withdrawn"):
        act(county, "office", case, "seek_withdrawal")
    if state == "withdrawn":
        act(county, "office2", case, "agree_withdrawal")
    if state in ("appealed", "heard_again", "served_again"):
        act(county, "water", case, "appeal")
    if state in ("heard_again", "served_again"):
        act(county, "office", case, "hear")
    if state == "served_again":
        act(county, "leaders", case, "decide")
        act(county, "office", case, "serve")
    if state == "closed":
        act(county, "office", case, "close", at=day(20))
    return case


def expected(situation: str, actor: str, action: str) -> str:
    whose = "own" if situation.startswith("own_") else "water"
    seen = COUNTY | ({"water"} if whose == "water" and situation not in UNTOLD else set())
    if actor not in seen or action == "lapse_statement":
        return "404"
    if actor not in EVER[whose][action]:
        return "403"
    return "done" if actor in ALLOWED[situation].get(action, set()) else "409"


def test_every_action_by_everybody_ends_as_the_matrix_says(engine: Engine) -> None:
    county = case_county(engine)
    wrong: list[tuple[object, ...]] = []
    for number, situation in enumerate(ALLOWED, start=1):
        case, at = bring_to(county, situation, f"A{number}"), WHEN.get(situation, day(2))
        if situation != "silent":
            assert row(county, case).state == STATE.get(situation, situation.rpartition("_")[2])
        with Outcomes(county.engine) as outcomes:
            for actor, action in product(ACTORS, CASE_ACTIONS):
                asks = partial(case_desk.perform, actor=county.people[actor], case=case, action=action, now=at)
                actual = outcomes.of(partial(asks, **county.cast.given(GIVEN.get(action, {}))))
                wanted = expected(situation, actor, action)
                wrong += [(situation, actor, action, wanted, actual)] if actual != wanted else []
        with county.read() as session:
            there = session.get_one(AccountabilityCase, case)
            setting = county_context(session)
            for actor in COUNTY | {"water"}:
                offered = set(available_actions(county.people[actor], there, setting, at))
                by_hand = {action for action, who in ALLOWED[situation].items() if actor in who}
                wrong += [(situation, actor, by_hand, offered)] if offered != by_hand else []
    assert wrong == []


def test_the_matrix_names_every_state_and_every_action() -> None:
    states = {STATE.get(name, name.rpartition("_")[2]) for name in ALLOWED}
    assert states == set(STATES)
    by_hand = {action for actions in ALLOWED.values() for action in actions}
    assert by_hand == {action.name for action in CASE_ACTIONS.values() if not action.by_system}
