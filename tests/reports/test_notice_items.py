"""The notice's eighteen items: each leads from duties and entries to a figure in a ranking and a line in a report."""

import random
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Report, Ticket, Unit
from models.engine import writing
from reports import written
from settings import DEVELOPMENT_SECRET
from simulation.form_words import Writer
from simulation.plausible_forms import as_rows, obeying, plausible_form, silent
from simulation.settlement import Settled, settle
from tests.support.duties import at
from tests.support.factories import County
from tests.support.notice import NOTICE, SCHEME, official
from tests.support.quota import confirm_all
from workflow.adoption.scheme_storing import install
from workflow.assessment import duty_opening, entries, figure_bounds, report_duties, reported_figures
from workflow.assessment.entries import EntryInput
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.county.context import CountyContext, UnitFact, county_context
from workflow.policy.periods import Period, period_of
from workflow.policy.ranking_days import moment_of
from workflow.policy.scheme.duties import Count, Duty
from workflow.register import checkups
from workflow.register.checkup_input import CheckupInput, Found
from workflow.register.counted import quota, village_surveys, villages
from workflow.register.counted.villages import Description
from workflow.tickets import desk
from workflow.tickets.actions import own_gaps
from workflow.tickets.actions.known_answers import known_answers
from workflow.tickets.consequences.duty_tickets import open_duty

LAST = date(2018, 12, 30)
#: What a unit writes for its report, as item 6 asks.
WRITTEN = "原因分析：核查力量不足。\n整改落实：已派员到镇。\n下一步措施：每周调度一次。"


def answers(asked: Duty | Count, period: Period, on: date, village: str, writer: Writer) -> dict[str, str]:
    """A form that obeys its rules, on a day of the duty's period."""
    day = max(period.start, min(period.end, on))
    return plausible_form(random.Random(1), asked.fields, asked.rules, day, lambda: village, False, writer)


