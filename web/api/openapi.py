"""The OpenAPI 3.1 description, composed from the lifecycle's table and the shapes the API takes."""

from typing import Any

from web.api import openapi_beside
from web.api.operations import TEXT, TYPES, VERSION, operation
from workflow.tickets.actions.lifecycle import ACTIONS, STATES

_FILING = {
    "household": TEXT,
    "village": TEXT,
    "kind": TEXT,
    "cause": TEXT,
    "urgent": {"type": "boolean"},
}

_FINDING = {
    "type": "object",
    "properties": {
        "result": {"enum": ["met", "unmet", "not_applicable"]},
        "cause": TEXT,
        "note": TEXT,
    },
    "required": ["result"],
    "additionalProperties": False,
}
_CHECKUP = {
    "seen_on": {"type": "string", "format": "date"},
    "source": {"enum": ["visit", "matching", "household"]},
    "present": {"type": "string", "maxLength": 200},
    "note": TEXT,
    "findings": {"type": "object", "additionalProperties": _FINDING},
    "file": {"type": "array", "items": {"type": "string"}},
}


def document() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {
        "/scheme": {"get": operation("The scheme in force")},
        "/schemes": {"get": operation("The versions the county holds, with who adopted them from when")},
        "/route": {"post": operation("What filing would bring about; nothing is stored", body=_FILING, needs=["kind"])},
        "/households": {"get": operation("Households the caller may see", query=["village", "q", "cursor", "limit"])},
        "/households/{code}": {"get": operation("One household", path="code")},
        "/households/{code}/checkups": {
            "post": operation(
                "Record a checkup; the have of income is computed, it may only be said to have become worse",
                path="code",
                body=_CHECKUP,
                needs=["seen_on", "findings"],
                status="201",
                once=True,
            )
        },
        "/households/{code}/exit": {
            "post": operation("Pass the exit gate; a refusal (409) lists what is `missing`", path="code", once=True)
        },
        "/tickets": {
            "get": operation(
                "Tickets the caller may see; open ones unless a state is asked for",
                query=["state", "owner", "town", "kind", "overdue", "within", "q", "cursor", "limit"],
            ),
            "post": operation(
                "File a ticket", body={**_FILING, "description": TEXT}, needs=["kind"], status="201", once=True
            ),
        },
        "/tickets/{number}": {"get": operation("One ticket", path="number")},
        "/tickets/{number}/history": {"get": operation("Its events", path="number")},
        "/tickets/{number}/evidence": {
            "post": {
                **operation("Bring evidence", path="number", status="201", once=True),
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
            fields = {name: TYPES.get(name, TEXT) for name in (*action.needs, *action.optional)}
            paths[f"/tickets/{{number}}/{action.name}"] = {
                "post": operation(
                    action.label.en,
                    path="number",
                    body={"version": VERSION, **fields},
                    needs=list(action.needs),
                    once=True,
                )
            }
    paths |= openapi_beside.paths()
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
