"""Authorisations (授权): who signs for a unit, and whether the system issues its papers, from what its leader put on record.

An act in a unit's name rests on the leader's own account, or on an authorisation with a document and days; it is never
read from a post alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models import LARGEST_ID, Authorisation, Post, Unit, User
from models.authority import AUTHORITIES
from models.post import held_at
from workflow.actors import Actor
from workflow.county.leaders import deputies_of, deputy_post
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.inputs import document_of, needed_day
from workflow.policy.worktime import local_date

#: Types of units that issue papers of the ladder, and of those that have a person for the protection of personal data.
_ISSUING, PROTECTING = ("office", "leaders"), ("office", "inspectorate")
#: The columns of an authorisation in its events.
FOLDED = ("unit_id", "kind", "user_id", "from_day", "until_day", "document", "by_id", "at", "ended_at", "ended_by_id")


@dataclass(frozen=True, slots=True)
class Authority:
    """On what a signature rests: the post as leader, or as deputy of the leader, or an authorisation; exactly one."""

    post_id: int | None
    authorisation: Authorisation | None

    @property
    def payload(self) -> dict[str, Any]:
        """The event payload: the id of the post or of the authorisation."""
        found = self.authorisation
        return {"authorisation": found.id} if found is not None else {"post": self.post_id}


@dataclass(frozen=True, slots=True)
class AuthorisationLine:
    """An authorisation for display: who gave it, who was authorised, and whether it holds now."""

    row: Authorisation
    by: str
    whom: str | None
    holds: bool
    #: Whether the account of the authorised person is closed.
    closed: bool = False


def _led(unit_id: ColumnElement[int] | Any, at: datetime) -> ColumnElement[bool]:
    """The condition that a post is that of the unit's leader at a moment."""
    return and_(Post.unit_id == unit_id, Post.kind == "leader", held_at(at))


def leader_post(session: Session, unit_id: int, at: datetime) -> Post | None:
    """The post of the unit's leader at a moment, or None."""
    return session.scalars(select(Post).where(_led(unit_id, at)).order_by(Post.id.desc()).limit(1)).one_or_none()


def leads(session: Session, actor: Actor, at: datetime) -> Post | None:
    """The actor's post as leader of the own unit at a moment, or None."""
    if actor.unit_id is None or actor.user_id is None or actor.role == "village":
        return None
    post = leader_post(session, actor.unit_id, at)
    return post if post is not None and post.user_id == actor.user_id else None


def in_force(
    session: Session, unit_id: int, kind: str, at: datetime, user_id: int | None = None
) -> Authorisation | None:
    """The unit's authorisation of this kind at a moment, of a person where `user_id` names one; the latest first."""
    today = local_date(at)
    query = (
        select(Authorisation)
        .join(Post, _led(Authorisation.unit_id, at))
        .where(
            Authorisation.unit_id == unit_id,
            Authorisation.kind == kind,
            Authorisation.user_id == user_id if user_id is not None else Authorisation.user_id.is_(None),
            Authorisation.from_day <= today,
            Authorisation.until_day >= today,
            Authorisation.at <= at,
            or_(Authorisation.ended_at.is_(None), Authorisation.ended_at > at),
            Post.user_id == Authorisation.by_id,
        )
        .order_by(Authorisation.id.desc())
        .limit(1)
    )
    return session.scalars(query).one_or_none()


def signing_authority(session: Session, actor: Actor, at: datetime) -> Authority | None:
    """On what the actor's signature for the own unit rests at a moment; None where the actor may not sign."""
    if actor.unit_id is None or actor.user_id is None or actor.role == "village":
        return None
    post = leader_post(session, actor.unit_id, at)
    if post is not None and post.user_id != actor.user_id:
        post = deputy_post(session, actor.user_id, post.user_id, at)
    if post is not None:
        return Authority(post.id, None)
    found = in_force(session, actor.unit_id, "sign", at, actor.user_id)
    return Authority(None, found) if found is not None else None


def signers(session: Session, unit_id: int, at: datetime) -> list[str]:
    """The names of those who may sign for the unit at a moment: its leader first, then who stands in for the leader."""
    post = leader_post(session, unit_id, at)
    if post is None:
        return []
    authorised = select(Authorisation.user_id).where(
        Authorisation.unit_id == unit_id, Authorisation.kind == "sign", Authorisation.ended_at.is_(None)
    )
    found = [post.user_id, *deputies_of(session, post.user_id, at)]
    for user_id in session.scalars(authorised.order_by(Authorisation.id)):
        if user_id is not None and user_id not in found and in_force(session, unit_id, "sign", at, user_id):
            found.append(user_id)
    names = {row[0]: row[1] for row in session.execute(select(User.id, User.display_name).where(User.id.in_(found)))}
    return [names[user_id] for user_id in found]


