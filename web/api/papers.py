"""The ladder's papers over the API."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from models import Paper, PaperAct
from web import db
from web.api import actor, blueprint, body, idempotent, shapes
from workflow.accountability import paper_actions, paper_views


@blueprint.get("/papers")
def papers() -> Response:
    args = request.args
    with db.read_session() as session:
        page = paper_views.list_papers(
            session,
            actor(),
            db.now(),
            rung=args.get("rung"),
            which=args.get("state"),
            unit=args.get("unit"),
            cursor=args.get("cursor"),
            limit=shapes.limit(args.get("limit")),
        )
    return jsonify({"items": [_paper_line(line.paper, line.acts) for line in page.items], "next": page.next})


@blueprint.get("/papers/<number>")
def paper(number: str) -> Response:
    with db.read_session() as session:
        return jsonify(_whole_paper(session, number))


@blueprint.post("/papers/<number>/sign")
def sign_paper(number: str) -> Response:
    return _act(number, (), lambda s, given: paper_actions.sign(s, actor(), db.now(), number))


@blueprint.post("/papers/<number>/answer")
def answer_paper(number: str) -> Response:
    return _act(
        number, ("answer",), lambda s, given: paper_actions.answer(s, actor(), db.now(), number, given.get("answer"))
    )


@blueprint.post("/papers/<number>/revoke")
def revoke_paper(number: str) -> Response:
    """Ask for it; `confirm` is the second person's word."""
    return _act(
        number,
        ("reason",),
        lambda s, given: paper_actions.ask_revocation(s, actor(), db.now(), number, given.get("reason")),
    )


@blueprint.post("/papers/<number>/confirm")
def confirm_revocation(number: str) -> Response:
    return _rule(number, True)


@blueprint.post("/papers/<number>/keep")
def keep_paper(number: str) -> Response:
    return _rule(number, False)


def _rule(number: str, revoke: bool) -> Response:
    return _act(
        number,
        ("reason",),
        lambda s, given: paper_actions.rule_on_revocation(s, actor(), db.now(), number, revoke, given.get("reason")),
    )


def _act(number: str, fields: tuple[str, ...], does: Callable[[Session, dict[str, Any]], Paper]) -> Response:
    given = body(fields)

    def work(session: Session) -> tuple[int, dict[str, Any]]:
        does(session, given)
        session.flush()
        return 200, _whole_paper(session, number)

    return idempotent(work)


def _paper_line(paper: Paper, acts: dict[str, PaperAct]) -> dict[str, Any]:
    content = paper.content
    return {
        "number": paper.number,
        "rung": paper.rung,
        "ticket": content["ticket"],
        "unit": content["unit"]["zh"],
        "leader": content["leader"],
        "issuer": content["issuer"]["zh"],
        "issued_at": shapes.when(paper.issued_at),
        "demand": {
            "code": content["demand"]["code"],
            "text": _both_languages(content["demand"]),
            "met_by": paper.met_by,
        },
        "due_at": shapes.when(paper.demand_due_at),
        "deemed_at": shapes.when(paper.deemed_at),
        "state": paper_views.standing(acts),
        "hash": paper.hash,
    }


def _both_languages(words: dict[str, str]) -> dict[str, str]:
    return {"zh": words["zh"], "en": words["en"]}


def _whole_paper(session: Session, number: str) -> dict[str, Any]:
    view = paper_views.paper_view(session, actor(), number)
    acts = [
        {
            "act": act.act,
            "how": act.how,
            "at": shapes.when(act.at),
            "effective_at": shapes.when(act.effective_at),
            "by": view.people.get(act.by_id or 0),
            "words": view.veil(act.words) if act.words else None,
        }
        for act in view.acts.values()
    ]
    may = () if view.cut_at else paper_actions.open_to(actor(), view.paper, view.acts, db.now())
    return {
        **_paper_line(view.paper, view.acts),
        "reason": view.paper.reason,
        "grounds": _grounds(view.paper),
        "acts": acts,
        "actions": list(may),
    }


def _grounds(paper: Paper) -> dict[str, Any]:
    names = ("stage", "began_at", "due_at", "as_of", "budget", "used", "late", "earlier", "days")
    return {name: paper.content[name] for name in names}
