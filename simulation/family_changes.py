"""Families in a county that lives: people are born, marry, die, move to relatives, and somebody else becomes head."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import Engine

from models import Member
from models.engine import reading, writing
from simulation.settlement import Settled, given_name, person
from workflow.actors import Actor
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.errors import WorkflowError
from workflow.policy.counted_people import age
from workflow.policy.worktime import local_date
from workflow.register.lives import family_events, family_preview, household_acts
from workflow.register.lives.family_input import FamilyInput, NewPerson

#: Changes a household and working day, more than in life, and the least in a day of a small county, so that it shows some.
_A_DAY, _LEAST = 0.002, 1.0
_TRIES = 8
_KINDS = (
    ("died", 35),
    ("born", 30),
    ("came_in", 10),
    ("moved", 10),
    ("moved_away", 8),
    ("married_out", 5),
    ("head", 7),
    ("split", 8),
    ("merged", 4),
    ("relocated", 8),
)
#: Corrections of what was registered by mistake, or forgotten: of each one, by the office.
_CORRECTED = ("registered", "struck", "undone")
#: Acts on whole households, which the town records; of a merger across towns, and of a correction, the office.
_WHOLE = ("split", "merged", "relocated", "undone")
_OFFICES = ("merged", "undone")
_MISTAKEN = "核对户口簿，登记有误，予以更正"


class FamilyChanges:
    """What happens in families, as their village or town records it, now and then some days late."""

    def __init__(self, engine: Engine, settled: Settled, rng: random.Random, vault: Vault | None) -> None:
        self.engine, self.settled = engine, settled
        # Nobody who comes has a number yet, so that any vault will do.
        self.vault = vault or Vault("a county without numbers")
        # A random generator of its own, so that nothing else in the county changes by it.
        self.rng = random.Random(f"lives {rng.getstate()[1][:3]}")
        #: What has not happened yet: each kind happens once before chance decides, so that every county shows it.
        self.missing = [*(kind for kind, _ in _KINDS), *_CORRECTED]

    def live(self, setting: CountyContext, now: datetime) -> None:
        """The close of a working day."""
        expected = max(_LEAST, len(self.settled.households) * _A_DAY)
        for _ in range(int(expected) + (self.rng.random() < expected % 1)):
            # A kind that has not happened yet is tried in several households, since not every one allows it.
            for _ in range(_TRIES if self.missing else 1):
                before = len(self.missing)
                self._happen(setting, now)
                if len(self.missing) < before:
                    break

    def _happen(self, setting: CountyContext, now: datetime) -> None:
        code, village_id = self.rng.choice(self.settled.households)
        who = self.settled.people[
            ("village", village_id) if self.rng.random() < 0.7 else ("unit", self.settled.towns[village_id])
        ]
        kinds, weights = zip(*_KINDS, strict=True)
        kind = self.missing[0] if self.missing else self.rng.choices(kinds, weights)[0]
        with reading(self.engine) as session:
            located, living = family_preview.family(session, who, code, now)
        if located.household.gone or not living:
            return
        given = self._given(kind, code, living, now)
        if given is None:
            return
        if given.ends or kind in _CORRECTED:
            who = self.settled.people[("unit", setting.office.id)]
        if kind in _WHOLE:
            self._act(setting, now, code, village_id, given)
            return
        self._record(who, now, code, given)

    def _record(self, who: Actor, now: datetime, code: str, given: FamilyInput) -> None:
        try:
            with writing(self.engine) as session:
                family_events.record(session, who, now, self.vault, code, given)
        except WorkflowError:
            # The day was before a birth, or the other household is gone: nobody records it.
            return
        self._happened(given.kind)
        if given.ends:
            # Nobody visits, or reports about, a household of which nobody is left.
            self.settled.households = [row for row in self.settled.households if row[0] != code]

    def _happened(self, kind: str) -> None:
        if kind in self.missing:
            self.missing.remove(kind)

    def _act(self, setting: CountyContext, now: datetime, code: str, village_id: int, given: FamilyInput) -> None:
        """What happens to a household as a whole."""
        who = self.settled.people[("unit", self.settled.towns[village_id])]
        if given.kind in _OFFICES:
            who = self.settled.people[("unit", setting.office.id)]
        try:
            with writing(self.engine) as session:
                made = household_acts.record(session, who, now, code, given)
                other = (made.other.code, made.other.village_id) if made.other is not None else None
                place = made.household.village_id
        except WorkflowError:
            return
        self._happened(given.kind)
        homes = self.settled.households
        if given.kind == "split" and other is not None:
            homes.append(other)
        else:
            self.settled.households = [
                (row[0], place) if row[0] == code else row
                for row in homes
                if given.kind not in _OFFICES or row[0] != code
            ]

    def _given(self, kind: str, code: str, living: list[Member], now: datetime) -> FamilyInput | None:
        rng, today = self.rng, local_date(now)
        on = today - timedelta(days=rng.choice((0, 0, 1, 2, 3, 9)))
        if kind == "born":
            sex = rng.choice("mf")
            relation = "之子" if sex == "m" else "之女"
            child = NewPerson(name=living[0].name[0] + given_name(rng), relation=relation, sex=sex)
            return FamilyInput(kind=kind, on=on, person=child)
        if kind == "came_in":
            born_on = today - timedelta(days=365 * rng.randrange(20, 36))
            bride = NewPerson(name=person(rng), relation="之儿媳", sex="f", born_on=born_on, labour="with")
            return FamilyInput(kind=kind, on=on, person=bride)
        if kind == "registered":
            forgotten = NewPerson(name=living[0].name[0] + given_name(rng), relation="之母", sex="f", labour="none")
            return FamilyInput(kind=kind, on=on, person=forgotten, reason=_MISTAKEN)
        if kind == "undone":
            return FamilyInput(kind=kind, on=on, reason=_MISTAKEN)
        if kind == "died":
            return self._death(living, on, today)
        if kind == "merged" and len(living) > 2:
            # It is old people, alone or as a couple, who join another household.
            return None
        if kind in ("merged", "relocated"):
            return self._elsewhere(kind, code, on)
        others = living[1:]
        if not others:
            return None
        chosen = [rng.choice(others).id]
        if kind == "moved":
            to = rng.choice(self.settled.households)[0]
            return FamilyInput(kind=kind, on=on, members=chosen, to=to) if to != code else None
        return FamilyInput(kind=kind, on=on, members=chosen, reason=_MISTAKEN if kind == "struck" else "")

    def _elsewhere(self, kind: str, code: str, on: date) -> FamilyInput | None:
        """The household joins another, or moves to another village of the county."""
        if kind == "merged":
            to = self.rng.choice(self.settled.households)[0]
            return FamilyInput(kind=kind, on=on, to=to, reason="老人随子女生活，并入其户") if to != code else None
        village = self.rng.choice(self.settled.villages)
        return FamilyInput(kind=kind, on=on, to=village.code, reason="易地搬迁入住安置点")

    def _death(self, living: list[Member], on: date, today: date) -> FamilyInput:
        """The oldest, mostly; of the last one the household ends with them."""
        oldest = min(living, key=lambda row: row.born_on or today)
        heirs = [row for row in living if row.id != oldest.id]
        grown = [row for row in heirs if row.born_on is not None and age(row.born_on, today) >= 18] or heirs
        head = grown[0].id if oldest.position == 1 and grown else None
        return FamilyInput(
            kind="died",
            on=on,
            members=[oldest.id],
            head=head,
            ends=not heirs,
            reason="因病去世，户内已无人" if not heirs else self.rng.choice(("", "因病去世", "年老去世")),
        )
