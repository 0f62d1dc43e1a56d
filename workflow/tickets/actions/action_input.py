"""Action input: checks the input of an action against the table and parses each field into its type.

Every refusal is a BadInput that names the field; nothing is guessed and no unknown field is ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Custody, Evidence, Ticket, User
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.errors import BadInput
from workflow.inputs import day_of, statement_of, text_of, whole
from workflow.policy.form_rules import absent
from workflow.policy.worktime import local_date
from workflow.state_table import Action
from workflow.tickets.actions import duty_forms, duty_progress, known_answers, own_gaps
from workflow.tickets.actions.lifecycle import OF_DUTIES
from workflow.tickets.actions.time_bounds import check_until, check_visit_day
from workflow.tickets.custody.signal_gaps import Told

_TEXTS = ("note", "reason", "cited_duty", "description", "missing")


@dataclass(slots=True)
class ActionInput:
    """The checked input: `hashed` goes into the hashed event, `private_text` beside it."""

    hashed: dict[str, Any] = field(default_factory=dict)
    private_text: dict[str, Any] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)

    def text(self, name: str) -> str:
        return str(self.private_text.get(name, ""))


@dataclass(frozen=True, slots=True)
class Act:
    """An action to be carried out: recorded at `now`, effective from `at`; `told` where it was done without a signal."""

    action: str
    actor: Actor
    now: datetime
    at: datetime
    input: ActionInput
    told: Told | None = None


def parse_action_input(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    ticket: Ticket,
    action: Action,
    now: datetime,
    raw: Mapping[str, Any],
) -> ActionInput:
    """Check and parse the input of `action`.  Raises BadInput naming the first field at fault."""
    needs = needed(setting, ticket, action)
    parser = _Parser(session, setting, actor, ticket, action.name, needs, now)
    offered = {name: value for name, value in raw.items() if value is not None and value != "" and value != []}
    for name in offered:
        asked = name in action.needs or name in action.optional
        if not asked or (name in OF_DUTIES and ticket.type != "duty"):
            raise BadInput("unknown_field", name, action=action.name)
    for name in (*action.needs, *action.optional):
        if name == "form":
            continue
        if name not in offered:
            if name in needs:
                raise BadInput("missing", name, action=action.name)
            continue
        parser.parse_field(name, offered[name])
    if ticket.type == "duty" and action.name == "resolve":
        parser.parse_report(raw.get("form"))
    return parser.parsed


def needed(setting: CountyContext, ticket: Ticket, action: Action) -> frozenset[str]:
    """The inputs that an action needs on this ticket."""
    needs = frozenset(action.needs)
    if ticket.type == "duty" and action.name == "confirm":
        # A duty is confirmed on paper, without a visit.
        return needs - {"visited_on", "evidence"}
    if action.name == "resolve" and ticket.type != "duty" and ticket.household_id is None:
        confirmer = setting.units.get(ticket.confirmer_unit_id or 0)
        if ticket.candidate_id is not None or (confirmer is not None and confirmer.type in ("office", "leaders")):
            # What office or leading group confirm of a unit or a village they read from papers: what was put right is said,
            # and of a candidate what was seen, whoever judges it.
            return needs | {"note"}
    return needs


@dataclass(frozen=True, slots=True)
class _Parser:
    """Parses the fields of one action into `parsed`."""

    session: Session
    setting: CountyContext
    actor: Actor
    ticket: Ticket
    action: str
    required: frozenset[str]
    now: datetime
    parsed: ActionInput = field(default_factory=ActionInput)

    def parse_report(self, form: Any) -> None:
        """Check that a duty's form is complete and its target reached, or the shortfall explained.

        What the system counts is its own answer, whatever the form says: the unit confirms it.
        """
        duty, parsed = self.setting.scheme.duty(self.ticket.kind), self.parsed
        today = local_date(self.now)
        period = duty_progress.period_of_ticket(self.setting, self.ticket)
        asked = duty_forms.Form(duty.fields, duty.rules, "form", period)
        known = known_answers.known_answers(self.session, self.setting, self.ticket, duty.fields)
        if known and (form is None or isinstance(form, Mapping)):
            form = {**(form or {}), **known}
        filled = duty_forms.parse_form(self.session, self.setting, self.ticket, asked, form, today)
        if filled:
            parsed.private_text["form"] = filled
        if none := sorted(absent(duty.fields, filled)):
            parsed.hashed["none"] = none
        short = duty_forms.shortfalls(duty, filled, parsed.text("missing"), "missing")
        rows = own_gaps.held(self.session, self.setting, self.ticket, duty.fields)
        gaps = own_gaps.gaps(duty.fields, filled, rows, self.setting.scheme.figures)
        own_gaps.check_explained(gaps, parsed.text("missing"), "missing")
        if short or gaps:
            parsed.hashed["short"] = [*short, *(gap.code for gap in gaps)]
        if gaps:
            # What the rows said when it was sent: the confirmer and every later proof read the same gap.
            parsed.hashed["own"] = {gap.field.code: gap.rows for gap in gaps}
        counted = duty_progress.counted(self.session, self.setting, self.ticket)
        if counted is None:
            return
        parsed.hashed.update(done=counted.done, target=counted.target)
        if counted.missing and not parsed.private_text.get("missing"):
            raise BadInput("target_not_reached", "missing", done=counted.done, target=counted.target or 0)

    def parse_field(self, name: str, value: Any) -> None:
        parsed = self.parsed
        if name in _TEXTS:
            # What may be left out says something where it is given: "好" explains nothing to whoever reads the ticket later.
            # The duty that a unit cites is the name of a rule.
            parsed.private_text[name] = statement_of(name, value, names=name == "cited_duty")
        elif name == "ground":
            text = text_of(name, value)
            if self.action == "refuse":
                parsed.hashed[name] = _ground_of_refusal(self.setting, text)
            else:
                _parse_ground(self.setting, text, parsed)
        elif name in ("until", "visited_on"):
            parsed.dates[name] = day_of(name, value)
            parsed.hashed[name] = parsed.dates[name].isoformat()
            if name == "until":
                check_until(self.setting, self.ticket, self.action, parsed.dates[name], self.now)
            else:
                check_visit_day(self.ticket, parsed.dates[name], self.now)
        elif name == "evidence":
            parsed.evidence = find_evidence(self.session, self.actor, self.ticket, value)
            _check_new_evidence(self.session, self.ticket, parsed.evidence)
            parsed.hashed["evidence"] = [{"id": row.id, "sha256": row.sha256} for row in parsed.evidence]
        elif name == "false_closing":
            if not isinstance(value, bool):
                raise BadInput("not_yes_or_no", name)
            parsed.hashed[name] = value
        else:
            parsed.hashed[name] = text_of(name, value)


def _parse_ground(setting: CountyContext, text: str, action_input: ActionInput) -> None:
    """A ground of the scheme by its code or name; any other is kept as the caller's text."""
    scheme = setting.scheme
    known = (*scheme.decline.grounds, *scheme.suspension.grounds)
    for ground in known:
        if text in (ground.code, ground.name.zh, ground.name.en):
            action_input.hashed["ground"] = ground.code
            return
    action_input.hashed["ground"] = "other"
    action_input.private_text["ground"] = statement_of("ground", text)


