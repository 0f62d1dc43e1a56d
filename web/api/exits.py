"""The exit gate over the API: a household leaves the register, or what is missing is said."""

from datetime import date
from typing import Any

from flask import Response

from web.api.fields import Moment, answer, of
from web.api.operations import Call, blueprint, post
from web.api.repeats import WHOLE
from web.errors import problem
from web.words.errors import sentence
from web.words.labels import label
from web.words.register import failed_sentence, kept_sentence, observed_sentence, reason_sentence
from workflow.errors import ExitRefused
from workflow.register import exit_gate


@answer
class Exit:
    """A household that left the register."""

    status: str
    dossier: int
    hash: str
    passed_at: Moment


@answer
class Missing:
    """One thing that keeps a household on the register."""

    have: str
    why: str
    detail: str
    seen_on: date | None = None
    tickets: list[str] | None = None


@post("/households/{code}/exit", "Pass the exit gate; a refusal (409) lists what is `missing`", repeat=WHOLE)
def leave_register(call: Call, code: str) -> Exit:
    made = exit_gate.exit_household(call.session, call.actor, call.now, code)
    return of(Exit, made, status="exited", dossier=made.id)


@blueprint.errorhandler(ExitRefused)
def _refused(refusal: ExitRefused) -> Response:
    return problem(409, sentence(refusal), refusal.code, missing=_missing(refusal.examination))


def _missing(seen: exit_gate.Examination) -> list[dict[str, Any]]:
    missing: list[dict[str, Any]] = [
        {
            "have": item.state.have.code,
            "why": item.missing,
            "seen_on": item.state.seen_on.isoformat() if item.state.seen_on else None,
            "tickets": list(item.state.open),
            "detail": label("exit.missing", item.missing),
        }
        for item in seen.items
        if item.missing
    ]
    if seen.income is not None and not seen.income_holds:
        missing += [
            {"have": "income_rule", "why": reason.code, "detail": reason_sentence(reason, seen.income)}
            for reason in seen.income.reasons
        ]
    if seen.observed is not None and not seen.observed.long_enough:
        missing.append({"have": "observation", "why": "not_long_enough", "detail": observed_sentence(seen.observed)})
    if seen.failed is not None:
        missing.append({"have": "random_check", "why": "failed", "detail": failed_sentence(seen.failed)})
    if seen.kept:
        missing.append({"have": "labour", "why": "kept", "detail": kept_sentence()})
    return missing
