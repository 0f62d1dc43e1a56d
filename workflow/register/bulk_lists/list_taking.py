"""List taking: a bureau uploads a list, sees what it would lead to, and takes it once; questions are answered line by line.

A bureau learns of a line only what came of it, never whose household it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, User, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.county.vault import Vault
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.history import event_log
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.policy.worktime import local_date
from workflow.redaction import without_numbers
from workflow.register.bulk_lists.line_records import kind_of, payload, record_lines, seal_words
from workflow.register.bulk_lists.list_matching import Matched, match_lines
from workflow.register.bulk_lists.list_sheet import ListLine, read_list
from workflow.register.candidates.candidate_matching import find_match
from workflow.register.candidates.reporting import CandidatePerson, CandidateReport, report_candidate
from workflow.register.importing.import_plan import remembered_headings
from workflow.register.importing.sealed_files import file_name


@dataclass(frozen=True, slots=True)
class Taking:
    """A list being handed out: by whom, when, which list, of which kind."""

    session: Session
    actor: Actor
    now: datetime
    vault: Vault
    row: BulkList
    kind: BulkListKind


@dataclass(slots=True)
class ListPlan:
    """What a list would lead to: its matched lines, how many of each outcome and of each reason, sheets that are not read."""

    matched: Sequence[Matched] = ()
    unread: Sequence[str] = ()
    outcomes: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)


def kinds_for(setting: CountyContext, actor: Actor) -> list[BulkListKind]:
    """The kinds of lists that the actor's unit brings; none for whoever is no bureau."""
    if actor.role != "bureau" or actor.unit_id is None:
        return []
    code = setting.unit(actor.unit_id).code
    return [kind for kind in setting.scheme.bulk_lists if code in kind.units]


def bring_list(session: Session, actor: Actor, now: datetime, kind: str, *, sha256: str, filename: str) -> BulkList:
    """The row of an uploaded list, found or made; the file is kept apart, sealed.

    Raises NotAllowed; BadInput for a kind that is not the bureau's.
    """
    setting = county_context(session)
    allowed = kinds_for(setting, actor)
    if not allowed:
        raise NotAllowed("no_lists_of_yours")
    if kind not in [each.code for each in allowed]:
        raise BadInput("missing" if not kind else "unknown_choice", "kind")
    row = session.scalars(
        select(BulkList).where(BulkList.unit_id == actor.own_unit_id, BulkList.kind == kind, BulkList.sha256 == sha256)
    ).one_or_none()
    if row is not None:
        if row.taken_at is not None:
            raise Duplicate("list_taken_before", "file", number=row.id)
        return row
    name = file_name(filename)
    row = BulkList(
        unit_id=actor.own_unit_id,
        kind=kind,
        sha256=sha256,
        filename=name,
        brought_by_id=actor.account_id,
        brought_at=now,
    )
    session.add(row)
    session.flush()
    record_lines(session, actor, now, row, "bring_list", {"kind": kind, "sha256": sha256}, filename=name)
    return row


def plan_list(session: Session, vault: Vault, now: datetime, row: BulkList, stream: BinaryIO) -> ListPlan:
    """What the list would lead to; reads only.  Raises BadInput for a file that cannot be used."""
    kind = _kind(county_context(session), row)
    book = read_list(stream, kind, remembered_headings(session), local_date(now))
    plan = ListPlan(match_lines(session, vault, book.lines), book.unread)
    plan.outcomes.update(found.outcome for found in plan.matched)
    plan.whys.update(found.why for found in plan.matched if found.why)
    return plan


