"""Refusals around the register: who reaches a household, who changes its status, looks at its people, imports a file.

One county is settled for a test and every line is tried on it; nothing of a line stays.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Household, RegisterImport
from tests.support.factories import START, County, day
from tests.support.households import change, leave, settle_register, visit
from tests.support.outcomes import refusal
from tests.support.persons import move_in
from tests.support.texts import SENTENCE
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.register import access, checkups, exit_gate, household_listing, reveal
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.importing import import_lifecycle, import_plan
from workflow.tickets import subjects

pytestmark = pytest.mark.one_database("sqlite")

VAULT = Vault("a key for tests")
COUNTY_WIDE = {"office", "leaders", "inspectorate"}
EVERYBODY = {"village", "other_village", "far_village", "town", "other_town", "water", "power", "admin"} | COUNTY_WIDE
#: Who reaches household A1 while no bureau holds a ticket of it.
NEAR = {"village", "town"} | COUNTY_WIDE

Does = Callable[[Session, Actor], Any]


def tried(county: County, who: str, does: Does) -> str:
    return refusal(county.engine, lambda session: does(session, county.people[who]))


def allowed(county: County, does: Does) -> dict[str, set[str]]:
    """Who gets which outcome."""
    outcomes: dict[str, set[str]] = {}
    for who in sorted(EVERYBODY):
        outcomes.setdefault(tried(county, who, does), set()).add(who)
    return outcomes


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine)
    with made.write() as session:
        move_in(session, VAULT, "A1", 1, "欧阳秋菊", "欧阳秋", "司徒大力")
    return made


def status(to: str, reason: str = "民主评议", code: str = "A1") -> Does:
    return lambda session, actor: exit_gate.set_status(session, actor, day(1), code, to, reason)


def test_a_status_is_set_by_town_and_office_and_clearing_is_the_offices(county: County) -> None:
    out_of_reach = {"NotFound no_such_household household": EVERYBODY - NEAR}
    others = {"NotAllowed status_not_yours": {"village", "leaders", "inspectorate"}}
    mine = {"done": {"town", "office"}}
    assert allowed(county, status("in")) == out_of_reach | others | mine
    cleared = {"done": {"office"}, "NotAllowed clearing_is_the_offices": {"town"}}
    assert allowed(county, status("cleared")) == out_of_reach | others | cleared
    refused = {"ExitRefused exit_refused": {"town", "office"}}
    gate = lambda session, actor: exit_gate.exit_household(session, actor, day(1), "A1")  # noqa: E731
    assert allowed(county, gate) == out_of_reach | others | refused
    for to, reason, said in (
        ("exited", SENTENCE, "WrongState exit_through_gate status"),
        ("", SENTENCE, "BadInput missing status"),
        ("asleep", SENTENCE, "BadInput unknown_status status"),
        ("in", "", "BadInput missing reason"),
        ("pre_exit", SENTENCE, "WrongState status_not_open status"),
        ("new", SENTENCE, "WrongState status_not_open status"),
    ):
        assert tried(county, "office", status(to, reason)) == said, to


def test_from_each_status_a_household_goes_where_it_may(county: County) -> None:
    names = ("new", "in", "pre_exit", "cleared")
    ways = {
        "new": {"in", "pre_exit", "cleared"},
        "in": {"new", "pre_exit", "cleared"},
        "pre_exit": {"in", "cleared"},
        "exited": {"in", "cleared"},
        "cleared": {"new", "in"},
    }
    for before, ahead in ways.items():
        change(county, status=before)
        reached = {to for to in names if tried(county, "office", status(to)) == "done"}
        assert reached == ahead, before
        office, town = county.people["office"], county.people["town"]
        assert set(exit_gate.changes_for(office, before)) == ahead
        assert set(exit_gate.changes_for(town, before)) == ahead - {"cleared"}


def test_only_a_household_on_the_register_goes_through_the_gate(county: County) -> None:
    visit(county, findings={"school": "not_applicable"})
    gate = lambda session, actor: exit_gate.exit_household(session, actor, day(1), "A1")  # noqa: E731
    for before, said in (
        ("new", "done"),
        ("in", "done"),
        ("pre_exit", "done"),
        ("exited", "WrongState not_on_register household"),
        ("cleared", "WrongState not_on_register household"),
    ):
        change(county, status=before)
        assert tried(county, "town", gate) == said, before


def test_clearing_cancels_what_is_open_and_stops_at_a_ticket_of_the_offices_own(county: County) -> None:
    first, second = county.file(), county.file(kind="power")
    county.do("office", "cancel", second, reason="重复")
    with county.write() as session:
        exit_gate.set_status(session, county.people["office"], day(1), "A1", "cleared", "死亡")
    assert (county.ticket(first).state, county.ticket(second).state) == ("withdrawn", "withdrawn")
    third = county.file(household="A2")
    county.do("water", "decline", third, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", third, day(1), unit="office", reason=SENTENCE)
    assert tried(county, "office", status("cleared", code="A2")) == "WrongState ticket_of_the_offices_own status"
    assert tried(county, "office", status("in", code="A2")) == "done"


def test_people_are_shown_in_full_to_the_own_town_and_to_who_is_responsible_for_an_open_ticket(county: County) -> None:
    def look(ground: str = "contact", note: str = "", code: str = "A1") -> Does:
        return lambda session, actor: reveal.reveal_people(
            session, actor, VAULT, code, day(1), ground=ground, note=note
        )

    unseen = EVERYBODY - NEAR
    assert allowed(county, look()) == {
        "done": {"town"},
        "NotAllowed may_not_reveal": NEAR - {"town"},
        "NotFound no_such_household": unseen,
    }
    ticket = county.file()
    assert allowed(county, look())["done"] == {"town", "water"}
    for ground, note, said in (
        ("curious", "", "BadInput look_without_ground ground"),
        ("", SENTENCE, "BadInput look_without_ground ground"),
        ("other", "", "BadInput missing note"),
        ("other", " ", "BadInput missing note"),
        ("other", SENTENCE, "done"),
        ("contact", " ", "done"),
        ("contact", "x" * 2001, "BadInput too_long note"),
    ):
        assert tried(county, "town", look(ground, note)) == said, ground
    assert tried(county, "town", look(code="B1")) == "NotFound no_such_household"
    county.do("water", "decline", ticket, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", ticket, day(1), unit="office", reason=SENTENCE)
    assert allowed(county, look())["done"] == {"town", "office"}


def test_a_number_is_found_exactly_by_office_town_and_village_within_sight(county: County) -> None:
    with county.read() as session:
        row = session.scalars(select(Household).where(Household.code == "A1")).one()
        assert row.phone_sealed is not None
        phone = VAULT.open(row.phone_sealed)
    hits = {}
    for who in sorted(EVERYBODY):
        with county.write() as session:
            lines = reveal.find_by_number(session, county.people[who], VAULT, "phone", phone, day(1))
            hits[who] = [line.code for line in lines]
    assert {who for who, codes in hits.items() if codes == ["A1"]} == {"office", "town", "village"}
    assert {who for who, codes in hits.items() if not codes} == EVERYBODY - {"office", "town", "village"}
    today = day(1).date()
    for text, kind in (
        (phone, "phone"),
        (phone[:3] + " " + phone[3:], "phone"),
        ("0753-4432100", "phone"),
        ("023-123456", None),
        ("23812345678", None),
        ("A1", None),
        ("441424198001010011", None),
    ):
        said = reveal.number_in(text, today)
        assert (said[0] if said else None) == kind, text


def test_a_household_or_village_is_filed_for_within_the_own_area(county: County) -> None:
    def subject(household: str | None = None, village: str | None = None) -> Does:
        def does(session: Session, actor: Actor) -> Any:
            from workflow.county.context import county_context

            return subjects.find_subject(
                session, county_context(session), actor, {"household": household, "village": village}
            )

        return does

    for given, field in (({"household": "A1"}, "household"), ({"village": "town-a-v1"}, "village")):
        far = {"other_village", "far_village", "other_town"}
        assert allowed(county, subject(**given)) == {
            "done": EVERYBODY - far,
            f"NotFound no_such_subject {field}": far,
        }
    assert tried(county, "office", subject()) == "BadInput one_subject household"
    assert tried(county, "office", subject("A1", "town-a-v1")) == "BadInput one_subject household"
    assert tried(county, "office", subject("Z9")) == "NotFound no_such_subject household"
    change(county, status="cleared")
    assert tried(county, "office", subject("A1")) == "WrongState household_cleared household"
    seen = lambda session, actor: household_listing.find_household(session, actor, "A1")  # noqa: E731
    assert allowed(county, seen)["NotFound no_such_subject household"] == EVERYBODY - NEAR
    near = lambda session, actor: household_listing.find_village(session, actor, "town-a-v1")  # noqa: E731
    assert allowed(county, near)["done"] == EVERYBODY - {"other_village", "far_village", "other_town", "admin"}


def checkup(household: str = "A1", **given: Any) -> Does:
    asked = {"seen_on": START.date(), "source": None, "findings": {"water": Found("met")}} | given
    return lambda session, actor: checkups.record(session, actor, START, household, CheckupInput(**asked))


def test_what_a_checkup_must_say(county: County) -> None:
    met = {"water": Found("met"), "power": Found("met")}
    assert allowed(county, checkup(findings=met)) == {
        # A bureau reports by a household's code, and only on the haves of its own kinds.
        "NotAllowed have_not_yours findings": {"water", "power"},
        "done": {"village", "town", "office"},
        "NotAllowed may_not_check": {"leaders", "inspectorate", "admin"},
        "NotFound no_such_household household": {"other_village", "far_village", "other_town"},
    }
    oldest = START.date() - timedelta(days=30)
    unmet = {"water": Found("unmet", "dry"), "power": Found("met")}
    for given, said in (
        ({"source": "dream"}, "BadInput unknown_source source"),
        ({"source": "matching"}, "NotAllowed source_not_yours source"),
        ({"findings": {"water": Found("met")}}, "BadInput haves_left_out findings"),
        ({"findings": {}, "source": "household"}, "BadInput nothing_found findings"),
        ({"findings": {"water": Found("met")}, "source": "household"}, "done"),
        ({"findings": met | {"gas": Found("met")}}, "BadInput have_unknown findings"),
        ({"findings": met | {"water": Found("wet")}}, "BadInput unknown_result findings"),
        ({"findings": met | {"water": Found("not_applicable")}}, "BadInput not_optional findings"),
        ({"findings": met | {"school": Found("not_applicable")}}, "done"),
        ({"findings": met | {"water": Found("met", "dry")}}, "BadInput cause_only_unmet findings"),
        ({"findings": unmet | {"water": Found("unmet", "wet")}}, "BadInput cause_unknown findings"),
        ({"findings": unmet | {"power": Found("unmet", "dry")}}, "BadInput cause_unknown findings"),
        ({"findings": unmet}, "done"),
        ({"findings": unmet, "file": ["water", "water"]}, "done"),
        ({"findings": unmet, "file": ["gas"]}, "BadInput have_unknown file"),
        ({"findings": unmet, "file": ["power"]}, "BadInput file_not_unmet file"),
        ({"findings": unmet, "file": ["school"]}, "BadInput file_not_unmet file"),
        ({"seen_on": None}, "BadInput missing seen_on"),
        ({"seen_on": ""}, "BadInput missing seen_on"),
        ({"seen_on": "x"}, "BadInput not_a_date seen_on"),
        ({"seen_on": " 2018-11-20 "}, "done"),
        ({"seen_on": START}, "BadInput not_a_date seen_on"),
        ({"seen_on": START.date() + timedelta(days=1)}, "BadInput date_in_future seen_on"),
        ({"seen_on": oldest}, "done"),
        ({"seen_on": oldest - timedelta(days=1)}, "BadInput seen_too_long_ago seen_on"),
        ({"present": "王小二、" * 50}, "done"),
        ({"present": "王小二、" * 50 + "李"}, "BadInput too_long present"),
        ({"note": "两人" * 1000}, "done"),
        ({"note": "两人" * 1000 + "。"}, "BadInput too_long note"),
    ):
        assert tried(county, "village", checkup(**{"findings": met} | given)) == said, given
    change(county, status="cleared")
    assert tried(county, "village", checkup(findings=met)) == "WrongState household_cleared household"
    assert tried(county, "water", checkup()) == "NotFound no_such_household household"
    county.file(household="A2")
    change(county, "A2", status="cleared")
    assert tried(county, "water", checkup("A2")) == "WrongState household_cleared household"


def test_a_checkup_is_found_by_its_unit_and_by_who_reaches_the_household(county: County) -> None:
    made = visit(county).checkup.id
    with county.write() as session:
        matched = checkup()(session, county.people["water"]).checkup.id

    def find(number: int) -> Does:
        return lambda session, actor: checkups.find_checkup(session, actor, number)

    bureaus = {"NotFound no_such_checkup": {"water", "power"}}
    far = {"NotFound no_such_household household": EVERYBODY - NEAR - {"water", "power"}}
    assert allowed(county, find(made)) == bureaus | far | {"done": NEAR}
    assert allowed(county, find(matched)) == far | {
        "done": NEAR | {"water"},
        "NotFound no_such_checkup": {"power"},
    }
    assert tried(county, "office", find(99)) == "NotFound no_such_checkup"


def test_who_reaches_a_household(county: County) -> None:
    def reach(*, matching: bool = False) -> Does:
        return lambda session, actor: access.find_household(session, actor, "A1", matching=matching)

    assert allowed(county, reach())["done"] == NEAR
    assert allowed(county, reach(matching=True))["done"] == NEAR | {"water", "power"}
    ticket = county.file()
    with county.read() as session:
        known = {
            who: access.find_household(session, county.people[who], "A1", matching=True).known
            for who in ("water", "power", "town")
        }
    assert known == {"water": True, "power": False, "town": True}
    assert allowed(county, reach())["done"] == NEAR | {"water"}
    county.do("office", "cancel", ticket, day(1), reason=SENTENCE)
    assert allowed(county, reach())["done"] == NEAR


def test_an_import_is_its_units_and_goes_its_way_once(county: County) -> None:
    with county.write() as session:
        row = import_lifecycle.bring(
            session, county.people["town"], START, sha256="a" * 64, filename="C:\\files\\名单.xlsx"
        )
        number, name = row.id, row.filename
    assert name == "名单.xlsx"

    def state(to: str) -> None:
        with county.write() as session:
            row = session.get_one(RegisterImport, number)
            row.status, row.applied_at = to, START if to == "applied" else None

    def tell(columns: dict[str, str]) -> Does:
        return lambda session, actor: import_lifecycle.tell_columns(session, actor, START, number, columns, 2018)

    others = {"NotAllowed may_not_import": EVERYBODY - {"town", "other_town", "office"}}
    find = lambda session, actor: import_lifecycle.find(session, actor, number)  # noqa: E731
    owned = lambda session, actor: import_lifecycle.owned(session, actor, number)  # noqa: E731
    unseen = {"NotFound no_such_import": {"other_town"}}
    assert allowed(county, find) == others | unseen | {"done": {"town", "office"}}
    assert allowed(county, owned) == others | unseen | {
        "done": {"town"},
        "NotAllowed refused_rows_not_yours": {"office"},
    }
    with county.read() as session:
        seen = {
            who: len(import_lifecycle.latest(session, county.people[who])) for who in ("town", "other_town", "office")
        }
        assert seen == {"town": 1, "other_town": 0, "office": 1}
        assert import_lifecycle.latest(session, county.people["office"], before=number) == []
        assert len(import_lifecycle.latest(session, county.people["office"], before=number + 1)) == 1
    assert tried(county, "town", tell({"甲": "gold"})) == "BadInput column_unknown field"
    assert tried(county, "town", tell({"户编号": "code"})) == "done"
    confirm = lambda session, actor: import_lifecycle.have_applied(session, actor, START, number)  # noqa: E731
    for at, columns, confirmed in (
        ("uploaded", "done", "WrongState import_not_read"),
        ("reading", "WrongState import_at_work", "WrongState import_not_read"),
        ("queued", "WrongState import_at_work", "WrongState import_not_read"),
        ("read", "done", "done"),
        ("failed", "done", "WrongState import_not_read"),
        ("applied", "WrongState import_applied", "WrongState import_not_read"),
    ):
        state(at)
        assert tried(county, "town", tell({"户编号": "code"})) == columns, at
        assert tried(county, "town", confirm) == confirmed, at
    assert allowed(county, lambda _, actor: import_plan.may_import(actor)) == {
        "done": {"town", "other_town", "office"},
        "NotAllowed may_not_import": EVERYBODY - {"town", "other_town", "office"},
    }


def test_a_household_that_left_is_back_by_a_visit_and_by_no_other_word(county: County) -> None:
    visit(county, findings={"school": "not_applicable"})
    leave(county, day(1))
    with county.write() as session:
        for source in ("household", "visit"):
            findings = {"water": Found("unmet"), "power": Found("met")}
            made = checkups.record(
                session,
                county.people["village"],
                day(2),
                "A1",
                CheckupInput(seen_on=day(2).date(), findings=findings, source=source),
            )
            assert made.taken_back == (source == "visit")
