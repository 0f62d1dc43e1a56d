"""Attached evidence: it must be new and uploaded by the actor; an ended ticket takes none."""

from contextlib import suppress
from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from models import Village
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.texts import SENTENCE
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.tickets import desk, filing, participation
from workflow.tickets.actions import lifecycle
from workflow.tickets.filing import Deficiency
from workflow.tickets.views import detail


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


def refusal(county: County, who: str, action: str, ticket: int, at: float, **given: object) -> str:
    with pytest.raises((BadInput, Conflict)) as refused:
        county.do(who, action, ticket, day(at), **given)
    return refused.value.code


def resolved(county: County) -> tuple[int, int]:
    """A resolved ticket, and the photo attached to it."""
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    photo = county.bring("water", ticket, day(1))
    county.do("water", "resolve", ticket, day(2), evidence=[photo])
    return ticket, photo


def test_the_same_photo_does_not_resolve_twice(county: County) -> None:
    ticket, photo = resolved(county)
    county.do("town", "reject", ticket, day(3), reason="没通水")
    assert refusal(county, "water", "resolve", ticket, 4, evidence=[photo]) == "evidence_not_new"
    assert county.bring("water", ticket, day(4)) == photo
    fresh = county.bring("water", ticket, day(4), b"another photo")
    assert county.do("water", "resolve", ticket, day(4), evidence=[photo, fresh]).state == "resolved"


def test_after_a_reopening_too_something_new_is_needed(county: County) -> None:
    ticket, photo = resolved(county)
    county.confirm(ticket, day(3))
    county.do("town", "reopen", ticket, day(4), reason="又停水")
    assert refusal(county, "water", "resolve", ticket, 5, evidence=[photo]) == "evidence_not_new"


def test_a_look_from_before_the_work_was_done_confirms_nothing(county: County) -> None:
    ticket = county.file()
    before = county.bring("town", ticket, START, b"a dry pump")
    county.do("water", "accept", ticket, START)
    county.resolve(ticket, day(2))
    seen = {"visited_on": "2018-11-23"}
    assert refusal(county, "town", "confirm", ticket, 3, evidence=[before], **seen) == "evidence_not_new"
    after = county.bring("town", ticket, day(3), b"a running pump")
    assert county.do("town", "confirm", ticket, day(3), evidence=[after], **seen).state == "closed"


def test_the_villages_photo_is_not_the_towns_own_look(county: County) -> None:
    ticket, _ = resolved(county)
    theirs = county.bring("village", ticket, day(3), b"seen by the village")
    seen = {"visited_on": "2018-11-23"}
    assert refusal(county, "town", "confirm", ticket, 3, evidence=[theirs], **seen) == "evidence_of_another_unit"


def test_nothing_is_added_to_what_has_ended_but_by_reopening_it(county: County) -> None:
    ticket, _ = resolved(county)
    county.confirm(ticket, day(3))

    def all_refused() -> None:
        with pytest.raises(WrongState), county.write() as session:
            participation.comment(session, county.people["town"], ticket, "迟到的话", day(4))
        with pytest.raises(WrongState), county.write() as session:
            participation.assist(session, county.people["office"], ticket, county.code("power"), day(4))
        with pytest.raises(WrongState):
            county.bring("town", ticket, day(4), b"late")

    all_refused()
    county.do("town", "reopen", ticket, day(4), reason="又停水")
    assert county.bring("town", ticket, day(4), b"late") > 0


def test_a_day_is_written_as_a_day_and_nothing_else(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket, START)
    for until in ("2018-11-28x", "2018-11-28T10:00", "20181128", "2018-11-31", "28.11.2018"):
        assert refusal(county, "office", "suspend", ticket, 0, ground="flood", until=until) == "not_a_date"
    assert county.do("office", "suspend", ticket, START, ground="flood", until="2018-11-28").state == "suspended"


