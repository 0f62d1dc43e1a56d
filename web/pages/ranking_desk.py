"""Ranking desk: everything of a ranking day on one page, from the reporting of figures to the receipt of the reports."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form, returns_to
from web.pages.rankings import ranking_values, step_on_ranking
from workflow.accountability import sweep_watch
from workflow.actors import Actor
from workflow.assessment.desk import ranking_desk, unit_reminders
from workflow.assessment.desk.ranking_desk import RankingDay, UnitState
from workflow.assessment.desk.unit_reminders import What
from workflow.assessment.ranking import rankings
from workflow.assessment.ranking.rankings import Recomputed
from workflow.assessment.ranking.written_reports import Line
from workflow.county.context import county_context
from workflow.errors import NotAllowed, NotFound, WorkflowError

#: Who opens the desk: the office works there, the others look on.
READERS = ("office", "leaders", "inspectorate")
#: The acts of the desk beside those of a ranking, and of which matter they remind.
_REMINDERS: Mapping[str, What] = {"remind_figures": "figures", "remind_reports": "report"}


@blueprint.get("/ranking-desk")
def ranking_day() -> ResponseReturnValue:
    """The ranking day at hand, or the one named by `on`; with `look=trial` or `look=proof` what takes a while to compute."""
    return _desk_page(request.args.get("on"))


def _desk_page(on: str | None, error: WorkflowError | None = None, act: str = "") -> Page:
    actor, now, look = _reader(), db.now(), request.args.get("look", "")
    with db.read_session() as session:
        day = ranking_desk.at_desk(session, county_context(session, at=now), now, _day_of(on))
        values = _values(session, actor, day, look) if day is not None else {"setting": county_context(session)}
    return render_form("assessment/ranking_desk.html", error, tried=act, at_desk=day, look=look, **values)


def _values(session: Session, actor: Actor, day: RankingDay, look: str) -> dict[str, Any]:
    now, row = db.now(), day.ranking
    last, following = ranking_desk.days_at_hand(session, day.setting, now)
    counted = ranking_desk.trial(session, day, now) if look == "trial" and row is None else None
    content = row.content if row is not None else counted
    values: dict[str, Any] = ranking_values(session, row) if row is not None else {"setting": day.setting}
    figures = ranking_desk.figures_in(session, day, now)
    proof = rankings.recompute(session, row) if look == "proof" and row is not None else None
    return values | {
        "states": _states(day, now, figures, values.get("handed", ()), proof),
        "act_on": url_for("pages.act_at_desk", on=day.on.isoformat()),
        "other_days": [one for one in (last, following) if one is not None and one != day.on],
        "figures": figures,
        "reminded": unit_reminders.reminded(session, day.on),
        "trial": counted,
        "without_data": row is None and _found_without_data(session, day),
        "proof": proof,
        "conspicuous": ranking_desk.conspicuous(session, day, content) if content is not None else None,
        "works": actor.role == "office",
    }


def _found_without_data(session: Session, day: RankingDay) -> bool:
    """Whether the worker has found that nothing was on record by the day's hour; each entry begins with its day."""
    refused = sweep_watch.last_result(session, "rankings").get("refused", ())
    return any(entry.split()[0] == day.on.isoformat() for entry in refused)


def _states(
    day: RankingDay, now: datetime, figures: Sequence[UnitState], handed: Sequence[Line], proof: Recomputed | None
) -> dict[str, str]:
    """The state of each step: done, under way (now), not yet (later), or needing attention (late)."""
    over, made = day.hour <= now, day.ranking is not None
    reported = all(unit.complete for unit in figures)
    missing = any(unit.missing for unit in figures)
    issued = [line for line in handed if line.report is not None]
    late = any(line.late and line.report is None for line in handed)
    return {
        "figures": "done" if reported or (over and not missing) else "late" if over else "now",
        "trial": "done" if made else "now",
        "made": "done" if made else "late" if over else "later",
        "proof": "later" if proof is None else "done" if proof.holds else "late",
        "reports": "later" if not made else "done" if len(issued) == len(handed) else "late" if late else "now",
        "received": "later" if not issued else "done" if all(line.receipt for line in handed) else "now",
    }


@blueprint.post("/ranking-desk/<on>")
@form_action(lambda error, on: _desk_page(on, error, request.form.get("act", "")), passes=(NotFound, NotAllowed))
def act_at_desk(on: str) -> Step:
    """Makes the ranking whose hour has come, reminds units, or acts on the ranking as its own page does."""
    act, actor, now = request.form.get("act", ""), _reader(), db.now()
    back = url_for("pages.ranking_day", on=on)
    if act == "make":
        return _making(actor, on, back)
    if act not in _REMINDERS:
        return step_on_ranking(on, back)

    def remind(session: Session) -> Done:
        day = ranking_desk.at_desk(session, county_context(session, at=now), now, _day_of(on))
        if day is not None:
            unit_reminders.remind(session, actor, now, day, _REMINDERS[act])
        return done(back)

    return remind


returns_to("/ranking-desk/<on>", "ranking_day", "on")


def _making(actor: Actor, on: str, back: str) -> Step:
    now, day = db.now(), _day_of(on)
    if day is None:
        raise NotFound("no_such_ranking", day=on[:20])
    with db.read_session() as session:
        known = ranking_desk.at_desk(session, county_context(session, at=now), now, day)
        # What takes long is counted before anybody who writes would have to wait.
        due = known is not None and known.ranking is None and known.hour <= now and actor.role == "office"
        counted = rankings.count(session, now, day) if due else None

    def step(session: Session) -> Done:
        rankings.make(session, actor, now, day, counted)
        return done(back)

    return step


def _reader() -> Actor:
    """Who is signed in.  Raises NotAllowed where the desk is not theirs."""
    actor = signed_in_actor()
    if actor.role not in READERS:
        raise NotAllowed("ranking_desk_not_yours")
    return actor


def _day_of(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound("no_such_ranking", day=text[:20]) from error
