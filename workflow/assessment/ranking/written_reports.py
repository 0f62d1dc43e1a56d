"""Written reports (书面汇报): each ranking unit signs its report, the office compiles, the leading group receives.

A report is drafted, may be reviewed, and is issued by whoever signs it (签发): the unit's leader from the own account, or
whom the leader has authorised.  It adds the unit's paragraph to the snapshot and is frozen when issued, which closes the
unit's duty; at the scheme's hour the roll of missing reports is recorded once.  Source: the notice's closing paragraph
(书面向领导小组汇报，办公室负责汇总各单位汇报材料).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import LARGEST_ID, Ranking, RankingSign, Report, ReportReceipt, ReportReview, ReportRoll, User
from workflow.actors import Actor, system
from workflow.assessment import unit_words
from workflow.assessment.ranking import rankings, responses
from workflow.assessment.ranking.snapshot import turned
from workflow.assessment.report_duties import close_with, due_rule, reporters, sections_of
from workflow.constraints import refused_as
from workflow.county import authorisations
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.county.document_numbers import take_documents
from workflow.errors import BadInput, Conflict, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.policy.deadlines import by_rule
from workflow.policy.worktime import local_date


@dataclass(frozen=True, slots=True)
class Line:
    """The state of one unit's report: drafted, reviewed, issued, received; `late` as of a moment."""

    unit: UnitFact
    signed: RankingSign | None
    reviewed: ReportReview | None
    report: Report | None
    receipt: ReportReceipt | None
    late: bool


def due_at(setting: CountyContext, row: Ranking) -> datetime:
    """When the reports on an edition are due, in UTC; for a late ranking counted from when it was made."""
    return by_rule(setting.clock, due_rule(setting, row.made_at), row.made_at).due_at


def standing(session: Session, setting: CountyContext, row: Ranking, now: datetime) -> list[Line]:
    """The state of every unit's report on this edition, without a query per unit."""
    signed = {
        sign.unit_id: sign for sign in session.scalars(select(RankingSign).where(RankingSign.ranking_id == row.id))
    }
    query = (
        select(Report, ReportReceipt)
        .outerjoin(ReportReceipt, ReportReceipt.report_id == Report.id)
        .where(Report.ranking_id == row.id)
    )
    by_unit = {report.unit_id: (report, receipt) for report, receipt in session.execute(query)}
    reviewed = responses.reviews(session, row)
    due, lines = due_at(setting, row), []
    for unit in reporters(setting, row):
        report, receipt = by_unit.get(unit.id, (None, None))
        late = (report.issued_at if report is not None else now) > due
        lines.append(Line(unit, signed.get(unit.id), reviewed.get(unit.id), report, receipt, late))
    return lines


def may_issue(actor: Actor, setting: CountyContext, row: Ranking) -> bool:
    """Whether the actor's unit reports on this ranking; who signs for it is another question."""
    return actor.role in ("bureau", "office") and actor.unit_id in {unit.id for unit in reporters(setting, row)}


def may_read(actor: Actor, unit: UnitFact, issued: bool) -> bool:
    """Whether the actor may read a unit's report: an issued one all readers of rankings, a draft its unit and the
    office."""
    return actor.role != "admin" and (issued or actor.role == "office" or actor.is_of(unit.id))


def issue(session: Session, actor: Actor, now: datetime, row: Ranking) -> Report:
    """Sign (签发) and issue the report of the actor's unit with a number; a ranking unit must have drafted it first.

    The signature stands at its moment, whenever that is; the paper bears the day of the next opening of the office, and a
    number of that year's series.  The signer is the actor, who leads the unit or is authorised by its leader.  Raises
    NotAllowed, WrongState (not drafted, without a section that the scheme calls for, or replaced by a newer edition),
    Duplicate.
    """
    setting = county_context(session, row.scheme_version_id)
    if not may_issue(actor, setting, row):
        raise NotAllowed("report_not_yours")
    authority = authorisations.signing_authority(session, actor, now)
    if authority is None:
        raise NotAllowed("signer_only")
    # The ranking's row serialises its chain; the counter is locked last.
    session.execute(select(Ranking.id).where(Ranking.id == row.id).with_for_update())
    last = rankings.latest(session, row.on)
    if last is None or last.id != row.id:
        raise WrongState("edition_replaced", edition=last.edition if last else 0)
    content = draft(session, setting, row, setting.unit(actor.own_unit_id), now)
    if any(line.unit.id == actor.own_unit_id and line.report for line in standing(session, setting, row, now)):
        raise Duplicate("report_issued", unit=setting.unit(actor.own_unit_id).name)
    if content["signed_at"] is None and setting.unit(actor.own_unit_id).code in {
        e["unit"] for e in row.content["units"]
    }:
        raise WrongState("report_not_signed")
    try:
        unit_words.check_sections(sections_of(setting, setting.unit(actor.own_unit_id)), content["remark"])
    except BadInput as error:
        # Drafted before the scheme called for them, or under an earlier version of the system.
        raise WrongState("draft_incomplete", **error.params) from error
    # Its ticket is locked before the counter.
    close_with(session, actor, row, now)
    dated = local_date(setting.clock.next_opening(now))
    (number,) = take_documents(session, setting, setting.unit(actor.own_unit_id), dated.year)
    content |= {
        "number": number,
        "issued_at": event_log.stamp(now),
        "dated": dated.isoformat(),
        "signed_off": _sign_off(session, actor, authority),
    }
    made = Report(
        ranking_id=row.id,
        unit_id=actor.own_unit_id,
        number=number,
        issued_at=now,
        by_id=actor.account_id,
        content=content,
        hash=event_log.digest(event_log.canonical(content)),
        post_id=authority.post_id,
        authorisation_id=authority.authorisation.id if authority.authorisation is not None else None,
    )
    session.add(made)
    session.flush()
    event_log.of(session, row, actor, now).append(
        "issue_report",
        rankings.named(row) | {"unit": actor.own_unit_id, "number": number, **authority.payload},
        {"report": made.id, "hash": made.hash},
    )
    return made


