"""Paper content: the custody of a paper day by day as of its issue, and everything else it prints.

Read for many papers at once.  It contains no names of people in households, because a paper travels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from models import Custody, Household, Post, Ticket, User, Village
from models.post import held_at
from workflow.county.context import CountyContext, UnitFact
from workflow.history.event_log import stamp
from workflow.policy.scheme.accountability import Demand
from workflow.policy.scheme.model import Text
from workflow.policy.scheme.parts import Plate

#: The stages in which the unit's own work is late.
_OWN_WORK = ("accept", "mend")
#: The wording in which a paper is printed for good; papers without one were issued in the first.
_FORM = 2
#: The demand on a unit that is late with a step about another's work, under every scheme.
_STEP = Text(
    zh="请你单位立即办结本环节工作，并书面说明逾期原因",
    en="Complete this step at once, and explain the delay in writing.",
)
#: The demand on a unit whose late work is over when the paper is issued: nothing is left to be done at once.
_OVER = Text(zh="请你单位书面说明逾期原因", en="Explain the delay in writing.")


@dataclass(frozen=True, slots=True)
class Case:
    """The subject of a paper: the custody, its tenure's time as of now, and the rung; `ended_at` None: still open."""

    setting: CountyContext
    ticket_id: int
    tenure_id: int
    custody_id: int
    unit_id: int
    stage: str
    rung: int
    began_at: datetime
    due_at: datetime
    ended_at: datetime | None
    budget: int
    used_before: int

    @property
    def issuer(self) -> UnitFact:
        """The issuing unit of papers against this unit: the office; against the office, or a unit above it, the leading
        group."""
        return self.setting.overseer(self.unit_id)


