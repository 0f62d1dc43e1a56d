"""Spot checks over the API: the draws, the checks the caller reads, and saying what was found."""

from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.accountability.oversight import check_lists, check_results
from workflow.county.context import CountyContext, county_context


@blueprint.get("/spot-draws")
def spot_draws() -> Response:
    with db.read_session() as session:
        items = [_draw(line) for line in check_lists.draws(session, actor(), db.now())]
    return jsonify({"items": items, "next": None})


@blueprint.get("/spot-checks")
def spot_checks() -> Response:
    with db.read_session() as session:
        setting = county_context(session)
        lines = check_lists.listed(session, actor(), db.now(), request.args.get("month"))
    return jsonify({"items": [_check(setting, line) for line in lines], "next": None})


@blueprint.get("/spot-checks/<id:number>")
def spot_check(number: int) -> Response:
    with db.read_session() as session:
        setting = county_context(session)
        line, _mine = check_lists.one(session, actor(), number, db.now())
    return jsonify(_check(setting, line))


@blueprint.post("/spot-checks/<id:number>")
def make_spot_check(number: int) -> Response:
    given, who, now = body(("result", "visited_on", "note", "evidence")), actor(), db.now()

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        made = check_results.record(
            session,
            who,
            now,
            number,
            given.get("result"),
            given.get("visited_on"),
            given.get("note"),
            given.get("evidence"),
        )
        line, _mine = check_lists.one(session, who, made.check_id, now)
        found = _check(county_context(session), line)
        if made.result == "false" and not made.reopened:
            found["advice"] = _(
                "It can no longer be reopened. Ask the town to file a new ticket; it will refer to this one."
            )
        return 200, found

    return idempotent(work)


def _draw(line: check_lists.DrawLine) -> dict[str, Any]:
    draw = line.draw
    return {
        "month": draw.month,
        "drawn_at": shapes.when(draw.drawn_at),
        "algorithm": draw.algorithm,
        "block": draw.block_number,
        "block_hash": draw.block_hash,
        "seed": draw.seed,
        "population": draw.population,
        "population_hash": draw.population_hash,
        "drawn": draw.drawn,
        **{name: getattr(line, name) for name in ("todo", "overdue", "holds", "false", "lapsed")},
    }


def _check(setting: CountyContext, line: check_lists.CheckLine) -> dict[str, Any]:
    check, made = line.check, line.result
    return {
        "id": check.id,
        "month": line.month,
        "number": line.number,
        "kind": line.kind,
        "household": line.household,
        "name": line.head_name,
        "village": line.village,
        "town": setting.unit(check.town_id).name if check.town_id else None,
        "mended_by": setting.unit(check.resolved_by_unit_id).name,
        "struck_off_by": setting.unit(check.confirmed_by_unit_id).name,
        "checker": setting.unit(check.checker_unit_id).name,
        "drawn_at": shapes.when(line.drawn_at),
        "due_at": shapes.when(check.due_at),
        "status": line.status,
        "made_at": shapes.when(made.at) if made else None,
        "made_by": setting.unit(made.unit_id).name if made and made.unit_id else None,
        "visited_on": made.visited_on.isoformat() if made and made.visited_on else None,
        "note": line.note or None,
        "evidence": made.evidence if made else [],
        "reopened": made.reopened if made else False,
        "may_make": line.mine,
    }
