"""Due items of a unit besides tickets: spot checks, random checks, papers, requests, statements, reports on a ranking, days of
quota houses, lists of bureaus, drawn figures, instructions; those of a village."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models import (
    AccountabilityCase,
    Household,
    Instruction,
    Paper,
    PaperAct,
    PaperCommitment,
    PaperPending,
    RandomCheck,
    RandomResult,
    Ranking,
    Report,
    SpotCheck,
    SpotPending,
    Ticket,
    TimeRequest,
    Unit,
    Village,
)
from models.household import GONE
from models.instruction import WAITING_INSTRUCTIONS
from notifications import figure_items, list_items, quota_days, ranking_people
from notifications.county_clock import CountyClock, scheme_of
from notifications.message_texts import LABELS
from workflow.policy.sampling import checker_today
from workflow.policy.worktime import SHANGHAI, local_date

#: The number of the rung that is a talk (约谈).
_TALK = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One due item: its kind, due moment and link."""

    due_at: datetime
    path: str
    what: tuple[str, str]
    number: str | None = None

    def entry(self, county: CountyClock) -> dict[str, Any]:
        """The item for a digest: codes, names of kinds and a link, no personal names."""
        return {"number": self.number, "path": self.path, "what": list(self.what), **by_when(county, self.due_at)}


