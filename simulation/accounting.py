"""Holding to account: the office opens a case where lateness harms the result, the unit answers, the leading group decides.

Cases take their time, and some go astray: no statement comes, an appeal reopens one, two persons agree to withdraw another.
On the last day whatever state no case happens to be in is shown by one more, so that a demo has them all.
"""

import random
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, or_, select, true
from sqlalchemy.orm import Session

from models import AccountabilityCase, Custody, Escalation, RungAnswer, Ticket
from models.engine import reading, writing
from simulation.settlement import Settled
from workflow.accountability import proposals
from workflow.accountability.cases import case_desk
from workflow.accountability.cases.case_lifecycle import STATES, opener_of
from workflow.accountability.cases.harm import scope_of
from workflow.accountability.ladder_steps import LAST_RUNG
from workflow.county.context import CountyContext
from workflow.errors import WorkflowError
from workflow.policy.worktime import local_date

_HARMS = (
    "逾期导致该户未能按期达标，影响本县当期减贫任务",
    "该项指标当月未完成，本县排名因此靠后",
    "群众反映强烈，省级核查时被点名",
)
_STATEMENTS = ("人手不足，已加派人员，愿接受处理", "部门之间衔接延误，有往来函件为证", "人员调整期间衔接不到位，已整改")
_HEARINGS = ("到会说明情况，所述基本属实", "逐项核对承办时段，单位无异议", "对责任期限有异议，已核对台账")
_REASONS = ("督办后仍未整改，责任明确", "主观上无推诿，客观条件确有困难", "履职不力，影响考核结果")
#: What a case does next in each state, and by which of the three sides.
_NEXT = {
    "proposed": ("open", "opener"),
    "opened": ("notify", "opener"),
    "notified": ("respond", "unit"),
    "stated": ("hear", "opener"),
    "heard": ("decide", "decider"),
    "referred": ("record", "opener"),
    "decided": ("serve", "opener"),
    "served": ("close", "opener"),
}
#: How many late stretches the office looks at for one that has harmed a result.
_LOOKED_AT = 20
#: The chance of a step in a quarter of a day, where it is another than usual.
_USUAL = 0.12
_CHANCE = {"notified": 0.05, "referred": 0.03}
#: The shortest way to each state, for the last day.
_WAY = ("open", "notify", "respond", "hear", "decide", "serve", "appeal", "hear", "decide", "serve", "close")
_STOP = {"proposed": 0, "opened": 1, "notified": 2, "stated": 3, "heard": 4, "decided": 5, "served": 6, "closed": 11}


