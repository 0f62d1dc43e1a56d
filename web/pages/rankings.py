"""Rankings: the list, the snapshot of one day, and the acts of units on it: draft, review, sign, object, correct."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Ranking
from web import db
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.figures_form import whole_number
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from web.words.language import say
from workflow.actors import Actor
from workflow.assessment import report_duties, reported_figures, unit_words
from workflow.assessment.checking import figure_checks
from workflow.assessment.ranking import figure_sources, objections, responses, worked_example, written_reports
from workflow.assessment.ranking import rankings as ranking_rankings
from workflow.county import authorisations
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.tickets.visibility import COUNTY_WIDE


@blueprint.get("/rankings")
def rankings() -> ResponseReturnValue:
    """The ranking days, the latest first, and the figures one's unit reports."""
    actor = signed_in_actor()
    with db.read_session() as session:
        setting = county_context(session)
        rows = list(ranking_rankings.past(session, actor))
        mine = reported_figures.of_unit(setting, actor.unit_id or 0)
    return render_template("assessment/rankings.html", setting=setting, rows=rows, mine=mine)


@blueprint.get("/rankings/<on>")
def one_ranking(on: str) -> ResponseReturnValue:
    return _ranking_page(on)


def _ranking_page(on: str, error: WorkflowError | None = None, act: str = "") -> Page:
    with db.read_session() as session:
        row = ranking_of(session, on)
        values = ranking_values(session, row)
        values |= _own_town(session, values["setting"], row, signed_in_actor())
    return render_form(
        "assessment/ranking.html", error, tried=act, act_on=url_for("pages.act_on_ranking", on=on), **values
    )


def ranking_values(session: Session, row: Ranking) -> dict[str, Any]:
    """What the templates show of a ranking to the signed-in person: the state of its reports, objections, open forms."""
    actor, now = signed_in_actor(), db.now()
    setting = ranking_rankings.setting_of(session, row)
    signed, reviewed = responses.signatures(session, row), responses.reviews(session, row)
    said, last = objections.on_day(session, row), ranking_rankings.latest(session, row.on)
    handed = written_reports.standing(session, setting, row, now)
    unfinished = responses.unfinished_draft(session, row, actor.unit_id)
    if actor.role in ("town", "village"):
        # A town reads what it said itself; the others' objections are between them and the office.
        said = [pair for pair in said if actor.role == "town" and actor.is_of(pair[0].town_id)]
    mine = setting.units.get(actor.unit_id or 0)
    own = mine.code if mine is not None else None
    current = last is not None and last.id == row.id
    waits = (
        current
        and any(line.unit.id == actor.unit_id and line.report is None for line in handed)
        and written_reports.may_issue(actor, setting, row)
        and (actor.unit_id in signed or not responses.may_sign(actor, row, own))
    )
    drafted = signed.get(actor.unit_id or 0)
    measures = {measure.code: measure for measure in reported_figures.every(setting)}
    return {
        "setting": setting,
        "row": row,
        "checks": len(figure_checks.lines(session, actor, row, now)),
        "signed": signed,
        "reviewed": reviewed,
        "may_review": waits
        and drafted is not None
        and drafted.by_id != actor.user_id
        and actor.unit_id not in reviewed,
        "signers": authorisations.signers(session, actor.unit_id or 0, now),
        "asked": [field.code for field in report_duties.sections_of(setting, mine)] if mine is not None else [],
        "drafted": unit_words.divided(drafted.remark) if drafted is not None else ({}, ""),
        "unfinished": unfinished,
        "saved_by": responses.saved_by(session, unfinished),
        "begun": unit_words.divided(unfinished.remark) if unfinished is not None else ({}, ""),
        "objections": said,
        "raised_by": objections.raised_by_successors(session, row),
        # What they say may name a household: in words for the town and the office alone.
        "in_words": actor.role in ("town", "office"),
        "own": own,
        "measures": measures,
        "disputable": _disputable(row, measures),
        "objecting": objections.objecting_towns(actor, setting, row),
        "opens_figure": partial(figure_sources.opens, actor, setting),
        "current": current,
        "may_sign": current and responses.may_sign(actor, row, own) and actor.unit_id not in signed,
        "handed": handed,
        "due": written_reports.due_at(setting, row),
        "drafts": {
            line.unit.id for line in handed if written_reports.may_read(actor, line.unit, line.report is not None)
        },
        "waits": waits,
        "may_issue": waits and authorisations.signing_authority(session, actor, now) is not None,
    }


