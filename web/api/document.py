"""The OpenAPI 3.1 description of the API, made of the registered operations and their models.

What the scheme in force lists (kinds, causes, units, measures …) stands in it as enumerations of its own.
"""

import json
import re
from copy import deepcopy
from functools import cache
from typing import Any

from flask import Response, jsonify
from flask_babel import force_locale
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from models import SpotDraw, UnitAlias
from models.people import FULL_SCOPE, SCOPES
from web import db
from web.api.exits import Missing
from web.api.fields import answer
from web.api.idempotency import LONGEST_KEY
from web.api.operations import OPERATIONS, Operation, blueprint
from web.words.labels import labels
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput

#: How an operation refuses, by status.
_REFUSALS = {
    "400": "Not understood",
    "401": "Not signed in",
    "403": "Never allowed to the caller",
    "404": "Not there, or not for the caller",
    "409": "At odds with how things stand",
    "413": "Too large",
    "422": "Missing or wrong data, or a rule that is not met",
    "503": "Busy; send it again in a moment",
}
_KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": LONGEST_KEY}}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


@answer
class Problem:
    """A refusal (RFC 9457): a sentence, its code, and the field at fault."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    missing: list[Missing] | None = None


class _Schemas(GenerateJsonSchema):
    """Without titles, which only repeat the names; with what a field lists replaced by a reference to it."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@blueprint.get("/openapi.json")
def openapi() -> Response:
    document = deepcopy(_static())
    with db.read_session() as session:
        document["components"]["schemas"] |= _listed(session)
    return jsonify(document)


@cache
def _static() -> dict[str, Any]:
    """All of it but what the scheme lists."""
    wanted: list[tuple[tuple[str, str], JsonSchemaMode, TypeAdapter[Any]]] = [
        (("Problem", "answer"), "serialization", TypeAdapter(Problem))
    ]
    for operation in OPERATIONS:
        wanted += [((operation.id, part), mode, adapter) for part, mode, adapter in _models(operation)]
    schemas, shared = TypeAdapter.json_schemas(
        wanted,
        ref_template="#/components/schemas/{model}",
        schema_generator=_Schemas,
    )
    models: dict[str, Any] = shared.get("$defs", {})
    taken = {}
    for ((operation_id, part), _mode), schema in schemas.items():
        # Request schemas are written in place; only answers are referenced.
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        taken[operation_id, part] = models[name] if part != "answer" and name else schema
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        parts = {part: deepcopy(taken[operation.id, part]) for part, _, _ in _models(operation)}
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, parts)
    document: Any = {
        "openapi": "3.1.0",
        "info": {"title": "Xiaohao 销号", "version": "1"},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": _scopes()}},
            "responses": {status: {"description": why, "content": _PROBLEM} for status, why in _REFUSALS.items()},
        },
    }
    document = _referring(document)
    document["components"]["schemas"] = _referred(document, _referring(models))
    return dict(document)


def _scopes() -> str:
    """What each scope of a token opens, in English like the rest of the description."""
    with force_locale("en"):
        words = labels("token.scope")
        listed = "; ".join(f"`{scope}`: {words[scope]}" for scope in (FULL_SCOPE, *SCOPES))
    return f"A token has scopes; each operation names the one it needs. {listed}."


def _models(operation: Operation) -> list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]]:
    models: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = []
    if operation.names:
        models.append(("path", "validation", TypeAdapter(operation.model)))
    for name in ("query", "body"):
        if name in operation.hints:
            models.append((name, "validation", TypeAdapter(operation.hints[name])))
    if operation.form is not None:
        models.append(("form", "validation", TypeAdapter(operation.form)))
    if not operation.files:
        models.append(("answer", "serialization", operation.answer))
    return models


def _described(operation: Operation, parts: dict[str, Any]) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "format": "binary"}}
    content: dict[str, Any] = dict.fromkeys(operation.files, binary) or {
        "application/json": {"schema": parts.get("answer")}
    }
    done: dict[str, Any] = {"description": "Done", "content": content}
    if operation.links:
        done["links"] = _links(operation)
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "security": [{"bearer": [operation.scope]}],
        "parameters": _parameters(operation, parts),
        "responses": {
            str(operation.status): done,
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSALS},
        },
    }
    bodies = {"application/json": parts.get("body"), "multipart/form-data": parts.get("form")}
    if any(bodies.values()):
        needed = any(schema.get("required") for schema in bodies.values() if schema)
        described["requestBody"] = {
            "required": needed,
            "content": {kind: {"schema": schema} for kind, schema in bodies.items() if schema},
        }
    return described


