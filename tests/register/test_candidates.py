"""Candidates: a family that is not registered is reported, seen by its town and judged by another unit."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, text
from sqlalchemy.exc import IntegrityError

from models import Base, Candidate, CandidatePerson, Event, EventSecret, Evidence, Household, Member, Ticket, Village
from tests.support.candidates import FAMILY, PERSONAL, candidate, candidate_scheme, judged, report, seen
from tests.support.factories import County, day, settle_county
from tests.support.households import bundle
from tests.support.lives import home, living, refused
from tests.support.messages import notified
from tests.support.persons import move_in
from tests.support.reforms import reform
from tests.support.spreadsheets import VAULT
from workflow.accountability import sweep
from workflow.county.vault import Vault, rotate
from workflow.register.candidates import erasure
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, candidate_scheme())


def sound(county: County) -> list[str]:
    with county.read() as session:
        # The bytes of evidence are tested elsewhere.
        found = verify(session, Path("nowhere"))
        return [f"{finding.code} {finding.subject}" for finding in found if finding.code != "bytes_missing"]


def test_a_reported_family_is_its_towns_to_see_and_the_offices_to_judge(county: County) -> None:
    made = report(county)
    ticket = county.ticket(made.ticket.id)
    assert (ticket.state, ticket.lead_unit_id) == ("assigned", county.units["town-a"])
    assert ticket.confirmer_unit_id == county.units["office"]
    assert (ticket.subject_sort, ticket.household_id, ticket.candidate_id) == ("candidate", None, made.candidate.id)
    assert ticket.due_at is not None
    assert sound(county) == []


@pytest.mark.parametrize(("who", "judge"), [("village", "office"), ("town", "office"), ("office", "leaders")])
def test_the_unit_that_judges_is_never_the_one_that_reported(county: County, who: str, judge: str) -> None:
    assert county.ticket(report(county, who).ticket.id).confirmer_unit_id == county.units[judge]


def test_a_verified_family_becomes_a_household_with_its_people(county: County) -> None:
    number = judged(county, "register", code=" Ｎ-1 ")
    made = home(county, "N-1")
    assert (made.head_name, made.status, made.people, made.labour) == (FAMILY[0]["name"], "new", 2, "partly")
    assert living(county, "N-1") == [person["name"] for person in FAMILY]
    with county.read() as session:
        rows = session.scalars(select(Member).where(Member.household_id == made.id)).all()
        assert {(row.begins_on, row.begin_reason) for row in rows} == {(day(1).date(), "registered")}
        assert all(row.id_index for row in rows)
    became = candidate(county, number)
    assert (became.verdict, became.household_id, became.erase_at) == ("registered", made.id, None)
    assert county.ticket(number).state == "closed"
    assert sound(county) == []


def test_nobody_else_may_judge(county: County) -> None:
    ticket = report(county).ticket.id
    seen(county, ticket)
    for who in ("town", "village", "leaders"):
        assert refused(lambda who=who: county.do(who, "register", ticket, day(1), code="N-1"))[0] == "not_allowed"
    assert refused(lambda: county.do("office", "confirm", ticket, day(1)))[0] == "not_for_candidates"


def test_a_family_without_consent_is_not_entered(county: County) -> None:
    none: dict[str, Any] = {"consent_by": "", "consent_on": None, "consent_how": ""}
    assert refused(lambda: report(county, **none)) == ("missing", "consent_by")
    ticket = report(county, "poverty", **none).ticket.id
    seen(county, ticket)
    assert refused(lambda: county.do("office", "register", ticket, day(1), code="N-1")) == ("consent_missing", "code")


def test_a_code_that_is_taken_is_refused(county: County) -> None:
    ticket = report(county).ticket.id
    seen(county, ticket)
    assert refused(lambda: county.do("office", "register", ticket, day(1), code="A1")) == ("code_taken", "code")
    assert county.ticket(ticket).state == "resolved"


def test_a_refused_family_is_to_be_erased_after_the_schemes_days(county: County) -> None:
    number = judged(county, "refuse")
    row = candidate(county, number)
    assert (row.verdict, row.ground, row.erase_at) == ("refused", "not_eligible", day(31))
    assert (
        refused(lambda: county.do("office", "reopen", number, day(2), reason="核错了，重新核实"))[0]
        == "not_for_candidates"
    )


def test_its_reporter_withdraws_it(county: County) -> None:
    ticket = report(county).ticket.id
    county.do("village", "withdraw", ticket, day(1), reason="该户不同意提交资料")
    assert (candidate(county, ticket).verdict, county.ticket(ticket).state) == ("withdrawn", "withdrawn")
    with county.read() as session:
        assert not session.scalars(select(CandidatePerson.open).where(CandidatePerson.open)).all()
    assert report(county, at=day(2)).ticket.id != ticket


def test_a_family_on_the_register_is_told_by_its_code(county: County) -> None:
    with county.write() as session:
        move_in(session, VAULT, "A2", 80, "陈大山", "李梅")
    known = [{"name": "李 梅", "id_number": FAMILY[0]["id_number"]}]
    assert refused(lambda: report(county, people=[{"name": "陳大山"}])) == ("candidate_registered", "name")
    with county.read() as session:
        number = VAULT.open(str(session.scalars(select(Member.id_sealed).where(Member.name == "李梅")).one()))
    assert refused(lambda: report(county, people=[{"name": "甲"}, {"name": "李梅", "id_number": number}])) == (
        "candidate_registered",
        "id_number_2",
    )
    far: dict[str, Any] = {"village": "town-b-v1", "people": [{"name": "李梅", "id_number": number}]}
    assert refused(lambda: report(county, "other_town", **far))[0] == "candidate_known"
    assert (
        refused(lambda: report(county, "poverty", people=[{"name": "李梅", "id_number": number}]))[0]
        == "candidate_known"
    )
    assert report(county, people=known).ticket.id


def test_an_open_candidate_is_told_by_its_ticket(county: County) -> None:
    report(county)
    assert refused(lambda: report(county, at=day(1))) == ("candidate_open", "id_number")
    assert refused(lambda: report(county, people=[{"name": FAMILY[0]["name"]}])) == ("candidate_open", "name")
    with county.read() as session:
        assert len(session.scalars(select(Ticket)).all()) == 1
        assert session.scalar(select(Household.code).where(Household.code == "N-1")) is None


def test_who_may_report_where(county: County) -> None:
    assert refused(lambda: report(county, "other_village"))[0] == "no_such_subject"
    assert refused(lambda: report(county, "other_town"))[0] == "no_such_subject"
    assert refused(lambda: report(county, "leaders"))[0] == "may_not_report_candidates"


def everything(county: County) -> str:
    """Every text of every table."""
    with county.read() as session:
        return "\n".join(
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(table.select())
        )


def erase(county: County, at: datetime) -> int:
    with county.write() as session:
        return erasure.erase_due(session, at)


@pytest.mark.parametrize("how", ["refuse", "withdraw", "cancel"])
def test_what_is_known_of_a_family_that_is_not_registered_is_erased_once(county: County, how: str) -> None:
    if how == "refuse":
        number = judged(county, "refuse")
    else:
        number = report(county).ticket.id
        who = "village" if how == "withdraw" else "office"
        county.bring(who, number, day(0.1), "欧阳".encode())
        county.do(who, how, number, day(1), reason=f"{PERSONAL[0]}一家已搬走")
    index = VAULT.index(str(FAMILY[0]["id_number"]))
    before = everything(county)
    assert all(text in before for text in (*PERSONAL[:3], index))
    assert erase(county, day(30.9)) == 0
    assert [erase(county, day(31)), erase(county, day(31)), erase(county, day(32))] == [1, 0, 0]
    after = everything(county)
    assert [text for text in (*PERSONAL, index, "138****0077", "photo.jpg") if text in after] == []
    row = candidate(county, number)
    assert (row.head_name, row.verdict) == ("", {"refuse": "refused"}.get(how, "withdrawn"))
    with county.read() as session:
        events = session.scalars(select(Event.action).where(Event.subject_type == "ticket").order_by(Event.id)).all()
    assert (events[0], events[-1]) == ("file", "erase")
    assert sound(county) == []


def test_a_registered_or_open_family_is_never_erased(county: County) -> None:
    judged(county, "register")
    report(county, "poverty", people=[{"name": "吴三"}], at=day(1))
    assert erase(county, day(4000)) == 0
    assert living(county, "N-1")


def test_an_erased_family_may_be_reported_again(county: County) -> None:
    judged(county, "refuse")
    again = report(county, at=day(2)).ticket.id
    assert erase(county, day(40)) == 1
    assert candidate(county, again).head_name == FAMILY[0]["name"]
    assert sound(county) == []


def test_evidence_goes_only_with_an_erased_candidate(county: County) -> None:
    number = judged(county, "refuse")
    with pytest.raises(IntegrityError), county.write() as session:
        session.execute(delete(Evidence).where(Evidence.ticket_id == number))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE candidate SET address = '别处'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET head_name = '别人'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET consent_by = '别人'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET consent_on = '2018-11-01'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET consent_how = 'phone'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET erase_at = '2030-01-01T00:00:00.000000+00:00'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET ground = 'other'", "candidate_differs candidate 1"),
        ("UPDATE candidate SET verdict = 'withdrawn', ground = NULL", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET name = '别人' WHERE position = 2", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET relation = '别' WHERE position = 2", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET sex = 'f' WHERE position = 2", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET born_on = '2001-01-01' WHERE position = 2", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET labour = 'with' WHERE position = 2", "candidate_differs candidate 1"),
        ("UPDATE candidate_person SET open = true WHERE position = 2", "candidate_differs candidate 1"),
        ("DELETE FROM candidate_person WHERE position = 2", "candidate_differs candidate 1"),
    ],
)
def test_verify_finds_an_altered_candidate(county: County, change: str, found: str) -> None:
    judged(county, "refuse")
    with county.write() as session:
        session.execute(text(change))
    assert found in sound(county)


def test_verify_finds_what_an_erasure_left_or_made_up(county: County) -> None:
    number = judged(county, "refuse")
    erase(county, day(31))
    with county.write() as session:
        first = session.scalars(select(Event.id).where(Event.subject_id == number, Event.action == "file")).one()
        session.execute(insert(EventSecret).values(event_id=first, salt="00", body={"description": "又出现了"}))
    assert f"not_erased ticket {number}" in sound(county)


def test_an_open_family_goes_along_with_its_village_and_its_town(county: County) -> None:
    made = report(county).ticket.id
    seen(county, made)
    reform(county, day(1), subject="village", sources=["town-a-v1"], into="town-a-v2")
    reform(county, day(2), sources=["town-a"], into="town-b")
    ticket = county.ticket(made)
    assert ticket.town_id == county.units["town-b"]
    with county.read() as session:
        assert session.get_one(Village, ticket.in_village_id).code == "town-a-v2"
    county.do("office", "register", made, day(3), code="N-1")
    assert home(county, "N-1").village_id == ticket.in_village_id
    assert sound(county) == []


def test_a_town_may_decline_and_a_ladder_climbs_as_on_any_ticket(county: County) -> None:
    made = report(county).ticket.id
    county.do("town", "decline", made, day(0.1), ground="not_ours", cited_duty="该户户籍在邻镇，应由户籍地核实")
    county.do("office", "uphold", made, day(0.2), reason="该户常住本镇，由常住地核实")
    county.do("town", "accept", made, day(1))
    swept = sweep.run(county.read, county.write, day(40))
    assert max(swept.rungs) >= 3
    assert sound(county) == []


def test_a_family_is_in_no_matter_and_no_draw(county: County) -> None:
    first, second = report(county).ticket, report(county, people=[{"name": "吴三"}]).ticket
    assert refused(lambda: bundle(county, first.id, second.id)) == ("not_one_matter", "tickets")


def test_the_erasure_of_a_family_with_papers_leaves_them_provable(county: County) -> None:
    made = report(county).ticket.id
    county.do("town", "accept", made, day(1))
    sweep.run(county.read, county.write, day(40))
    county.do("office", "cancel", made, day(41), reason="该户已随子女迁往外县")
    assert erase(county, day(80)) == 1
    assert sound(county) == []
    assert [text for text in PERSONAL if text in everything(county)] == []


def test_a_verdict_tells_who_saw_and_who_reported(county: County) -> None:
    first = report(county).ticket.id
    assert notified(county) == {"town"}
    seen(county, first)
    notified(county)
    county.do("office", "register", first, day(1), code="N-1")
    assert notified(county) == {"town", "village"}
    second = report(county, people=[{"name": "吴三"}], at=day(1)).ticket.id
    seen(county, second, day(1))
    notified(county)
    county.do("office", "refuse", second, day(1), ground="not_eligible", reason="家中有商品房，收入超过标准")
    assert notified(county) == {"town", "village"}


def test_the_database_lets_nobody_be_in_two_open_candidates(county: County) -> None:
    first = report(county).candidate.id
    report(county, people=[{"name": "吴三"}])
    with county.read() as session:
        index = session.scalars(select(CandidatePerson.id_index).where(CandidatePerson.candidate_id == first)).first()
    with pytest.raises(IntegrityError), county.write() as session:
        other = session.scalars(select(CandidatePerson).where(CandidatePerson.name == "吴三")).one()
        other.id_index, other.id_sealed = index, "x"


def test_numbers_of_candidates_are_sealed_again_under_a_new_key(county: County) -> None:
    report(county)
    with county.write() as session:
        rotate(session, county.people["admin"], Vault("a new key, a key of the tests"), day(1))
    with county.read() as session:
        row = session.scalars(select(CandidatePerson).where(CandidatePerson.position == 1)).one()
        phone = session.scalars(select(Candidate.phone_sealed)).one()
        alone = Vault("a new key")
        assert (alone.open(str(row.id_sealed)), row.id_index) == (
            FAMILY[0]["id_number"],
            alone.index(str(FAMILY[0]["id_number"])),
        )
        assert alone.open(str(phone)).startswith("1380753")
