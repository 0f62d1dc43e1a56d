"""Walk acts on people in office: accounts, posts and deputies entered early and late, handlers, cadres, and departures."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from models import Post, Ticket, Unit, User, Village
from tests.support.walks.walk import Nothing, Walk
from workflow.actors import acting, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.posts import post_entries
from workflow.setup import household_cadres
from workflow.setup.departures import departure_act, departure_plan, holdings
from workflow.setup.household_cadres import Cadre
from workflow.tickets import participation

_MOST = 24


def hired(walk: Walk, at: int) -> None:
    """Somebody new at a unit, or in a village."""
    if len(walk.users()) >= _MOST:
        raise Nothing
    with walk.county.read() as session:
        units = session.scalars(
            select(Unit).where(Unit.ended_on.is_(None), Unit.type.in_(("town", "bureau"))).order_by(Unit.id)
        ).all()
        villages = session.scalars(select(Village).where(Village.ended_on.is_(None)).order_by(Village.id)).all()
        unit, village = units[at % len(units)], villages[at % len(villages)]
        seat = {"role": unit.type, "unit": unit.code} if at % 3 else {"role": "village", "village": village.code}
    new = NewUser(name=f"p{walk.next_number()}", **seat)
    with walk.county.write() as session:
        accounts.create_user(session, system(), walk.now, new)


def appointed(walk: Walk, kind: str, at: int, late: int) -> None:
    """The office enters a post, some days late or ahead; a deputy's for ten days."""
    user = _person(walk, at)
    first = walk.now.date() + timedelta(days=3 - late)
    given: dict[str, Any] = {"user": user.name, "kind": kind, "from_day": first}
    given["document"] = f"五组任〔2018〕{walk.next_number()}号"
    if kind == "deputy":
        others = [row for row in walk.users() if (row.unit_id, row.village_id) == (user.unit_id, user.village_id)]
        away = [row for row in others if row.id != user.id]
        if not away:
            raise Nothing
        given |= {"stands_for": away[at % len(away)].name, "until_day": first + timedelta(days=10)}
    with walk.county.write() as session:
        post_entries.enter(session, walk.county.people["office"], walk.now, given)


def relieved(walk: Walk, what: str, at: int) -> None:
    """A post ends, or was entered by mistake."""
    with walk.county.read() as session:
        posts = session.scalars(select(Post.id).where(Post.cancelled_at.is_(None)).order_by(Post.id)).all()
    if not posts:
        raise Nothing
    office, number = walk.county.people["office"], posts[at % len(posts)]
    with walk.county.write() as session:
        if what == "end":
            given = {"until_day": walk.now.date(), "document": f"五组任〔2018〕{walk.next_number()}号"}
            post_entries.end(session, office, walk.now, number, given)
        else:
            post_entries.cancel(session, office, walk.now, number, "录入有误，予以更正")


def handles(walk: Walk, at: int, which: int) -> None:
    """A unit names the person who handles one of its tickets."""
    with walk.county.read() as session:
        tickets = session.scalars(select(Ticket).where(Ticket.ended_at.is_(None)).order_by(Ticket.id)).all()
    if not tickets:
        raise Nothing
    ticket = tickets[at % len(tickets)]
    people = [user for user in walk.users() if user.unit_id == ticket.holder_unit_id and user.role != "village"]
    if not people:
        raise Nothing
    with walk.county.write() as session:
        user = session.get_one(User, people[which % len(people)].id)
        participation.name_handler(session, acting(session, user, walk.now), ticket.id, user.name, walk.now)


def responsible(walk: Walk, at: int, which: int) -> None:
    """A household gets a cadre."""
    home, user = walk.home(at), _person(walk, which)
    if home is None:
        raise Nothing
    with walk.county.write() as session:
        office = walk.county.people["office"]
        household_cadres.assign(session, office, walk.now, {home.code: Cadre(user.display_name, user.id)})


def leaves(walk: Walk, at: int, to: int) -> None:
    """Somebody leaves or goes to another unit, and hands on what they hold to the first who may take it."""
    user = _person(walk, at)
    given: dict[str, Any] = {"document": f"五组任〔2018〕{walk.next_number()}号", "day": walk.now.date().isoformat()}
    with walk.county.read() as session:
        held = holdings.of_person(session, user, walk.now)
        heirs = departure_plan.heirs(session, user, held)
        units = session.scalars(
            select(Unit).where(Unit.ended_on.is_(None), Unit.type == user.role).order_by(Unit.id)
        ).all()
    given["to"] = {
        each.key: next((heir.name for heir in heirs if departure_plan.may_take(user, heir, each)), "")
        for each in held
        if each.kind not in holdings.ENDING
    }
    if to % 2 and units:
        given["unit"] = units[to % len(units)].code
    with walk.county.write() as session:
        departure_act.carry_out(session, walk.county.people["office"], walk.now, user.name, given)


def _person(walk: Walk, at: int) -> User:
    people = [row for row in walk.users() if row.role in departure_plan.OF_THE_OFFICE]
    if not people:
        raise Nothing
    return people[at % len(people)]
