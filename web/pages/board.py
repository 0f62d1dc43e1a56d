"""The board: the county's, a unit's or a village's own, and the leading group's one page; one template of panels."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from notifications import failed_deliveries
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import FormState, Refusal
from web.words.errors import sentence
from web.words.papers import paper_number
from web.words.year_turn import reminded
from workflow.accountability import pending_decisions
from workflow.actors import Actor
from workflow.adoption import calendar_days, year_turn
from workflow.assessment.desk import ranking_desk
from workflow.boards import board_figures, feedback, heat, pending, progress
from workflow.boards.scope import Scope, scope_of
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.register.bulk_lists import list_counts
from workflow.register.candidates import candidate_views
from workflow.register.exits_in_doubt import doubted
from workflow.tickets.views import due_soon
from workflow.tickets.visibility import COUNTY_WIDE

#: How many working days the board looks ahead until it is asked for another number.
_AHEAD = "3"


@blueprint.get("/board")
def board() -> ResponseReturnValue:
    """One's own board; the county's readers may name a `unit`, and see the leading group's page with `page=leaders`."""
    actor, now, args = signed_in_actor(), db.now(), request.args
    with db.read_session() as session:
        setting = county_context(session)
        scope = scope_of(session, actor, setting, args.get("unit", "").strip() or None)
        one_page = scope.county and (actor.role == "leaders" or args.get("page") == "leaders")
        typed = args.get("within", "").strip() or _AHEAD
        form = FormState({"within": typed})
        try:
            within, until = typed, due_soon.horizon(setting, now, typed)
        except BadInput as refusal:
            within, until = _AHEAD, due_soon.horizon(setting, now, _AHEAD)
            form = FormState({"within": typed}, Refusal(sentence(refusal), "within"))
        panels = {
            "hand": board_figures.in_hand(session, setting, scope.held(), now),
            "inside": board_figures.in_hand(session, setting, scope.inside(), now) if scope.town else None,
            "holders": board_figures.by_holder(session, scope, now)
            if scope.county or scope.village_id or scope.town
            else [],
            "towns": board_figures.by_town(session, scope, now) if not (scope.town or scope.village_id) else [],
            "sources": board_figures.by_source(session, scope, now),
            "ladder": board_figures.ladder(session, scope),
            "trend": progress.trend(session, scope, now) if not scope.village_id else None,
            "gate": progress.gate(session, scope),
            "duties": progress.duties(session, scope, now),
            "heat": heat.heat(session, actor, scope),
            "questions": list_counts.to_answer(session, actor, now) if scope.county else None,
            "feedback": feedback.unanswered(session) if scope.county and actor.role == "office" else 0,
            "candidates": _candidates(session, actor, scope),
            "ahead": due_soon.ahead(session, setting, now, until) if scope.county else [],
        }
        work = _work(session, actor, scope)
        eve = ranking_desk.on_eve(setting, now) if work else None
        fixed = current_app.config["YEAR"]
        turn = year_turn.reminder(session, setting, now, fixed) if work and actor.role == "office" else None
    missing = calendar_days.reminder(setting.clock.calendar, now) if work and actor.role == "office" else None
    shown = render_template(
        "boards/board.html",
        setting=setting,
        scope=scope,
        one_page=one_page,
        now=now,
        missing=missing,
        turn=reminded(*turn) if turn else None,
        eve=eve,
        within=int(within),
        until=until,
        form=form,
        subject_of=subject_of,
        **panels,
        **work,
    )
    return (shown, 422) if form.refusal else shown


def _candidates(session: Session, actor: Actor, scope: Scope) -> int | None:
    """The families being verified in the reader's own sight; None on the board of another unit, or in a scheme without."""
    own = scope.county or (actor.role in ("town", "village") and scope.unit is not None and actor.is_of(scope.unit.id))
    if scope.setting.scheme.candidates is None or not (own or scope.village_id == actor.village_id is not None):
        return None
    return candidate_views.open_count(session, actor)


def subject_of(kind: str, ref: str) -> tuple[str, str]:
    """The address and the number of what a decision or an audit finding is about."""
    if kind in ("revocation", "answer", "talk", "paper"):
        return url_for("pages.paper", number=ref), paper_number(ref)
    if kind in ("withdrawal", "case"):
        return url_for("pages.case", case=int(ref)), _("Case %(n)s", n=ref)
    return url_for("pages.ticket", number=ref), ref


def _work(session: Session, actor: Actor, scope: Scope) -> dict[str, Any]:
    """Pending decisions and tasks, on the county's board alone."""
    if not scope.county or actor.role not in COUNTY_WIDE:
        return {}
    return {
        "board": pending.waiting(session, actor, scope.setting, db.now()),
        "mine": board_figures.mine(session, actor, scope.setting, db.now()),
        "escalated": pending_decisions.waiting(session, actor, db.now()),
        "doubted": doubted(session, actor, scope.setting),
        "untold": failed_deliveries.count_stuck(session) if actor.role in ("office", "inspectorate") else 0,
    }
