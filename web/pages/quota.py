"""The year's quota of houses: the households on it, with start-up money and completion, and the verdicts on them."""

from datetime import date

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.counted_rows import HOUSE_STEPS
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.words.language import listing
from workflow.county.context import county_context
from workflow.errors import BadInput, WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.counted import quota as records
from workflow.register.counted import quota_verdicts
from workflow.register.counted.quota_verdicts import Judged


@blueprint.get("/quota")
def quota() -> Page:
    """The list of the assessment year: the county's, or a town's own."""
    return _quota_page()


def _quota_page(error: WorkflowError | None = None) -> Page:
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        lines = records.listed(session, actor, setting)
    by_town: dict[int, list[records.QuotaLine]] = {}
    for line in lines:
        by_town.setdefault(line.village.town_id, []).append(line)
    towns = [setting.by_code[code] for code in setting.scheme.towns]
    return render_form(
        "register/quota.html",
        error,
        setting=setting,
        towns=[town for town in towns if actor.role != "town" or town.id == actor.unit_id],
        by_town=by_town,
        total=sum(records.share_of(setting, code) for code in setting.scheme.towns),
        share=lambda town: records.share_of(setting, town.code),
        may=records.may_enter(actor, setting),
        waiting=quota_verdicts.for_verdict(actor, setting, lines),
        day_of_step=quota_verdicts.day_of_step,
        today=local_date(db.now()),
        field=str(error.params.get("box") or "") or None if error is not None else None,
        tried=request.form.get("act", "") if request.method == "POST" else None,
    )


@blueprint.post("/quota")
@form_action(_quota_page, passes=())
def settle_quota() -> Step:
    """Record the days of the houses; with `act` put households on the list, take one off, or judge entered days."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    if form.get("act") in ("confirm", "confirm-all", "return"):
        return _judged()
    act, codes = form.get("act", ""), form.get("codes", "").replace("，", "\n").replace(",", "\n").split()
    days = (
        {}
        if act
        else {
            name.removeprefix("paid_on-"): {
                "paid_on": _day_or_none(form[name], name),
                "finished_on": _day_or_none(form.get(other := name.replace("paid_on", "finished_on", 1), ""), other),
            }
            for name in form
            if name.startswith("paid_on-")
        }
    )

    def step(session: Session) -> Done:
        setting = county_context(session)
        if act == "add":
            added = records.add(session, actor, setting, now, codes)
            said = _("Households put on the list: %(n)s.", n=added.made)
            if added.already:
                said += _(" Already listed: %(codes)s.", codes=listing(added.already))
            return Done(url_for("pages.quota"), said)
        if act == "drop":
            records.drop(session, actor, setting, now, form.get("code", "").strip(), form.get("reason", ""))
            return done(url_for("pages.quota"))
        changed = records.settle(session, actor, setting, now, days, form.get("reason", ""))
        return Done(url_for("pages.quota"), _("Houses changed: %(n)s.", n=changed))

    return step


def _judged() -> Step:
    """The verdict on the ticked days, or the confirmation of all that wait and were not returned."""
    actor, now, form = signed_in_actor(), db.now(), request.form
    act = form["act"]
    ticked = [_seen(text) for text in form.getlist("day")]

    def step(session: Session) -> Done:
        setting, days = county_context(session), ticked
        if act == "confirm-all":
            waiting = quota_verdicts.for_verdict(actor, setting, records.listed(session, actor, setting))
            shown = {_seen(text) for text in form.getlist("shown")}
            every = [Judged(day.line.household.code, day.step, day.on) for day in waiting if day.verdict is None]
            days = [day for day in every if day in shown]
        verdict = "returned" if act == "return" else "confirmed"
        changed = quota_verdicts.judge(session, actor, setting, now, days, verdict, form.get("reason", ""))
        said = _("Houses returned: %(n)s.", n=changed) if act == "return" else _("Houses confirmed: %(n)s.", n=changed)
        return Done(url_for("pages.quota"), said)

    return step


def _seen(text: str) -> Judged:
    """An entered day as the form shows it: step, day and household code."""
    step, _gap, rest = text.partition(" ")
    on, _gap, code = rest.partition(" ")
    if step not in HOUSE_STEPS:
        raise BadInput("quota_none_chosen", "days")
    try:
        return Judged(code, step, date.fromisoformat(on))
    except ValueError as error:
        raise BadInput("not_a_date", "days") from error


def _day_or_none(text: str, box: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise BadInput("not_a_date", box.partition("-")[0], box=box) from error
