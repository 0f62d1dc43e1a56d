"""Saved views: the ticket list's address under a name, of one person or shared by the people of a unit or village.

A shared view is kept by all of them: any may rename, delete and move it.  What a view shows, and its count, is read as the list
itself is, under the sight of its reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models import SavedView, User, ViewWatch
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import CountyContext
from workflow.errors import BadInput, Conflict, NotFound
from workflow.inputs import name_of
from workflow.tickets.saved.listing_address import PARAMETERS, fitting_filters
from workflow.tickets.views import listing

#: Views that one person keeps, and that the people of one unit share; each is counted on every page of the list.
MOST = 8
LONGEST_NAME = 20
#: A view's tickets are counted up to here; above it "99+" is shown.
COUNTED = 99
_NAMES = ("uq_saved_view_own", "uq_saved_view_unit", "uq_saved_view_village")


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view as its reader sees it: how many tickets it has (at most COUNTED + 1), or why it no longer fits."""

    id: int
    name: str
    asked: dict[str, Any]
    shared: bool
    maker: str
    watched: bool
    count: int = 0
    refusal: BadInput | None = None


def shares(actor: Actor) -> bool:
    """Whether the actor has colleagues with the same sight to share a view with."""
    return (actor.village_id if actor.role == "village" else actor.unit_id) is not None


def reads(actor: Actor) -> ColumnElement[bool]:
    """The condition that a `SavedView` is the actor's own, or shared by the people of the actor's unit or village."""
    own = and_(SavedView.unit_id.is_(None), SavedView.user_id == actor.account_id)
    if not shares(actor):
        return and_(SavedView.ended_at.is_(None), own)
    if actor.role == "village":
        ours = and_(SavedView.village_id.is_not(None), actor.own_village(SavedView.village_id))
    else:
        ours = and_(SavedView.village_id.is_(None), SavedView.unit_id.is_not(None), actor.own(SavedView.unit_id))
    return and_(SavedView.ended_at.is_(None), or_(own, ours))


def find_view(session: Session, actor: Actor, number: int) -> SavedView:
    """A view that the actor reads, locked.  Raises NotFound."""
    view = session.scalars(
        select(SavedView).where(SavedView.id == number, reads(actor)).with_for_update()
    ).one_or_none()
    if view is None:
        raise NotFound("no_such_view")
    return view


def save(
    session: Session,
    actor: Actor,
    setting: CountyContext,
    now: datetime,
    name: str,
    asked: Mapping[str, Any],
    *,
    shared: bool,
) -> SavedView:
    """Keep the list of these parameters (`PARAMETERS`, and `cols`) under a name, the last of its kind.

    Raises BadInput for a parameter that the list refuses or a name that is none, and where there are MOST views already;
    Conflict for a name that is taken.
    """
    kept = {key: value for key, value in asked.items() if key in (*PARAMETERS, "cols") and value}
    fitting_filters(session, actor, setting, now, kept)
    called = name_of("name", name, LONGEST_NAME)
    shared = shared and shares(actor)
    among = _siblings(actor, shared)
    count, last = session.execute(select(func.count(), func.max(SavedView.position)).where(among)).one()
    if count >= MOST:
        raise BadInput("too_many_views", "name", most=MOST)
    view = SavedView(
        user_id=actor.account_id,
        unit_id=actor.unit_id if shared else None,
        village_id=actor.village_id if shared and actor.role == "village" else None,
        name=called,
        asked=kept,
        position=(last or 0) + 1,
        created_at=now,
    )
    with refused_as(Conflict("view_name_taken", "name", name=called), *_NAMES):
        session.add(view)
        session.flush()
    return view


def rename(session: Session, actor: Actor, number: int, name: str) -> None:
    """Give a view another name.  Raises NotFound, BadInput, and Conflict for a name that is taken."""
    view = find_view(session, actor, number)
    called = name_of("name", name, LONGEST_NAME)
    with refused_as(Conflict("view_name_taken", "name", name=called), *_NAMES):
        view.name = called
        session.flush()


