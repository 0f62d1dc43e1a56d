"""The versions of the scheme over the API: which the county holds, and who adopted them from when."""

from flask import Response, jsonify

from web import db
from web.api import actor, blueprint, shapes
from workflow.adoption import scheme_adoption
from workflow.county.context import county_context


@blueprint.get("/schemes")
def schemes() -> Response:
    with db.read_session() as session:
        setting = county_context(session, at=db.now())
        held = scheme_adoption.versions(session, actor())
    return jsonify(
        {
            "items": [
                {
                    "version": entry.version.version,
                    "code": entry.version.code,
                    "year": entry.version.year,
                    "content_hash": entry.version.content_hash,
                    "in_force": entry.version.id == setting.scheme_version_id,
                    "adoptions": [
                        {
                            "from": row.from_day.isoformat(),
                            "state": row.state,
                            "adopted_at": shapes.when(row.adopted_at),
                            "adopted_by": name,
                        }
                        for row, name in entry.adoptions
                    ],
                }
                for entry in held
            ],
            "next": None,
        }
    )
