"""The year's quota of houses: the households on it, with start-up money and completion."""

from datetime import date

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.words.language import listing
from workflow.county.context import county_context
from workflow.errors import BadInput, WorkflowError
from workflow.policy.worktime import local_date
from workflow.register.counted import quota as records


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
        today=local_date(db.now()),
        field=str(error.params.get("box") or "") or None if error is not None else None,
        tried=request.form.get("act", "") if request.method == "POST" else None,
    )


@blueprint.post("/quota")
@form_action(_quota_page, passes=())
def settle_quota() -> Step:
    """Record the days of the houses; with `act` put households on the list, or take one off."""
    actor, now, form = signed_in_actor(), db.now(), request.form
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


def _day_or_none(text: str, box: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise BadInput("not_a_date", box.partition("-")[0], box=box) from error
