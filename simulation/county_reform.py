"""County reform (机构改革、合村并镇) in a county that lives: a bureau is renamed, two are merged, a town joins another, four
villages become one; then the inspectorates become one, and the office itself gets a successor, set up at a bureau.  The new
office appoints who leads the new units, and plans one more change for the next month.

Each is an act of the office on a document, as in any county; what people had goes on under its successor.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ticket, Unit, User, Village
from models.engine import in_transaction, reading, writing
from simulation.settlement import Settled
from workflow.actors import Actor, system
from workflow.county.context import CountyContext, county_context
from workflow.county.posts import post_entries
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date
from workflow.reform import planned_reforms, reform_act
from workflow.setup.unit_definitions import Definitions
from workflow.tickets import filing, sources
from workflow.tickets.filing import Deficiency

#: On which part of the life a reform is announced, and how many days later the county changes.
_ANNOUNCED, _LATER = 0.6, 3
#: Lives of fewer days see no reform.
_SHORTEST = 10
_REASON = "县级机构改革方案"
#: What papers bear of a unit and the office enters: no part of a reform.
_ON_PAPERS = ("full_name", "mark")


#: What changes, by units of the county, as data: no line of code names a county's units.
PLAN = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
#: The sources of a change (codes) with the name that one of them, or their successor, gets.
Change = dict[str, Any]


def _kind(change: Change) -> str:
    return "rename" if len(change["sources"]) == 1 and "into" not in change else "merge"


def add_bureaus(session: Session, now: datetime) -> None:
    """Add the bureaus that are merged later, as the office of a county does that has them."""
    definitions = Definitions.now(session, system(), now)
    for each in PLAN["added"]:
        if each["beside"] in definitions.standing:
            definitions.add(each)
    definitions.adopt(session, system(), now)


class CountyReform:
    """The reform of a county: announced, and some days later applied on one day."""

    def __init__(self, engine: Engine, settled: Settled) -> None:
        self.engine, self.settled = engine, settled
        self.papers = 0

    def live(self, now: datetime, number: int, days: int) -> bool:
        """The first hour of the day `number` of `days`; whether the county's units and places have changed."""
        if days < _SHORTEST:
            return False
        announced = int(days * _ANNOUNCED)
        if number == announced:
            self._announce(now)
        elif number == announced + _LATER:
            self._reform(now)
        elif number == days:
            first = (local_date(now).replace(day=1) + timedelta(days=32)).replace(day=1)
            self._enter(now, first, PLAN["next"])
        return number == announced + _LATER

    def _announce(self, now: datetime) -> None:
        """What ends has something open; who is renamed is entered ahead, and the worker does it on its day."""
        with reading(self.engine) as session:
            changes = _possible(county_context(session), PLAN["changes"])
        for change in changes:
            if _kind(change) == "merge":
                self._find(now, change["sources"][-1])
        self._enter(
            now, local_date(now) + timedelta(days=_LATER), [each for each in changes if _kind(each) == "rename"]
        )

    def _reform(self, now: datetime) -> None:
        write = partial(in_transaction, self.engine)
        with reading(self.engine) as session:
            due = planned_reforms.due(session, now)
            changes = _possible(county_context(session), PLAN["changes"])
        for each in due:
            write(partial(planned_reforms.apply_planned, planned_id=each, now=now))
        today = local_date(now)
        self._enter(now, today, [each for each in changes if _kind(each) == "merge"])
        self._merge_towns(now, today)
        self._merge_villages(now, today)
        # The office comes last: what it enters before is entered by its people of today.
        self._enter(now, today, PLAN["desk"])
        with writing(self.engine) as session:
            self.settled.read_again(session, now)
            self._name_in_full(session, now)
            self._appoint(session, now)

    def _enter(self, now: datetime, day: date, changes: Sequence[Change]) -> None:
        with reading(self.engine) as session:
            changes = _possible(county_context(session), changes)
        for each in changes:
            self._apply(now, day, kind=_kind(each), **{name: each[name] for name in each if name not in _ON_PAPERS})

    def _apply(self, now: datetime, day: date, **given: Any) -> None:
        """The office enters one change; `another`, since the new names are near those of the units that end."""
        self.papers += 1
        document = f"五华机改〔{now.year}〕{self.papers}号"
        whole = {"subject": "unit", **given, "from_day": day, "document": document, "reason": _REASON, "another": True}
        with writing(self.engine) as session:
            if day > local_date(now):
                planned_reforms.enter(session, self._office(session), now, whole)
            else:
                reform_act.apply(session, self._office(session), now, whole)

    def _name_in_full(self, session: Session, now: datetime) -> None:
        """The office enters what papers bear of the new units: full names (全称) and marks (机关代字)."""
        definitions = Definitions.now(session, self._office(session), now)
        codes = {unit.name: unit.code for unit in definitions.standing.values()}
        for each in (*PLAN["changes"], *PLAN["desk"]):
            named = {name: each[name] for name in _ON_PAPERS if name in each}
            if named and each["name"] in codes:
                definitions.change(codes[each["name"]], named)
        definitions.adopt(session, self._office(session), now)

    def _merge_towns(self, now: datetime, today: date) -> None:
        """One town joins another; where both have a village of one name, the first one's gets its town's before it."""
        ending, into = PLAN["towns"]
        with reading(self.engine) as session:
            setting = county_context(session)
            if not {ending, into} <= set(setting.by_code):
                return
            villages = list(session.scalars(select(Village).order_by(Village.id)))
            taken = {row.name for row in villages if row.town_id == setting.by_code[into].id}
            town = setting.by_code[ending]
            twice = [row for row in villages if row.town_id == town.id and row.name in taken]
        for row in twice:
            name = town.name.removesuffix("镇") + row.name
            self._apply(now, today, kind="rename", subject="village", sources=[row.code], name=name)
        self._apply(now, today, kind="merge", sources=[ending], into=into)

    def _merge_villages(self, now: datetime, today: date) -> None:
        """Villages of a town become one: rather those with something open, then those of most households; listed ones last,
        whose number stays as it is."""
        plan, homes = PLAN["villages"], Counter(village for _, village in self.settled.households)
        with reading(self.engine) as session:
            town = select(Unit.id).where(Unit.code == plan["town"]).scalar_subquery()
            rows = session.scalars(select(Village).where(Village.town_id == town).order_by(Village.code)).all()
            busy = set(session.scalars(select(Ticket.in_village_id).where(Ticket.ended_at.is_(None))))
        rows = sorted(rows, key=lambda row: (row.listed_poor, row.id not in busy, -homes[row.id]))
        sources = [row.code for row in rows[: plan["number"]]]
        if len(sources) == plan["number"]:
            self._apply(now, today, kind="merge", subject="village", sources=sources, name=plan["name"])

    def _find(self, now: datetime, code: str) -> None:
        """The office finds something at a bureau that is about to end, so that its successor has it to put right."""
        with writing(self.engine) as session:
            setting, office = county_context(session), self._office(session)
            kind = next(
                (kind for kind in setting.scheme.kinds if sources.open_to(setting, office, "unit", kind.code)), None
            )
            if kind is None:
                return
            source = sources.open_to(setting, office, "unit", kind.code)[0]
            found = Deficiency(
                unit=code,
                kind=kind.code,
                cause=kind.causes[0].code if kind.causes else None,
                description=f"机构改革前清理核查发现：{kind.name.zh}",
                source=source.code,
                reference=f"五华机改办〔{now.year}〕1号",
            )
            try:
                with session.begin_nested():
                    filing.file_ticket(session, office, now, found)
            except WorkflowError:
                # It is open already.
                return

    def _appoint(self, session: Session, now: datetime) -> None:
        """Who leads a new bureau and is on duty for it: the people of the first of those it succeeds."""
        office, today = self._office(session), local_date(now)
        for unit in session.scalars(select(Unit).where(Unit.id.in_(self.settled.new_units)).order_by(Unit.id)):
            for seat, kind in (("leader", "leader"), ("unit", "duty")):
                person = session.get_one(User, self.settled.people[(seat, unit.id)].user_id)
                document = f"华组干〔{now.year}〕61号"
                given = {"user": person.name, "kind": kind, "from_day": today, "document": document}
                post_entries.enter(session, office, now, given)

    def _office(self, session: Session) -> Actor:
        return self.settled.people[("unit", county_context(session).office.id)]


def _possible(setting: CountyContext, changes: Sequence[Change]) -> list[Change]:
    """The changes whose units the county has, all of them still there, and whose name it does not have yet."""
    living, names = {unit.code for unit in setting.living}, {unit.name for unit in setting.living}
    units = [{*each["sources"], *([each["into"]] if "into" in each else [])} for each in changes]
    return [each for each, codes in zip(changes, units, strict=True) if codes <= living and each["name"] not in names]
