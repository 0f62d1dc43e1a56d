"""The ranking's pages: the list, one day's snapshot, what is behind a figure, signing, objecting, and reporting figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models import Ranking
from web import db, form_files, report_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, done, form_action, render_form
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.ranking import figure_sources, responses, worked_example, written_reports
from workflow.assessment.ranking import rankings as ranking_rankings
from workflow.assessment.reported_figures import Line
from workflow.county.context import county_context
from workflow.errors import BadInput, Conflict, NotAllowed, NotFound, WorkflowError
from workflow.policy.worktime import local_date


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
    actor = signed_in_actor()
    with db.read_session() as session:
        row = _ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
        signed = responses.signatures(session, row)
        said = responses.objections(session, row)
        last = ranking_rankings.latest(session, row.on)
        handed = written_reports.standing(session, setting, row, db.now())
        if actor.role in ("town", "village"):
            # A town reads what it said itself; the others' objections are between them and the office.
            said = [pair for pair in said if actor.role == "town" and pair[0].town_id == actor.unit_id]
        # What they say may name a household: in words for the town and the office alone.
        in_words = actor.role in ("town", "office")
    mine = setting.units.get(actor.unit_id or 0)
    own = mine.code if mine is not None else None
    current = last is not None and last.id == row.id
    return render_form(
        "assessment/ranking.html",
        error,
        setting=setting,
        row=row,
        signed=signed,
        objections=said,
        in_words=in_words,
        own=own,
        act=act,
        measures={measure.code: measure for measure in reported_figures.every(setting)},
        current=current,
        may_sign=current and responses.may_sign(actor, row, own) and actor.unit_id not in signed,
        handed=handed,
        due=written_reports.due_at(setting, row),
        drafts={line.unit.id for line in handed if written_reports.may_read(actor, line.unit, line.report is not None)},
        may_issue=current
        and any(line.unit.id == actor.unit_id and line.report is None for line in handed)
        and written_reports.may_issue(actor, setting, row)
        and (actor.unit_id in signed or not responses.may_sign(actor, row, own)),
    )


@blueprint.post("/rankings/<on>")
@form_action(lambda error, on: _ranking_page(on, error, request.form.get("act", "")), passes=(NotFound, NotAllowed))
def act_on_ranking(on: str) -> Step:
    form, actor, now = request.form, signed_in_actor(), db.now()
    acts: dict[str, Callable[[Session, Ranking], Any]] = {
        "sign": lambda session, row: responses.sign(session, actor, now, row, form.get("remark", "").strip()),
        "object": lambda session, row: responses.object_to(
            session, actor, now, row, form.get("measure", ""), form.get("reason", "")
        ),
        "answer": lambda session, row: responses.answer(
            session,
            actor,
            now,
            _whole_number(form.get("objection")),
            form.get("upheld") == "yes",
            form.get("reason", ""),
        ),
        "issue": lambda session, row: written_reports.issue(session, actor, now, row),
        "receive": lambda session, row: [
            written_reports.receive(session, actor, now, _whole_number(report)) for report in form.getlist("report")
        ],
        "correct": lambda session, row: ranking_rankings.correct(
            session, actor, now, row.on, form.get("reason", ""), counted
        ),
    }
    act, counted = form.get("act", ""), None
    if act == "correct" and actor.role == "office":
        # What takes long is counted before anybody who writes would have to wait.
        with db.read_session() as session:
            counted = ranking_rankings.count(session, now, _ranking_of(session, on).on)
    if act not in acts:
        raise BadInput("missing", "act")

    def step(session: Session) -> Done:
        acts[act](session, _ranking_of(session, on))
        return done(url_for("pages.one_ranking", on=on))

    return step


@blueprint.get("/rankings/<on>/<measure>/<town>")
def figure(on: str, measure: str, town: str) -> ResponseReturnValue:
    """The rows behind one figure."""
    with db.read_session() as session:
        row = _ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
        origins = figure_sources.behind(session, signed_in_actor(), row, measure, town)
        wanted = reported_figures.measure_named(setting, measure)
    return render_template(
        "assessment/figure.html",
        setting=setting,
        row=row,
        origins=origins,
        measure=wanted,
        late_figure=reported_figures.late,
        at=town,
        name_for=figure_files.name_for,
        town=setting.by_code.get(town) if wanted in setting.scheme.measures else None,
    )


@blueprint.get("/rankings/<on>/<measure>/<town>/files/<id:number>")
def figure_file(on: str, measure: str, town: str, number: int) -> ResponseReturnValue:
    """A file that proves a figure, for whoever may open where the figure comes from."""
    with db.read_session() as session:
        proof = figure_sources.file_behind(session, signed_in_actor(), _ranking_of(session, on), measure, town, number)
    return form_files.sent(proof, figure_files.name_for(signed_in_actor(), proof))


@blueprint.get("/rankings/<on>/formula")
def formula(on: str) -> ResponseReturnValue:
    """How the ranking is computed: every measure, and the score of one town worked out."""
    actor = signed_in_actor()
    with db.read_session() as session:
        row = _ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
    town = report_files.example_town(setting, actor, request.args.get("town", ""))
    example = worked_example.work_out(setting.scheme, row.content, town.code) if town is not None else None
    return render_template("assessment/formula.html", setting=setting, row=row, town=town, example=example)


@blueprint.get("/rankings/<on>/items/<int(max=99):item>/<town>")
def item_of_town(on: str, item: int, town: str) -> ResponseReturnValue:
    """What a town's score on an item is made of; each figure opens into its rows."""
    with db.read_session() as session:
        row = _ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
    lines = [
        (measure, next((line for line in measure["towns"] if line["town"] == town), None))
        for measure in row.content["measures"]
        if measure["item"] == item
    ]
    if not lines or lines[0][1] is None:
        raise NotFound("no_such_ranking", day=on)
    score = next(entry["towns"][town] for entry in row.content["items"] if entry["item"] == item)
    return render_template(
        "assessment/item.html",
        setting=setting,
        row=row,
        item=item,
        town=setting.by_code[town],
        lines=lines,
        score=score,
        measures={measure.code: measure for measure in setting.scheme.measures},
    )


