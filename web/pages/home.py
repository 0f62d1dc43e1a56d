"""The lists: my tickets, the office's board, the inbox."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user, login_required
from sqlalchemy import case, func, select

from models import Escalation, SweepReport, Ticket, WorkerHeartbeat
from notifications import inbox as box
from web import db
from web.pages import blueprint
from workflow import queries
from workflow.county import setting
from workflow.lifecycle import STATES
from workflow.permissions import COUNTY_WIDE


@blueprint.get("/")
@login_required
def home() -> Any:
    actor, now, args = current_user.actor, db.now(), request.args
    if actor.role == "admin":
        return redirect(url_for("pages.users"))
    filters = queries.Filters(
        state=args.get("state") or None,
        kind=args.get("kind") or None,
        owner=args.get("owner") or None,
        town=args.get("town") or None,
        overdue=True if args.get("overdue") else None,
        q=args.get("q") or None,
    )
    with db.reading() as session:
        place = setting(session, actor.county_id)
        page = queries.list_tickets(session, actor, now, filters, args.get("cursor"), 30)
    following = {**args.to_dict(), "cursor": page.next} if page.next else None
    return render_template(
        "list.html", page=page, place=place, filters=filters, states=STATES, following=following, now=now
    )


@blueprint.get("/board")
@login_required
def board() -> Any:
    actor, now = current_user.actor, db.now()
    if actor.role not in COUNTY_WIDE:
        return redirect(url_for("pages.home"))
    open_here = (Ticket.county_id == actor.county_id, Ticket.ended_at.is_(None))
    late = func.sum(case((Ticket.due_at < now, 1), else_=0))
    with db.reading() as session:
        place = setting(session, actor.county_id)
        by_unit = session.execute(
            select(Ticket.holder_unit_id, func.count(), late)
            .where(*open_here)
            .group_by(Ticket.holder_unit_id)
            .order_by(late.desc(), func.count().desc())
        ).all()
        by_town = session.execute(
            select(Ticket.town_id, func.count(), late)
            .where(*open_here, Ticket.town_id.is_not(None))
            .group_by(Ticket.town_id)
            .order_by(late.desc(), func.count().desc())
        ).all()
        rungs = session.execute(
            select(Escalation.rung, Escalation.status, func.count())
            .where(Escalation.county_id == actor.county_id)
            .group_by(Escalation.rung, Escalation.status)
            .order_by(Escalation.rung)
        ).all()
        disputes = session.scalars(
            select(Ticket).where(*open_here, Ticket.state == "disputed").order_by(Ticket.due_at).limit(20)
        ).all()
        reports = {row.job: row for row in session.scalars(select(SweepReport))}
        beat = session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(1)).first()
    return render_template(
        "board.html", place=place, by_unit=by_unit, by_town=by_town, rungs=rungs, disputes=disputes, reports=reports,
        beat=beat, now=now,
    )  # fmt: skip


@blueprint.get("/inbox")
@login_required
def inbox() -> Any:
    actor = current_user.actor
    before = request.args.get("before", type=int)
    with db.reading() as session:
        rows = box.messages(session, actor.user_id, before)
        place = setting(session, actor.county_id)
    return render_template("inbox.html", rows=rows, place=place)


@blueprint.post("/inbox")
@login_required
def read_inbox() -> Any:
    with db.writing() as session:
        box.mark_read(session, current_user.actor.user_id, db.now(), request.form.get("upto", 0, int))
    return redirect(url_for("pages.inbox"))


@blueprint.app_context_processor
def _common() -> dict[str, Any]:
    """What every page shows: the unread count."""
    if not current_user.is_authenticated:
        return {"unread": 0}
    with db.reading() as session:
        return {"unread": box.unread(session, current_user.actor.user_id)}
