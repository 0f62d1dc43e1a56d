"""Checkups (入户核查): record the haves of a household from a visit, data matching or the household's own word.

One transaction locks the household, writes the findings, files the requested tickets, names those already open, and
reopens closed ones whose have is unmet again.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Checkup, Event, Finding, Household, Ticket
from workflow.actors import Actor
from workflow.errors import NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.policy.worktime import local_date
from workflow.register import household_status
from workflow.register.access import Located, find_household, own_haves, refuse_gone
from workflow.register.bulk_lists.line_checks import settle_lines
from workflow.register.checkup_input import SOURCES_OF, CheckupInput, Report, check_report
from workflow.register.income import Judgement, judge_household
from workflow.tickets import desk, filing
from workflow.tickets.filing import Deficiency


@dataclass(slots=True)
class Recorded:
    """A checkup and its result; `repeated`: the same form had already arrived and nothing was written again.

    `income` is the rule as computed; `taken_back`: the household had exited and is back on the register (返贫).
    """

    checkup: Checkup
    findings: list[Finding]
    income: Judgement | None = None
    filed: list[Ticket] = field(default_factory=list)
    open: list[Ticket] = field(default_factory=list)
    reopened: list[Ticket] = field(default_factory=list)
    taken_back: bool = False
    repeated: bool = False


def record(session: Session, actor: Actor, now: datetime, household: str, given: CheckupInput) -> Recorded:
    """Record a checkup of the household with this code (notice item 1, 查缺补漏).

    Raises NotFound, NotAllowed, BadInput, or WrongState for a household that is gone.
    """
    if actor.role not in SOURCES_OF:
        raise NotAllowed("may_not_check")
    located = find_household(session, actor, household, lock=True, matching=True)
    row, setting = located.household, located.setting
    refuse_gone(located)
    once = given.once[:64] if given.once else None
    if once:
        known = session.scalars(
            select(Checkup).where(Checkup.household_id == row.id, Checkup.once == once)
        ).one_or_none()
        if known is not None:
            return _repeated_checkup(session, known)
    income = judge_household(session, setting, row, local_date(now))
    report = check_report(setting, actor, now, given, income)
    rule = setting.scheme.exit.income
    shown = income if rule is not None and rule.have in own_haves(setting, actor) else None
    made = _written(session, actor, now, located, report, once)
    made.income = shown
    return made


def record_random(session: Session, actor: Actor, now: datetime, located: Located, given: CheckupInput) -> Recorded:
    """Record what a random check found in a locked household, which may lie outside the actor's area (notice item 1,
    抽查核实); a ticket is filed for every unmet have, and the status stays.

    Raises BadInput, or WrongState for a household that is gone.
    """
    refuse_gone(located)
    income = judge_household(session, located.setting, located.household, local_date(now))
    report = check_report(located.setting, actor, now, given, income, random=True)
    unmet = [have for have, finding in report.findings.items() if finding.result == "unmet"]
    file = tuple(have for have in unmet if located.setting.scheme.kind_of_have(have) is not None)
    return _written(session, actor, now, located, replace(report, file=file), None)


def _written(
    session: Session, actor: Actor, now: datetime, located: Located, report: Report, once: str | None
) -> Recorded:
    row = located.household
    made = Recorded(*_write_checkup(session, actor, row, report, now, once))
    for finding in made.findings:
        if finding.result == "unmet":
            _follow(session, actor, located, finding, finding.have in report.file, now, made)
    effect = {}
    if report.source == "visit" and (row.visited_on is None or row.visited_on < report.seen_on):
        row.visited_on = report.seen_on
        effect = {"visited_on": report.seen_on.isoformat()}
    _record_checkup(session, actor, row, report, made, effect, now)
    settle_lines(session, actor, now, row, made.checkup, report.findings)
    if row.status == "exited" and report.source == "visit" and any(f.result == "unmet" for f in made.findings):
        _take_back(session, actor, row, made, now)
    session.flush()
    return made


def _write_checkup(
    session: Session, actor: Actor, household: Household, report: Report, now: datetime, once: str | None
) -> tuple[Checkup, list[Finding]]:
    checkup = Checkup(
        household_id=household.id,
        source=report.source,
        seen_on=report.seen_on,
        recorded_at=now,
        by_id=actor.account_id,
        unit_id=actor.own_unit_id,
        present=report.present,
        note=report.note,
        once=once,
    )
    session.add(checkup)
    session.flush()
    findings = [
        Finding(
            checkup_id=checkup.id,
            household_id=household.id,
            seen_on=report.seen_on,
            have=have,
            result=finding.result,
            cause=finding.cause,
            note=finding.note,
        )
        for have, finding in report.findings.items()
    ]
    session.add_all(findings)
    session.flush()
    return checkup, findings


def _follow(
    session: Session,
    actor: Actor,
    located: Located,
    finding: Finding,
    file: bool,
    now: datetime,
    made: Recorded,
) -> None:
    """The result of an unmet have: the open ticket named, the closed one reopened, or a new one filed if requested."""
    kinds = [kind.code for kind in located.setting.scheme.kinds if kind.have == finding.have]
    tickets = session.scalars(
        select(Ticket)
        .where(Ticket.household_id == located.household.id, Ticket.kind.in_(kinds), Ticket.state != "withdrawn")
        .order_by(Ticket.ended_at.desc(), Ticket.id.desc())
    ).all()
    standing = [ticket for ticket in tickets if ticket.ended_at is None]
    if standing:
        made.open += standing
        return
    last = next((ticket for ticket in tickets if _repeats(finding, ticket)), None)
    if last is not None:
        try:
            made.reopened.append(
                desk.relapse(session, actor, last.id, now, checkup=made.checkup.id, finding=finding.id)
            )
            return
        except WrongState:
            # Closed too long ago: a new ticket, if requested, names it.
            pass
    if file:
        kind = located.setting.scheme.kind_of_have(finding.have)
        assert kind is not None
        made.filed.append(
            filing.file_ticket(
                session,
                actor,
                now,
                Deficiency(
                    household=located.household.code,
                    kind=kind.code,
                    cause=finding.cause or None,
                    description=finding.note,
                ),
                finding=finding,
                drawn=made.checkup.source == "random",
            ).ticket
        )


def _repeats(finding: Finding, ticket: Ticket) -> bool:
    """Whether the finding contradicts a closed ticket's confirmation: the same deficiency on its day or later."""
    same = not finding.cause or not ticket.cause or finding.cause == ticket.cause
    closed_on = ticket.visited_on or local_date(ticket.ended_at or ticket.filed_at)
    return same and finding.seen_on >= closed_on