def record(session: Session, actor: Actor, now: datetime, given: Mapping[str, Any]) -> Authorisation:
    """Put an authorisation of the actor's unit on record; `given` holds kind, user (sign-in name), from_day, until_day and
    document.  One that is on record already and in force is returned as it is: a form sent twice records one line.

    Raises NotAllowed unless the actor leads the unit, and where the unit issues no papers; BadInput naming the field.
    """
    if leads(session, actor, now) is None:
        raise NotAllowed("only_the_leader_authorises")
    assert actor.unit_id is not None
    assert actor.user_id is not None
    unit = session.execute(select(Unit).where(Unit.id == actor.unit_id).with_for_update()).scalar_one()
    kind = str(given.get("kind") or "")
    if kind not in AUTHORITIES:
        raise BadInput("authority_unknown" if kind else "missing", "kind")
    if kind == "supervise" and unit.type not in _ISSUING:
        raise NotAllowed("unit_issues_no_papers")
    if kind == "data" and unit.type not in PROTECTING:
        raise NotAllowed("unit_protects_no_data")
    whom = _authorised(session, actor, given.get("user")) if kind != "supervise" else None
    first, last = _days(given, local_date(now))
    document = document_of("document", given.get("document") or "", local_date(now))
    # The unit is locked, so that an earlier press of the same form is visible here.
    same = select(Authorisation).where(
        Authorisation.unit_id == unit.id,
        Authorisation.kind == kind,
        Authorisation.user_id == whom if whom is not None else Authorisation.user_id.is_(None),
        Authorisation.from_day == first,
        Authorisation.until_day == last,
        Authorisation.document == document,
        Authorisation.by_id == actor.user_id,
        Authorisation.ended_at.is_(None),
    )
    known = session.scalars(same.order_by(Authorisation.id).limit(1)).one_or_none()
    if known is not None:
        return known
    row = Authorisation(
        unit_id=unit.id,
        kind=kind,
        user_id=whom,
        from_day=first,
        until_day=last,
        document=document,
        by_id=actor.user_id,
        at=now,
    )
    session.add(row)
    session.flush()
    _record_authorisation_event(session, actor, row, "authorise", now)
    return row


def end(session: Session, actor: Actor, now: datetime, authorisation_id: int) -> Authorisation:
    """End an authorisation of the actor's unit before its last day.  Raises NotFound, NotAllowed, WrongState."""
    known = 0 < authorisation_id <= LARGEST_ID
    query = select(Authorisation).where(Authorisation.id == authorisation_id).with_for_update()
    row = session.execute(query).scalar_one_or_none() if known else None
    if row is None or row.unit_id != actor.unit_id:
        raise NotFound("no_such_authorisation")
    if leads(session, actor, now) is None:
        raise NotAllowed("only_the_leader_authorises")
    if row.ended_at is not None or row.until_day < local_date(now):
        raise WrongState("authorisation_over")
    end_with_person(session, actor, now, row)
    return row


def end_with_person(session: Session, actor: Actor, now: datetime, row: Authorisation) -> None:
    """End an authorisation, whoever may.  A consequence of the person's leaving; the command line ends it as its giver."""
    row.ended_at, row.ended_by_id = now, actor.user_id or row.by_id
    session.flush()
    _record_authorisation_event(session, actor, row, "end_authorisation", now)


def listed(session: Session, actor: Actor, now: datetime) -> list[AuthorisationLine]:
    """The authorisations of the actor's unit, for readers of the county those of every unit; the latest first.

    Raises NotAllowed.
    """
    if actor.role not in ("town", "bureau", "office", "leaders", "inspectorate"):
        raise NotAllowed("authorisations_not_yours")
    by, whom = aliased(User), aliased(User)
    query = (
        select(Authorisation, by.display_name, whom.display_name, whom.active)
        .join(by, by.id == Authorisation.by_id)
        .outerjoin(whom, whom.id == Authorisation.user_id)
        .order_by(Authorisation.id.desc())
    )
    if actor.role in ("town", "bureau"):
        query = query.where(Authorisation.unit_id == actor.unit_id)
    today, leading = local_date(now), dict[int, int | None]()
    found = []
    for row, giver, authorised, active in session.execute(query):
        if row.unit_id not in leading:
            post = leader_post(session, row.unit_id, now)
            leading[row.unit_id] = post.user_id if post else None
        holds = row.ended_at is None and row.from_day <= today <= row.until_day and leading[row.unit_id] == row.by_id
        found.append(AuthorisationLine(row, giver, authorised, holds, active is False))
    return found


#: In days: how long ago an authorisation may begin when it is recorded, and how far ahead it may last (a term of office).
BACK, AHEAD = 366, 5 * 366


def people_of(session: Session, actor: Actor) -> list[User]:
    """The people of the actor's unit who may be authorised to sign."""
    query = select(User).where(
        User.unit_id == actor.unit_id, User.active, User.role != "village", User.id != actor.user_id
    )
    return list(session.scalars(query.order_by(User.display_name)))


def _authorised(session: Session, actor: Actor, name: Any) -> int:
    if not isinstance(name, str) or not name.strip():
        raise BadInput("missing", "user")
    wanted = next((user for user in people_of(session, actor) if user.name == name.strip()), None)
    if wanted is None:
        raise BadInput("nobody_to_authorise", "user", name=name[:64])
    return wanted.id


def _days(given: Mapping[str, Any], today: date) -> tuple[date, date]:
    first, last = needed_day("from_day", given), needed_day("until_day", given)
    if last < first:
        raise BadInput("days_reversed", "until_day")
    if last < today:
        raise BadInput("day_is_past", "until_day")
    if first < today - timedelta(days=BACK):
        raise BadInput("authorised_too_long_ago", "from_day", most=BACK)
    if last > today + timedelta(days=AHEAD):
        raise BadInput("authorised_too_far", "until_day", day=(today + timedelta(days=AHEAD)).isoformat())
    return first, last


def folded(row: Authorisation) -> dict[str, Any]:
    """The columns of an authorisation in the form of its events."""
    return {name: _plain(getattr(row, name)) for name in FOLDED}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return event_log.stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def _record_authorisation_event(session: Session, actor: Actor, row: Authorisation, action: str, now: datetime) -> None:
    given = {"unit": row.unit_id, "kind": row.kind, "user": row.user_id, "document": row.document}
    event_log.of(session, row, actor, now).append(action, given, {"authorisation": folded(row)})
