"""One operation of the OpenAPI description, and the shapes that many of them share."""

from typing import Any

from workflow.tickets.views.due_soon import MOST_DAYS

TYPES: dict[str, dict[str, Any]] = {
    "evidence": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    "until": {"type": "string", "format": "date"},
    "visited_on": {"type": "string", "format": "date"},
    "false_closing": {"type": "boolean"},
    "form": {"type": "object", "description": "A duty's form: code of the field → what is filled in"},
}
TEXT = {"type": "string", "maxLength": 2000}
VERSION = {
    "type": "integer",
    "description": "The version last seen; refused with 409 when the ticket has moved since.  Left out, nothing is compared.",
}
#: Parameters of a query that are not just text.
_QUERIES: dict[str, dict[str, Any]] = {
    "within": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
        "description": "Only what goes overdue from now up to the close of so many working days ahead.",
    },
}


def operation(
    summary: str,
    *,
    path: str | None = None,
    query: list[str] | None = None,
    body: dict[str, Any] | None = None,
    needs: list[str] | None = None,
    status: str = "200",
    once: bool = False,
) -> dict[str, Any]:
    """One operation: what it does, what it takes and how it refuses."""
    parameters: list[dict[str, Any]] = []
    if path:
        parameters.append({"name": path, "in": "path", "required": True, "schema": {"type": "string"}})
    for name in query or []:
        parameters.append({"name": name, "in": "query", **_QUERIES.get(name, {"schema": {"type": "string"}})})
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
