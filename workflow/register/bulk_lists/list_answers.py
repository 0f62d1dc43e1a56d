"""List answers: people say what a line means that the register alone does not tell: which household, a family that is not
registered, or none of the county's business.

The office answers, or the town that the line names; what the line says of persons is shown to them alone, and what is left
out keeps nothing of it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList, Village
from workflow.actors import Actor
from workflow.county.context import county_context
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed, NotFound, WrongState
from workflow.inputs import statement_of
from workflow.register.access import find_household
from workflow.register.bulk_lists.line_records import become, kind_of, line_in, only_said, record_lines, words_of
from workflow.register.bulk_lists.line_reports import report_alone, reporter_of

ANSWERS = ("household", "candidate", "left_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnswer:
    """What a line means: `household` with its code, `candidate` with the village it lives in, `left_out` with a reason."""

    answer: str
    household: str = ""
    village: str = ""
    reason: str = ""


def may_answer(actor: Actor, line: BulkLine) -> bool:
    """Whether the actor says what a line means."""
    return actor.role == "office" or (actor.role == "town" and actor.is_of(line.town_id))


def find_line(session: Session, actor: Actor, line_id: int) -> tuple[BulkLine, BulkList]:
    """A line that the actor answers, locked behind its list.  Raises NotFound, NotAllowed."""
    row = session.scalars(
        select(BulkList)
        .join(BulkLine, BulkLine.list_id == BulkList.id)
        .where(BulkLine.id == line_id)
        .with_for_update(of=BulkList)
    ).one_or_none()
    if row is None:
        raise NotFound("no_such_line")
    line = session.scalars(
        select(BulkLine).where(BulkLine.id == line_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if actor.role not in ("office", "town"):
        raise NotAllowed("line_not_yours")
    if not may_answer(actor, line):
        raise NotFound("no_such_line")
    return line, row


def answer_line(
    session: Session, actor: Actor, now: datetime, vault: Vault, line_id: int, given: LineAnswer
) -> BulkLine:
    """Record what a line means; it becomes a check, a candidate, or is left out.

    Raises NotFound, NotAllowed, WrongState for a line that is settled, BadInput at the field at fault.
    """
    line, row = find_line(session, actor, line_id)
    if line.outcome != "asked":
        raise WrongState("line_answered")
    setting = county_context(session, hold=True)
    kind, words, reason = kind_of(setting, row), words_of(vault, line), ""
    if given.answer == "household":
        if not given.household.strip():
            raise BadInput("missing", "household")
        home = find_household(session, actor, given.household.strip()).household
        if home.gone:
            raise WrongState("household_cleared", "household", code=home.code)
        become(line, "check", home.id, "")
        line.due_at = setting.clock.due(now, kind.days if kind is not None else 1)
    elif given.answer == "candidate":
        if kind is None:
            raise WrongState("list_kind_gone")
        place = _village(session, actor, given.village or str(words.get("village", "")))
        line.town_id = place.town_id
        by = reporter_of(session, setting, now, vault, row, kind)
        outcome, pointer, why = report_alone(session, by, line_in(line, words), place.code)
        become(line, outcome, pointer, why)
        line.due_at = setting.clock.due(now, kind.days) if outcome == "check" else None
    elif given.answer == "left_out":
        reason = statement_of("reason", given.reason)
        become(line, "left_out", None, "list_by_person")
    else:
        raise BadInput("missing" if not given.answer else "unknown_choice", "answer")
    line.sealed = only_said(vault, words.get("said", {})) if line.outcome == "check" else None
    if line.outcome == "left_out":
        line.settled_at = now
    private = {"reason": reason} if reason else {}
    record_lines(session, actor, now, row, "answer_line", {"line": line.id, "answer": given.answer}, [line], **private)
    return line


def _village(session: Session, actor: Actor, code: str) -> Village:
    """A living village, of a town its own.  Raises BadInput."""
    place = session.scalars(
        select(Village).where(Village.code == code.strip(), Village.ended_on.is_(None))
    ).one_or_none()
    if place is None or (actor.role == "town" and not actor.is_of(place.town_id)):
        raise BadInput("missing" if not code.strip() else "village_unknown", "village", village=code[:64])
    return place
