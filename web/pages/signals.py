"""Signals: what may come from working on paper, by rule and unit, each opening into its tickets."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from workflow.accountability.oversight import signals as oversight_signals
from workflow.county.context import CountyContext, county_context
from workflow.county.unit_names import find_unit


@blueprint.get("/signals")
def signals() -> ResponseReturnValue:
    """Every rule with its count per unit."""
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        hits = oversight_signals.all_signals(session, actor, setting)
    return render_template("accountability/signals.html", setting=setting, signals=hits, words=_words(setting))


@blueprint.get("/signals/<code>/<unit>")
def signal(code: str, unit: str) -> ResponseReturnValue:
    """The tickets in which one rule speaks of one unit."""
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        wanted = find_unit(session, unit).id
        hits = oversight_signals.tickets_of(session, actor, setting, code, wanted)
    title, text = _words(setting)[code]
    return render_template(
        "accountability/signal.html",
        setting=setting,
        unit=setting.unit(wanted),
        hits=hits,
        title=title,
        text=text,
        now=db.now(),
    )


def _words(setting: CountyContext) -> dict[str, tuple[str, str]]:
    """The name of each rule, and what it looks for under the scheme in force."""
    limit = setting.scheme.signals
    last = _("Within the last %(n)s working hours before the deadline, or after it.", n=limit.last_hours)
    return {
        "quick": (
            _("Resolved within minutes"),
            _("Reported as resolved within %(n)s working minutes of acceptance.", n=limit.quick_minutes),
        ),
        "last_day_time": (_("Suspended or extended at the last moment"), last),
        "last_day_decline": (_("Declined at the last moment"), last),
        "at_once": (
            _("Many resolved at once"),
            _(
                "%(n)s or more tickets reported as resolved within %(m)s minutes. Tickets of one matter count as one.",
                n=limit.at_once,
                m=limit.at_once_minutes,
            ),
        ),
        "photos": (
            _("Photos used before"),
            _("A photo is almost identical to an earlier one from another ticket or checkup."),
        ),
        "longer_kind": (
            _("Reclassified to a kind with more time"),
            _("Reclassification to a kind with a longer time limit was proposed."),
        ),
        "unvisited": (_("Closed without a visit"), _("Closed without a visit date.")),
        "reopened": (
            _("Reopened soon after closing"),
            _(
                "Reopened within %(n)s days of closing. Counts against the unit that reported it as resolved.",
                n=limit.reopened_days,
            ),
        ),
        "false": (
            _("Closed falsely"),
            _(
                "A spot check found it not resolved. Counts against the unit that reported it as resolved "
                "and the unit that confirmed it."
            ),
        ),
    }