def by_when(county: CountyClock, at: datetime) -> dict[str, Any]:
    """A due moment for display, and whether it depends on a year whose working days are not yet announced."""
    said = {"due": f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"}
    return said | ({"provisional": True} if county.clock.calendar.provisional(local_date(at)) else {})


def items(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[Item]:
    """The unit's due items other than tickets up to `until`, the earliest first."""
    due = [
        *_due_spot_checks(session, unit_id, until),
        *_due_random_checks(session, unit_id, until),
        *_due_papers(session, county, unit_id, until),
        *_due_commitments(session, unit_id, until),
        *_due_requests(session, unit_id, until),
        *_due_statements(session, unit_id, until),
        *_due_reports(session, county, unit_id, until),
        *_due_quota_days(session, county, unit_id, until),
        *_due_lists(session, unit_id, until),
        *_due_figures(session, county, unit_id, until),
        *_due_instructions(session, unit_id, until),
    ]
    return sorted(due, key=lambda item: (item.due_at, item.path))


def village_items(session: Session, village_id: int, until: datetime) -> list[Item]:
    """The village's due items other than tickets up to `until`."""
    return _counted(list_items.checks(session, until, village=village_id), "/bulk-checks", "list_checks")


def _due_lists(session: Session, unit_id: int, until: datetime) -> list[Item]:
    """Lines that the unit is to explain, and households that the villages of the town are to look at."""
    unit = session.get_one(Unit, unit_id)
    homes = list_items.checks(session, until, town=unit_id) if unit.type == "town" else None
    lines = list_items.questions(session, until, unit)
    return _counted(homes, "/bulk-checks", "list_checks") + _counted(lines, "/bulk-questions", "list_lines")


def _due_figures(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[Item]:
    waiting = figure_items.waiting_figures(session, county, unit_id, until)
    return [item for each in waiting for item in _counted(each, each.path, "figure_checks")]


def _counted(
    waiting: list_items.Waiting | quota_days.WaitingDays | figure_items.WaitingFigures | None, path: str, said: str
) -> list[Item]:
    if waiting is None:
        return []
    zh, en = LABELS[said]
    return [Item(waiting.due_at, path, (zh.format(count=waiting.count), en.format(count=waiting.count)))]


def _own(unit_id: int) -> Select[int]:
    """The unit, and those that have ended whose business it has."""
    return select(Unit.id).where((Unit.id == unit_id) | (Unit.successor_id == unit_id))


def _due_spot_checks(session: Session, unit_id: int, until: datetime) -> list[Item]:
    rows = session.execute(
        select(SpotCheck, Ticket, Village.town_id)
        .join(SpotPending, SpotPending.check_id == SpotCheck.id)
        .join(Ticket, Ticket.id == SpotCheck.ticket_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .where(SpotPending.due_at <= until)
    ).all()
    if not rows:
        return []
    units = {row.id: row for row in session.scalars(select(Unit))}
    present = {row.id: row.successor_id or row.id for row in units.values()}
    office, leaders = (
        next(row.id for row in units.values() if row.type == kind and row.successor_id is None)
        for kind in ("office", "leaders")
    )
    due = []
    for check, ticket, town in rows:
        concerned = (check.resolved_by_unit_id, check.confirmed_by_unit_id, check.town_id, town)
        barred = {present[unit] for unit in concerned if unit is not None}
        if checker_today(present[check.checker_unit_id], barred, office, leaders) == unit_id:
            due.append(Item(check.due_at, f"/spot-checks/{check.id}", LABELS["spot_check"], ticket.number))
    return due


def _due_random_checks(session: Session, unit_id: int, until: datetime) -> list[Item]:
    rows = session.execute(
        select(RandomCheck.id, RandomCheck.due_at)
        .join(Household, Household.id == RandomCheck.household_id)
        .outerjoin(RandomResult, RandomResult.check_id == RandomCheck.id)
        .where(
            RandomCheck.checker_unit_id.in_(_own(unit_id)),
            RandomResult.id.is_(None),
            RandomCheck.due_at <= until,
            Household.status.not_in(GONE),
        )
    )
    return [Item(due, f"/random-checks/{check}", LABELS["random_check"]) for check, due in rows]


def _due_papers(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[Item]:
    again = aliased(PaperAct)
    returned = select(again.id).where(
        again.act == "return", again.paper_id == PaperAct.paper_id, again.round == PaperAct.round
    )
    answer = select(PaperAct.paper_id).where(
        PaperAct.act == "answer", PaperAct.paper_id == Paper.id, ~returned.exists()
    )
    answered = answer.exists()
    rows = session.execute(
        select(Paper, PaperPending.deemed_at, Ticket.scheme_version_id)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .join(Ticket, Ticket.id == Paper.ticket_id)
        .where(PaperPending.unit_id == unit_id, PaperPending.open, ~answered)
    )
    due_papers = []
    for paper, deemed_at, version in rows:
        # A received paper whose demand is the work is already listed by its ticket.
        due, said = (deemed_at, "to_sign") if deemed_at is not None else (paper.demand_due_at, "to_answer")
        if due > until or (said == "to_answer" and paper.met_by != "answer"):
            continue
        name = scheme_of(session, version).ladder.rungs[paper.rung - 1].name
        zh, en = LABELS[said]
        due_papers.append(
            Item(due, f"/papers/{quote(paper.number, safe=':')}", (zh.format(rung=name.zh), en.format(rung=name.en)))
        )
    return due_papers


def _due_commitments(session: Session, unit_id: int, until: datetime) -> list[Item]:
    """Commitments of the unit on papers that are still open, and the talks it is called to."""
    promised = session.execute(
        select(Paper, PaperCommitment.due_at, Ticket.scheme_version_id)
        .join(Paper, Paper.id == PaperCommitment.paper_id)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .join(Ticket, Ticket.id == Paper.ticket_id)
        .where(PaperCommitment.unit_id == unit_id, PaperPending.open, PaperCommitment.due_at <= until)
    )
    found = [(paper, due, version, "to_keep") for paper, due, version in promised]
    recorded = select(PaperAct.id).where(PaperAct.paper_id == Paper.id, PaperAct.act == "record").exists()
    open_papers = session.execute(
        select(Paper, Ticket.scheme_version_id)
        .join(PaperPending, PaperPending.paper_id == Paper.id)
        .join(Ticket, Ticket.id == Paper.ticket_id)
        .where(PaperPending.unit_id == unit_id, PaperPending.open, Paper.rung == _TALK, ~recorded)
    )
    for paper, version in open_papers:
        if talk := paper.content.get("talk"):
            found.append((paper, datetime.fromisoformat(talk["at"]), version, "to_meet"))
    items = []
    for paper, due, version, said in found:
        name = scheme_of(session, version).ladder.rungs[paper.rung - 1].name
        zh, en = LABELS[said]
        if due <= until:
            items.append(
                Item(
                    due, f"/papers/{quote(paper.number, safe=':')}", (zh.format(rung=name.zh), en.format(rung=name.en))
                )
            )
    return items


def _due_requests(session: Session, unit_id: int, until: datetime) -> list[Item]:
    rows = session.execute(
        select(TimeRequest.answer_due_at, Ticket)
        .join(Ticket, Ticket.id == TimeRequest.ticket_id)
        .where(
            TimeRequest.status == "waiting",
            TimeRequest.asked_of_id.in_(_own(unit_id)),
            TimeRequest.answer_due_at <= until,
        )
    )
    return [Item(due, f"/tickets/{ticket.number}", LABELS["request"], ticket.number) for due, ticket in rows]


def _due_instructions(session: Session, unit_id: int, until: datetime) -> list[Item]:
    rows = session.execute(
        select(Instruction.id, Instruction.due_at, Ticket)
        .join(Ticket, Ticket.id == Instruction.ticket_id)
        .where(WAITING_INSTRUCTIONS.predicate, Instruction.unit_id.in_(_own(unit_id)), Instruction.due_at <= until)
    )
    return [Item(due, f"/instructions/{one}", LABELS["instruction"], ticket.number) for one, due, ticket in rows]


def _due_statements(session: Session, unit_id: int, until: datetime) -> list[Item]:
    rows = session.execute(
        select(AccountabilityCase.id, AccountabilityCase.statement_due_at).where(
            AccountabilityCase.unit_id.in_(_own(unit_id)),
            AccountabilityCase.state == "notified",
            AccountabilityCase.statement_due_at <= until,
        )
    )
    return [Item(due, f"/cases/{case}", LABELS["statement"]) for case, due in rows if due is not None]


def _due_reports(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[Item]:
    """Only the report on the latest ranking: older ones are on the roll of the next ranking."""
    row = session.scalars(select(Ranking).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(1)).one_or_none()
    if row is None:
        return []
    unit = session.execute(select(Unit.code, Unit.type).where(Unit.id == unit_id)).one()
    reports = unit.type == "office" or unit.code in {entry["unit"] for entry in row.content["units"]}
    due = ranking_people.reports_due(session, row)
    handed_in = select(Report.id).where(Report.ranking_id == row.id, Report.unit_id == unit_id)
    if not reports or due > until or session.scalar(handed_in) is not None:
        return []
    return [Item(due, f"/rankings/{row.on.isoformat()}", LABELS["report"])]


def _due_quota_days(session: Session, county: CountyClock, unit_id: int, until: datetime) -> list[Item]:
    waiting = quota_days.waiting_days(session, county, unit_id)
    if waiting is None or waiting.due_at > until:
        return []
    return _counted(waiting, "/quota", "quota_days")