def draft(session: Session, setting: CountyContext, row: Ranking, unit: UnitFact, now: datetime) -> dict[str, Any]:
    """The addition of a unit's report to the snapshot as it would be issued now, without a number.

    The compilation lists the units that had reported, and their additions.
    """
    lines = standing(session, setting, row, now)
    own = next(line for line in lines if line.unit.id == unit.id)
    content: dict[str, Any] = {
        "ranking": row.hash,
        "unit": unit.code,
        "number": "",
        "issued_at": None,
        # The day the paper bears, a day on which the office is open.
        "dated": None,
        "signed_at": event_log.stamp(own.signed.at) if own.signed else None,
        "remark": _paragraph(own),
        "due_at": event_log.stamp(due_at(setting, row)),
        # Filled by the signature alone; a post is no act.
        "signed_off": None,
    }
    if unit.type == "office":
        content["units"] = [
            {
                "unit": line.unit.code,
                "number": line.report.number if line.report else None,
                "late": line.late,
                "remark": line.report.content["remark"] if line.report else "",
            }
            for line in lines
            if line.unit.id != unit.id
        ]
        content["turned"] = turned(session, setting, row)
    return content


def _paragraph(line: Line) -> str:
    """The unit's own paragraph: as reviewed, else as drafted."""
    found = line.reviewed or line.signed
    return found.remark if found is not None else ""


def _sign_off(session: Session, actor: Actor, authority: authorisations.Authority) -> dict[str, Any]:
    """Who signed, and by which document where another than the leader did."""
    name = session.scalar(select(User.display_name).where(User.id == actor.user_id))
    found = authority.authorisation
    return {"name": name, "document": found.document if found is not None else None}


def to_read(
    session: Session, actor: Actor, setting: CountyContext, row: Ranking, code: str, now: datetime
) -> tuple[UnitFact, dict[str, Any]]:
    """A unit (by code) and the content of its report, issued or as a draft.  Raises NotFound, NotAllowed."""
    unit = next((unit for unit in reporters(setting, row) if unit.code == code), None)
    if unit is None:
        raise NotFound("no_such_report")
    report = session.scalars(select(Report).where(Report.ranking_id == row.id, Report.unit_id == unit.id)).one_or_none()
    if not may_read(actor, unit, report is not None):
        raise NotAllowed("draft_not_yours")
    return unit, report.content if report is not None else draft(session, setting, row, unit, now)


def receive(session: Session, actor: Actor, now: datetime, report_id: int) -> ReportReceipt:
    """The leading group receives a report.  Raises NotAllowed, NotFound, Duplicate."""
    if actor.role != "leaders":
        raise NotAllowed("receipt_not_yours")
    report = session.get(Report, report_id) if 0 < report_id <= LARGEST_ID else None
    if report is None:
        raise NotFound("no_such_report")
    row = session.get_one(Ranking, report.ranking_id)
    session.execute(select(Ranking.id).where(Ranking.id == row.id).with_for_update())
    made = ReportReceipt(report_id=report.id, by_id=actor.account_id, at=now)
    with refused_as(Duplicate("report_received"), "uq_report_receipt_report_id"), session.begin_nested():
        session.add(made)
        session.flush()
    event_log.of(session, row, actor, now).append(
        "receive_report",
        rankings.named(row) | {"unit": report.unit_id, "number": report.number},
        {"receipt": made.id},
    )
    return made


def to_call(session: Session, now: datetime) -> list[int]:
    """The rankings (ids) whose reports are due and whose roll has not been called, of each day the last edition."""
    last = select(Ranking.on, func.max(Ranking.edition).label("edition")).group_by(Ranking.on).subquery()
    rows = session.execute(
        select(Ranking.id, Ranking.made_at, Ranking.scheme_version_id)
        .join(last, (last.c.on == Ranking.on) & (last.c.edition == Ranking.edition))
        .outerjoin(ReportRoll, ReportRoll.ranking_id == Ranking.id)
        .where(ReportRoll.id.is_(None))
        .order_by(Ranking.on)
    )
    due_ids = []
    for ranking_id, made_at, version in rows:
        made = Ranking(made_at=made_at)
        if due_at(county_context(session, version), made) < now:
            due_ids.append(ranking_id)
    return due_ids


def call_roll(session: Session, now: datetime, ranking_id: int) -> ReportRoll:
    """Put down once who had not handed in by the hour, whenever it is called.  Raises Conflict when it was called."""
    row = session.get_one(Ranking, ranking_id)
    setting = county_context(session, row.scheme_version_id)
    session.execute(select(Ranking.id).where(Ranking.id == row.id).with_for_update())
    late = [line.unit.id for line in standing(session, setting, row, now) if line.late]
    made = ReportRoll(ranking_id=row.id, due_at=due_at(setting, row), at=now, late=late)
    with refused_as(Conflict("roll_called"), "uq_report_roll_ranking_id"), session.begin_nested():
        session.add(made)
        session.flush()
    event_log.of(session, row, system(), now).append(
        "roll_reports", rankings.named(row), {"roll": made.id, "late": late}
    )
    return made