def test_a_villages_ticket_does_not_become_one_that_only_a_household_has(engine: Engine) -> None:
    plain = small_scheme().model_dump(mode="json")["kinds"]
    for kind in plain:
        kind["subjects"] = ["household"] if kind["code"] == "power" else ["household", "village"]
    county = settle_county(engine, small_scheme(kinds=plain))
    with county.write() as session:
        code = session.scalars(select(Village.code).order_by(Village.id)).first()
        ticket = filing.file_ticket(
            session, county.people["town"], START, Deficiency(village=code, kind="water")
        ).ticket.id
    county.do("water", "accept", ticket, START)
    assert refusal(county, "water", "reclassify", ticket, 1, kind="power", reason=SENTENCE) == "kind_not_for_subject"
    with county.write() as session:
        code = session.scalars(select(Village.code).order_by(Village.id)).first()
        again = filing.file_ticket(
            session, county.people["village"], START, Deficiency(village=code, kind="file")
        ).ticket.id
    county.do("town", "send_back", again, day(1), reason=SENTENCE)
    assert refusal(county, "village", "resubmit", again, 1, kind="power") == "kind_not_for_subject"


def answer(county: County, who: str, action: str, ticket: int, at: datetime, version: int) -> str:
    """The refusal's code of an action without input; `open` when it would be done or only lacks input."""
    try:
        with county.write() as session:
            desk.perform(session, county.people[who], ticket, action, at, version=version)
            session.rollback()
    except BadInput:
        return "open"
    except WorkflowError as refused:
        return refused.code
    return "open"


@pytest.mark.parametrize("lapse", ["deem", "resume"])
def test_page_and_door_agree_on_what_has_lapsed_before_a_sweep_has_been_by(county: County, lapse: str) -> None:
    ticket = county.file()
    if lapse == "resume":
        county.do("water", "accept", ticket, START)
        county.do("office", "suspend", ticket, START, ground="flood", until="2018-11-28")
    later, number = day(20), f"2018-{ticket:06d}"
    for who in ("water", "office", "town"):
        with county.read() as session:
            view = detail.ticket_view(session, county.people[who], number, later)
        verbs = {name for name, verb in lifecycle.ACTIONS.items() if not verb.by_system}
        answers = {action: answer(county, who, action, ticket, later, view.ticket.version) for action in verbs}
        assert "stale" not in answers.values(), who
        assert {action for action, code in answers.items() if code == "open"} == set(view.actions), who
    assert county.ticket(ticket).version == (1 if lapse == "deem" else 3)


def test_a_ticket_filed_at_dawn_of_the_first_of_january_is_of_the_new_year(county: County) -> None:
    dawn = START.replace(year=2019, month=1, day=1, hour=6)
    ticket = county.file(at=dawn)
    assert county.ticket(ticket).number == f"2019-{ticket:06d}"


def test_who_works_on_a_ticket_brings_evidence_and_who_only_reads_it_does_not(county: County) -> None:
    ticket = county.file("village", kind="file")
    county.do("town", "endorse", ticket, START)

    def bringing(at: float) -> set[str]:
        """The people who may upload, among those who see the ticket."""
        allowed = set()
        for who in ("village", "town", "poverty", "office", "leaders", "inspectorate"):
            with suppress(NotAllowed):
                county.bring(who, ticket, day(at), f"{who} {at}".encode())
                allowed.add(who)
        return allowed

    assert bringing(1) == {"village", "town", "poverty", "office"}
    county.do("poverty", "decline", ticket, day(2), ground="not_ours", cited_duty="档案不归我们")
    # The leading group holds it while it rules on it.
    assert bringing(3) == {"village", "town", "poverty", "office", "leaders"}
    county.do("leaders", "reassign", ticket, day(4), unit="water", reason=SENTENCE)
    # A former holder reads it as it was then, and adds nothing.
    assert bringing(5) == {"village", "town", "office"}
    with pytest.raises(NotFound):
        county.bring("other_town", ticket, day(5), b"x")
