"""Ticket subjects: finds a household or village by its code within the actor's own area."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models import Household, Village
from workflow.actors import Actor
from workflow.county.context import CountyContext, UnitFact
from workflow.errors import BadInput, NotFound, WrongState


@dataclass(frozen=True, slots=True)
class Subject:
    """The household or village of a deficiency, with its town."""

    household: Household | None
    village: Village
    town: UnitFact

    @property
    def labour(self) -> str:
        return self.household.labour if self.household else "unknown"


# Built once: composing a statement takes longer than SQLite needs to execute it.
_HOUSEHOLD = (
    select(Household, Village)
    .join(Village, Village.id == Household.village_id)
    .where(Household.code == bindparam("code"))
)
_HOUSEHOLD_LOCKED = _HOUSEHOLD.with_for_update(of=Household)


def find_subject(
    session: Session,
    setting: CountyContext,
    actor: Actor,
    household: str | None,
    village: str | None,
    *,
    lock: bool = False,
) -> Subject:
    """The household or village with this code, if the actor may file for it.

    Raises BadInput, NotFound, or WrongState for a household cleared from the register.
    """
    if (household is None) == (village is None):
        raise BadInput("one_subject", "household")
    if household is not None:
        query = _HOUSEHOLD_LOCKED if lock else _HOUSEHOLD
        row = session.execute(query, {"code": household}).one_or_none()
        found: tuple[Household | None, Village] | None = (row[0], row[1]) if row else None
    else:
        query_ = select(Village).where(Village.code == village)
        # The exit gate locks the village while it reads; filing for the whole village waits for it.
        row_ = session.scalars(query_.with_for_update(key_share=True) if lock else query_).one_or_none()
        found = (None, row_) if row_ else None
    field = "household" if household is not None else "village"
    if found is None or not _within(actor, found[1]):
        raise NotFound("no_such_subject", field, code=str(household or village)[:64])
    if found[0] is not None and found[0].status == "cleared":
        raise WrongState("household_cleared", field, code=found[0].code)
    return Subject(found[0], found[1], setting.unit(found[1].town_id))


def _within(actor: Actor, village: Village) -> bool:
    if actor.role == "village":
        return actor.village_id == village.id
    return actor.unit_id == village.town_id if actor.role == "town" else True
