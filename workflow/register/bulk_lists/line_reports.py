"""Line reports: the candidate of a line of a list whose family nobody knows, in the name of who brought the list."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models import BulkList, User
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import Duplicate, WorkflowError, WrongState
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.redaction import without_numbers
from workflow.register.bulk_lists.line_records import without_sheet
from workflow.register.bulk_lists.list_sheet import ListLine
from workflow.register.candidates.reporting import CandidatePerson, CandidateReport, Reporter


@dataclass(frozen=True, slots=True)
class LineReporter:
    """Who reports the lines of a list, of which kind; no `reporter` where the scheme has no candidates."""

    row: BulkList
    kind: BulkListKind
    reporter: Reporter | None


def reporter_of(
    session: Session, setting: CountyContext, now: datetime, vault: Vault, row: BulkList, kind: BulkListKind
) -> LineReporter:
    """The reporter of a list's lines: who brought it, as of its bureau or the bureau's successor, wherever that person
    works today, since the data are the bureau's."""
    user, unit = session.get_one(User, row.brought_by_id), setting.present(row.unit_id)
    actor = Actor("bureau", user.id, unit.id, None, user.display_name)
    try:
        return LineReporter(row, kind, Reporter(session, actor, now, vault))
    except WrongState:
        return LineReporter(row, kind, None)


def people_of(line: ListLine) -> list[CandidatePerson]:
    """The people a line names, the head of the family first."""
    person = CandidatePerson(name=line.name, id_number=line.id_number)
    return [CandidatePerson(name=line.head), person] if line.head and line.head != line.name else [person]


def report_line(by: LineReporter, line: ListLine, village: str) -> tuple[str, int | None, str]:
    """The candidate of a line, or the household or open candidate that is the same family after all: outcome, row id, why.

    Raises Duplicate where somebody else reports one of the people at the same moment.
    """
    if by.reporter is None:
        return "left_out", None, "list_not_registered"
    people = people_of(line)
    given = CandidateReport(
        village=village,
        people=people,
        seen=seen_text(by.kind, line),
        phone=line.phone,
        source="matching",
        reference=reference_of(by.row, line.row),
    )
    try:
        match = by.reporter.match(people, by.reporter.village(village))
        if match is not None:
            return ("check", match.household_id, "") if match.household_id else ("candidate", match.candidate_id, "")
        return "candidate", by.reporter.report(given).candidate.id, ""
    except Duplicate:
        raise
    except WorkflowError:
        return "left_out", None, "list_unusable"


def report_alone(session: Session, by: LineReporter, line: ListLine, village: str) -> tuple[str, int | None, str]:
    """The same for one line: what somebody else reported meanwhile is found on second look."""
    try:
        with session.begin_nested():
            return report_line(by, line, village)
    except Duplicate:
        again = by.reporter.looking_again() if by.reporter is not None else None
        return report_line(replace(by, reporter=again), line, village)


def reference_of(row: BulkList, line: str) -> str:
    """How a ticket names the line it comes from: without its sheet, since the reference stays when the list's names are erased."""
    return f"比对名单{row.brought_at.year}-{row.id}号第{without_sheet(line)}行"


def seen_text(kind: BulkListKind, line: ListLine) -> str:
    """What the list says of a family, as the words of its report; no numbers of persons."""
    names = {column.code: column.name.zh for column in kind.columns}
    said = "，".join(f"{names.get(code, code)}{text}" for code, text in line.said.items())
    return without_numbers(f"部门数据比对：列入{kind.name.zh}" + (f"，{said}" if said else "") + "。")
