"""The OpenAPI 3.1 description, composed from the lifecycle's table and the shapes the API takes."""

from typing import Any

from workflow.lifecycle import ACTIONS, STATES

_TYPES: dict[str, dict[str, Any]] = {
    "evidence": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    "until": {"type": "string", "format": "date"},
    "visited_on": {"type": "string", "format": "date"},
    "false_closing": {"type": "boolean"},
    "form": {"type": "object", "description": "A duty's form: code of the field → what is filled in"},
}
_TEXT = {"type": "string", "maxLength": 2000}
_VERSION = {
    "type": "integer",
    "description": "The version last seen; refused with 409 when the ticket has moved since.  Left out, nothing is compared.",
}
_FILING = {
    "household": _TEXT,
    "village": _TEXT,
    "kind": _TEXT,
    "cause": _TEXT,
    "urgent": {"type": "boolean"},
}

_FINDING = {
    "type": "object",
    "properties": {
        "result": {"enum": ["met", "unmet", "not_applicable"]},
        "cause": _TEXT,
        "note": _TEXT,
    },
    "required": ["result"],
    "additionalProperties": False,
}
_CHECKUP = {
    "seen_on": {"type": "string", "format": "date"},
    "source": {"enum": ["visit", "matching", "household"]},
    "present": {"type": "string", "maxLength": 200},
    "note": _TEXT,
    "findings": {"type": "object", "additionalProperties": _FINDING},
    "file": {"type": "array", "items": {"type": "string"}},
}


def document() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {
        "/scheme": {"get": _operation("The scheme in force")},
        "/route": {
            "post": _operation("What filing would bring about; nothing is stored", body=_FILING, needs=["kind"])
        },
        "/households": {"get": _operation("Households the caller may see", query=["village", "q", "cursor", "limit"])},
        "/households/{code}": {"get": _operation("One household", path="code")},
        "/households/{code}/checkups": {
            "post": _operation(
                "Record a checkup; the eighth have is computed, it may only be said to have become worse",
                path="code",
                body=_CHECKUP,
                needs=["seen_on", "findings"],
                status="201",
                once=True,
            )
        },
        "/households/{code}/exit": {
            "post": _operation("Pass the exit gate; a refusal (409) lists what is `missing`", path="code", once=True)
        },
        "/tickets": {
            "get": _operation(
                "Tickets the caller may see; open ones unless a state is asked for",
                query=["state", "owner", "town", "kind", "overdue", "q", "cursor", "limit"],
            ),
            "post": _operation(
                "File a ticket", body={**_FILING, "description": _TEXT}, needs=["kind"], status="201", once=True
            ),
        },
        "/tickets/{number}": {"get": _operation("One ticket", path="number")},
        "/tickets/{number}/history": {"get": _operation("Its events", path="number")},
        "/tickets/{number}/evidence": {
            "post": {
                **_operation("Bring evidence", path="number", status="201", once=True),
                "requestBody": {
                    "required": True,
                    "content": {
                        "multipart/form-data": {
                            "schema": {
                                "type": "object",
                                "properties": {"file": {"type": "string", "format": "binary"}},
                                "required": ["file"],
                            }
                        }
                    },
                },
            }
        },
    }
    for action in ACTIONS.values():
        if not action.by_system:
            fields = {name: _TYPES.get(name, _TEXT) for name in (*action.needs, *action.optional)}
            paths[f"/tickets/{{number}}/{action.name}"] = {
                "post": _operation(
                    action.label.en,
                    path="number",
                    body={"version": _VERSION, **fields},
                    needs=list(action.needs),
                    once=True,
                )
            }
    paths |= _matters() | _asking() | _duties()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Xiaohao 销号", "version": "1", "description": "States: " + ", ".join(STATES)},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["title", "status", "detail", "code"],
                    "properties": {
                        "title": {"type": "string"},
                        "status": {"type": "integer"},
                        "detail": {"type": "string"},
                        "code": {"type": "string"},
                        "field": {"type": "string"},
                    },
                }
            },
        },
    }


