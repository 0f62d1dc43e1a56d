"""A leader who is entered late: what was not issued yet is derived again, what was issued keeps its word and says so."""

from pathlib import Path

from sqlalchemy import Engine, select

from models import Custody, Escalation, Paper, Ticket, User
from tests.support.factories import START, County, day, settle_county
from tests.support.posts import appoint
from tests.support.signing import TALK
from workflow.accountability import proposals, sweep
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.tickets.views import detail
from workflow.verification import full_check

TENTH = day(10)


def account(county: County, name: str) -> User:
    with county.read() as session:
        return session.scalars(select(User).where(User.name == name)).one()


def settle(engine: Engine) -> tuple[County, int]:
    """Li leads the water bureau; its ticket is so late that a paper (督办) is out and a talk (约谈) is proposed."""
    county = settle_county(engine)
    with county.write() as session:
        for name in ("li", "wang"):
            new = NewUser(name=name, role="bureau", unit=county.code("water"))
            county.people[name] = actor_of(accounts.create_user(session, system(), START, new))
        appoint(session, session.get_one(User, county.people["li"].user_id), "leader", START)
    ticket = county.file(at=day(9))
    county.do("water", "accept", ticket, day(10))
    for number in range(20, 36):
        sweep.run(county.read, county.write, day(number, 9))
    return county, ticket


def test_papers_keep_their_name_and_later_ones_bear_the_new_one(engine: Engine, tmp_path: Path) -> None:
    county, ticket = settle(engine)
    li, wang = (account(county, name) for name in ("li", "wang"))
    with county.read() as session:
        issued = session.scalars(select(Paper).where(Paper.ticket_id == ticket).order_by(Paper.id)).all()
        assert [paper.leader_id for paper in issued] == [li.id] * len(issued)
        assert issued
        words = [paper.content for paper in issued]
        waiting = session.scalars(
            select(Escalation).where(Escalation.status == "proposed").order_by(Escalation.id)
        ).all()
        assert waiting
    # Appointed on the tenth day, entered on the thirty-fifth.
    with county.write() as session:
        appoint(session, session.get_one(User, wang.id), "leader", TENTH)
    with county.read() as session:
        began = select(Custody.stage, Custody.leader_id).where(
            Custody.ticket_id == ticket, Custody.unit_id == county.units["water"]
        )
        # Accepted on the tenth: that stretch is Wang's; the one before stays Li's.
        assert list(session.execute(began.order_by(Custody.seq))) == [("accept", li.id), ("mend", wang.id)]
        again = session.scalars(select(Paper).where(Paper.ticket_id == ticket).order_by(Paper.id)).all()
        assert [(paper.leader_id, paper.content) for paper in again] == [(li.id, content) for content in words]
        seen = detail.ticket_view(session, county.people["office"], session.get_one(Ticket, ticket).number, day(36))
        people = seen.custodies[-1].people
        assert (people.leader, [name for _number, name in people.kept]) == ("wang", ["li"] * len(issued))
        assert full_check.verify(session, tmp_path) == []
    # What is issued from now on bears Wang's name.
    with county.write() as session:
        talk = TALK | {"meet_at": "2018-12-27T09:00"}
        proposals.answer(session, county.people["office"], day(36), ticket, waiting[0].id, True, "屡催不办", **talk)
    with county.read() as session:
        last = session.scalars(select(Paper).where(Paper.ticket_id == ticket).order_by(Paper.id.desc()).limit(1)).one()
        assert last.leader_id == wang.id
        assert full_check.verify(session, tmp_path) == []
