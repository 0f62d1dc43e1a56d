"""The ranking in a county that lives: bureaus report their figures, the towns are ranked, bureaus sign, a town objects."""

import random
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Ranking
from models.engine import reading, writing
from simulation.settlement import Settled
from simulation.signing import Signing
from workflow.assessment import figure_bounds, figure_gaps, report_duties, reported_figures
from workflow.assessment.desk import ranking_desk, unit_reminders
from workflow.assessment.figure_bounds import Assent, OwnFigure
from workflow.assessment.ranking import objections, own_counts, rankings, responses, written_reports
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.policy.ranking_days import moment_of, ranking_days
from workflow.policy.scheme.measures import CountyMeasure, Measure
from workflow.policy.worktime import local_date

_SOURCES = ("业务系统导出名单", "县级台账", "各镇上报汇总表（已核对）")
_REMARKS = (
    "原因分析：部分村人手不足，现场核查和资料补录跟不上。\n整改落实：对排名靠后的镇已发函督促，并派员到镇指导。\n"
    "下一步措施：每周调度一次，逐户销号。",
    "原因分析：个别村数据待核，新增问题户较多。\n整改落实：已逐村核对数据，对新增问题户逐户建账。\n"
    "下一步措施：月底前复核新增问题户名册。",
    "原因分析：个别镇对口人员变动，衔接不及时。\n整改落实：已确定专人衔接，补录滞后的核查表。\n"
    "下一步措施：对排名靠后的镇现场督导。\n下一阶段重点核查新增问题户。",
)
_OBJECTIONS = ("部分已整改户未计入，申请复核。", "数据截止日后已有新进展，请予核对。")
#: One household of so many is missing where a list lags.
_LAG = 8
#: And so many more, which even a town of few households lacks.
_LACKING = 3
#: The most a figure is counted of that the scheme does not bound at all.
_UNBOUND = 200
#: Figures go up step by step; a jump is meant, and one above or far below the register has its reason.
_SURE = Assent("台账更新滞后", True)


