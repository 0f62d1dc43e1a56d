"""Leaving: an account is closed only with what its person holds handed to a colleague, in one act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Authorisation, Custody, Household, Post, Ticket, User
from models.household import GONE
from workflow.actors import Actor
from workflow.county import accounts
from workflow.errors import BadInput, Conflict, NotAllowed
from workflow.policy.worktime import local_date
from workflow.setup import household_cadres
from workflow.setup.household_cadres import Cadre
from workflow.tickets import participation


@dataclass(frozen=True, slots=True)
class PersonHolds:
    """What a person holds: tickets handled (numbers), households (codes), posts, and authorisations to sign; no names."""

    tickets: tuple[str, ...]
    households: tuple[str, ...]
    posts: tuple[Post, ...]
    authorisations: tuple[Authorisation, ...]

    @property
    def handed_on(self) -> bool:
        """Whether a colleague must take something over."""
        return bool(self.tickets or self.households)


def holds(session: Session, user: User, now: datetime) -> PersonHolds:
    """What the person holds at a moment."""
    tickets = (
        select(Ticket)
        .join(Custody, Custody.ticket_id == Ticket.id)
        .where(Custody.handler_id == user.id, Custody.ended_at.is_(None))
    )
    households = select(Household.code).where(Household.cadre_id == user.id, Household.status.not_in(GONE))
    open_still = Post.until_at.is_(None) | (Post.until_at > now)
    posts = select(Post).where(Post.user_id == user.id, Post.cancelled_at.is_(None), open_still)
    signing = select(Authorisation).where(
        Authorisation.user_id == user.id,
        Authorisation.ended_at.is_(None),
        Authorisation.until_day >= local_date(now),
    )
    return PersonHolds(
        tuple(ticket.number for ticket in session.scalars(tickets.order_by(Ticket.id))),
        tuple(session.scalars(households.order_by(Household.code))),
        tuple(session.scalars(posts.order_by(Post.id))),
        tuple(session.scalars(signing.order_by(Authorisation.id))),
    )


def colleagues(session: Session, user: User) -> list[User]:
    """Who may take over: the other people of the same unit and village with an open account."""
    query = select(User).where(User.unit_id == user.unit_id, User.id != user.id, User.active, User.role == user.role)
    same = User.village_id == user.village_id if user.village_id is not None else User.village_id.is_(None)
    return list(session.scalars(query.where(same).order_by(User.display_name, User.id)))


def close(session: Session, actor: Actor, now: datetime, user: User, to: str) -> PersonHolds:
    """Close a person's account and hand what it holds to the colleague with the sign-in name `to`; returns what went over.

    Raises NotAllowed; Conflict while the person has posts, which the office ends; BadInput where nobody takes over.
    """
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    held = holds(session, user, now)
    if held.posts:
        raise Conflict("leaver_has_posts", name=user.display_name)
    if held.handed_on:
        heir = next((one for one in colleagues(session, user) if one.name == to.strip()), None)
        if heir is None:
            raise BadInput("leaver_needs_heir" if to.strip() else "missing", "handed_to", name=to[:64])
        participation.hand_on(session, actor, now, user.id, heir.id)
        cadre = Cadre(heir.display_name, heir.id)
        household_cadres.hand_on(session, actor, now, dict.fromkeys(held.households, cadre))
    accounts.set_active(session, actor, user, False, now)
    return held
