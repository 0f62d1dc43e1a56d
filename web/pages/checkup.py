"""The checkup on the phone: one page with a row per requirement, all met at first; then a page with its results."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from web import db, form_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form
from web.words.bulk_lists import BULK_WORDS
from web.words.language import say
from web.words.system import unit_name
from workflow.actors import Actor
from workflow.county.context import UnitFact
from workflow.errors import NotAllowed, WorkflowError
from workflow.policy.scheme.model import Coded, Have, Kind, Text
from workflow.policy.worktime import local_date
from workflow.register import checkups, haves
from workflow.register.access import Located, find_household, own_haves, refuse_gone
from workflow.register.bulk_lists import list_views
from workflow.register.checkup_input import SOURCES_OF, CheckupInput, Found
from workflow.register.income import Judgement, judge_household
from workflow.tickets import attachments
from workflow.tickets.actions import assignment
from workflow.tickets.visibility import sees


@dataclass(frozen=True, slots=True)
class Way:
    """The unit that a ticket about a requirement would go to for one cause (None: no cause is named)."""

    cause: Coded | None
    unit: UnitFact
    reason: Text


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement on the form: what is known of it, and which unit a ticket would go to; `income` where it is
    computed.
    """

    have: Have
    state: haves.HaveState
    ways: tuple[Way, ...]
    income: Judgement | None
    #: The result with which the form opens; None for none, so that a person must choose.
    preset: str | None = ""

    @property
    def causes(self) -> list[tuple[str, str]]:
        """The causes to choose from, each with the unit it leads to."""
        return [
            (way.cause.code if way.cause else "", f"{_cause(way.cause)} → {unit_name(way.unit)}") for way in self.ways
        ]


@blueprint.get("/households/<code>/checkup")
def checkup(code: str) -> ResponseReturnValue:
    return _form(code)


@blueprint.post("/households/<code>/checkup")
@form_action(lambda error, code: _form(code, error))
def record(code: str) -> Step:
    actor, now, form = signed_in_actor(), db.now(), request.form
    kept = form_files.taken("photo", photos=True)
    findings = findings_given()
    file = [have for have in form.getlist("file") if have in findings and findings[have].result == "unmet"]

    def step(session: Session) -> Done:
        made = checkups.record(
            session,
            actor,
            now,
            code,
            CheckupInput(
                seen_on=form.get("seen_on", ""),
                source=form.get("source") or None,
                present=form.get("present", ""),
                note=form.get("note", ""),
                findings=findings,
                file=file,
                once=form.get("once") or None,
            ),
        )
        for photo in kept:
            attachments.add(session, actor, made.checkup, now, **photo)
        return Done(url_for("pages.checked", number=made.checkup.id))

    return step


def findings_given() -> dict[str, Found]:
    """The findings of the form: `result_<have>`, and for a requirement not met `cause_<have>` and `note_<have>`."""
    form, findings = request.form, {}
    for name, result in form.items():
        if name.startswith("result_") and result:
            have = name.removeprefix("result_")
            unmet = result == "unmet"
            findings[have] = Found(
                result, form.get(f"cause_{have}", "") if unmet else "", form.get(f"note_{have}", "") if unmet else ""
            )
    return findings


def _form(code: str, error: WorkflowError | None = None) -> Page:
    actor, now = signed_in_actor(), db.now()
    sources = SOURCES_OF.get(actor.role, ())
    if not sources:
        raise NotAllowed("may_not_check")
    wanted = request.values.get("source")
    source = wanted if wanted in sources else sources[0]
    with db.read_session() as session:
        located = find_household(session, actor, code, matching=True)
        if error is None:
            # Before a form is filled in for nothing.
            refuse_gone(located)
        # By its code a bureau reports what its lists say of any household, and reads nothing of one it does not work on.
        states = (
            haves.of_household(session, located.setting, located.household.id)
            if located.known
            else tuple(haves.HaveState(have, "") for have in located.setting.scheme.haves)
        )
        income = (
            judge_household(session, located.setting, located.household, local_date(db.now()))
            if located.known
            else None
        )
        lines = list_views.of_household(session, actor, db.vault(), now, located.household.id)
    return render_form(
        "register/checkup.html",
        error,
        located=located,
        h=located.household,
        setting=located.setting,
        sources=sources,
        source=source,
        rows=rows_of(located, actor, states, income, source),
        today=local_date(now).isoformat(),
        sent=request.method == "POST",
        named_by=[line for line in lines if line.settled_at is None],
        **BULK_WORDS,
    )


def rows_of(
    located: Located, actor: Actor, states: tuple[haves.HaveState, ...], income: Judgement | None, source: str
) -> list[Row]:
    """The rows of a form for the haves the actor is asked about."""
    mine, rule = own_haves(located.setting, actor), located.setting.scheme.exit.income
    return [
        Row(
            state.have,
            state,
            _ways(located, state.have),
            income if rule and rule.have == state.have.code else None,
            _preset(state.result, source),
        )
        for state in states
        if state.have.code in mine
    ]


def _preset(last: str, source: str) -> str | None:
    """A visit opens with all met; what was last unmet the cadre must judge again, and what does not apply stays so."""
    if source != "visit":
        return ""
    return {"unmet": None, "not_applicable": "not_applicable"}.get(last, "met")


def _cause(cause: Coded | None) -> str:
    return say(cause.name) if cause else _("not known")


def _ways(located: Located, have: Have) -> tuple[Way, ...]:
    kind = located.setting.scheme.kind_of_have(have.code)
    return ways_of(located, kind) if kind is not None else ()


def ways_of(located: Located, kind: Kind) -> tuple[Way, ...]:
    """Where a ticket of this kind about the household would go, by cause."""
    ways = []
    # A cause on which a fixed last day depends is chosen, never left open.
    decides = kind.hard_stop is not None and bool(kind.hard_stop.causes)
    for cause in kind.causes if decides else (None, *kind.causes):
        to = assignment.destination(
            located.setting,
            kind.code,
            cause.code if cause else "",
            located.household.labour if located.known else "unknown",
            assignment.About(located.town, None, None),
        )
        ways.append(Way(cause, to.lead, to.routed.reason))
    return tuple(ways)


@blueprint.get("/checkups/<id:number>")
def checked(number: int) -> ResponseReturnValue:
    """A checkup with its results: tickets filed, already open, reopened."""
    actor = signed_in_actor()
    with db.read_session() as session:
        row, household = checkups.find_checkup(session, actor, number)
        made = checkups.outcome(session, row)
        located = find_household(session, actor, household.code, matching=True)
        pictures = attachments.of_checkup(session, number)
        mine = {
            ticket.id
            for group in (made.filed, made.open, made.reopened)
            for ticket in group
            if sees(actor, ticket, session)
        }
    return render_template(
        "register/checkup_done.html",
        made=made,
        row=row,
        located=located,
        h=household,
        setting=located.setting,
        photos=pictures,
        mine=mine,
        names={have.code: have.name for have in located.setting.scheme.haves},
    )