def _parameters(operation: Operation, parts: dict[str, Any]) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    for place in ("path", "query"):
        for name, schema in parts.get(place, {}).get("properties", {}).items():
            said = {"description": schema.pop("description")} if "description" in schema else {}
            parameters.append(
                {"name": name, "in": place, "required": place == "path", **said, "schema": _there(schema)}
            )
    return [*parameters, _KEY] if operation.writes else parameters


def _there(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: it is there or left out, never null."""
    several = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    schema = {**schema, **(several[0] if several else {})}
    return {name: value for name, value in schema.items() if (name, value) != ("default", None)}


def _links(operation: Operation) -> dict[str, Any]:
    """To every operation that takes what the answer names, by the prefix of its path."""
    links = {}
    for prefix, pointer in operation.links.items():
        *outer, last = [part[1:-1] for part in prefix.split("/") if part.startswith("{")]
        for other in OPERATIONS:
            if other.path.startswith(prefix) and other.names == [*outer, last]:
                known = {name: f"$request.path.{name}" for name in outer}
                links[f"{other.id}_{last}"] = {
                    "operationId": other.id,
                    "parameters": {**known, last: f"$response.body#{pointer}"},
                }
    return links


def _referring(part: Any) -> Any:
    """The same with a reference wherever something is listed by the scheme."""
    if isinstance(part, list):
        return [_referring(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "x-listed" in part:
        return {"$ref": f"#/components/schemas/{part['x-listed']}Listed"}
    return {name: _referring(each) for name, each in part.items()}


def _referred(document: Any, models: dict[str, Any]) -> dict[str, Any]:
    """The models that the document refers to, and those that they refer to."""
    referred: dict[str, Any] = {}
    waiting = [document]
    while waiting:
        for name in re.findall(r"#/components/schemas/(\w+)", json.dumps(waiting.pop())):
            if name in models and name not in referred:
                referred[name] = models[name]
                waiting.append(models[name])
    return dict(sorted(referred.items()))


def _listed(session: Session) -> dict[str, Any]:
    """The codes of the scheme in force; any text while the county is not set up, or its database cannot be reached."""
    names = ("Kind", "Cause", "Source", "Unit", "BoardUnit", "DutyUnit", "Town", "Have", "Measure", "Outcome", "Month")
    try:
        codes = _codes(session, county_context(session, at=db.now()))
    except (BadInput, DBAPIError):
        codes = {}
    return {
        f"{name}Listed": {"type": "string", **({"enum": sorted(set(codes[name]))} if codes.get(name) else {})}
        for name in names
    }


def _codes(session: Session, setting: CountyContext) -> dict[str, list[str]]:
    """The codes that the county's scheme lists, and the other names that units and outcomes go by."""
    scheme, units = setting.scheme, [unit for unit in setting.units.values() if not unit.withdrawn]
    aliases = session.scalars(select(UnitAlias.alias))
    outcomes = scheme.accountability.outcomes
    measures = (*scheme.measures, *scheme.county_measures)
    return {
        "Kind": [kind.code for kind in scheme.kinds],
        "Cause": [cause.code for kind in scheme.kinds for cause in kind.causes] + [""],
        "Source": [source.code for source in scheme.sources] + [""],
        "Unit": [
            *(name for unit in units for name in (unit.code, unit.name, setting.full_name(unit))),
            *(name for unit in units for plate in setting.plates(unit) for name in plate.names),
            *aliases,
        ],
        "BoardUnit": [name for unit in units if unit.type != "inspectorate" for name in (unit.code, unit.name)],
        "DutyUnit": [
            name for unit in units if unit.type in ("town", "bureau", "office") for name in (unit.code, unit.name)
        ],
        "Town": [name for unit in units if unit.type == "town" for name in (unit.code, unit.name)],
        "Have": [have.code for have in scheme.haves],
        "Measure": [measure.code for measure in measures],
        "Outcome": [name for each in outcomes for name in (each.code, each.name.zh, each.name.en)],
        "Month": list(session.scalars(select(SpotDraw.month))),
    }
