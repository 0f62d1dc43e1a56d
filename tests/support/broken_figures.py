"""The figures of the notice in a shipped county: each reached, or each broken by a value that its door takes, in one town.

The town with the most households has all that is counted; so a measure of it counts what was done here and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from models import Household, Ranking, Village
from tests.support.duties import at
from tests.support.households import change, people
from tests.support.quota import confirm_all
from tests.support.shipped_county import ShippedCounty
from workflow.assessment import entries, reported_figures
from workflow.assessment.entries import EntryInput
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import rankings
from workflow.register import checkups
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.counted import quota, village_surveys, villages
from workflow.register.counted.villages import Description, income_line_fen

WHY = "年底前补齐，已约定专人负责"


@dataclass(frozen=True)
class BrokenFigures:
    """What is done in a shipped county before its ranking; `kept`: as the notice asks, else each figure broken."""

    shipped: ShippedCounty
    kept: bool

    def rank(self, on: date) -> dict[str, tuple[int, int]]:
        """The ranking of a day, made as the worker makes it: the counts of the town and of the county by measure."""
        hour = at(on.isoformat(), 17)
        with self.shipped.county.write() as session:
            row: Ranking = rankings.make(session, None, hour, on)
            content = row.content
        found = {
            measure["code"]: (line["of"], line["to"])
            for measure in content["measures"]
            for line in measure["towns"]
            if line["town"] == self.shipped.town
        }
        return found | {entry["code"]: (entry["of"], entry["to"]) for entry in content.get("of_county", ())}

    def households(self, facts: Mapping[str, Any], broken: Mapping[str, Any]) -> list[str]:
        """Leaves three households on the register, all in one village: one with labour force and one without, named for
        exit, with the people of `facts` (some of them `broken`), and one that stays."""
        shipped = self.shipped
        with shipped.county.write() as session:
            codes = list(session.scalars(select(Household.code).order_by(Household.code).limit(3)))
            village = session.scalars(select(Village.id).where(Village.code == shipped.village)).one()
            session.execute(update(Household).values(status="cleared"))
            session.execute(update(Household).where(Household.code.in_(codes)).values(village_id=village))
        able, unable, stays = codes
        line = self.line_fen()
        rule = shipped.scheme.exit.income
        # Where the allowance counts, it is what a household without labour force has.
        without = {"income_fen": 0} if rule is not None and rule.allowance else {}
        income = {"income_year": shipped.year, "income_fen": line if self.kept else line - 1}
        change(shipped.county, able, status="pre_exit", labour="with", **income)
        change(shipped.county, unable, status="pre_exit", labour="none", **(income | without))
        change(shipped.county, stays, status="in", labour="with", income_year=shipped.year, income_fen=line)
        people(
            shipped.county,
            *(member | ({} if self.kept else broken.get(name, {})) for name, member in facts.items()),
            household=unable,
        )
        worker = {"born_on": date(shipped.year - 33, 1, 1), "labour": "with"}
        people(shipped.county, worker | ({"insured": True, "pension": True} if self.kept else {}), household=able)
        people(shipped.county, household=stays)
        return codes

    def line_fen(self) -> int:
        """The income a head that a household with labour force must reach, in fen."""
        rule, average = self.shipped.scheme.exit.income, self.shipped.scheme.average_income(self.shipped.year)
        assert rule is not None
        assert average is not None
        return -(-round(average.yuan * 100) * rule.percent // 100)

    def visit(self, code: str) -> None:
        """A visit to a household: all requirements met, or all that a visitor may judge unmet."""
        shipped = self.shipped
        rule = shipped.scheme.exit.income
        asked = [have.code for have in shipped.scheme.haves if rule is None or have.code != rule.have]
        findings = {have: Found("met" if self.kept else "unmet") for have in asked}
        with shipped.county.write() as session:
            given = CheckupInput(seen_on=shipped.now.date(), findings=findings)
            checkups.record(session, shipped.who(shipped.town), shipped.now, code, given)

    def village_income(self) -> None:
        """The one listed village of the county at the line, or a fen below it."""
        shipped = self.shipped
        line = income_line_fen(shipped.setting, shipped.year)
        assert line is not None
        assert shipped.scheme.village_income is not None
        who = shipped.who(shipped.scheme.village_income.by)
        with shipped.county.write() as session:
            villages.describe(session, shipped.who("office"), shipped.now, {shipped.village: Description(True, 10)})
            incomes = {shipped.village: line if self.kept else line - 1}
            village_surveys.record(session, who, shipped.setting, shipped.now, incomes, "入户抽样调查")

    def enter(self, code: str, times: int, kept: Mapping[str, str], broken: Mapping[str, str] | None) -> None:
        """Entries of a countable duty; without `broken` values a broken one is not made, else it says why it falls short."""
        shipped = self.shipped
        ticket, count = shipped.owed(code), shipped.scheme.duty(code).count
        if not self.kept and broken is None:
            return
        assert count is not None
        unit = next(each for each, number in shipped.units.items() if number == ticket.duty_unit_id)
        changed = kept if self.kept else broken or {}
        for number in range(times):
            fields = shipped.plausible(count, shipped.period(ticket), **changed)
            proof = shipped.county.bring(unit, ticket.id, shipped.now, f"{code} {number}".encode())
            with shipped.county.write() as session:
                given = EntryInput(
                    # One a month, as meetings count.
                    on=shipped.now.date() - timedelta(days=31 * number),
                    fields=fields,
                    evidence=[proof],
                    reason="" if self.kept else WHY,
                )
                entries.enter(session, shipped.who(unit), ticket.id, shipped.now, given)

    def visits(self, code: str) -> None:
        """A secretary has been to all three households, or to one."""
        fields = {"village": self.shipped.village, "households": "3"}
        self.enter(code, 1, fields, fields | {"households": "1"})

    def hand_in(self, code: str, **broken: str) -> None:
        """A form as the item asks, or with values that break it and the reason; handed in and confirmed."""
        shipped = self.shipped
        ticket, duty = shipped.owed(code), shipped.scheme.duty(code)
        form = shipped.plausible(duty, shipped.period(ticket), **({} if self.kept else broken))
        shipped.hand_in(ticket, form, **({} if self.kept else {"missing": WHY}))
        confirmer = next(each for each, number in shipped.units.items() if number == ticket.confirmer_unit_id)
        shipped.county.do(confirmer, "confirm", ticket.id, shipped.now, note="已核对材料和台账")

    def report(self, code: str, broken: int, whole: int) -> None:
        """A reported figure at its threshold, or `broken` of `whole`."""
        shipped = self.shipped
        measure = reported_figures.measure_named(shipped.setting, code)
        least = -(-whole * measure.threshold // 100)
        with shipped.county.write() as session:
            subjects = reported_figures.subjects(shipped.setting, measure)
            town = next((each for each in subjects if each.code == shipped.town), subjects[0])
            lines = [Line(town.name, least if self.kept else broken, whole)]
            who = shipped.who(measure.reported_by or "office")
            until, why = shipped.now.date(), Assent("登记滞后，已与台账核对")
            reported_figures.report(
                session, who, shipped.setting, shipped.now, code, until, lines, "业务系统台账", {}, why
            )

    def house(self, household: str) -> None:
        """One house of the quota, finished and paid; or listed and neither."""
        shipped = self.shipped
        with shipped.county.write() as session:
            who = shipped.who(shipped.town)
            quota.add(session, who, shipped.setting, shipped.now, [household])
            if self.kept:
                day = shipped.now.date()
                days = {household: {"paid_on": day - timedelta(days=9), "finished_on": day - timedelta(days=1)}}
                quota.settle(session, who, shipped.setting, shipped.now, days)
                confirm_all(session, shipped.county.people["housing"], shipped.setting, shipped.now)