def leaders(session: Session, units: Iterable[int], at: datetime) -> dict[int, tuple[int, str]]:
    """The leader at a moment of each unit, if any: account and name."""
    rows = session.execute(
        select(Post.unit_id, User.id, User.display_name)
        .join(User, User.id == Post.user_id)
        .where(Post.unit_id.in_(sorted(set(units))), Post.kind == "leader", held_at(at))
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def contents(session: Session, now: datetime, cases: Sequence[Case], led: dict[int, tuple[int, str]]) -> list[Any]:
    """The content of each paper beside number, reason and dates: JSON, in the order of the subjects."""
    subjects = _subjects(session, [case.ticket_id for case in cases])
    before = _before(session, cases)
    return [_content(now, case, subjects[case.ticket_id], before.get(case.tenure_id, ()), led) for case in cases]


def _subjects(session: Session, tickets: list[int]) -> dict[int, tuple[Ticket, str | None, str | None]]:
    rows = session.execute(
        select(Ticket, Household.code, Village.name)
        .outerjoin(Household, Household.id == Ticket.household_id)
        .outerjoin(Village, Village.id == Ticket.in_village_id)
        .where(Ticket.id.in_(tickets))
        .options(
            load_only(
                *(Ticket.kind, Ticket.filed_at, Ticket.town_id, Ticket.duty_unit_id, Ticket.duty_code),
                *(Ticket.period, Ticket.route),
            )
        )
    )
    return {row[0].id: (row[0], row[1], row[2]) for row in rows}


def _before(session: Session, cases: Sequence[Case]) -> dict[int, list[Custody]]:
    """The earlier custodies of the tenures, which used part of their time."""
    rows = session.scalars(
        select(Custody)
        .where(Custody.tenure_id.in_([case.tenure_id for case in cases]), Custody.ended_at.is_not(None))
        .order_by(Custody.seq)
    )
    by_tenure: dict[int, list[Custody]] = {}
    for row in rows:
        by_tenure.setdefault(row.tenure_id, []).append(row)
    return by_tenure


def _content(
    now: datetime,
    case: Case,
    subject: tuple[Ticket, str | None, str | None],
    earlier: Iterable[Custody],
    led: dict[int, tuple[int, str]],
) -> dict[str, Any]:
    ticket, household, village = subject
    setting, scheme = case.setting, case.setting.scheme
    clock, rung = setting.clock, scheme.ladder.rungs[case.rung - 1]
    as_of = min(now, case.ended_at or now)
    # Resolving time also runs during acceptance; acceptance time is only the time before accepting.
    counted = [
        row for row in earlier if row.began_at < case.began_at and (case.stage != "accept" or row.stage == "accept")
    ]
    return {
        "county": _both(scheme.county.name),
        "rung": {"code": rung.code, **_both(rung.name)},
        "ticket": ticket.number,
        "kind": _both(setting.called(ticket.kind)),
        "work": _work_of(setting, ticket),
        "basis": scheme.cited,
        "item": item_of(setting, ticket),
        "subject": {
            "household": household,
            "village": village,
            "town": setting.unit(ticket.town_id).name if ticket.town_id else None,
            "town_en": setting.unit(ticket.town_id).name_en if ticket.town_id else None,
        },
        "unit": _unit_names(setting, setting.unit(case.unit_id), _plate_of(setting, case, ticket)),
        "leader": led[case.unit_id][1] if case.unit_id in led else None,
        "issuer": _unit_names(setting, case.issuer),
        "stage": case.stage,
        "began_at": stamp(case.began_at),
        "due_at": stamp(case.due_at),
        "as_of": stamp(as_of),
        "day_minutes": clock.minutes_per_day,
        "budget": case.budget,
        "used": case.used_before + clock.minutes_between(case.began_at, as_of),
        "late": clock.minutes_between(case.due_at, as_of),
        "earlier": [
            {
                "stage": row.stage,
                "began_at": stamp(row.began_at),
                "ended_at": stamp(row.ended_at or as_of),
                "minutes": row.minutes,
            }
            for row in counted
        ],
        "days": [_without_empty(line) for line in clock.explain_held(case.began_at, case.due_at, as_of)],
        "demand": {
            "code": rung.demands.code,
            "days": rung.demands.days,
            **_both(_demanded(rung.demands, ticket, case.stage, over=as_of < now)),
        },
        "copied_to": list(scheme.county.copied_to),
        "form": _FORM,
    }


def _without_empty(line: dict[str, Any]) -> dict[str, Any]:
    """A day's line without empty values."""
    kept = {name: line[name] for name in ("day", "works", "why", "minutes", "late")}
    return kept | {name: line[name] for name in ("name", "provisional") if line[name]}


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _unit_names(setting: CountyContext, unit: UnitFact, plate: Plate | None = None) -> dict[str, str]:
    if plate is not None:
        full = plate.full_name or setting.scheme.county.before(plate.name)
        return {"zh": plate.name, "en": plate.name_en, "full": full}
    return {"zh": unit.name, "en": unit.name_en, "full": setting.full_name(unit)}


def _plate_of(setting: CountyContext, case: Case, ticket: Ticket) -> Plate | None:
    """The plate under which the rule names the addressee that made the work its own."""
    unit = setting.unit(case.unit_id)
    if ticket.duty_unit_id is not None:
        rule = f"duties.list.{ticket.duty_code}.units"
    else:
        rule = f"kinds.{ticket.kind}.routes.{ticket.route}.{'confirmer' if case.stage == 'confirm' else 'lead'}"
    code = setting.scheme.plated.get(rule, {}).get(unit.code)
    known = (each for each in setting.scheme.units if each.code == unit.code)
    return next((plate for each in known for plate in each.plates if plate.code == code), None)


def _demanded(demand: Demand, ticket: Ticket, stage: str, *, over: bool) -> Text:
    """The demand in the words of what is late: a deficiency, a duty, or a step about another unit's work (核验, 裁定), by which
    nothing is put right or handed in; `over`: what was late has been done since."""
    if over and demand.met_by == "work":
        return _OVER
    if stage not in _OWN_WORK:
        return _STEP if demand.met_by == "work" else demand.of_duty or demand.text
    return demand.of_duty if ticket.duty_unit_id is not None and demand.of_duty is not None else demand.text


def _work_of(setting: CountyContext, ticket: Ticket) -> str:
    """What is to be done, which decides the words: a report to hand in, another duty, or a deficiency to resolve."""
    if ticket.duty_unit_id is None:
        return "deficiency"
    duty = setting.scheme.duties.by_code.get(ticket.duty_code or "")
    written = duty is not None and (duty.of_ranking or any(field.draft for field in duty.fields))
    return "report" if written else "duty"


def item_of(setting: CountyContext, ticket: Ticket) -> dict[str, Any] | None:
    """The item that the ticket belongs to: number and title; None for the closing paragraphs.  Of the assessment, or, where no
    assessment plan is on file, of the work that is named with it."""
    scheme = setting.scheme
    if ticket.duty_unit_id is not None:
        duty = scheme.duties.by_code.get(ticket.duty_code or "")
        number = duty.item if duty else None
    else:
        number = next((kind.indicator for kind in scheme.kinds if kind.code == ticket.kind), None)
    if not number:
        return None
    own = {} if scheme.ranks or not scheme.measures else {"work": _both(scheme.words.work)}
    return {"number": number, **_both(scheme.indicator(number).title), **own}