def take_list(session: Session, actor: Actor, now: datetime, vault: Vault, list_id: int, stream: BinaryIO) -> ListPlan:
    """Take a list: each line becomes a check, a candidate, a question, or is left out with its reason.

    Raises NotFound, NotAllowed, BadInput, WrongState for a list that was taken already.
    """
    row = session.scalars(
        select(BulkList).where(BulkList.id == list_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if row is None or not (actor.role == "bureau" and actor.is_of(row.unit_id)):
        raise NotFound("no_such_list")
    if row.taken_at is not None:
        raise WrongState("list_taken")
    setting = county_context(session, hold=True)
    kind, plan = _kind(setting, row), plan_list(session, vault, now, row, stream)
    row.taken_at, row.have = now, kind.have
    due_at = setting.clock.due(now, kind.days)
    taking = Taking(session, actor, now, vault, row, kind)
    lines = [_line(taking, found, due_at) for found in plan.matched]
    session.add_all(lines)
    session.flush()
    effect = {"lines": [payload(line) for line in lines]}
    # The villages and towns that are to look are notified.
    event_log.of(session, row, actor, now).append("take_list", {"lines": len(lines)}, effect)
    return plan


def _kind(setting: CountyContext, row: BulkList) -> BulkListKind:
    kind = kind_of(setting, row)
    if kind is None:
        raise WrongState("list_kind_gone")
    return kind


def _line(taking: Taking, found: Matched, due_at: datetime) -> BulkLine:
    line = BulkLine(
        list_id=taking.row.id, row=found.line.row, outcome=found.outcome, why=found.why, town_id=found.town_id
    )
    if found.outcome == "unknown":
        assert found.place is not None
        become(line, *report_line(taking, found.line, found.place.code))
        found = Matched(found.line, line.outcome, line.why, line.household_id, found.town_id, found.place)
    if line.outcome == "check":
        line.household_id, line.due_at = found.household_id, due_at
    if line.outcome == "left_out":
        line.settled_at = taking.now
    if line.outcome in ("check", "asked"):
        line.sealed = seal_words(taking.vault, found, whole=line.outcome == "asked")
    return line


def become(line: BulkLine, outcome: str, pointer: int | None, why: str) -> None:
    line.outcome, line.why = outcome, why
    line.household_id = pointer if outcome == "check" else None
    line.candidate_id = pointer if outcome == "candidate" else None


def report_line(taking: Taking, line: ListLine, village: str) -> tuple[str, int | None, str]:
    """The candidate of a line, or the household or open candidate that is the same family after all: outcome, row id, why."""
    person = CandidatePerson(name=line.name, id_number=line.id_number)
    people = [person]
    if line.head and line.head != line.name:
        people = [CandidatePerson(name=line.head), person]
    given = CandidateReport(
        village=village,
        people=people,
        seen=seen_text(taking.kind, line),
        phone=line.phone,
        source="matching",
        reference=reference_of(taking.row, line.row),
    )
    try:
        with taking.session.begin_nested():
            made = report_candidate(taking.session, taking.actor, taking.now, taking.vault, given)
            return "candidate", made.candidate.id, ""
    except Duplicate:
        match = find_match(taking.session, taking.vault, people, _village_id(taking.session, village))
        if match is not None and match.household_id is not None:
            return "check", match.household_id, ""
        if match is not None and match.candidate_id is not None:
            return "candidate", match.candidate_id, ""
        return "asked", None, "list_several"
    except WrongState:
        return "left_out", None, "list_not_registered"
    except NotAllowed:
        raise
    except WorkflowError:
        return "left_out", None, "list_unusable"


def _village_id(session: Session, code: str) -> int | None:
    return session.scalar(select(Village.id).where(Village.code == code))


def reference_of(row: BulkList, line: str) -> str:
    """How a ticket names the line it comes from."""
    return f"比对名单{row.brought_at.year}-{row.id}号第{line}行"


def seen_text(kind: BulkListKind, line: ListLine) -> str:
    """What the list says of a family, as the words of its report; no numbers of persons."""
    names = {column.code: column.name.zh for column in kind.columns}
    said = "，".join(f"{names.get(code, code)}{text}" for code, text in line.said.items())
    return without_numbers(f"部门数据比对：列入{kind.name.zh}" + (f"，{said}" if said else "") + "。")


def uploader(session: Session, setting: CountyContext, row: BulkList) -> Actor:
    """Who brought the list, as of its bureau or the bureau's successor: a candidate that follows from an answer is the
    bureau's report, wherever that person works today."""
    user, unit = session.get_one(User, row.brought_by_id), setting.present(row.unit_id)
    return Actor("bureau", user.id, unit.id, None, user.display_name)
