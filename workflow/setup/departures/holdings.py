"""Holdings: what a person holds, item by item, before the account is closed or moved.

Codes, numbers and days only: whoever closes accounts reads no name of a household.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from models import (
    Authorisation,
    Custody,
    Household,
    Paper,
    PaperAct,
    PaperCommitment,
    PaperPending,
    Post,
    RandomCheck,
    RandomResult,
    Ranking,
    ReportDraft,
    SpotCheck,
    SpotPending,
    Ticket,
    Unit,
    User,
    Village,
)
from models.household import GONE
from models.post import SINGLE_POSTS, held_at
from workflow.county.context import county_context
from workflow.policy.worktime import local_date
from workflow.tickets.consequences import pending_checks

#: What can be held, in the order of the page.
KINDS = (
    *("posts", "standing_in", "tickets", "households", "papers", "talks", "commitments"),
    *("drafts", "spot_checks", "random_checks", "authorisations", "stood_for"),
)
#: What belongs to the unit and is seen to by the person: whoever follows is notified.
SEEN_TO = ("papers", "talks", "commitments", "drafts", "spot_checks", "random_checks")
#: What ends with the person and cannot be handed on: only a leader authorises, and nobody stands in for one who has left.
ENDING = ("authorisations", "stood_for")
_TALK = 4


@dataclass(frozen=True, slots=True)
class Held:
    """One item: its kind, and its number or code, which is unique within the kind.

    `about`: the post's code, the paper's number or the document; `unit_id`: the unit it is of; `due_at`: when it is due
    or ends, where it does; `row`: its id.
    """

    kind: str
    ref: str
    about: str = ""
    unit_id: int | None = None
    due_at: datetime | None = None
    row: int = 0

    @property
    def key(self) -> str:
        """The item among all that a person holds."""
        return f"{self.kind}.{self.ref}"


def of_person(session: Session, user: User, now: datetime) -> tuple[Held, ...]:
    """What the person holds at a moment, by kind."""
    return (
        *_posts(session, user, now),
        *_tickets(session, user),
        *_households(session, user),
        *_papers(session, user),
        *_drafts(session, user),
        *_checks(session, user, now),
        *_authorisations(session, user, now),
    )


def _posts(session: Session, user: User, now: datetime) -> Iterator[Held]:
    open_still = or_(Post.until_at.is_(None), Post.until_at > now)
    theirs = or_(Post.user_id == user.id, Post.stands_for_id == user.id)
    found: dict[str, list[Held]] = {"posts": [], "standing_in": [], "stood_for": []}
    for row in session.scalars(select(Post).where(theirs, Post.cancelled_at.is_(None), open_still).order_by(Post.id)):
        kind = "posts" if row.kind in SINGLE_POSTS else "standing_in" if row.user_id == user.id else "stood_for"
        found[kind].append(Held(kind, str(row.id), row.kind, row.unit_id, _last_moment(row), row.id))
    for kind in found:
        yield from found[kind]


def _last_moment(post: Post) -> datetime | None:
    return post.until_at - timedelta(microseconds=1) if post.until_at is not None else None


def _tickets(session: Session, user: User) -> Iterator[Held]:
    query = (
        select(Ticket, Custody.unit_id, Custody.due_at)
        .join(Custody, Custody.ticket_id == Ticket.id)
        .where(Custody.handler_id == user.id, Custody.ended_at.is_(None))
    )
    for ticket, unit, due in session.execute(query.order_by(Ticket.id)):
        yield Held("tickets", ticket.number, unit_id=unit, due_at=due, row=ticket.id)


def _households(session: Session, user: User) -> Iterator[Held]:
    query = (
        select(Household.code, Household.id, Village.town_id)
        .join(Village, Village.id == Household.village_id)
        .where(Household.cadre_id == user.id, Household.status.not_in(GONE))
    )
    for code, row, town in session.execute(query.order_by(Household.code)):
        yield Held("households", code, unit_id=town, row=row)


def _papers(session: Session, user: User) -> Iterator[Held]:
    """Open papers that the person led the unit for, issued, received or answered; talks to preside over or to come to;
    and commitments of the own unit that the person entered or leads the unit for, not those put on record for another's."""
    acted = select(PaperAct.paper_id).where(PaperAct.by_id == user.id)
    mine = or_(Paper.leader_id == user.id, Paper.issued_by_id == user.id, Paper.id.in_(acted))
    still = select(Paper).join(PaperPending, PaperPending.paper_id == Paper.id).where(PaperPending.open)
    recorded = select(PaperAct.id).where(PaperAct.paper_id == Paper.id, PaperAct.act == "record").exists()
    sides = or_(Paper.issuer_id == user.unit_id, Paper.unit_id == user.unit_id)
    talks = [
        row
        for row in session.scalars(still.where(Paper.rung == _TALK, sides, ~recorded).order_by(Paper.id))
        if _called(row.content.get("talk", {}), user.display_name)
    ]
    named = {row.id for row in talks}
    for row in session.scalars(still.where(mine).order_by(Paper.id)):
        if row.id not in named:
            yield Held("papers", row.number, str(row.rung), row.unit_id, row.demand_due_at, row.id)
    for row in talks:
        at = datetime.fromisoformat(row.content["talk"]["at"])
        yield Held("talks", row.number, row.content["talk"]["presider"], row.unit_id, at, row.id)
    promised = (
        select(PaperCommitment, Paper.number)
        .join(PaperAct, PaperAct.id == PaperCommitment.act_id)
        .join(Paper, Paper.id == PaperCommitment.paper_id)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .where(
            PaperPending.open,
            PaperCommitment.unit_id == user.unit_id,
            or_(PaperAct.by_id == user.id, Paper.leader_id == user.id),
        )
        .order_by(PaperCommitment.due_at, PaperCommitment.id)
    )
    for promise, number in session.execute(promised):
        yield Held("commitments", str(promise.id), number, promise.unit_id, promise.due_at, promise.id)