class Year:
    """The county of the notice at the end of its year: each duty entered, handed in and confirmed for one of its units."""

    def __init__(self, engine: Engine, items: Collection[int] = NOTICE) -> None:
        self.county, self.engine = County(engine), engine
        self.began, self.hour = at("2018-01-02"), moment_of(SCHEME.ranking, LAST)
        with writing(engine) as session:
            made = install(session, SCHEME, 2018, self.began)
            self.settled: Settled = settle(session, made, random.Random(1), 40, self.began)
            self.setting: CountyContext = county_context(session)
            codes = {unit.id: unit.code for unit in session.scalars(select(Unit))}
        self.county.people = {codes[unit]: who for (seat, unit), who in self.settled.people.items() if seat == "unit"}
        of_village = Counter(village_id for _, village_id in self.settled.households)
        self.homes = {village.code: of_village[village.id] for village in self.settled.villages}
        by_homes = sorted(self.settled.villages, key=lambda village: of_village[village.id])
        #: The village of each town with the most households.
        self.village = {village.town_id: village.code for village in by_homes}
        #: Tickets of the duties by item.
        self.done: dict[int, list[str]] = {}
        moment = self.hour - timedelta(days=4)
        self._enter_rows(moment)
        for duty in SCHEME.duties.list:
            if duty.item in items and not duty.of_ranking:
                self._live(duty, moment)
        with writing(engine) as session:
            # Some households are checked, and lack nothing.
            for code, village in self.settled.households[:8]:
                findings = {have.code: Found("met") for have in SCHEME.haves}
                checkups.record(
                    session,
                    self.settled.people[("village", village)],
                    moment,
                    code,
                    CheckupInput(seen_on=moment.date(), source="visit", findings=findings, present="户主"),
                )
            for measure in reported_figures.every(self.setting):
                if measure.reported_by is not None:
                    lines = [
                        figure_bounds.Line(unit.name, 8, 10)
                        for unit in reported_figures.subjects(self.setting, measure)
                    ]
                    reported_figures.report(
                        session,
                        self.county.people[measure.reported_by],
                        self.setting,
                        moment,
                        measure.code,
                        moment.date(),
                        lines,
                        "业务系统",
                        {},
                    )
        with writing(engine) as session:
            row = rankings.make(session, None, self.hour, LAST)
            self.content: dict[str, Any] = row.content
            for unit in report_duties.reporters(self.setting, row):
                who = self.county.people[unit.code]
                if responses.may_sign(who, row, unit.code):
                    responses.sign(session, who, self.hour, row, WRITTEN)
                written_reports.issue(session, self.settled.people[("leader", unit.id)], self.hour, row)
            self.papers = {
                self.setting.unit(report.unit_id).code: written.compose(
                    self.setting, row, self.setting.unit(report.unit_id), report.content
                )
                for report in session.scalars(select(Report))
            }
            late = [
                line.unit.code for line in written_reports.standing(session, self.setting, row, self.hour) if line.late
            ]
            owed = session.scalar(
                select(func.count())
                .select_from(Ticket)
                .where(Ticket.duty_code == "ranking_report", Ticket.state == "closed")
            )
        assert (late, owed) == ([], len(self.papers))

    def _enter_rows(self, now: datetime) -> None:
        """A village is listed and its income reaches the line, another is hard-pressed, a house of the quota is finished."""
        listed, hard = self.settled.villages[:2]
        household, village_id = self.settled.households[0]
        towns = {village.id: village.town_id for village in self.settled.villages}
        facts = {listed.code: Description(True, 10), hard.code: Description(False, 9)}
        with writing(self.engine) as session:
            villages.describe(session, self.county.people["office"], now, facts)
            rule = SCHEME.village_income
            assert rule is not None
            incomes = {listed.code: 2_000_000}
            village_surveys.record(session, self.county.people[rule.by], self.setting, now, incomes, "入户调查")
            town = self.settled.people[("unit", towns[village_id])]
            quota.add(session, town, self.setting, now, [household])
            done = {"paid_on": now.date(), "finished_on": now.date()}
            quota.settle(session, town, self.setting, now, {household: done})
            confirm_all(session, self.county.people["housing"], self.setting, now)

    def _live(self, duty: Duty, now: datetime) -> None:
        """Completes one duty of the last period for the first of its towns and the first of its other units."""
        births = [
            birth for birth in duty_opening.duties_to_open(self.setting, self.began.date(), LAST) if birth[0] == duty
        ]
        first: dict[bool, UnitFact] = {}
        for _, unit, _ in births:
            first.setdefault(unit.type == "town", unit)
        with writing(self.engine) as session:
            setting = county_context(session, hold=True)
            for unit in first.values():
                open_duty(session, setting, births[-1]._replace(unit=unit), now - timedelta(days=1))
            # A following duty opened when the one before closed.
            owed = session.scalars(select(Ticket).where(Ticket.duty_code == duty.code, Ticket.ended_at.is_(None))).all()
        for ticket in {self.setting.unit(row.duty_unit_id or 0).type: row for row in owed}.values():
            self._one(duty, ticket, now)

    def _one(self, duty: Duty, ticket: Ticket, now: datetime) -> None:
        unit, number = self.setting.unit(ticket.duty_unit_id or 0), ticket.id
        who, village = self.county.people[unit.code], self.village.get(unit.id, self.settled.villages[0].code)
        period = period_of(duty, str(ticket.period), 2018)
        scheme = self.setting.scheme
        writer = Writer(towns=tuple(scheme.unit(code).name for code in scheme.towns), homes=self.homes)
        if duty.count is not None and duty.count.villages == "hard":
            village = self.settled.villages[1].code
        if duty.count is not None and not duty.count.by_register:
            on = max(period.start, now.date() - timedelta(days=2))
            proof = self.county.bring(unit.code, number, now, f"entry {number}".encode())
            with writing(self.engine) as session:
                entries.enter(
                    session,
                    who,
                    number,
                    now,
                    EntryInput(on=on, fields=answers(duty.count, period, on, village, writer), evidence=[proof]),
                )
        proof = self.county.bring(unit.code, number, now, f"paper {number}".encode())
        with writing(self.engine) as session:
            known = known_answers(session, self.setting, ticket, duty.fields)
            rows = own_gaps.held(session, self.setting, ticket, duty.fields)
            form = as_rows(answers(duty, period, now.date(), village, writer) | known, duty.fields, rows)
            form = silent(obeying(form, duty.rules), duty.fields)
            gaps = own_gaps.gaps(duty.fields, form, rows, self.setting.scheme.figures)
            desk.perform(
                session,
                who,
                number,
                "resolve",
                now,
                evidence=[proof],
                missing="其余年底前完成" if duty.count or gaps else None,
                form=form,
            )
            ticket = session.get_one(Ticket, number)
            confirmer = self.setting.unit(ticket.confirmer_unit_id or 0)
            desk.perform(session, self.county.people[confirmer.code], number, "confirm", now)
            assert duty.item is not None
            self.done.setdefault(duty.item, []).append(ticket.number)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    # The whole year is lived once; of the other database the items below.
    from models.engine import make_engine
    from models.schema import create_schema

    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('year') / 'year.db'}", DEVELOPMENT_SECRET)
    create_schema(engine)
    yield Year(engine)
    engine.dispose()


