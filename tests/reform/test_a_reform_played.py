"""A county's reform played whole: a bureau renamed, two merged, two towns into one, four villages into one; then every
ticket that was open is brought to its end by the people who have it now."""

import pytest
from sqlalchemy import Engine, select

from models import AccountabilityCase, Escalation, Household, Paper, PaperPending, Ticket, User, Village
from tests.support.cases import act, add_seconds
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.reforms import actor, in_every_state, reform, sound, unit
from workflow.accountability import proposals, sweep

NAMES = {"water": "县卫计局", "power": "县文广新局", "housing": "县旅游局"}
#: After the ladder has been climbed, at ten in the morning.
REFORMED = 32


@pytest.fixture
def county(engine: Engine) -> County:
    units = small_scheme().model_dump(mode="json")["units"]
    for each in units:
        each["name"] = NAMES.get(each["code"], each["name"])
        each["aliases"] = [] if each["code"] in NAMES else each["aliases"]
    made = settle_county(engine, small_scheme(units=units), households=20)
    add_seconds(made)
    return made


def lived(county: County) -> dict[str, int]:
    """A ticket in every state, papers, and a case that awaits its statement."""
    late = county.file(household="A19")
    county.do("water", "accept", late, START)
    of_culture = county.file(household="A20", kind="power")
    county.do("power", "accept", of_culture, START)
    sweep.run(county.read, county.write, day(31, 8.5))
    with county.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.ticket_id == late, Escalation.rung == 5)).one()
        proposals.answer(session, county.people["office"], day(31), late, rung, True, "屡催不办")
        case = session.scalars(select(AccountabilityCase.id)).one()
    act(county, "office2", case, "open", at=day(31, 11))
    act(county, "office", case, "notify", at=day(31, 11))
    return {**in_every_state(county, day(31, 15)), "late": late, "of_culture": of_culture}


def finish(county: County, ticket: int, at: float) -> None:
    """Bring an open ticket to its end, each step by whoever has it now; six steps are enough for any."""
    for step in range(8):
        row, now = county.ticket(ticket), day(REFORMED, at + step * 0.05)
        if row.state == "returned":
            county.do("village", "resubmit", ticket, now)
        elif row.state == "reported":
            county.do("town", "endorse", ticket, now)
        elif row.state == "assigned":
            county.do(holder(county, row), "accept", ticket, now)
        elif row.state == "disputed":
            county.do("office", "uphold", ticket, now, reason="由承接单位办理")
        elif row.state == "suspended":
            county.do("office", "resume", ticket, now)
        elif row.state == "in_progress":
            county.resolve(ticket, now, holder(county, row))
        elif row.state == "resolved":
            county.confirm(ticket, now)
        else:
            assert row.state == "closed"
            return
    raise AssertionError(f"ticket {ticket} has no way to its end")


def holder(county: County, ticket: Ticket) -> str:
    """Somebody of the unit that holds the ticket, by sign-in name."""
    with county.read() as session:
        role = User.role.in_(("bureau", "town"))
        return session.scalars(select(User.name).where(User.unit_id == ticket.holder_unit_id, role)).first() or ""


def test_nobody_is_at_a_dead_end_after_a_reform(county: County) -> None:
    tickets = lived(county)
    paper = {"from_day": "2018-12-20"}
    reform(county, day(REFORMED, 9), kind="rename", sources=["water"], name="县卫健局", **paper)
    reform(county, day(REFORMED, 9.1), sources=["power", "housing"], name="县文广旅体局", **paper)
    reform(county, day(REFORMED, 9.2), sources=["town-a"], into="town-b", **paper)
    villages = ["town-a-v1", "town-a-v2", "town-b-v1", "town-b-v2"]
    reform(county, day(REFORMED, 9.3), subject="village", sources=villages, name="新和村", **paper)
    for who in county.people:
        actor(county, who)
    assert sound(county, day(REFORMED, 9.5)) == []
    with county.read() as session:
        ended = [unit(county, code).id for code in ("power", "housing", "town-a")]
        open_papers = select(Paper.unit_id).join(PaperPending, PaperPending.paper_id == Paper.id)
        assert not {*session.scalars(open_papers.where(PaperPending.open))} & {*ended}
        assert {row.name for row in session.scalars(select(Village).where(Village.ended_on.is_(None)))} == {"新和村"}
        homes = {*session.scalars(select(Village.name).join(Household, Household.village_id == Village.id))}
        assert homes == {"新和村"}
    case = 1
    act(county, "water", case, "respond", at=day(REFORMED, 10))
    for number, ticket in enumerate(tickets.values(), start=1):
        finish(county, ticket, 11 + number * 0.5)
    assert sound(county, day(REFORMED + 1)) == []