def _ground_of_refusal(setting: CountyContext, text: str) -> str:
    """The code of a ground on which a candidate is refused.  Raises BadInput: what stays on record after its personal data
    is erased is this code."""
    rule = setting.scheme.candidates
    for ground in rule.grounds if rule is not None else ():
        if text in (ground.code, ground.name.zh, ground.name.en):
            return ground.code
    raise BadInput("unknown_choice", "ground")


def find_evidence(session: Session, actor: Actor, ticket: Ticket, value: Any) -> list[Evidence]:
    """The evidence of the ticket with these ids, uploaded by the actor's own unit.  Raises BadInput."""
    if not isinstance(value, list | tuple):
        raise BadInput("not_a_list", "evidence")
    ids = []
    for entry in value:
        number = whole(str(entry)) if isinstance(entry, str | int) and not isinstance(entry, bool) else None
        if number is None:
            raise BadInput("evidence_unknown", "evidence", id=str(entry)[:40])
        ids.append(number)
    query = (
        select(Evidence, User.role)
        .join(User, User.id == Evidence.uploaded_by_id)
        .where(Evidence.id.in_(ids), Evidence.ticket_id == ticket.id)
    )
    rows = {row.id: (row, role) for row, role in session.execute(query)}
    for number in ids:
        if number not in rows:
            raise BadInput("evidence_unknown", "evidence", id=number)
        row, role = rows[number]
        # A village belongs to its town's unit, but its photo is not the town's own visit.
        if not actor.is_of(row.unit_id) or role != actor.role:
            raise BadInput("evidence_of_another_unit", "evidence", id=number)
    return [rows[number][0] for number in dict.fromkeys(ids)]


def _check_new_evidence(session: Session, ticket: Ticket, rows: list[Evidence]) -> None:
    """Check that at least one piece is new: for a resolution newer than the last rejection (or false closing), for a
    confirmation newer than the resolution.  An old photo proves nothing twice.
    """
    since = ticket.resolved_at
    if since is None:
        since = session.scalar(
            select(func.max(Custody.ended_at)).where(Custody.ticket_id == ticket.id, Custody.stage == "confirm")
        )
    if since is not None and all(row.uploaded_at < since for row in rows):
        raise BadInput("evidence_not_new", "evidence")
