"""Scheme impact: replaying a year under the same scheme changes nothing; a changed scheme shows each difference."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Escalation
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.simulated_county import SCHEME
from tests.support.texts import SENTENCE
from workflow.accountability import sweep
from workflow.adoption.impact import Effects, Shift, effects
from workflow.adoption.replay import Called, Outcome, relive, renamed, stretches, under
from workflow.county.context import county_context
from workflow.errors import NotAllowed
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme_diff import compare, shadowed
from workflow.policy.worktime import SHANGHAI


def close(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T17:30").replace(tzinfo=SHANGHAI)


def changed(scheme: Scheme, **parts: Any) -> Scheme:
    return Scheme.model_validate(scheme.model_dump(mode="json") | parts)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def look(county: County, now: datetime, new: Scheme, who: str = "office") -> Effects:
    with county.read() as session:
        return effects(session, county.people[who], now, small_scheme(), new)


def test_a_shorter_limit_brings_forward_what_was_counted_by_hand(county: County) -> None:
    # Filed Tuesday 20 November: accepted within 2 days (the 22nd), resolved within 12 (6 December).
    ticket = county.file()
    county.do("water", "accept", ticket, day(1))
    county.resolve(ticket, day(14))
    county.confirm(ticket, day(15))
    sweep.run(county.read, county.write, day(15))
    other = county.file(household="A2", kind="power", at=day(13))
    limits = {"vet": 2, "supplement": 3, "accept": 2, "mend": 5, "rule": 3, "confirm": 5, "cap": 40}
    new = small_scheme(limits={"normal": limits, "urgent": limits})
    with county.read() as session:
        setting = under(county_context(session), new)
        again = relive(
            setting, 2018, False, START, [Called(1, "water", "")], stretches(session, [ticket])[ticket], day(15)
        )
    assert again is not None
    # 7 days from the 20th end on the 29th; resolved on 4 December, three working days after.
    assert [outcome.due_at for outcome in again[:2]] == [close("2018-11-22"), close("2018-11-29")]
    assert [(outcome.late, [r.rung for r in outcome.rungs]) for outcome in again] == [
        (False, []),
        (True, [1, 2, 3]),
        (False, []),
    ]
    impact = look(county, day(15), new)
    assert set(impact.shifts) == {(county.units["water"], "water")}
    shift = impact.shifts[county.units["water"], "water"]
    assert (shift.earlier, shift.later, shift.newly_late, shift.no_longer_late) == (1, 0, 1, 0)
    assert (shift.more, shift.fewer) == ({1: 1, 2: 1, 3: 1}, {})
    assert shift.tickets.numbers == [county.ticket(ticket).number]
    assert not impact.routed
    assert other
    # And in reverse: earlier in one comparison is later in the other.
    with county.read() as session:
        back = effects(session, county.people["office"], day(15), new, small_scheme())
    shift = back.shifts[county.units["water"], "water"]
    assert (shift.earlier, shift.later, shift.no_longer_late, shift.fewer) == (0, 1, 1, {1: 1, 2: 1, 3: 1})


@pytest.mark.parametrize(
    ("was", "becomes", "counted"),
    [
        ((1, False), (1, False), (0, 0, 0, 0)),
        ((1, False), (2, False), (0, 1, 0, 0)),
        ((2, False), (1, False), (1, 0, 0, 0)),
        ((2, False), (1, True), (1, 0, 1, 0)),
        ((1, True), (2, False), (0, 1, 0, 1)),
        ((1, True), (1, True), (0, 0, 0, 0)),
        ((1, True), (1, False), (0, 0, 0, 1)),
    ],
)
def test_a_custody_is_earlier_or_later_only_where_its_deadline_moves(
    was: tuple[int, bool], becomes: tuple[int, bool], counted: tuple[int, int, int, int]
) -> None:
    shift = Shift()
    shift.add(*(Outcome(day(due), late, ()) for due, late in (was, becomes)))
    assert (shift.earlier, shift.later, shift.newly_late, shift.no_longer_late) == counted


def test_a_changed_route_names_the_tickets_that_would_have_gone_elsewhere(county: County) -> None:
    first, second = county.file(), county.file(household="A2", kind="power")
    house = county.file(household="A3", kind="house", cause="quota")
    kinds = [kind for kind in small_scheme().model_dump(mode="json")["kinds"] if kind["code"] != "file"]
    water = next(kind for kind in kinds if kind["code"] == "water")
    water["routes"][0] |= {"lead": "housing"}
    next(kind for kind in kinds if kind["code"] == "house")["hard_stop"] = None
    new = small_scheme(kinds=kinds)
    impact = look(county, day(0), new)
    assert {key: group.numbers for key, group in impact.routed.items()} == {
        ("water", "water", "housing"): [county.ticket(first).number]
    }
    assert impact.confirmed == {}
    changes = [(c.part, c.field, c.before, c.after) for c in compare(small_scheme(), new)]
    assert ("lead", "", "water", "housing") in changes
    assert ("hard_stop", "", "12-20 quota", None) in changes
    assert next(c for c in changes if c[0] == "kind")[3] is None
    # The quota's house is due by the end of acceptance either way: the stop is beyond it.
    assert impact.shifts == {}
    gone = county.file(household="B1", kind="file", who="other_town")
    impact = look(county, day(0), new)
    assert {key: group.numbers for key, group in impact.unknown.items()} == {("file", ""): [county.ticket(gone).number]}
    assert second
    assert house


def test_a_ladder_that_waits_longer_fires_less(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    sweep.run(county.read, county.write, day(21))
    with county.read() as session:
        fired = session.scalars(select(Escalation.rung).where(Escalation.ticket_id == ticket)).all()
    # Due 6 December; three working days after, on the 11th: reminded, urged, supervised.
    assert sorted(fired) == [1, 2, 3]
    rungs = small_scheme().model_dump(mode="json")["ladder"]["rungs"]
    for rung, offset in zip(rungs, (-1, 0, 4, 8, 20), strict=True):
        rung["offset"] = offset
    shift = look(county, day(21), small_scheme(ladder={"rungs": rungs})).shifts[county.units["water"], "water"]
    assert (shift.earlier, shift.more, shift.fewer) == (0, {}, {3: 1})


def test_who_may_not_decide_on_a_scheme_sees_no_effect_of_it(county: County) -> None:
    for who in ("town", "water", "village", "admin"):
        with pytest.raises(NotAllowed):
            look(county, START, small_scheme(), who)
    for who in ("office", "leaders", "inspectorate"):
        assert look(county, START, small_scheme(), who).none


def test_a_route_behind_one_that_takes_every_case_is_named() -> None:
    kinds = small_scheme().model_dump(mode="json")["kinds"]
    kinds[0]["routes"].append({**kinds[0]["routes"][0], "code": "never"})
    [shadow] = shadowed(small_scheme(kinds=kinds))
    assert (shadow.path, shadow.params) == (("kinds", 0, "routes", 1), {"value": "never", "other": "water"})


def test_the_counties_file_is_compared_with_another_year_of_itself() -> None:
    longer = SCHEME.model_dump(mode="json")
    longer["limits"]["normal"]["mend"] = 20
    assert compare(SCHEME, SCHEME) == ()
    changes = compare(SCHEME, Scheme.model_validate(longer))
    # Only kinds without a limit of their own follow the general one.
    own = {k.name for k in SCHEME.kinds if k.limits.normal.mend is not None}
    assert {c.part for c in changes} == {"limit"}
    assert {c.of[0] for c in changes} == {k.name for k in SCHEME.kinds} - own
    assert {(c.field, c.before, c.after) for c in changes} == {("mend", 15, 20)}


def test_what_a_ticket_was_called_changes_where_its_kind_or_its_cause_alone_was_corrected(county: County) -> None:
    ticket = county.file("village", household="A1", kind="house", cause="quota")
    other = county.file("village", household="A2", kind="power")
    for number, (right, given) in enumerate(
        (("cause", {"kind": "house", "cause": "other"}), ("none", {"description": "断电"}), ("kind", {"kind": "water"}))
    ):
        which = ticket if right == "cause" else other
        county.do("town", "send_back", which, day(number, 11), reason=SENTENCE)
        county.do("village", "resubmit", which, day(number, 12), **given)
    with county.read() as session:
        called = renamed(session, [ticket, other])
    assert called == {
        ticket: [Called(1, "house", "quota"), Called(3, "house", "other")],
        other: [Called(1, "power", ""), Called(5, "water", "")],
    }