def delete_view(session: Session, actor: Actor, now: datetime, number: int) -> None:
    """Delete a view for all who share it.  Raises NotFound."""
    find_view(session, actor, number)
    _erase(session, now, SavedView.id == number)


def move_up(session: Session, actor: Actor, number: int) -> None:
    """Put a view before the one that precedes it; the first one stays.  Raises NotFound."""
    view = find_view(session, actor, number)
    before = session.scalars(
        select(SavedView)
        .where(_siblings(actor, view.unit_id is not None), SavedView.position < view.position)
        .order_by(SavedView.position.desc(), SavedView.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if before is not None:
        view.position, before.position = before.position, view.position


def watch(session: Session, actor: Actor, now: datetime, number: int, wished: bool) -> None:
    """Notify the actor of tickets that enter a view from now on, or no longer.  Raises NotFound.

    The view is read for the first time by the worker: what is in it then is not new.
    """
    find_view(session, actor, number)
    mine = and_(ViewWatch.view_id == number, ViewWatch.user_id == actor.account_id)
    present = session.scalar(select(ViewWatch.id).where(mine))
    if wished and present is None:
        row = ViewWatch(view_id=number, user_id=actor.account_id, seen=[], sight="", checked_at=now)
        session.add(row)
    elif not wished:
        session.execute(delete(ViewWatch).where(mine))


def saved_views(session: Session, actor: Actor, setting: CountyContext, now: datetime) -> Sequence[ViewLine]:
    """The views that the actor reads, the own ones first, each counted by the list's own statement, all in one."""
    watched = exists().where(ViewWatch.view_id == SavedView.id, ViewWatch.user_id == actor.account_id)
    rows = session.execute(
        select(SavedView, User.display_name, watched)
        .join(User, User.id == SavedView.user_id)
        .where(reads(actor))
        .order_by(SavedView.unit_id.is_not(None), SavedView.position, SavedView.id)
    ).all()
    refusals: dict[int, BadInput] = {}
    counts: dict[int, Any] = {}
    for view, _maker, _watched in rows:
        try:
            filters = fitting_filters(session, actor, setting, now, view.asked)
            ids = listing.first_ids(session, actor, now, filters, COUNTED + 1)
            counts[view.id] = select(func.count()).select_from(ids.subquery()).scalar_subquery()
        except BadInput as refusal:
            refusals[view.id] = refusal
    numbers = dict(zip(counts, session.execute(select(*counts.values())).one(), strict=True)) if counts else {}
    return [
        ViewLine(
            *(view.id, view.name, view.asked, view.unit_id is not None, maker, followed),
            *(numbers.get(view.id, 0), refusals.get(view.id)),
        )
        for view, maker, followed in rows
    ]


def names_of(session: Session, actor: Actor, numbers: Sequence[int]) -> dict[int, str]:
    """The names of those of these views that the actor reads."""
    rows = session.execute(select(SavedView.id, SavedView.name).where(SavedView.id.in_(numbers), reads(actor)))
    return {row[0]: row[1] for row in rows}


def erase_of_closed(session: Session, now: datetime) -> None:
    """Erase the own views of closed accounts, and the wishes to be notified; what is shared stays its unit's."""
    closed = select(User.id).where(~User.active)
    session.execute(delete(ViewWatch).where(ViewWatch.user_id.in_(closed)))
    _erase(session, now, and_(SavedView.unit_id.is_(None), SavedView.user_id.in_(closed)))


def _erase(session: Session, now: datetime, which: ColumnElement[bool]) -> None:
    ended = select(SavedView.id).where(which, SavedView.ended_at.is_(None))
    session.execute(delete(ViewWatch).where(ViewWatch.view_id.in_(ended)).execution_options(synchronize_session=False))
    session.execute(
        update(SavedView)
        .where(which, SavedView.ended_at.is_(None))
        .values(ended_at=now, name="", asked={})
        .execution_options(synchronize_session=False)
    )


def _siblings(actor: Actor, shared: bool) -> ColumnElement[bool]:
    return and_(reads(actor), SavedView.unit_id.is_not(None) if shared else SavedView.unit_id.is_(None))