@blueprint.get("/figures/files/<id:number>")
def brought_file(number: int) -> ResponseReturnValue:
    """A file that one's own unit brought with its figures, before they are ranked."""
    with db.read_session() as session:
        proof = figure_files.find_figure_file(session, signed_in_actor(), number)
    return form_files.sent(proof, figure_files.name_for(signed_in_actor(), proof))


@blueprint.get("/figures/<code>")
def figures(code: str) -> Page:
    return _form(code)


def _form(code: str, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        measure = reported_figures.measure_named(setting, code)
        if measure not in reported_figures.of_unit(setting, actor.unit_id or 0):
            raise NotAllowed("figure_of_another_unit")
        known = reported_figures.latest(session, setting, code, local_date(now), now)
        files = {town: figure_files.of(session, row) for town, row in known.items()}
    return render_form(
        "assessment/figures_form.html",
        error,
        setting=setting,
        measure=measure,
        known=known,
        files=files,
        sent=form_files.names("file"),
        today=local_date(now),
        towns=reported_figures.subjects(setting, measure),
        of_towns=measure in setting.scheme.measures,
        box=error.params.get("box") if error is not None else None,
        late_figure=reported_figures.late,
    )


@blueprint.post("/figures/<code>")
@form_action(lambda error, code: _form(code, error), passes=(NotFound, NotAllowed, Conflict))
def report_figures(code: str) -> Step:
    form, actor, now = request.form, signed_in_actor(), db.now()
    source, reason = form.get("source", ""), form.get("reason", "").strip()
    with db.read_session() as session:
        # Before any picture is developed: who may not report makes us no work and leaves no bytes behind.
        setting = county_context(session)
        measure, up_to = reported_figures.measure_named(setting, code), _day_in_url(form.get("up_to", ""), "up_to")
        lines = [
            Line(
                town,
                _whole_number(form.get(f"of-{town}"), f"of-{town}"),
                _whole_number(form.get(f"to-{town}"), f"to-{town}"),
            )
            for town in [unit.code for unit in reported_figures.subjects(setting, measure)]
            if form.get(f"of-{town}", "").strip() or form.get(f"to-{town}", "").strip()
        ]
        reported_figures.admitted(actor, setting, now, measure, up_to, source)
    files = form_files.taken(request.files.getlist("file"))

    def step(session: Session) -> Done:
        county = county_context(session)
        reported_figures.report(session, actor, county, now, code, up_to, lines, source, reason, files)
        return Done(url_for("pages.rankings"), _("Submitted."))

    return step


def _whole_number(text: str | None, box: str = "") -> int:
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("not_a_number", "figures", box=box)
    return int(text)


def _day_in_url(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", name) from error


def _ranking_of(session: Session, on: str) -> Ranking:
    edition = request.args.get("edition", "")
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise NotFound("no_such_ranking", day=on[:20]) from error
    known = edition.isascii() and edition.isdigit() and len(edition) < 6
    return ranking_rankings.find(session, signed_in_actor(), day, int(edition) if known else None)
