"""A county under a shipped scheme, with its own units and people: doors as its officials use them, never a toy scheme."""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models import Event, Ticket, Unit
from models.engine import make_engine, reading, writing
from models.schema import create_schema
from settings import DEVELOPMENT_SECRET
from simulation.form_words import Writer
from simulation.plausible_forms import as_rows, obeying, plausible_form, silent
from simulation.settlement import Settled, settle
from tests.support.db_snapshot import prepared
from tests.support.duties import at
from tests.support.factories import County
from workflow.actors import Actor
from workflow.adoption.scheme_storing import install
from workflow.county.context import CountyContext, county_context
from workflow.policy.periods import Period, period_of, periods
from workflow.policy.scheme.duties import Count, Duty
from workflow.policy.scheme.model import Scheme
from workflow.tickets.actions import own_gaps
from workflow.tickets.actions.known_answers import known_answers
from workflow.tickets.actions.own_gaps import Held
from workflow.tickets.consequences.duty_tickets import OwedDuty, open_duty


class ShippedCounty:
    """The county of a scheme late in its year, with 40 households; duties are opened when a test names them."""

    def __init__(self, engine: Engine, scheme: Scheme) -> None:
        self.engine, self.scheme, self.year = engine, scheme, scheme.year
        self.now = at(f"{scheme.year}-12-18")
        self.county = County(engine)
        # Settled once in a process for each scheme and kind of database, and copied.
        self.settled, self.units = prepared(
            engine, ("shipped", scheme.code, scheme.assessment_plan.number), self._settle
        )
        codes = {unit_id: code for code, unit_id in self.units.items()}
        people = {codes[unit]: who for (seat, unit), who in self.settled.people.items() if seat == "unit"}
        self.county.people, self.county.units = people, self.units
        #: The town with the most households, and its village with the most.
        homes = [village_id for _, village_id in self.settled.households]
        busiest = max(self.settled.villages, key=lambda village: homes.count(village.id))
        self.town, self.village = codes[busiest.town_id], busiest.code
        self.homes = {village.code: homes.count(village.id) for village in self.settled.villages}

    def _settle(self) -> tuple[Settled, dict[str, int]]:
        began = at(f"{self.year}-01-04")
        with writing(self.engine) as session:
            county = install(session, self.scheme, self.year, began)
            settled = settle(session, county, random.Random(1), 40, began)
            return settled, {unit.code: unit.id for unit in session.scalars(select(Unit))}

    @property
    def setting(self) -> CountyContext:
        with reading(self.engine) as session:
            return county_context(session)

    def who(self, unit: str) -> Actor:
        return self.county.people[unit]

    def owed(self, code: str, unit: str | None = None) -> Ticket:
        """The duty's ticket of the last period for a unit (by default its first, of towns the busiest), in progress:
        one handed in before is sent back."""
        duty = self.scheme.duty(code)
        units = self.scheme.duties.units_of(duty, self.scheme.towns)
        whose = unit or (self.town if self.town in units else units[0])
        known = select(Ticket).where(Ticket.duty_code == code, Ticket.duty_unit_id == self.units[whose])
        with reading(self.engine) as session:
            row = session.scalars(known.order_by(Ticket.id.desc()).limit(1)).one_or_none()
        if row is not None and row.state == "resolved":
            confirmer = next(code for code, unit_id in self.units.items() if unit_id == row.confirmer_unit_id)
            row = self.county.do(confirmer, "reject", row.id, self.now, reason="材料不齐，请补充后再报")
        if row is not None:
            return row
        with writing(self.engine) as session:
            setting = county_context(session, hold=True)
            period = periods(duty.period, self.year, duty.since)[-1]
            open_duty(session, setting, OwedDuty(duty, setting.by_code[whose], period), self.now)
        with reading(self.engine) as session:
            return session.scalars(known.order_by(Ticket.id.desc()).limit(1)).one()

    def period(self, ticket: Ticket) -> Period:
        return period_of(self.scheme.duty(ticket.kind), str(ticket.period), self.year)

    def plausible(self, part: Duty | Count, period: Period, **changed: str) -> dict[str, str]:
        """A form that obeys every rule of the scheme, with some values `changed`; an empty one is left out."""
        day = max(period.start, min(period.end, self.now.date()))
        rng = random.Random(1)
        rows = self.held(part) if isinstance(part, Duty) else {}
        towns = tuple(self.scheme.unit(code).name for code in self.scheme.towns)
        writer = Writer(towns=towns, homes=self.homes)
        form = plausible_form(rng, part.fields, part.rules, day, lambda: self.village, False, writer)
        counted = self._counted(part) if isinstance(part, Duty) else {}
        form = obeying(as_rows(form | counted, part.fields, rows), part.rules)
        for field in part.fields:
            # A base that is changed is no longer stated to be none.
            if field.none is not None and field.code in changed and field.none not in changed:
                form.pop(field.none, None)
        return {name: value for name, value in {**silent(form | changed, part.fields), **changed}.items() if value}

    def _counted(self, duty: Duty) -> dict[str, str]:
        """What the system counts of the form of the duty's last ticket; nothing before there is one."""
        query = select(Ticket).where(Ticket.duty_code == duty.code).order_by(Ticket.id.desc()).limit(1)
        with reading(self.engine) as session:
            ticket = session.scalars(query).one_or_none()
        return self.known(ticket) if ticket is not None else {}

    def held(self, duty: Duty) -> dict[str, Held]:
        """What the rows say of the form of the duty's last ticket; nothing before there is one."""
        query = select(Ticket).where(Ticket.duty_code == duty.code).order_by(Ticket.id.desc()).limit(1)
        with reading(self.engine) as session:
            ticket = session.scalars(query).one_or_none()
            return own_gaps.held(session, county_context(session), ticket, duty.fields) if ticket is not None else {}

    def hand_in(self, ticket: Ticket, form: Mapping[str, str], **given: Any) -> Ticket:
        """Resolves the duty through its door, as its own unit."""
        unit = next(code for code, unit_id in self.units.items() if unit_id == ticket.duty_unit_id)
        proof = self.county.bring(unit, ticket.id, self.now, f"{ticket.id} {form} {given}".encode())
        return self.county.do(unit, "resolve", ticket.id, self.now, evidence=[proof], form=dict(form), **given)

    def known(self, ticket: Ticket) -> dict[str, str]:
        """What the system counts of the form, which the unit only confirms."""
        with reading(self.engine) as session:
            return known_answers(session, county_context(session), ticket, self.scheme.duty(ticket.kind).fields)

    def recorded(self, ticket: Ticket) -> dict[str, Any]:
        """What the event of the last resolution holds in the open."""
        query = select(Event.given).where(Event.subject_id == ticket.id, Event.action == "resolve")
        with reading(self.engine) as session:
            return dict(session.scalars(query.order_by(Event.seq.desc()).limit(1)).one())

    def at_hour(self, day: date) -> datetime:
        return at(day.isoformat(), 17)


def shipped_in(folder: Path, scheme: Scheme) -> Iterator[ShippedCounty]:
    """A county of the scheme in an SQLite file of this folder, for fixtures of rules that ask no database."""
    engine = make_engine(f"sqlite:///{folder / 'shipped.db'}", DEVELOPMENT_SECRET)
    create_schema(engine)
    yield ShippedCounty(engine, scheme)
    engine.dispose()
