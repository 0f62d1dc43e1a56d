"""Monthly draw of spot checks (抽查): on the 1st, once, from the tickets closed in the last month.

The population is read from the history and lies wholly in the past, so it is computed before the writing transaction;
UNIQUE(county, month), claimed first, makes it once.  The closing unit is not told of the draw beforehand: the draw has
a history of its own, and the ticket's records only the result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import County, Event, SpotCheck, SpotDraw, SpotPending, Ticket
from models.history import CONFIRMATIONS
from workflow.actors import system
from workflow.batches import Transactions
from workflow.county import draws
from workflow.county.context import CountyContext, county_context
from workflow.history import event_log
from workflow.policy import sampling
from workflow.policy.sampling import Closing, Picked
from workflow.policy.worktime import local_date

#: The events from which a closing is read.
_TELLING = ("resolve", "confirm", "reopen", "relapse", "disprove")
#: Those that put a ticket in a town besides: it follows its household, and its village at a reform; one that is reopened
#: after the reform comes to the present town.
_PLACING = ("file", "follow", "hand_over")


@dataclass(frozen=True, slots=True)
class Plan:
    """A draw before it is written; `tickets` are the ids by number."""

    setting: CountyContext
    month: str
    block: int
    head: str
    seed: str
    closings: tuple[Closing, ...]
    picked: tuple[Picked, ...]
    tickets: dict[str, int]


def span_of(month: str) -> tuple[datetime, datetime]:
    """The first moment in Shanghai of a month such as 2018-11 and that of the next, in UTC.  Raises ValueError."""
    return draws.span_of_months(datetime.strptime(month, "%Y-%m").date(), 1)


def run(reading: Transactions, writing: Transactions, now: datetime) -> list[str]:
    """Draw every month that is due by `now` and not drawn, the earliest first; returns the months drawn."""
    return draws.run(
        reading,
        writing,
        lambda session: due_months(session, now),
        plan,
        lambda session, planned: write(session, planned, now),
    )


def due_months(session: Session, now: datetime) -> list[str]:
    """The months over by `now`, at most `draws.CATCH_UP` of them, that were not drawn; none before the first closing."""
    began = session.scalar(select(func.min(Event.effective_at)).where(CONFIRMATIONS.predicate))
    drawn = set(session.scalars(select(SpotDraw.month)))
    months, day = [], local_date(now - draws.GRACE).replace(day=1)
    for _ in range(draws.CATCH_UP):
        day = (day - timedelta(days=1)).replace(day=1)
        month = f"{day:%Y-%m}"
        if began is not None and began < span_of(month)[1] and month not in drawn:
            months.append(month)
    return sorted(months)


def plan(session: Session, setting: CountyContext, month: str, algorithm: str = sampling.ALGORITHM) -> Plan:
    """The draw of a month under this scheme, from the history alone, so always the same."""
    began, ended = span_of(month)
    county = session.scalars(select(County.code)).one()
    block, block_hash = draws.head_before(session, ended)
    seed = sampling.seed_of(county, month, block, block_hash, algorithm)
    known = dict(_closings(session, setting, began, ended))
    closings = tuple(sorted(known.values(), key=lambda one: one.number))
    others = (setting.office.code, setting.leaders.code)
    picked = sampling.sample(seed, closings, setting.scheme.spot_checks, draws.towns_of(setting), others, algorithm)
    tickets = {closing.number: ticket for ticket, closing in known.items()}
    return Plan(setting, month, block, block_hash, seed, closings, tuple(picked), tickets)


def _closings(
    session: Session, setting: CountyContext, began: datetime, ended: datetime
) -> Iterator[tuple[int, Closing]]:
    """By ticket: the deficiencies confirmed in the span and still closed at its end."""
    confirmed = select(Event.subject_id).where(
        Event.subject_type == "ticket",
        CONFIRMATIONS.predicate,
        Event.effective_at >= began,
        Event.effective_at < ended,
    )
    ids = sorted(set(session.scalars(confirmed)))
    for start in range(0, len(ids), 400):
        lot = ids[start : start + 400]
        by_ticket: dict[int, list[Any]] = {}
        for row in session.execute(
            select(Event.subject_id, Event.action, Event.actor_unit_id, Event.effective_at, Event.effect)
            .where(Event.subject_type == "ticket", Event.subject_id.in_(lot), Event.action.in_((*_TELLING, *_PLACING)))
            .order_by(Event.subject_id, Event.seq)
        ):
            by_ticket.setdefault(row[0], []).append(row)
        # A finding about a unit is confirmed on its papers by an office; towns look at what lies in a village.
        placed = (Ticket.type == "deficiency", Ticket.subject_unit_id.is_(None))
        for ticket in session.scalars(select(Ticket).where(Ticket.id.in_(lot), *placed)):
            closing = _closing(setting, ticket, [row for row in by_ticket[ticket.id] if row[3] < ended])
            if closing is not None:
                yield ticket.id, closing


def _closing(setting: CountyContext, ticket: Ticket, moves: Sequence[Any]) -> Closing | None:
    episode, resolved_by, town_id, action, confirmed_by = 1, None, ticket.town_id, "", None
    for _, moved, unit, _, effect in moves:
        town_id = effect.get("ticket", {}).get("town_id", town_id)
        if moved in _PLACING:
            continue
        episode, action, confirmed_by = effect.get("ticket", {}).get("episode", episode), moved, unit
        resolved_by = unit if action == "resolve" else resolved_by
    if action != "confirm" or resolved_by is None or confirmed_by is None:
        return None
    town = setting.unit(town_id).code if town_id else None
    return Closing(ticket.number, episode, town, setting.unit(resolved_by).code, setting.unit(confirmed_by).code)


def write(session: Session, planned: Plan, now: datetime) -> SpotDraw | None:
    """Record the draw with its checks and its event; None when another worker drew the month."""
    setting = planned.setting
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    values = {
        "scheme_version_id": setting.scheme_version_id,
        "month": planned.month,
        "drawn_at": now,
        "algorithm": sampling.ALGORITHM,
        "block_number": planned.block,
        "block_hash": planned.head,
        "seed": planned.seed,
        "population": len(planned.closings),
        "drawn": len(planned.picked),
        "population_hash": sampling.hash_of(planned.closings),
    }
    # A second worker waits here and then finds the month taken.
    draw_id = session.execute(
        dialect.insert(SpotDraw).values(values).on_conflict_do_nothing().returning(SpotDraw.id)
    ).scalar_one_or_none()
    if draw_id is None:
        return None
    due_at = setting.clock.due(now, setting.scheme.spot_checks.days)
    # Locked before assignment: a ticket reopened meanwhile is drawn nevertheless, but not assigned.
    rows = session.scalars(
        select(Ticket)
        .where(Ticket.id.in_([planned.tickets[one.closing.number] for one in planned.picked]))
        .order_by(Ticket.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    episodes = {row.id: row.episode if row.state == "closed" else 0 for row in rows}
    for one in planned.picked:
        ticket, closing = planned.tickets[one.closing.number], one.closing
        session.execute(
            insert(SpotCheck).values(
                draw_id=draw_id,
                ticket_id=ticket,
                episode=closing.episode,
                town_id=setting.by_code[closing.town].id if closing.town else None,
                resolved_by_unit_id=setting.by_code[closing.resolved_by].id,
                confirmed_by_unit_id=setting.by_code[closing.confirmed_by].id,
                checker_unit_id=setting.by_code[one.checker].id,
                due_at=due_at,
                void=episodes[ticket] != closing.episode,
            )
        )
    draw, checks = session.get_one(SpotDraw, draw_id), checks_of(session, draw_id)
    session.add_all(SpotPending(check_id=row.id, due_at=row.due_at) for row in checks if not row.void)
    event_log.of(session, ("spot_draw", draw_id), system(), now, first=True).append(
        "draw", figures(draw), {"checks": [given(row) for row in checks]}
    )
    return draw


def figures(draw: SpotDraw) -> dict[str, Any]:
    """The event payload of the draw."""
    names = (
        "month",
        "scheme_version_id",
        "algorithm",
        "block_number",
        "block_hash",
        "seed",
        "population",
        "population_hash",
        "drawn",
    )
    return {name: getattr(draw, name) for name in names}


def given(row: SpotCheck) -> dict[str, Any]:
    """The event payload of one assigned ticket."""
    names = (
        "id",
        "ticket_id",
        "episode",
        "town_id",
        "resolved_by_unit_id",
        "confirmed_by_unit_id",
        "checker_unit_id",
        "void",
    )
    return {name: getattr(row, name) for name in names} | {"due_at": event_log.stamp(row.due_at)}


def checks_of(session: Session, draw_id: int) -> Sequence[SpotCheck]:
    """The tickets of a draw, in the order they were drawn."""
    return session.scalars(select(SpotCheck).where(SpotCheck.draw_id == draw_id).order_by(SpotCheck.id)).all()


def drawn_again(session: Session, draw: SpotDraw) -> list[str]:
    """Repeat the draw of a month from the history, with the units there were; returns the codes of differences from the
    record."""
    setting = county_context(session, draw.scheme_version_id, known_at=draw.drawn_at)
    algorithm = sampling.known(draw.algorithm)
    planned, codes = plan(session, setting, draw.month, algorithm), []
    if (draw.algorithm, draw.block_number, draw.block_hash, draw.seed) != (
        algorithm,
        planned.block,
        planned.head,
        planned.seed,
    ):
        codes.append("spot_seed_differs")
    if (draw.population, draw.population_hash) != (
        len(planned.closings),
        sampling.hash_of(planned.closings, algorithm),
    ):
        codes.append("spot_population_differs")
    wanted = [
        (planned.tickets[one.closing.number], one.closing.episode, setting.by_code[one.checker].id)
        for one in planned.picked
    ]
    there = [(row.ticket_id, row.episode, row.checker_unit_id) for row in checks_of(session, draw.id)]
    if wanted != there or draw.drawn != len(there):
        codes.append("spot_sample_differs")
    return codes
