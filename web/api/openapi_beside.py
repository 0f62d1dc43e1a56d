"""The OpenAPI description of what stands beside filing and moving tickets: requests, matters, checks, papers, cases, duties."""

from typing import Any

from web.api.operations import TEXT, TYPES, VERSION, operation
from web.report_files import MIMES
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS


def paths() -> dict[str, Any]:
    """All of it, by address."""
    return _matters() | _asking() | _spots() | _papers() | _cases() | _duties() | _rankings() | _inbox()


def _matters() -> dict[str, Any]:
    numbers = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    versions = {"type": "object", "additionalProperties": {"type": "integer"}, "description": "number → version seen"}
    several = {"versions": versions, "note": TEXT}
    bodies: dict[str, tuple[str, dict[str, Any], list[str]]] = {
        "join": ("More tickets join", {"tickets": numbers}, ["tickets"]),
        "split": ("A ticket leaves and keeps its custody", {"ticket": TEXT}, ["ticket"]),
        "accept": ("Accept several at once", several, ["versions"]),
        "resolve": ("Resolve several at once", {**several, "evidence": TYPES["evidence"]}, ["versions", "evidence"]),
        "comment": ("Report on several at once", several, ["versions", "note"]),
    }
    opening = {"tickets": numbers, "title": {"type": "string", "maxLength": 60}}
    return {
        "/matters": {
            "get": operation("Open matters the caller may see", query=["cursor", "limit"]),
            "post": operation(
                "Bundle tickets of one village, kind and unit",
                body=opening,
                needs=["tickets", "title"],
                status="201",
                once=True,
            ),
        },
        "/matters/{matter}": {"get": operation("One matter with its tickets", path="matter")},
        **{
            f"/matters/{{matter}}/{name}": {
                "post": operation(summary, path="matter", body=fields, needs=needs, once=True)
            }
            for name, (summary, fields, needs) in bodies.items()
        },
    }


def _asking() -> dict[str, Any]:
    """Asking for time, and answering what the ladder proposes."""
    day, one = TYPES["until"], "/tickets/{number}/requests/{id}"
    fields = {
        "request": {"enum": ["extension", "suspension"]},
        "until": day,
        "reason": TEXT,
        "plan": TEXT,
        "ground": TEXT,
        "evidence": TYPES["evidence"],
    }
    needs = ["request", "until", "reason", "plan"]
    paths = {
        "/tickets/{number}/requests": {
            "post": operation("Ask for time", path="number", body=fields, needs=needs, status="201", once=True)
        },
        f"{one}/grant": {
            "post": operation(
                "Grant it", path="number", body={"until": day, "reason": TEXT}, needs=["reason"], once=True
            )
        },
        f"{one}/refuse": {
            "post": operation("Refuse it", path="number", body={"reason": TEXT}, needs=["reason"], once=True)
        },
    }
    proposed = "/tickets/{number}/escalations/{id}"
    for how, what in (("issue", "Issue a proposed rung"), ("decline", "Decline a proposed rung")):
        paths[f"{proposed}/{how}"] = {
            "post": operation(what, path="number", body={"reason": TEXT}, needs=["reason"], once=True)
        }
    for path in (f"{one}/grant", f"{one}/refuse", f"{proposed}/issue", f"{proposed}/decline"):
        which = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
        paths[path]["post"]["parameters"].append(which)
    return paths


def _spots() -> dict[str, Any]:
    """Spot checks: the draws, the checks, and saying what was found."""
    which = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    fields = {
        "result": {"enum": ["holds", "false"]},
        "visited_on": TYPES["visited_on"],
        "note": TEXT,
        "evidence": TYPES["evidence"],
    }
    one: dict[str, Any] = {
        "get": operation("One spot check"),
        "post": operation(
            "Say what was found; `note` is needed where the closing was false",
            body=fields,
            needs=["result", "visited_on", "evidence"],
            once=True,
        ),
    }
    for each in one.values():
        each.setdefault("parameters", []).append(which)
    return {
        "/spot-draws": {"get": operation("The draws of spot checks, with all that is needed to draw them again")},
        "/spot-checks": {"get": operation("Spot checks the caller reads; a town those given to it", query=["month"])},
        "/spot-checks/{id}": one,
    }


