"""The ranking's pages: the list, one day's snapshot, what is behind a figure, signing, objecting, and reporting figures."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy.orm import Session

from models import Ranking
from web import db, uploads
from web.pages import blueprint
from web.words.errors import sentence
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.ranking import figure_sources, responses, written_reports
from workflow.assessment.ranking import rankings as ranking_rankings
from workflow.assessment.reported_figures import Line
from workflow.county.context import setting
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError
from workflow.policy.worktime import local_date


@blueprint.get("/rankings")
@login_required
def rankings() -> Any:
    """The ranking days, the latest first, and the figures one's unit reports."""
    actor = current_user.actor
    with db.reading() as session:
        place = setting(session)
        rows = list(ranking_rankings.past(session, actor))
        mine = reported_figures.of_unit(place, actor.unit_id) if actor.unit_id in place.units else ()
    return render_template("assessment/rankings.html", place=place, rows=rows, mine=mine)


@blueprint.get("/rankings/<on>")
@login_required
def one_ranking(on: str) -> Any:
    return _shown(on)


def _shown(on: str, error: WorkflowError | None = None, act: str = "") -> Any:
    actor = current_user.actor
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.scheme_version_id)
        signed = responses.signatures(session, row)
        said = responses.objections(session, row)
        last = ranking_rankings.latest(session, row.on)
        handed = written_reports.standing(session, place, row, db.now())
        if actor.role in ("town", "village"):
            # A town reads what it said itself; the others' objections are between them and the office.
            said = [pair for pair in said if actor.role == "town" and pair[0].town_id == actor.unit_id]
        # What they say may name a household: in words for the town and the office alone.
        in_words = actor.role in ("town", "office")
    own = place.unit(actor.unit_id).code if actor.unit_id in place.units else None
    current = last is not None and last.id == row.id
    status = 200 if error is None else 422
    return render_template(
        "assessment/ranking.html",
        place=place,
        row=row,
        signed=signed,
        objections=said,
        in_words=in_words,
        own=own,
        act=act,
        measures={measure.code: measure for measure in reported_figures.every(place)},
        current=current,
        error=sentence(error) if error else None,
        typed=request.form,
        may_sign=current and responses.may_sign(actor, row, own) and actor.unit_id not in signed,
        handed=handed,
        due=written_reports.due_at(place, row),
        drafts={line.unit.id for line in handed if written_reports.may_read(actor, line.unit, line.report is not None)},
        may_issue=current
        and any(line.unit.id == actor.unit_id and line.report is None for line in handed)
        and written_reports.may_issue(actor, place, row)
        and (actor.unit_id in signed or not responses.may_sign(actor, row, own)),
    ), status


@blueprint.post("/rankings/<on>")
@login_required
def act_on_ranking(on: str) -> Any:
    form, actor, now = request.form, current_user.actor, db.now()
    acts: dict[str, Callable[[Session, Ranking], Any]] = {
        "sign": lambda session, row: responses.sign(session, actor, now, row, form.get("remark", "").strip()),
        "object": lambda session, row: responses.object_to(
            session, actor, now, row, form.get("measure", ""), form.get("reason", "")
        ),
        "answer": lambda session, row: responses.answer(
            session, actor, now, _number(form.get("objection")), form.get("upheld") == "yes", form.get("reason", "")
        ),
        "issue": lambda session, row: written_reports.issue(session, actor, now, row),
        "receive": lambda session, row: [
            written_reports.receive(session, actor, now, _number(report)) for report in form.getlist("report")
        ],
        "correct": lambda session, row: ranking_rankings.correct(
            session, actor, now, row.on, form.get("reason", ""), counted
        ),
    }
    act, counted = form.get("act", ""), None
    if act == "correct" and actor.role == "office":
        # What takes long is counted before anybody who writes would have to wait.
        with db.reading() as session:
            counted = ranking_rankings.count(session, now, _found(session, on).on)
    try:
        if act not in acts:
            raise BadInput("missing", "act")
        db.transaction(lambda session: acts[act](session, _found(session, on)))
    except (NotFound, NotAllowed):
        raise
    except WorkflowError as error:
        return _shown(on, error, act)
    flash(_("Done."), "success")
    return redirect(url_for("pages.one_ranking", on=on))