def _asking() -> dict[str, Any]:
    """Asking for time, and answering what the ladder proposes."""
    day, one = _TYPES["until"], "/tickets/{number}/requests/{id}"
    fields = {"request": {"enum": ["extension", "suspension"]}, "until": day, "reason": _TEXT, "plan": _TEXT,
              "ground": _TEXT, "evidence": _TYPES["evidence"]}  # fmt: skip
    needs = ["request", "until", "reason", "plan"]
    paths = {
        "/tickets/{number}/requests": {
            "post": _operation("Ask for time", path="number", body=fields, needs=needs, status="201", once=True)
        },
        f"{one}/grant": {
            "post": _operation(
                "Grant it", path="number", body={"until": day, "reason": _TEXT}, needs=["reason"], once=True
            )
        },
        f"{one}/refuse": {
            "post": _operation("Refuse it", path="number", body={"reason": _TEXT}, needs=["reason"], once=True)
        },
    }
    proposed = "/tickets/{number}/escalations/{id}"
    for how, what in (("issue", "Issue a proposed rung"), ("decline", "Decline a proposed rung")):
        paths[f"{proposed}/{how}"] = {
            "post": _operation(what, path="number", body={"reason": _TEXT}, needs=["reason"], once=True)
        }
    for path in (f"{one}/grant", f"{one}/refuse", f"{proposed}/issue", f"{proposed}/decline"):
        which = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[path]["post"]["parameters"].append(which)
    return paths


def _duties() -> dict[str, Any]:
    """How duties stand, and the entries of countable ones."""
    entry = {"on": _TYPES["until"], "fields": {"type": "object"}, "evidence": _TYPES["evidence"],
             "corrects": {"type": "integer"}, "reason": _TEXT}  # fmt: skip
    one = "/tickets/{number}/entries/{entry}/withdraw"
    paths = {
        "/duties": {"get": _operation("Duties of the caller's unit, or of the county", query=["unit"])},
        "/tickets/{number}/entries": {
            "post": _operation(
                "Enter what was done on a day", path="number", body=entry, needs=["on", "evidence"], status="201",
                once=True,
            )
        },
        one: {
            "post": _operation("Withdraw an entry", path="number", body={"reason": _TEXT}, needs=["reason"], once=True)
        },
    }  # fmt: skip
    paths[one]["post"]["parameters"].append(
        {"name": "entry", "in": "path", "required": True, "schema": {"type": "integer"}}
    )
    return paths


def _matters() -> dict[str, Any]:
    numbers = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    versions = {"type": "object", "additionalProperties": {"type": "integer"}, "description": "number → version seen"}
    several = {"versions": versions, "note": _TEXT}
    bodies: dict[str, tuple[str, dict[str, Any], list[str]]] = {
        "join": ("More tickets join", {"tickets": numbers}, ["tickets"]),
        "split": ("A ticket leaves and keeps its custody", {"ticket": _TEXT}, ["ticket"]),
        "accept": ("Accept several at once", several, ["versions"]),
        "resolve": ("Resolve several at once", {**several, "evidence": _TYPES["evidence"]}, ["versions", "evidence"]),
        "comment": ("Report on several at once", several, ["versions", "note"]),
    }
    opening = {"tickets": numbers, "title": {"type": "string", "maxLength": 60}}
    return {
        "/matters": {
            "get": _operation("Open matters the caller may see", query=["cursor", "limit"]),
            "post": _operation(
                "Bundle tickets of one village, kind and unit", body=opening, needs=["tickets", "title"], status="201",
                once=True,
            ),
        },
        "/matters/{matter}": {"get": _operation("One matter with its tickets", path="matter")},
        **{
            f"/matters/{{matter}}/{name}": {
                "post": _operation(summary, path="matter", body=fields, needs=needs, once=True)
            }
            for name, (summary, fields, needs) in bodies.items()
        },
    }  # fmt: skip


def _operation(
    summary: str,
    *,
    path: str | None = None,
    query: list[str] | None = None,
    body: dict[str, Any] | None = None,
    needs: list[str] | None = None,
    status: str = "200",
    once: bool = False,
) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    if path:
        parameters.append({"name": path, "in": "path", "required": True, "schema": {"type": "string"}})
    for name in query or []:
        parameters.append({"name": name, "in": "query", "schema": {"type": "string"}})
    if once:
        parameters.append({"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}})
    refusal = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    found: dict[str, Any] = {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            status: {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}},
            **{code: {"description": "Refused", **refusal} for code in ("400", "401", "403", "404", "409", "422")},
        },
    }
    if body is not None:
        schema = {"type": "object", "properties": body, "required": needs or [], "additionalProperties": False}
        found["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return found