def _record_checkup(
    session: Session,
    actor: Actor,
    household: Household,
    report: Report,
    made: Recorded,
    effect: dict[str, Any],
    now: datetime,
) -> None:
    words = {"present": report.present, "note": report.note}
    words |= {f"note {have}": finding.note for have, finding in report.findings.items()}
    event_log.of(session, household, actor, now).append(
        "checkup",
        {
            "checkup": made.checkup.id,
            "source": report.source,
            "seen_on": report.seen_on.isoformat(),
            "findings": {have: [finding.result, finding.cause] for have, finding in report.findings.items()},
            "filed": [ticket.id for ticket in made.filed],
            "open": [ticket.id for ticket in made.open],
            "reopened": [ticket.id for ticket in made.reopened],
        },
        {"household": effect} if effect else {},
        private={name: text for name, text in words.items() if text} or None,
        notify=False,
    )


def _take_back(session: Session, actor: Actor, household: Household, made: Recorded, now: datetime) -> None:
    """Put the household back on the register (返贫及时纳入帮扶范围, notice item 17); its exit dossier stays on
    record."""
    made.taken_back = True
    chain = event_log.of(session, household, actor, now)
    household_status.set_status(chain, household, "in", action="taken_back", given={"checkup": made.checkup.id})


def _repeated_checkup(session: Session, checkup: Checkup) -> Recorded:
    made = outcome(session, checkup)
    made.repeated = True
    return made


def outcome(session: Session, checkup: Checkup) -> Recorded:
    """The result of a checkup when it was recorded, read from its event."""
    findings = session.scalars(select(Finding).where(Finding.checkup_id == checkup.id).order_by(Finding.id))
    made = Recorded(checkup, list(findings))
    events = session.scalars(
        select(Event)
        .where(
            Event.subject_type == "household",
            Event.subject_id == checkup.household_id,
            Event.action.in_(("checkup", "taken_back")),
            Event.at == checkup.recorded_at,
        )
        .order_by(Event.seq)
    )
    for event in events:
        if event.given["checkup"] != checkup.id:
            continue
        if event.action == "taken_back":
            made.taken_back = True
            continue
        for name in ("filed", "open", "reopened"):
            ids = event.given[name]
            getattr(made, name).extend(session.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id)))
    return made


def find_checkup(session: Session, actor: Actor, checkup_id: int) -> tuple[Checkup, Household]:
    """A checkup of a household within the actor's reach, or of the actor's own unit.  Raises NotFound."""
    row = session.execute(
        select(Checkup, Household).join(Household, Household.id == Checkup.household_id).where(Checkup.id == checkup_id)
    ).one_or_none()
    if row is None:
        raise NotFound("no_such_checkup")
    if actor.role == "bureau":
        if not actor.is_of(row[0].unit_id):
            raise NotFound("no_such_checkup")
    else:
        find_household(session, actor, row[1].code)
    return row[0], row[1]
