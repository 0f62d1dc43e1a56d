"""The county changes its scheme: adopted from a day on, some open tickets moved over, and another that still waits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from models.engine import writing
from simulation.settlement import Settled
from workflow.actors import Actor
from workflow.adoption import scheme_adoption, ticket_migration
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import local_date

#: On which part of the life a shorter limit is adopted, and when open tickets of its kind are moved over.
_ADOPTS, _MOVES = 0.6, 0.8
#: Its limit is shortened if the scheme gives a kind more working days than this.
_LONG = 15


@dataclass
class Policy:
    """The office's hand on the scheme."""

    engine: Engine
    settled: Settled
    changed: str | None = None

    def live(self, now: datetime, number: int, days: int) -> None:
        """What the office does about the scheme on the day `number` of `days`, at its first hour."""
        if days < 10:
            return
        if number == int(days * _ADOPTS):
            self._adopt(now, 15, local_date(now) + timedelta(days=1))
        elif number == int(days * _MOVES):
            with writing(self.engine) as session:
                office, chosen = self._office(session), ticket_migration.Selection(kind=self._kind(session))
                if chosen.kind and ticket_migration.preview(session, office, now, chosen).moving:
                    ticket_migration.apply(session, office, now, chosen)
        elif number == days:
            first = (local_date(now).replace(day=1) + timedelta(days=32)).replace(day=1)
            self._adopt(now, 12, first)

    def _office(self, session: Session) -> Actor:
        setting = county_context(session)
        return self.settled.people[("unit", setting.office.id)]

    def _kind(self, session: Session) -> str | None:
        """The kind whose limit is changed: one with a long limit of its own, rather one that villages have too."""
        if self.changed is None:
            kinds = county_context(session).scheme.kinds
            slow = [kind for kind in kinds if (kind.limits.normal.mend or 0) > _LONG]
            chosen = min(slow, key=lambda kind: "village" not in kind.subjects, default=None)
            self.changed = chosen.code if chosen else None
        return self.changed

    def _adopt(self, now: datetime, mend: int, from_day: date) -> None:
        """The scheme in force with another limit for mending one kind."""
        with writing(self.engine) as session:
            setting = county_context(session, at=now)
            content = setting.scheme.model_dump(mode="json")
            kinds = [kind for kind in content["kinds"] if kind["code"] == self._kind(session)]
            if not kinds:
                return
            kinds[0]["limits"]["normal"]["mend"] = mend
            made = Scheme.model_validate(content)
            scheme_adoption.adopt(session, self._office(session), now, made, setting.year, from_day)
