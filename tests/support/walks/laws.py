"""Laws of a county that hold after any act, read plainly from the rows."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    Candidate,
    CandidatePerson,
    Custody,
    Escalation,
    Household,
    Member,
    Paper,
    Ticket,
    Unit,
    User,
    Village,
)
from tests.support.walks.walk import Walk
from workflow.actors import Actor, acting
from workflow.policy.counted_people import counted
from workflow.policy.worktime import local_date
from workflow.tickets.visibility import sees


def check(walk: Walk) -> None:
    """Asserts every law."""
    with walk.county.read() as session:
        _people(session, walk)
        _candidates(session)
        _units(session, walk)
        _tickets(session, walk)
        _desks(session)


def _people(session: Session, walk: Walk) -> None:
    """Each living person is in one household, and sums agree."""
    today = local_date(walk.now)
    homes = {row.id: row for row in session.scalars(select(Household))}
    living = [row for row in session.scalars(select(Member)) if counted(row, today)]
    counts = Counter(row.name for row in living)
    assert counts == Counter(walk.everybody), f"each in one household: {counts - Counter(walk.everybody)}"
    assert not [row for row in living if homes[row.household_id].gone]
    there = Counter(homes[row.household_id].village_id for row in living)
    stated = Counter({row.village_id: 0 for row in homes.values()})
    for row in homes.values():
        stated[row.village_id] += row.people or 0
    assert +there == +stated, "the people of a village are the sum of its households"
    ended = set(session.scalars(select(Village.id).where(Village.ended_on.is_not(None))))
    for row in homes.values():
        members = [one for one in living if one.household_id == row.id]
        assert [one.position for one in members].count(1) == (1 if members else 0), "one head"
        assert row.gone or members, "a household of which nobody is left has ended"
        assert row.gone or row.village_id not in ended, "no household is in a village that has ended"


def _candidates(session: Session) -> None:
    numbers = select(Member.id_index).where(Member.ends_on.is_(None), Member.id_index.is_not(None))
    twice = select(CandidatePerson.id).where(CandidatePerson.open, CandidatePerson.id_index.in_(numbers))
    assert session.scalars(twice).all() == [], "nobody registered is an open candidate"
    gone = select(CandidatePerson.id).join(Candidate).where(Candidate.erased_at.is_not(None))
    assert session.scalars(gone).all() == [], "nobody is left of an erased family"


def _units(session: Session, walk: Walk) -> None:
    """Nothing open is with a unit that has ended, and nothing was issued to it since."""
    ended = set(session.scalars(select(Unit.id).where(Unit.ended_on.is_not(None))))
    for unit in ended:
        walk.ended.setdefault(unit, walk.now)
    stuck = select(Custody.id).where(Custody.unit_id.in_(ended), Custody.ended_at.is_(None))
    assert session.scalars(stuck).all() == [], "nothing open is with an ended unit"
    assert session.scalars(select(User.id).where(User.active, User.unit_id.in_(ended))).all() == []
    for rung in session.scalars(select(Escalation).where(Escalation.unit_id.in_(ended), Escalation.status != "missed")):
        assert rung.detected_at <= walk.ended[rung.unit_id], "no rung for a unit that has ended"
    for paper in session.scalars(select(Paper).where(Paper.unit_id.in_(ended))):
        assert paper.issued_at <= walk.ended[paper.unit_id], "no paper for a unit that has ended"


def _tickets(session: Session, walk: Walk) -> None:
    """Every open ticket is where its household is, and its village and town see it."""
    homes = {row.id: row for row in session.scalars(select(Household))}
    villages = {row.id: row for row in session.scalars(select(Village))}
    users = [acting(session, row, walk.now) for row in session.scalars(select(User).where(User.active))]
    for ticket in session.scalars(select(Ticket).where(Ticket.ended_at.is_(None))):
        if ticket.household_id:
            assert not homes[ticket.household_id].gone, "a ticket of a household that has ended is no open one"
        place = homes[ticket.household_id].village_id if ticket.household_id else ticket.in_village_id
        assert place is not None
        village = villages[place]
        assert village.ended_on is None, "no open ticket is in a village that has ended"
        assert (ticket.in_village_id, ticket.town_id) == (place, village.town_id)
        assert sees(Actor("village", 0, village.town_id, village.id), ticket, session)
        assert sees(Actor("town", 0, village.town_id), ticket, session)
        for who in users:
            if who.village_id == place or (who.role, who.unit_id) == ("town", village.town_id):
                assert sees(who, ticket, session), who.name


def _desks(session: Session) -> None:
    """What is open is handled by people who are still there: no closed account, none of another unit."""
    handled = (
        select(User, Custody.unit_id).join(Custody, Custody.handler_id == User.id).where(Custody.ended_at.is_(None))
    )
    for user, unit in session.execute(handled):
        assert user.active, "no handler has left"
        assert user.unit_id == unit, "no handler is of another unit"
    cadres = select(User.active).join(Household, Household.cadre_id == User.id)
    assert False not in {active for active, home in session.execute(cadres.add_columns(Household)) if not home.gone}