@blueprint.get("/rankings/<on>/<measure>/<town>")
@login_required
def figure(on: str, measure: str, town: str) -> Any:
    """The rows behind one figure."""
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.scheme_version_id)
        found = figure_sources.behind(session, current_user.actor, row, measure, town)
        wanted = reported_figures.measure_named(place, measure)
    return render_template(
        "assessment/figure.html",
        place=place,
        row=row,
        found=found,
        measure=wanted,
        late_figure=reported_figures.late,
        at=town,
        name_for=figure_files.name_for,
        town=place.by_code.get(town) if wanted in place.scheme.measures else None,
    )


@blueprint.get("/rankings/<on>/<measure>/<town>/files/<id:number>")
@login_required
def figure_file(on: str, measure: str, town: str, number: int) -> Any:
    """A file that proves a figure, for whoever may open where the figure comes from."""
    with db.reading() as session:
        proof = figure_sources.file_behind(session, current_user.actor, _found(session, on), measure, town, number)
    return uploads.sent(proof, figure_files.name_for(current_user.actor, proof))


@blueprint.get("/rankings/<on>/items/<int(max=99):item>/<town>")
@login_required
def item_of_town(on: str, item: int, town: str) -> Any:
    """What a town's score on an item is made of; each figure opens into its rows."""
    with db.reading() as session:
        row = _found(session, on)
        place = setting(session, row.scheme_version_id)
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
        place=place,
        row=row,
        item=item,
        town=place.by_code[town],
        lines=lines,
        score=score,
        measures={measure.code: measure for measure in place.scheme.measures},
    )


@blueprint.get("/figures/files/<id:number>")
@login_required
def brought_file(number: int) -> Any:
    """A file that one's own unit brought with its figures, before they are ranked."""
    with db.reading() as session:
        proof = figure_files.brought(session, current_user.actor, number)
    return uploads.sent(proof, figure_files.name_for(current_user.actor, proof))


@blueprint.get("/figures/<code>")
@login_required
def figures(code: str) -> Any:
    return _form(code)


def _form(code: str, error: BadInput | None = None) -> Any:
    actor, now = current_user.actor, db.now()
    with db.reading() as session:
        place = setting(session)
        measure = reported_figures.measure_named(place, code)
        if measure not in reported_figures.of_unit(place, actor.unit_id or 0):
            raise NotAllowed("figure_of_another_unit")
        known = reported_figures.latest(session, place, code, local_date(now), now)
        files = {town: figure_files.of(session, row) for town, row in known.items()}
    return render_template(
        "assessment/figures_form.html",
        place=place,
        measure=measure,
        known=known,
        files=files,
        error=sentence(error) if error else None,
        sent=uploads.names("file"),
        field=error.field if error else None,
        typed=request.form,
        today=local_date(now),
        towns=reported_figures.subjects(place, measure),
        of_towns=measure in place.scheme.measures,
        late_figure=reported_figures.late,
    ), (200 if error is None else 422)


@blueprint.post("/figures/<code>")
@login_required
def report_figures(code: str) -> Any:
    form, actor, now = request.form, current_user.actor, db.now()
    source, reason = form.get("source", ""), form.get("reason", "").strip()
    try:
        with db.reading() as session:
            # Before any picture is developed: who may not report makes us no work and leaves no bytes behind.
            place = setting(session)
            measure, up_to = reported_figures.measure_named(place, code), _day(form.get("up_to", ""), "up_to")
            lines = [
                Line(town, _number(form[f"of-{town}"]), _number(form.get(f"to-{town}")))
                for town in [unit.code for unit in reported_figures.subjects(place, measure)]
                if form.get(f"of-{town}", "").strip() or form.get(f"to-{town}", "").strip()
            ]
            reported_figures.admitted(actor, place, now, measure, up_to, source)
        files = uploads.taken(request.files.getlist("file"))
        db.transaction(
            lambda writing: reported_figures.report(
                writing, actor, setting(writing), now, code, up_to, lines, source, reason, files
            )
        )
    except BadInput as error:
        return _form(code, error)
    flash(_("Submitted."), "success")
    return redirect(url_for("pages.rankings"))


def _number(text: str | None) -> int:
    text = (text or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput("not_a_number", "figures")
    return int(text)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", name) from error


def _found(session: Session, on: str) -> Ranking:
    edition = request.args.get("edition", "")
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise NotFound("no_such_ranking", day=on[:20]) from error
    known = edition.isascii() and edition.isdigit() and len(edition) < 6
    return ranking_rankings.find(session, current_user.actor, day, int(edition) if known else None)