class Accounting:
    """The accountability cases of a county, and how its office and leading group go about them."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random) -> None:
        self.engine, self.settled = engine, settled
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(f"cases {rng.getstate()[1][:4]}")

    def live(self, setting: CountyContext, now: datetime) -> None:
        """A quarter of a working day."""
        if self.rng.random() < 0.04:
            self._raise(setting, now)
        with reading(self.engine) as session:
            live = session.scalars(
                select(AccountabilityCase).where(AccountabilityCase.ended_at.is_(None)).order_by(AccountabilityCase.id)
            ).all()
        # What was proposed last still lies on the desk of whoever opens it, so that a demo has one of these, too.
        newest = max((case.id for case in live if case.state == "proposed"), default=None)
        for case in live:
            if case.id != newest and self.rng.random() < _CHANCE.get(case.state, _USUAL):
                self._step(setting, case, now)

    def finish(self, setting: CountyContext, now: datetime) -> None:
        """The last working day: one more case for each state that none is in, as far as there is lateness to speak of."""
        with reading(self.engine) as session:
            # A statement whose time is over is about to lapse.
            lasts = or_(AccountabilityCase.state != "notified", AccountabilityCase.statement_due_at > now)
            there = set(session.scalars(select(AccountabilityCase.state).where(lasts)))
        for state in STATES:
            if state in there:
                continue
            if state == "proposed":
                self._propose(setting, now)
                continue
            case = self._raise(setting, now, own=state == "referred")
            if case is None:
                continue
            self._do(setting, case, "open", "opener", now)
            if state == "withdrawn":
                self._do(setting, case, "seek_withdrawal", "opener", now)
                self._do(setting, case, "agree_withdrawal", "decider", now)
            elif state == "referred":
                for action, side in (
                    ("notify", "opener"),
                    ("respond", "unit"),
                    ("hear", "opener"),
                    ("refer", "opener"),
                ):
                    self._do(setting, case, action, side, now)
            else:
                sides = {"respond": "unit", "decide": "decider", "appeal": "unit"}
                for action in _WAY[1 : _STOP[state]]:
                    self._do(setting, case, action, sides.get(action, "opener"), now)

    def _propose(self, setting: CountyContext, now: datetime) -> None:
        """The office issues the first of the last rungs that lie before it."""
        with reading(self.engine) as session:
            rung = session.scalars(
                select(Escalation)
                .where(Escalation.status == "proposed", Escalation.rung == LAST_RUNG)
                .where(Escalation.id.not_in(select(RungAnswer.escalation_id)))
                .where(Escalation.custody_id.not_in(select(AccountabilityCase.custody_id)))
                .join(Ticket, Ticket.id == Escalation.ticket_id)
                .where(_open_to_cases(session))
                .order_by(Ticket.type == "duty", Escalation.id)
            ).first()
        if rung is None:
            return
        who = self.settled.people[("unit", opener_of(setting, rung.unit_id).id)]
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    proposals.answer(
                        session, who, now, rung.ticket_id, rung.id, True, "逾期后两次催办仍未办结，拟提请问责"
                    )
            except WorkflowError:
                # A demo that ends in the evening issues no paper.
                return

    def _raise(self, setting: CountyContext, now: datetime, own: bool = False) -> AccountabilityCase | None:
        """A clerk of the office proposes a case on the stretch that is latest of those without one; `own`: the leading
        group's does, against the office itself."""
        with reading(self.engine) as session:
            taken = select(AccountabilityCase.custody_id)
            late = or_(Custody.verdict == "late", Custody.ended_at.is_(None) & (Custody.due_at < now))
            query = (
                select(Custody.ticket_id, Custody.seq, Custody.unit_id)
                .join(Ticket, Ticket.id == Custody.ticket_id)
                .where(late, Custody.stage != "hold", Custody.id.not_in(taken))
                .where(
                    Custody.unit_id == setting.office.id
                    if own
                    else Custody.unit_id.not_in((setting.office.id, setting.leaders.id))
                )
                .where(_open_to_cases(session))
                # A household's trouble before a paper's lateness.
                .order_by(Ticket.type == "duty", late.desc().nulls_last(), Custody.due_at, Custody.id)
            )
            # The first whose lateness has harmed something that the system can show.
            late_ones = (
                (*row, _results(session, setting, row[0], now))
                for row in session.execute(query.limit(_LOOKED_AT)).all()
            )
            harmful = next((late for late in late_ones if late[-1]), None)
        if harmful is None:
            return None
        ticket_id, seq, unit_id, known = harmful
        harm = _HARMS[-1] if own else self.rng.choice(_HARMS)
        who = self.settled.people[("unit", opener_of(setting, unit_id).id)]
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    return case_desk.raise_case(
                        session, who, now, ticket_id, seq, result=self.rng.choice(known), harm=harm
                    )
            except WorkflowError:
                return None

    def _step(self, setting: CountyContext, case: AccountabilityCase, now: datetime) -> None:
        action, side = _NEXT[case.state]
        if case.withdrawal_by_id is not None:
            action, side = "agree_withdrawal", "decider"
        elif case.state in ("opened", "stated") and self.rng.random() < 0.06:
            action, side = "seek_withdrawal", "opener"
        elif case.state == "heard" and case.decider_unit_id is None:
            action, side = "refer", "opener"
        elif case.state == "served" and not case.appeals and self.rng.random() < 0.1:
            action, side = "appeal", "unit"
        self._do(setting, case, action, side, now)

    def _do(self, setting: CountyContext, case: AccountabilityCase, action: str, side: str, now: datetime) -> None:
        opener = opener_of(setting, case.unit_id).id
        unit = {"opener": opener, "unit": case.unit_id, "decider": case.decider_unit_id or opener}[side]
        # The clerk proposed it, so the leader opens it.
        seat = "leader" if action == "open" else "unit"
        with writing(self.engine) as session:
            try:
                with session.begin_nested():
                    case_desk.perform(
                        session,
                        self.settled.people[(seat, unit)],
                        case.id,
                        action,
                        now,
                        **self._given(session, setting, case, action, now),
                    )
            except WorkflowError:
                # The days for an appeal are not over, or somebody alone wants to withdraw it: the door says so.
                return

    def _given(
        self, session: Session, setting: CountyContext, case: AccountabilityCase, action: str, now: datetime
    ) -> dict[str, Any]:
        rng = self.rng
        if action == "open":
            known = _results(session, setting, case.ticket_id, now)
            return {"result": rng.choice(known), "harm": rng.choice(_HARMS)} if known else {}
        # As it is now: after an appeal fewer outcomes are left.
        present = session.get_one(AccountabilityCase, case.id)
        scope = scope_of(session, setting, session.get_one(Ticket, case.ticket_id), now, present)
        outcome = rng.choice(scope.outcomes)
        forms: dict[str, dict[str, object]] = {
            "respond": {"statement": rng.choice(_STATEMENTS)},
            "hear": {"heard_on": local_date(now).isoformat(), "note": rng.choice(_HEARINGS)},
            "decide": {"outcome": outcome, "reason": rng.choice(_REASONS)},
            "record": {
                "outcome": outcome,
                "document": f"梅市扶组〔{now.year}〕{rng.randrange(1, 40)}号",
                "reason": "上级已作出决定",
            },
            "appeal": {"reason": "对逾期时间的认定有异议"},
            "close": {"note": "处理决定已执行到位"},
            "seek_withdrawal": {"reason": "经复核，逾期系系统录入有误"},
        }
        return forms.get(action, {})


def may_be_about(session: Session, ticket_id: int) -> bool:
    """Whether a new case may be about this ticket, so that most cases are about households."""
    return session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, _open_to_cases(session))) is not None


def _open_to_cases(session: Session) -> ColumnElement[bool]:
    """Which tickets a new case may be about, so that most cases are about households whatever the county's size: one about a
    paper's lateness comes only where those about households stay more than half."""
    rows = select(Ticket.household_id.is_not(None)).join(AccountabilityCase, AccountabilityCase.ticket_id == Ticket.id)
    about = Counter(session.scalars(rows))
    return true() if paper_may_follow(about[True], about[False]) else Ticket.household_id.is_not(None)


def paper_may_follow(households: int, others: int) -> bool:
    """Whether, after so many cases about households and so many others, one about a paper's lateness leaves households the most.

    >>> [paper_may_follow(*cases) for cases in ((0, 0), (1, 0), (2, 0), (2, 1), (3, 1))]
    [False, False, True, False, True]
    """
    return households > others + 1


def _results(session: Session, setting: CountyContext, ticket_id: int, now: datetime) -> list[str]:
    """What lateness with this ticket may have harmed, as far as the system can show it."""
    return list(scope_of(session, setting, session.get_one(Ticket, ticket_id), now).results)