def _papers() -> dict[str, Any]:
    """The ladder's papers, and what is done with one."""
    acts: dict[str, tuple[str, str | None]] = {
        "sign": ("Sign for it", None),
        "answer": ("Answer it in writing", "answer"),
        "revoke": ("Ask that it be revoked; a second person decides", "reason"),
        "confirm": ("Revoke it, as somebody else asked", "reason"),
        "keep": ("Do not revoke it", "reason"),
    }
    return {
        "/papers": {
            "get": operation(
                "Papers of the ladder: the county's, or those addressed to the caller's unit",
                query=["rung", "state", "unit", "cursor", "limit"],
            )
        },
        "/papers/{number}": {"get": operation("One paper with its grounds and what happened to it", path="number")},
        **{
            f"/papers/{{number}}/{name}": {
                "post": operation(
                    summary,
                    path="number",
                    body={given: TEXT} if given else {},
                    needs=[given] if given else [],
                    once=True,
                )
            }
            for name, (summary, given) in acts.items()
        },
    }


def _cases() -> dict[str, Any]:
    """Accountability cases, from their table."""
    types: dict[str, Any] = {"heard_on": TYPES["visited_on"], "result": {**TEXT, "description": "`indicator:figure`"}}
    raising = {"ticket": TEXT, "custody": {"type": "integer"}, "result": types["result"], "harm": TEXT}
    paths = {
        "/cases": {
            "get": operation(
                "Cases the caller may see; those under way unless a state is asked for, or `late` for those past a day of theirs",
                query=["state", "cursor", "limit"],
            ),
            "post": operation(
                "Open a case on a custody of a ticket", body=raising, needs=list(raising), status="201", once=True
            ),
        },
        "/cases/{case}": {"get": operation("One case with its dossier", path="case")},
    }
    for action in CASE_ACTIONS.values():
        if not action.by_system:
            fields = {name: types.get(name, TEXT) for name in (*action.needs, *action.optional)}
            body = {"version": VERSION, **fields}
            paths[f"/cases/{{case}}/{action.name}"] = {
                "post": operation(action.label.en, path="case", body=body, needs=list(action.needs), once=True)
            }
    return paths


def _duties() -> dict[str, Any]:
    """What a board shows; how duties stand, and the entries of countable ones."""
    entry = {
        "on": TYPES["until"],
        "fields": {"type": "object"},
        "evidence": TYPES["evidence"],
        "corrects": {"type": "integer"},
        "reason": TEXT,
    }
    one = "/tickets/{number}/entries/{entry}/withdraw"
    paths = {
        "/board": {
            "get": operation("The figures of the county's board, or of one's own unit or village", query=["unit"])
        },
        "/duties": {"get": operation("Duties of the caller's unit, or of the county", query=["unit"])},
        "/tickets/{number}/entries": {
            "post": operation(
                "Enter what was done on a day",
                path="number",
                body=entry,
                needs=["on", "evidence"],
                status="201",
                once=True,
            )
        },
        one: {
            "post": operation("Withdraw an entry", path="number", body={"reason": TEXT}, needs=["reason"], once=True)
        },
    }
    paths[one]["post"]["parameters"].append(
        {"name": "entry", "in": "path", "required": True, "schema": {"type": "integer"}}
    )
    return paths