def _own_town(session: Session, setting: CountyContext, row: Ranking, actor: Actor) -> dict[str, Any]:
    """What the page begins with for a town: why it moved since the ranking before, if that has the same formula; and which
    parts are unfolded: all with `all`, as on paper, most for readers of the county.
    """
    whole = bool(request.args.get("all"))
    values: dict[str, Any] = {"moved": None, "whole": whole, "all_open": whole or actor.role in COUNTY_WIDE}
    town = setting.units.get(actor.unit_id or 0)
    earlier = ranking_rankings.before(session, row) if town is not None and town.type == "town" else None
    formula = row.content.get("formula_version")
    if town is None or earlier is None or earlier.content.get("formula_version") != formula:
        return values
    then = ranking_rankings.setting_of(session, earlier).scheme
    was = worked_example.work_out(then, earlier.content, town.code)
    now = worked_example.work_out(setting.scheme, row.content, town.code)
    if was is not None and now is not None:
        values |= {"moved": worked_example.movement(was, now), "since": earlier.on}
    return values


def _disputable(row: Ranking, measures: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a ranking that a town may object to, with their captions."""
    return [
        (entry["code"], f"{entry['item']} · {say(measures[entry['code']].name)}")
        for entry in row.content["measures"]
        if entry["code"] in measures
    ]


@blueprint.post("/rankings/<on>")
@form_action(lambda error, on: _ranking_page(on, error, request.form.get("act", "")), passes=(NotFound, NotAllowed))
def act_on_ranking(on: str) -> Step:
    return step_on_ranking(on, url_for("pages.one_ranking", on=on))


def step_on_ranking(on: str, back: str) -> Step:
    """The step of a form on a ranking, which leads `back`.  Raises BadInput for an act that there is not."""
    form, actor, now = request.form, signed_in_actor(), db.now()
    acts: dict[str, Callable[[Session, Ranking], Any]] = {
        "sign": lambda session, row: responses.sign(session, actor, now, row, _own_words(form)),
        "save": lambda session, row: responses.save_draft(
            session, actor, now, row, _own_words(form), whole_number(form.get("seen"), "seen")
        ),
        "review": lambda session, row: responses.review(session, actor, now, row, _own_words(form)),
        "object": lambda session, row: objections.object_to(
            session, actor, now, row, form.get("measure", ""), form.get("reason", ""), form.get("town", "")
        ),
        "answer": lambda session, row: objections.answer(
            session,
            actor,
            now,
            whole_number(form.get("objection"), "objection"),
            form.get("upheld") == "yes",
            form.get("reason", ""),
        ),
        "issue": lambda session, row: written_reports.issue(session, actor, now, row),
        "receive": lambda session, row: [
            written_reports.receive(session, actor, now, whole_number(report, "report"))
            for report in form.getlist("report")
        ],
        "correct": lambda session, row: ranking_rankings.correct(
            session, actor, now, row.on, form.get("reason", ""), counted
        ),
    }
    act, counted = form.get("act", ""), None
    if act == "correct" and actor.role == "office":
        # What takes long is counted before anybody who writes would have to wait.
        with db.read_session() as session:
            counted = ranking_rankings.count(session, now, ranking_of(session, on).on)
    if act not in acts:
        raise BadInput("missing", "act")

    def step(session: Session) -> Done:
        acts[act](session, ranking_of(session, on))
        return done(back)

    return step


def _own_words(form: Mapping[str, str]) -> str:
    """The unit's paragraph for the report, of the boxes of causes, rectification and next steps, and its comment."""
    return unit_words.written({name: form.get(name, "") for name in unit_words.SECTIONS}, form.get("remark", ""))


def ranking_of(session: Session, on: str) -> Ranking:
    """The ranking of a day, in the edition that the address names or the latest.  Raises NotFound."""
    edition = request.args.get("edition", "")
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise NotFound("no_such_ranking", day=on[:20]) from error
    known = edition.isascii() and edition.isdigit() and len(edition) < 6
    return ranking_rankings.find(session, signed_in_actor(), day, int(edition) if known else None)
