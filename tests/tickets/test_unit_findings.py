"""Findings about a unit (检查、审计、督查…): who files them from which source, who puts them right, who confirms."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from models import Event, Ticket, User
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from tests.support.unit_findings import AUDIT, scheme_with_unit_findings
from workflow.actors import Actor, actor_of
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.policy.scheme.reader import read_scheme
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.tickets.views import detail, listing
from workflow.tickets.visibility import visible
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, scheme_with_unit_findings())


def finding(county: County, who: str, unit: str = "water", at: float = 0, **more: Any) -> Ticket:
    given = {"kind": "funds", "unit": unit, **more}
    with county.write() as session:
        return filing.file_ticket(session, county.people[who], day(at), Deficiency(**given)).ticket


def refused(county: County, who: str, **given: Any) -> WorkflowError:
    with pytest.raises(WorkflowError) as error:
        finding(county, who, **given)
    return error.value


def another_of(county: County, unit: str, role: str) -> Actor:
    with county.write() as session:
        user = User(
            name=f"second-{unit}",
            display_name="second",
            role=role,
            active=True,
            created_at=START,
            unit_id=county.units[unit],
        )
        session.add(user)
        session.flush()
        return actor_of(user)


@pytest.mark.parametrize(
    ("who", "source", "unit", "confirmer"),
    [
        ("housing", AUDIT, "water", "office"),
        ("housing", AUDIT, "town-a", "office"),
        ("housing", AUDIT, "office", "leaders"),
        ("inspectorate", {"source": "supervision", "reference": "督〔2018〕3号"}, "water", "office"),
        ("inspectorate", {"source": "supervision", "reference": "督〔2018〕3号"}, "office", "leaders"),
        ("leaders", {"source": "instruction", "reference": "批示12"}, "town-b", "office"),
        ("office", {"source": "petition", "reference": "信访77"}, "water", "leaders"),
        ("leaders", {"source": "instruction", "reference": "批示12"}, "office", "leaders"),
    ],
)
def test_the_unit_itself_puts_it_right_and_neither_it_nor_the_filer_confirms(
    county: County, who: str, source: dict[str, Any], unit: str, confirmer: str
) -> None:
    ticket = finding(county, who, unit, cause="idle", **source)
    assert (ticket.state, ticket.type) == ("assigned", "deficiency")
    assert (ticket.holder_unit_id, ticket.lead_unit_id) == (county.units[unit], county.units[unit])
    assert ticket.confirmer_unit_id == county.units[confirmer]
    assert (ticket.source, ticket.source_reference) == (source["source"], source["reference"])
    assert (ticket.subject_unit_id, ticket.in_village_id) == (county.units[unit], None)
    assert ticket.town_id == (county.units[unit] if unit.startswith("town") else None)
    assert ticket.filed_unit_id == county.people[who].unit_id


def test_it_is_timed_laddered_and_verified_like_any_other(county: County) -> None:
    ticket = finding(county, "housing", **AUDIT)
    assert ticket.due_at is not None
    assert ticket.cap_at is not None
    county.do("water", "accept", ticket.id, day(0, 11))
    county.resolve(ticket.id, day(3), note="闲置资金已拨付")
    seen = county.bring("office", ticket.id, day(6), b"bank statement")
    with pytest.raises(NotAllowed):
        county.do("housing", "confirm", ticket.id, day(6), visited_on="2018-11-26", evidence=[seen])
    closed = county.do("office", "confirm", ticket.id, day(6), visited_on="2018-11-26", evidence=[seen])
    assert (closed.state, closed.closed_by_unit_id) == ("closed", county.units["office"])
    with county.read() as session:
        assert {each.code for each in verify(session, Path("nowhere"))} == {"bytes_missing"}


def test_an_altered_source_or_subject_is_found(county: County) -> None:
    number = finding(county, "housing", **AUDIT).id
    for column, value in (
        ("source", "check"),
        ("source_reference", SENTENCE),
        ("filed_unit_id", county.units["power"]),
    ):
        with county.write() as session:
            before = session.scalar(select(getattr(Ticket, column)).where(Ticket.id == number))
            session.execute(update(Ticket).values({column: value}))
        with county.read() as session:
            assert [str(each) for each in verify(session, Path("nowhere")) if column in str(each)]
        with county.write() as session:
            session.execute(update(Ticket).values({column: before}))


def test_who_files_from_which_source(county: County) -> None:
    assert refused(county, "water", unit="power", **AUDIT).code == "source_not_open"
    assert refused(county, "town", unit="water", source="masses").code == "may_not_file_about"
    assert refused(county, "village", unit="water").code == "may_not_file_about"
    assert refused(county, "admin", unit="water").code == "may_not_file"
    assert refused(county, "leaders", **AUDIT).code == "source_not_open"
    assert refused(county, "inspectorate", source="masses").code == "source_not_open"


@pytest.mark.parametrize("source", ["check", "petition", "supervision", "instruction"])
def test_a_document_number_belongs_to_what_rests_on_a_document(county: County, source: str) -> None:
    who = {"supervision": "inspectorate", "instruction": "leaders"}.get(source, "office")
    for reference in ("", "   "):
        error = refused(county, who, source=source, reference=reference)
        assert isinstance(error, BadInput)
        assert (error.code, error.field) == ("reference_missing", "reference")
    for reference in ("。", "好", "文号"):
        error = refused(county, who, source=source, reference=reference)
        assert (error.code, error.field) == ("reference_not_a_number", "reference")
    assert refused(county, who, source=source, reference="9" * 101).code == "too_long"
    assert finding(county, who, source=source, reference=" 9" * 50).source_reference == ("9 " * 50).strip()


def test_no_finding_is_filed_about_ones_own_unit_or_one_above_the_office(county: County) -> None:
    assert refused(county, "office", unit="office", source="check", reference="1").code == "unit_is_your_own"
    for unit in ("leaders", "inspectorate"):
        assert refused(county, "housing", unit=unit, **AUDIT).code == "unit_not_held_to_account"
    assert refused(county, "housing", unit="nowhere", **AUDIT).code == "unit_unknown"


def test_a_kind_about_households_is_not_filed_about_a_unit_nor_the_other_way(county: County) -> None:
    assert refused(county, "housing", kind="water", **AUDIT).code == "kind_not_for_subject"
    with pytest.raises(BadInput) as error, county.write() as session:
        filing.file_ticket(session, county.people["town"], START, Deficiency(household="A1", kind="funds"))
    assert error.value.code == "kind_not_for_subject"


def test_two_audits_find_the_same_kind_twice_and_one_audit_once(county: County) -> None:
    first = finding(county, "housing", **AUDIT)
    again = refused(county, "housing", **AUDIT)
    assert isinstance(again, Duplicate)
    assert finding(county, "housing", source="audit", reference="五审〔2018〕10号").id != first.id
    with pytest.raises(IntegrityError), county.write() as session:
        session.execute(update(Ticket).values(source_reference="五审〔2018〕9号"))


def test_a_finding_is_declined_and_ruled_but_never_sent_back(county: County) -> None:
    ticket = finding(county, "housing", **AUDIT)
    county.do("water", "decline", ticket.id, day(0, 11), ground="not_ours", cited_duty="职责另定")
    with pytest.raises(WrongState) as error:
        county.do("office", "send_back", ticket.id, day(1), reason=SENTENCE)
    assert error.value.code == "not_for_units"
    moved = county.do("office", "reassign", ticket.id, day(1), unit="power", reason="资金在供电局")
    assert (moved.lead_unit_id, moved.confirmer_unit_id) == (county.units["power"], county.units["office"])
    with county.read() as session:
        assert "send_back" not in detail.ticket_view(session, county.people["office"], moved.number, day(1)).actions


def test_what_a_leader_filed_about_the_office_is_confirmed_by_another_leader(county: County) -> None:
    ticket = finding(county, "leaders", "office", source="instruction", reference="批示1")
    county.do("office", "accept", ticket.id, day(0, 11))
    county.resolve(ticket.id, day(2), "office", note="已补齐")
    seen = county.bring("leaders", ticket.id, day(3), b"seen")
    given = {"visited_on": "2018-11-23", "evidence": [seen]}
    with pytest.raises(NotAllowed):
        county.do("leaders", "confirm", ticket.id, day(3), **given)
    county.people["second"] = another_of(county, "leaders", "leaders")
    assert county.do("second", "confirm", ticket.id, day(3), **given).state == "closed"


def test_a_subject_town_cannot_reopen_or_withdraw_what_was_found_about_it(county: County) -> None:
    ticket = finding(county, "housing", "town-a", **AUDIT)
    for action in ("withdraw", "cancel", "endorse"):
        with pytest.raises(NotAllowed):
            county.do("town", action, ticket.id, day(0, 11), reason=SENTENCE)
    county.do("town", "accept", ticket.id, day(0, 11))
    county.resolve(ticket.id, day(2), "town", note="已补齐")
    seen = county.bring("office", ticket.id, day(3), b"seen")
    county.do("office", "confirm", ticket.id, day(3), visited_on="2018-11-23", evidence=[seen])
    with pytest.raises(NotAllowed):
        county.do("town", "reopen", ticket.id, day(4), reason=SENTENCE)
    assert county.do("office", "reopen", ticket.id, day(4), reason=SENTENCE).state == "in_progress"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("housing", True),
        ("water", True),
        ("power", False),
        ("town", False),
        ("village", False),
        ("office", True),
        ("leaders", True),
        ("inspectorate", True),
        ("admin", False),
    ],
)
def test_the_unit_the_filer_and_the_county_see_it_and_nobody_else(county: County, who: str, sees: bool) -> None:
    ticket = finding(county, "housing", **AUDIT)
    with county.read() as session:
        actor = county.people[who]
        assert (session.scalar(select(Ticket.id).where(visible(actor))) == ticket.id) is sees
        lines = listing.list_tickets(session, actor, day(1), listing.Filters()).items
        assert [line.subject_unit for line in lines] == (["县水务局"] if sees else [])
        if not sees:
            with pytest.raises(NotFound):
                detail.ticket_view(session, actor, ticket.number, day(1))


def test_a_list_is_filtered_by_source(county: County) -> None:
    county.file()
    audited = finding(county, "housing", **AUDIT)
    with county.read() as session:
        for source, numbers in (("audit", [audited.number]), ("petition", [])):
            page = listing.list_tickets(session, county.people["office"], day(1), listing.Filters(source=source))
            assert [line.number for line in page.items] == numbers


def test_a_bureau_cannot_ask_whether_a_household_exists(county: County) -> None:
    for code in ("A1", "nowhere"):
        with pytest.raises(NotAllowed), county.write() as session:
            filing.file_ticket(session, county.people["water"], START, Deficiency(household=code, kind="water"))


def test_a_village_filing_by_a_bureau_is_checked_by_its_town_and_by_the_office_not(county: County) -> None:
    states = {}
    petition: dict[str, Any] = {"source": "petition", "reference": "1"}
    for who, source in (("housing", AUDIT), ("office", petition)):
        with county.write() as session:
            village = "town-a-v1" if who == "housing" else "town-b-v1"
            made = filing.file_ticket(
                session, county.people[who], START, Deficiency(village=village, kind="funds", **source)
            )
            states[who] = (made.ticket.state, made.ticket.lead_unit_id)
    assert states == {"housing": ("reported", None), "office": ("assigned", county.units["town-b"])}


def test_the_database_refuses_a_finding_without_source_or_confirmed_by_its_filer(county: County) -> None:
    number = finding(county, "housing", **AUDIT).id
    for change in ({"source": ""}, {"confirmer_unit_id": county.units["housing"]}, {"filed_unit_id": None}):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(update(Ticket).where(Ticket.id == number).values(change))


def test_every_item_without_a_household_has_a_kind_that_names_a_unit() -> None:
    from settings import default_scheme

    made = read_scheme(default_scheme())
    about_units = {kind.indicator for kind in made.kinds if "unit" in kind.subjects}
    assert about_units >= {2, 3, 4, 5, 6, 13, 14, 15, 16}
    assert {kind.indicator for kind in made.kinds} == set(range(1, 19))
    relief = made.kind("sudden_hardship")
    assert (relief.indicator, {cause.code for cause in relief.causes}) == (
        8,
        {"destitute", "temporary_relief", "charity"},
    )


def test_an_old_event_without_a_source_still_equals_its_row(county: County) -> None:
    number = county.file()
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_id == number, Event.action == "file")).one()
        assert event.effect["ticket"]["source"] == "visit"
        assert event.at - START < timedelta(minutes=1)


def test_what_is_confirmed_from_papers_says_what_was_put_right(county: County) -> None:
    ticket = finding(county, "housing", **AUDIT).id
    county.do("water", "accept", ticket, day(0, 11))
    with pytest.raises(BadInput) as told:
        county.resolve(ticket, day(2))
    assert (told.value.code, told.value.field) == ("missing", "note")
    assert county.resolve(ticket, day(2), note="资金已拨付到项目").state == "resolved"
    # What a town sees on the spot needs none.
    plain = county.file()
    county.do("water", "accept", plain, START)
    assert county.resolve(plain, day(2)).state == "resolved"


@pytest.mark.parametrize("text", ["好", "。", "无"])
def test_a_description_says_what_was_found(county: County, text: str) -> None:
    error = refused(county, "housing", description=text, **AUDIT)
    assert (error.code, error.field) == ("says_nothing", "description")