def _called(talk: dict[str, Any], name: str) -> bool:
    return bool(talk) and (talk.get("presider") == name or name in talk.get("attendees", ()))


def _drafts(session: Session, user: User) -> Iterator[Held]:
    query = (
        select(ReportDraft, Ranking.on)
        .join(Ranking, Ranking.id == ReportDraft.ranking_id)
        .where(ReportDraft.by_id == user.id)
    )
    for row, on in session.execute(query.order_by(ReportDraft.id)):
        yield Held("drafts", str(row.id), on.isoformat(), row.unit_id, None, row.id)


def _checks(session: Session, user: User, now: datetime) -> Iterator[Held]:
    """Checks drawn to the unit that the person sees to: as its leader or duty officer, or as the only one left there."""
    if not _answers_for_unit(session, user, now):
        return
    spots = (
        select(SpotCheck, Ticket, SpotCheck.due_at)
        .join(SpotPending, SpotPending.check_id == SpotCheck.id)
        .join(Ticket, Ticket.id == SpotCheck.ticket_id)
    )
    setting = county_context(session)
    for check, ticket, due in session.execute(spots.order_by(SpotCheck.id)).all():
        if pending_checks.maker(session, setting, check) == user.unit_id:
            yield Held("spot_checks", str(check.id), ticket.number, user.unit_id, due, check.id)
    homes = (
        select(RandomCheck.id, Household.code, RandomCheck.due_at)
        .join(Household, Household.id == RandomCheck.household_id)
        .outerjoin(RandomResult, RandomResult.check_id == RandomCheck.id)
        .join(Unit, Unit.id == RandomCheck.checker_unit_id)
        .where(
            func.coalesce(Unit.successor_id, Unit.id) == user.unit_id,
            RandomResult.id.is_(None),
            Household.status.not_in(GONE),
        )
    )
    for row, code, due in session.execute(homes.order_by(RandomCheck.id)):
        yield Held("random_checks", str(row), code, user.unit_id, due, row)


def _answers_for_unit(session: Session, user: User, now: datetime) -> bool:
    if user.role == "village" or user.unit_id is None:
        return False
    in_post = select(Post.user_id).where(
        Post.unit_id == user.unit_id, Post.kind.in_(SINGLE_POSTS), Post.user_id == user.id, held_at(now)
    )
    if session.scalar(in_post.limit(1)) is not None:
        return True
    others = select(User.id).where(
        User.unit_id == user.unit_id, User.role != "village", User.active, User.id != user.id
    )
    return session.scalar(others.limit(1)) is None


def _authorisations(session: Session, user: User, now: datetime) -> Iterator[Held]:
    query = select(Authorisation).where(
        Authorisation.user_id == user.id,
        Authorisation.ended_at.is_(None),
        Authorisation.until_day >= local_date(now),
    )
    for row in session.scalars(query.order_by(Authorisation.id)):
        yield Held("authorisations", str(row.id), row.document, row.unit_id, None, row.id)
