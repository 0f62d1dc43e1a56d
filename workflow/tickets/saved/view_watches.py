"""View watches: an event when tickets newly enter a view that a person follows, as that person sees it at that hour.

Each view is read under its row's lock and its tickets are kept with the event in one transaction, so that any number of workers
records an entry once.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import SavedView, User, ViewWatch
from workflow import batches
from workflow.actors import Actor, acting, system
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.history import event_log
from workflow.tickets.saved.listing_address import fitting_filters
from workflow.tickets.saved.saved_views import erase_of_closed, reads
from workflow.tickets.views import listing

#: Views read in one run, and the time between two readings of the same one.
LOT = 20
EVERY = timedelta(minutes=5)
#: A view with more tickets than these is not followed: its people would be notified of nearly everything.
MOST = 200
log = logging.getLogger("xiaohao.worker")


def run(reading: batches.Transactions, writing: batches.Transactions, now: datetime) -> int:
    """Read the views that are due, those that have waited longest first; returns how many events were recorded."""
    with reading() as session:
        due = session.scalars(
            select(ViewWatch.view_id)
            .where(ViewWatch.checked_at <= now - EVERY)
            .group_by(ViewWatch.view_id)
            .order_by(ViewWatch.view_id)
            .limit(LOT)
        ).all()
        closed = session.scalar(
            select(User.id).where(
                ~User.active, User.id.in_(select(SavedView.user_id).where(SavedView.unit_id.is_(None)))
            )
        )
    recorded = 0
    for number in due:
        try:
            with writing() as session:
                recorded += read_view(session, now, number)
        except Exception as error:
            if batches.lies_elsewhere(error):
                raise
            # One view that cannot be read stops no other; it waits as long as the others.
            log.exception("view %s", number)
            with writing() as session:
                session.execute(update(ViewWatch).where(ViewWatch.view_id == number).values(checked_at=now))
    if closed is not None:
        with writing() as session:
            erase_of_closed(session, now)
    return recorded


def read_view(session: Session, now: datetime, number: int) -> int:
    """Compare a view with what each of its followers saw of it last; returns how many events were recorded.

    A follower who no longer reads the view, or whose account is closed, follows it no more.  One whose role, unit or village
    is another begins again: what the new sight shows is not new in the view.
    """
    view = session.scalars(
        select(SavedView).where(SavedView.id == number, SavedView.ended_at.is_(None)).with_for_update(skip_locked=True)
    ).one_or_none()
    if view is None:
        return 0
    rows = session.execute(
        select(ViewWatch, User)
        .join(User, User.id == ViewWatch.user_id)
        .where(ViewWatch.view_id == number, ViewWatch.checked_at <= now - EVERY)
        .order_by(ViewWatch.id)
    ).all()
    recorded = 0
    for watch, user in rows:
        actor = acting(session, user, now)
        if not user.active or session.scalar(select(SavedView.id).where(SavedView.id == number, reads(actor))) is None:
            session.delete(watch)
            continue
        tickets = _tickets(session, actor, now, view)
        sight = f"{actor.role}:{actor.unit_id or ''}:{actor.village_id or ''}" if tickets is not None else ""
        entered = sorted(set(tickets or ()).difference(watch.seen))
        if sight and watch.sight == sight and entered:
            given = {"user": user.id, "count": len(entered)}
            event_log.of(session, view, system(), now).append("view_entered", given, {"tickets": entered})
            recorded += 1
        watch.seen, watch.sight, watch.checked_at = sorted(tickets or ()), sight, now
    return recorded


def _tickets(session: Session, actor: Actor, now: datetime, view: SavedView) -> list[int] | None:
    """The ids of the view's tickets; None where they are more than MOST or the view no longer fits."""
    try:
        filters = fitting_filters(session, actor, county_context(session), now, view.asked)
        ids = session.scalars(listing.first_ids(session, actor, now, filters, MOST + 1)).all()
    except BadInput:
        return None
    return list(ids) if len(ids) <= MOST else None
