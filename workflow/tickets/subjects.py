"""Ticket subjects: finds a household or village by its code within the actor's own area, or a unit by its code."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Candidate, Household, Village
from models.former_code import present_code
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput, NotFound, WrongState

#: Types of units about which a deficiency is filed; the leading group and the inspectorate stand above the office.
HELD_TO_ACCOUNT = ("town", "bureau", "office")


@dataclass(frozen=True, slots=True)
class Subject:
    """The household, village, unit or candidate of a ticket, with the town it lies in (None for a bureau or office)."""

    household: Household | None
    #: The village as the subject itself; where a household lies is `village_id`.
    village: Village | None
    unit: UnitFact | None
    town: UnitFact | None
    #: The village it lies in; None for a unit.
    in_village: Village | None = None
    candidate: Candidate | None = None
    #: Labour force of a candidate's people.
    candidate_labour: str = "unknown"

    @property
    def village_id(self) -> int | None:
        """The id of the village it lies in."""
        return self.in_village.id if self.in_village else None

    @property
    def sort(self) -> str:
        """`household`, `village`, `candidate` or `unit`."""
        if self.candidate:
            return "candidate"
        return "household" if self.household else "village" if self.village else "unit"

    @property
    def id(self) -> int:
        """The id of the household, village, unit or candidate."""
        row = self.household or self.village or self.unit or self.candidate
        assert row is not None
        return row.id

    @property
    def labour(self) -> str:
        return self.household.labour if self.household else self.candidate_labour

    @property
    def vetting_town(self) -> UnitFact:
        """The town that checks a filing before it is dispatched; a deficiency of a unit is never checked by one."""
        assert self.town is not None
        return self.town


# Built once: composing a statement takes longer than SQLite needs to execute it.
_HOUSEHOLD = (
    select(Household, Village)
    .join(Village, Village.id == Household.village_id)
    .where(Household.code == present_code(bindparam("code", type_=Household.code.type)))
)
_HOUSEHOLD_LOCKED = _HOUSEHOLD.with_for_update(of=Household)


def find_subject(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    codes: dict[str, str | None],
    *,
    lock: bool = False,
    anywhere: bool = False,
) -> Subject:
    """The subject named by exactly one of `codes` (household, village, unit), if the actor may file about it.

    `anywhere`: a household that was drawn for a random check of the actor's, wherever it lies.
    Raises BadInput, NotFound, or WrongState for a household that is gone.
    """
    field, code = the_one(codes)
    if field == "unit":
        return _unit(session, setting, actor, code)
    household, village = _place(session, field, code, lock)
    if village is None or not (anywhere or _within(actor, village)):
        raise NotFound("no_such_subject", field, code=code[:64])
    if household is not None and household.gone:
        raise WrongState("household_cleared", field, code=household.code)
    return Subject(household, None if household else village, None, setting.unit(village.town_id), village)


def the_one(codes: dict[str, str | None]) -> tuple[str, str]:
    """The sort of subject and the code that are given.  Raises BadInput unless it is exactly one."""
    named = [(sort, code) for sort, code in codes.items() if code is not None]
    if len(named) != 1:
        raise BadInput("one_subject", "household")
    return named[0]


def _place(session: Session, field: str, code: str, lock: bool) -> tuple[Household | None, Village | None]:
    if field == "household":
        row = session.execute(_HOUSEHOLD_LOCKED if lock else _HOUSEHOLD, {"code": code}).one_or_none()
        return (row[0], row[1]) if row else (None, None)
    query = select(Village).where(Village.code == code, Village.withdrawn_at.is_(None))
    # The exit gate locks the village while it reads; filing for the whole village waits for it.
    village = session.scalars(query.with_for_update(key_share=True) if lock else query).one_or_none()
    if village is not None and village.successor_id is not None:
        heir = session.get_one(Village, village.successor_id)
        raise BadInput("village_has_ended", field, village=village.name, successor=heir.name)
    return None, village


def _unit(session: Session, setting: CountyContext, actor: Actor, code: str) -> Subject:
    unit = setting.unit(living_unit(session, code).id)
    if unit.type not in HELD_TO_ACCOUNT:
        raise BadInput("unit_not_held_to_account", "unit", unit=unit.name)
    if unit.id == actor.unit_id:
        raise BadInput("unit_is_your_own", "unit", unit=unit.name)
    return Subject(None, None, unit, unit if unit.type == "town" else None)


def _within(actor: Actor, village: Village) -> bool:
    if actor.role == "village":
        return actor.village_id == village.id
    return actor.unit_id == village.town_id if actor.role == "town" else True