def _inbox() -> dict[str, Any]:
    """What the caller was told, and who was told of a ticket."""
    one: dict[str, Any] = operation("One message is read; answers when it first was", once=True)
    one["parameters"].append({"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}})
    return {
        "/inbox": {
            "get": operation(
                "What the caller was told, the latest first, and how much of it is unread",
                query=["unread", "cursor", "limit"],
            )
        },
        "/inbox/unread": {"get": operation("How many messages the caller has not read")},
        "/inbox/read": {
            "post": operation(
                "Everything up to a message is read",
                body={"upto": {"type": "integer", "minimum": 1}},
                needs=["upto"],
                once=True,
            )
        },
        "/inbox/{id}/read": {"post": one},
        "/tickets/{number}/told": {
            "get": operation(
                "Who was told of a ticket, on which channel, and when it was read; for the county's readers",
                path="number",
            )
        },
    }


def _file(summary: str, *names: str, query: list[str] | None = None) -> dict[str, Any]:
    """An operation of a ranking that answers with a file; `names` are what else its path names."""
    found = operation(summary, path="on", query=[*(query or []), "edition"])
    for name in names:
        found["parameters"].append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    binary = {"schema": {"type": "string", "format": "binary"}}
    found["responses"]["200"] = {"description": "The file", "content": dict.fromkeys(MIMES.values(), binary)}
    return found


def _rankings() -> dict[str, Any]:
    """The ranking of the towns: read, signed, objected to, reported on, and the figures that units report."""
    line = {
        "type": "object",
        "additionalProperties": False,
        "required": ["town", "numerator", "denominator"],
        "properties": {"town": TEXT, "numerator": {"type": "integer"}, "denominator": {"type": "integer"}},
    }
    figures = {
        "measure": TEXT,
        "up_to": TYPES["until"],
        "figures": {"type": "array", "items": line},
        "source": TEXT,
        "reason": TEXT,
    }
    needed = ["measure", "up_to", "figures", "source"]
    behind: dict[str, Any] = operation("The rows behind one figure of one town", path="on")
    for name in ("measure", "town"):
        behind["parameters"].append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    taken = {"type": "object", "properties": figures, "required": needed, "additionalProperties": False}
    reports: dict[str, Any] = operation(
        "Report the shares of towns up to a day; one that is corrected needs a reason.  With files that prove them: a form, "
        "the same object as text in `report`",
        body=figures,
        needs=needed,
        status="201",
        once=True,
    )
    form = {
        "type": "object",
        "required": ["report"],
        "properties": {"report": taken, "file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    }
    reports["requestBody"]["content"]["multipart/form-data"] = {
        "schema": form,
        "encoding": {"report": {"contentType": "application/json"}},
    }
    one = _file("A file that proves a reported figure", "measure", "town", "number")
    binary = {"schema": {"type": "string", "format": "binary"}}
    one["responses"]["200"] = {"description": "The file as it was brought", "content": {"*/*": binary}}
    return {
        "/rankings": {"get": operation("The ranking days, the latest first")},
        "/rankings/{on}": {"get": operation("One ranking as published", path="on", query=["edition"])},
        "/rankings/{on}/figures/{measure}/{town}": {"get": behind},
        "/rankings/{on}/sign": {
            "post": operation("Sign for one's unit", path="on", body={"remark": TEXT}, needs=[], once=True)
        },
        "/rankings/{on}/objections": {
            "post": operation(
                "Object to a figure of one's town",
                path="on",
                body={"measure": TEXT, "reason": TEXT},
                needs=["measure", "reason"],
                status="201",
                once=True,
            )
        },
        "/rankings/{on}/reports": {"post": operation("Issue one's unit's written report", path="on", once=True)},
        "/rankings/{on}/reports/{unit}.{kind}": {
            "get": _file("A unit's report as a file; `kind`: pdf, docx or xlsx", "unit", "kind")
        },
        "/rankings/{on}/ledger.{kind}": {
            "get": _file(
                "The ledger of what was open at the ranking's hour; `kind`: pdf or xlsx", "kind", query=["unit"]
            )
        },
        "/rankings/{on}/sheets/{unit}.pdf": {"get": _file("One town's or one bureau's sheet", "unit")},
        "/reports/{report}/receipt": {"post": operation("Receive a written report", path="report", once=True)},
        "/objections/{number}/answer": {
            "post": operation(
                "Answer an objection",
                path="number",
                body={"upheld": {"type": "boolean"}, "reason": TEXT},
                needs=["upheld", "reason"],
                once=True,
            )
        },
        "/rankings/{on}/figures/{measure}/{town}/files/{number}": {"get": one},
        "/figures": {"post": reports},
    }