class Ranked:
    """How a county goes about its rankings."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, signing: Signing) -> None:
        self.engine, self.settled, self.signing = engine, settled, signing
        # A die of its own, which throws nobody else's.
        self.rng = random.Random(str(rng.getstate()[1][:5]))
        self.reported: date | None = None
        self.since: datetime | None = None
        #: Rankings (ids) that were reported on.
        self.handed: set[int] = set()
        #: Units (ids) that missed the hour of the last ranking and still mean to report.
        self.belated: set[int] = set()
        #: How well each town does what is reported, and how large its whole is: a share of what the register can bear.
        self.towns: dict[tuple[str, str], tuple[float, float]] = {}

    def make(self, setting: CountyContext, now: datetime) -> None:
        """Rank what is to be ranked, as the worker does; what follows is people's."""
        # A county set up today and lived backwards took up its scheme after all of this: the days are told here.
        rule, since = setting.scheme.ranking, self.since or now
        due = [
            day for day in ranking_days(rule, local_date(since), local_date(now)) if since < moment_of(rule, day) <= now
        ]
        self.since = now
        for day in due if setting.scheme.ranks else ():
            with writing(self.engine) as session:
                row = rankings.make(session, None, now, day)
                self._sign(setting, session, row, now)
            # As the worker does after every ranking: a gap that lasts becomes a ticket.
            figure_gaps.run(partial(reading, self.engine), partial(writing, self.engine), now, None)
        self._call(setting, now)

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day: figures come in shortly before the towns are ranked."""
        today = local_date(now)
        ahead = list(ranking_days(setting.scheme.ranking, today, today + timedelta(days=3)))
        if ahead and ahead[0] != self.reported:
            self.reported = ahead[0]
            self._report(setting, now, today)

    def _report(self, setting: CountyContext, now: datetime, today: date) -> None:
        for measure in reported_figures.every(setting):
            # Now and then a unit hands nothing in, and the figure before stands.
            before = any(code == measure.code for code, _ in self.towns)
            if measure.reported_by is None or (self.rng.random() < 0.05 and before):
                continue
            lines = []
            with reading(self.engine) as session:
                own = own_counts.own_now(session, setting, measure.code, now)
            for town in [unit.code for unit in reported_figures.subjects(setting, measure)]:
                share, size = self.towns.get(
                    (measure.code, town), (self.rng.uniform(0.55, 0.92), self.rng.uniform(0.2, 0.5))
                )
                share = min(1.0, share + self.rng.uniform(-0.01, 0.05))
                self.towns[measure.code, town] = share, size
                held = own.get(setting.by_code[town].id, OwnFigure())
                of = self._whole(held, size, measure, town == self._lagging(setting, measure))
                if of > 0:
                    lines.append(figure_bounds.Line(setting.by_code[town].name, round(share * of), of))
            if not lines:
                continue
            who = self.settled.people[("unit", setting.by_code[measure.reported_by].id)]
            with writing(self.engine) as session:
                reported_figures.report(
                    session, who, setting, now, measure.code, today, lines, self.rng.choice(_SOURCES), own, _SURE
                )

    def _whole(self, held: OwnFigure, size: float, measure: CountyMeasure, lagging: bool) -> int:
        """How many a town's figure is counted of: near the rows where there are rows, else a part of what they bear."""
        if held.to is not None and measure.whole_counted:
            return held.to
        if held.to is not None:
            # What other systems hold is near what the register holds, and not always the same; one town's list is never
            # brought up to date.
            less = held.to // _LAG + _LACKING if lagging else self.rng.randrange(3)
            near = max(1, held.to - less)
            # A town without a household on the register hands nothing in.
            return near if held.most is None else min(held.most, near)
        least = measure.minimum if isinstance(measure, Measure) else 1
        if held.most is not None:
            return min(held.most, max(least, round(size * held.most)))
        return max(1, round(size * (held.plausible or _UNBOUND)))

    def _lagging(self, setting: CountyContext, measure: CountyMeasure) -> str:
        """The town whose figures of this measure lag behind the register all along."""
        # Town by town, so that it stays the same one when another town ends.
        return max(setting.scheme.towns, key=lambda town: random.Random(f"lag {measure.code} {town}").random())

    def _sign(self, setting: CountyContext, session: Session, row: Ranking, now: datetime) -> None:
        for entry in row.content["units"]:
            unit = setting.by_code[entry["unit"]]
            if self.rng.random() < 0.8:
                remark = self.rng.choice(_REMARKS)
                responses.sign(session, self.settled.people[("unit", unit.id)], now, row, remark)

    def _call(self, setting: CountyContext, now: datetime) -> None:
        """The roll of the reports that are due, as the worker calls it."""
        with reading(self.engine) as session:
            due = written_reports.to_call(session, now)
        for row in due:
            with writing(self.engine) as session:
                written_reports.call_roll(session, now, row)

    def hand_in(self, setting: CountyContext, now: datetime) -> None:
        """The morning after: whose draft is signed has reported, the office compiles, the leading group receives."""
        with reading(self.engine) as session:
            row = session.scalars(select(Ranking).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(1)).first()
        if row is None or local_date(now) == row.on:
            return
        if row.id in self.handed:
            self._belated(setting, row.id, now)
            return
        self.handed.add(row.id)
        office, leaders = (self.settled.people[("unit", unit.id)] for unit in (setting.office, setting.leaders))
        with writing(self.engine) as session:
            row = session.get_one(Ranking, row.id)
            signed = responses.signatures(session, row)
            if office.unit_id not in signed and responses.may_sign(office, row, setting.office.code):
                responses.sign(session, office, now, row)
            # A bureau that ended since can neither review nor issue what it drafted.
            reporting = [unit for unit in report_duties.reporters(setting, row) if unit.successor_id is None]
            for unit in reporting:
                # Most drafts are read by the leader before they are signed.
                reader = self.settled.people[("leader", unit.id)]
                if unit.id in signed and reader.user_id != signed[unit.id].by_id and self.rng.random() < 0.6:
                    responses.review(session, reader, now, row, signed[unit.id].remark)
            made = [
                written_reports.issue(session, self.signing.hand(session, unit.id, now), now, row)
                for unit in reporting
                if unit.id in signed or unit.type == "office"
            ]
            for report in made:
                written_reports.receive(session, leaders, now, report.id)
            there = {report.unit_id for report in made}
            if len(made) < len(reporting):
                # The office reminds who missed the hour.
                day = ranking_desk.at_desk(session, setting, now, row.on)
                if day is not None:
                    unit_reminders.remind(session, office, now, day, "report")
            # Now and then one lets it lie altogether.
            self.belated = {unit.id for unit in reporting if unit.id not in there and self.rng.random() < 0.85}

    def _belated(self, setting: CountyContext, ranking_id: int, now: datetime) -> None:
        """Who missed the hour drafts, signs and reports within a few days."""
        for unit in sorted(unit for unit in self.belated if setting.unit(unit).successor_id is None):
            if self.rng.random() < 0.6:
                self.belated.remove(unit)
                who, leaders = (self.settled.people[("unit", one)] for one in (unit, setting.leaders.id))
                with writing(self.engine) as session:
                    row = session.get_one(Ranking, ranking_id)
                    if responses.may_sign(who, row, setting.unit(unit).code):
                        responses.sign(session, who, now, row, self.rng.choice(_REMARKS))
                    hand = self.signing.hand(session, unit, now)
                    written_reports.receive(session, leaders, now, written_reports.issue(session, hand, now, row).id)

    def object(self, setting: CountyContext, now: datetime) -> None:
        """The morning after: the last town may object, and the office answers what waits."""
        with reading(self.engine) as session:
            row = session.scalars(select(Ranking).order_by(Ranking.on.desc(), Ranking.edition.desc()).limit(1)).first()
            waiting = [said for said, answer in objections.on_day(session, row) if answer is None] if row else []
        if row is None:
            return
        office = self.settled.people[("unit", setting.office.id)]
        for objection in waiting:
            with writing(self.engine) as session:
                upheld = self.rng.random() < 0.3
                why = "经复核属实，请责任单位更正数据。" if upheld else "经复核，数据以截止日记录为准，维持原排名。"
                objections.answer(session, office, now, objection.id, upheld, why)
        if local_date(now) - row.on == timedelta(days=1) and not waiting:
            last = setting.by_code[row.content["county"][-1]["town"]]
            measure = self.rng.choice(row.content["measures"])["code"]
            try:
                with writing(self.engine) as session:
                    objections.object_to(
                        session,
                        self.settled.people[("unit", last.id)],
                        now,
                        session.get_one(Ranking, row.id),
                        measure,
                        self.rng.choice(_OBJECTIONS),
                    )
            except WorkflowError:
                return
