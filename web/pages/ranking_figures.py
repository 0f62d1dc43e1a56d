"""Figures of a ranking: the rows behind one, the files that prove it, and the measures of which an item consists."""

from functools import partial
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import Village
from web import db, form_files, report_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.rankings import ranking_of
from web.words.own_counts import gaps_of
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.ranking import figure_sources, worked_example
from workflow.assessment.ranking.snapshot import states_none
from workflow.county.context import county_context
from workflow.errors import NotFound
from workflow.policy.scheme.measures import CountyMeasure
from workflow.register import household_listing
from workflow.tickets import lookup

#: So many rows behind a figure are listed; the rest are counted.
SHOWN_KEYS = 500


@blueprint.get("/rankings/<on>/<measure>/<town>")
def figure(on: str, measure: str, town: str) -> ResponseReturnValue:
    """The rows behind one figure."""
    with db.read_session() as session:
        row = ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
        origins = figure_sources.behind(session, signed_in_actor(), row, measure, town)
        wanted = reported_figures.measure_named(setting, measure)
        homes = {
            key.partition(" ")[0]
            for origin in origins
            if origin.term.startswith(("households.", "people.", "quota."))
            for key in origin.keys[:SHOWN_KEYS]
        }
        named = {key for origin in origins if origin.term.startswith("villages.") for key in origin.keys[:SHOWN_KEYS]}
        villages = dict(session.execute(select(Village.code, Village.name).where(Village.code.in_(named))).all())
        seen = household_listing.codes_in_sight(session, signed_in_actor(), homes)
        rows = {key.partition(" ")[0] for origin in origins for key in origin.keys[:SHOWN_KEYS]}
        seen |= lookup.in_sight(session, signed_in_actor(), rows)
    return render_template(
        "assessment/figure.html",
        setting=setting,
        row=row,
        origins=origins,
        seen=seen,
        villages=villages,
        most=SHOWN_KEYS,
        measure=wanted,
        late_figure=reported_figures.late,
        at=town,
        gaps=_gaps_of(row.content, wanted, town),
        states_none=states_none,
        name_for=figure_files.name_for,
        town=setting.by_code.get(town) if wanted in setting.scheme.measures else None,
    )


def _gaps_of(content: dict[str, Any], measure: CountyMeasure, town: str) -> dict[str, str]:
    """By part (`of`, `to`) what the system's own rows say beside the figure of a town as it was published."""
    known: dict[str, list[dict[str, Any]]] = {entry["code"]: entry["towns"] for entry in content["measures"]}
    lines = (line for line in known.get(measure.code, ()) if line["town"] == town)
    return next((gaps_of(line, measure.counted_in) for line in lines), {"of": "", "to": ""})


@blueprint.get("/rankings/<on>/<measure>/<town>/files/<id:number>")
def figure_file(on: str, measure: str, town: str, number: int) -> ResponseReturnValue:
    """A file that proves a figure, for readers of the figure's source."""
    with db.read_session() as session:
        proof = figure_sources.file_behind(session, signed_in_actor(), ranking_of(session, on), measure, town, number)
    return form_files.sent(proof, figure_files.name_for(signed_in_actor(), proof))


@blueprint.get("/rankings/<on>/formula")
def formula(on: str) -> ResponseReturnValue:
    """How the ranking is computed: every measure, and the score of one town worked out."""
    actor = signed_in_actor()
    with db.read_session() as session:
        row = ranking_of(session, on)
        setting = county_context(session, row.scheme_version_id)
    town = report_files.example_town(setting, actor, request.args.get("town", ""))
    example = worked_example.work_out(setting.scheme, row.content, town.code) if town is not None else None
    return render_template("assessment/formula.html", setting=setting, row=row, town=town, example=example)


@blueprint.get("/rankings/<on>/items/<int(max=99):item>/<town>")
def item_of_town(on: str, item: int, town: str) -> ResponseReturnValue:
    """The measures of which a town's score on an item consists; each figure leads to its rows."""
    with db.read_session() as session:
        row = ranking_of(session, on)
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
        opens_figure=partial(figure_sources.opens, signed_in_actor(), setting),
    )
