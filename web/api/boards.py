"""A board over the API: the same figures as the page, by unit names, codes and days."""

from typing import Any

from flask import Response, jsonify, request

from web import db
from web.api import actor, blueprint
from workflow.boards import figures, heat, progress
from workflow.boards.scope import scope_of
from workflow.county.context import county_context


@blueprint.get("/board")
def board() -> Response:
    """The county's board for who reads it, one's own unit's or village's else; `unit` names another."""
    who, now = actor(), db.now()
    with db.read_session() as session:
        setting = county_context(session)
        scope = scope_of(session, who, setting, request.args.get("unit"))
        hand = figures.in_hand(session, setting, scope.held(), now)
        trend = progress.trend(session, scope, now) if not scope.village_id else None
        scores = heat.heat(session, who, scope)

        def tallies(tallies: list[figures.Tally]) -> list[dict[str, Any]]:
            return [{"unit": setting.unit(row.id).name, "open": row.open, "overdue": row.overdue} for row in tallies]

        return jsonify(
            {
                "unit": scope.unit.name if scope.unit else None,
                "open": hand.waiting,
                "overdue": hand.overdue,
                "due_today": hand.today,
                "holders": tallies(figures.by_holder(session, scope, now)),
                "towns": tallies(figures.by_town(session, scope, now)),
                "ladder": [
                    {"rung": step.rung, "reached": step.reached, "stands": step.stands}
                    for step in figures.ladder(session, scope)
                ],
                "trend": [
                    {
                        "from": line.start.isoformat(),
                        "to": line.end.isoformat(),
                        "filed": line.filed,
                        "closed": line.closed,
                        "overdue": line.overdue,
                    }
                    for line in (trend.lines if trend else ())
                ],
                "gate": [
                    {"name": line.name, "planned": line.planned, "through": line.through}
                    for line in progress.gate(session, scope)
                ],
                "duties": [
                    {
                        "month": line.month,
                        "all": line.all,
                        "on_time": line.on_time,
                        "late": line.late,
                        "overdue": line.overdue,
                    }
                    for line in progress.duties(session, scope, now)
                ],
                "scores": [
                    {
                        "date": column.on.isoformat(),
                        "town": column.town.name,
                        "place": column.place,
                        "score": column.score / 100,
                        "items": {
                            str(row.item): score / 100
                            for row in scores.rows
                            if (score := row.scores[number]) is not None
                        },
                    }
                    for number, column in enumerate(scores.columns)
                ]
                if scores
                else [],
            }
        )