def figures(year: Year, item: int) -> dict[str, tuple[int, int]]:
    """The ranking's counts for an item, by measure."""
    towns = {
        entry["code"]: (sum(line["of"] for line in entry["towns"]), sum(line["to"] for line in entry["towns"]))
        for entry in year.content["measures"]
        if entry["item"] == item
    }
    return towns | {
        entry["code"]: (entry["of"], entry["to"]) for entry in year.content["of_county"] if entry["item"] == item
    }


@pytest.mark.parametrize("item", NOTICE)
def test_an_item_leads_from_its_duties_to_a_figure_and_to_a_line_on_paper(year: Year, item: int) -> None:
    leads(year, item)


@pytest.mark.one_database("postgresql")
def test_items_of_rows_of_entries_and_of_the_county_lead_there_on_the_other_database_too(engine: Engine) -> None:
    """Item 10 counts rows, 4 entries of towns, 13 only the county, 16 what a bureau reports."""
    items = (4, 10, 13, 16)
    year = Year(engine, items)
    for item in items:
        leads(year, item)


def leads(year: Year, item: int) -> None:
    binds_towns, listed = NOTICE[item]
    assert year.done[item]
    counted = figures(year, item)
    assert any(of > 0 and to >= of for of, to in counted.values()), counted
    # Each unit that the notice makes responsible says so in its own report, with the figures of the item.
    names = {measure.code: measure for measure in reported_figures.every(year.setting)}
    for short in listed.split():
        code = next(unit.code for unit in SCHEME.units if unit.name == official(short))
        text = "".join(text for part in year.papers[code].sections for text in part.text)
        if code != "office":
            assert f"第{item}项" in text or f"、{item}项" in text or f"、{item}、" in text or f"第{item}、" in text
        cells = [
            cell for part in year.papers[code].sections for table in part.tables for row in table.rows for cell in row
        ]
        mine = [m for m in counted if not names[m].units or code in names[m].units]
        assert any(names[m].name.zh in text or names[m].called.zh in cells for m in mine)
        shares = [f"{counted[m][0]}/{counted[m][1]}" for m in mine if counted[m][1]]
        assert not shares or any(share in text + " ".join(cells) for share in shares), (code, shares)
    # The office's compilation has a line of every figure.
    whole = {tuple(row[:2]) for part in year.papers["office"].sections for table in part.tables for row in table.rows}
    assert {(str(item), names[m].called.zh) for m in counted} <= whole
    # County-only matters are charged to no town.
    scored = {entry["item"] for entry in year.content["items"]}
    assert (item in scored) == (item not in (13, 14))
    if not binds_towns:
        assert all(code not in {entry["code"] for entry in year.content["measures"]} for code in counted)
