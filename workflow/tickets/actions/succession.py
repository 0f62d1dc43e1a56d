"""Succession: brings a ticket's units and places to the successors of those that have ended.

What is over keeps its unit: ended custodies, who filed, resolved or closed it.
"""

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Ticket, Village
from models.base import stated
from workflow.county.context import CountyContext
from workflow.tickets.actions import assignment


def today(session: Session, setting: CountyContext, ticket: Ticket) -> Callable[[int], int]:
    """Which unit has today the part that a unit has in this ticket, as the ticket's columns still name it.

    Of a bureau that was divided, the successor of the ticket's kind or item; of a town, the town its village belongs to.
    """
    topics = _topics(setting, ticket)
    left, town = ticket.town_id, None
    village = _village(session, ticket)
    if left is not None and village is not None:
        town = setting.present(village.town_id).id

    def heir(unit_id: int) -> int:
        return town if town is not None and unit_id == left else setting.present(unit_id, *topics).id

    return heir


def follow(session: Session, setting: CountyContext, ticket: Ticket) -> None:
    """Name the successors in the ticket's columns, and the village and town of its household; the ticket must be locked.

    Its subject keeps an ended unit or village where the successor has the same ticket open: both are resolved.
    """
    heir, village = today(session, setting, ticket), _village(session, ticket)
    for column, unit_id in _units(setting, ticket, heir).items():
        setattr(ticket, column, unit_id)
    if village is not None:
        ticket.in_village_id = village.id
    _subjects(session, setting, ticket, heir)


def holder(session: Session, setting: CountyContext, ticket: Ticket, stage: str) -> int:
    """The unit that has the ticket today, in this stage of its open custody.

    A ruling, a suspension and a confirmation are with who may decide on the unit that is responsible today: of what the
    office itself has now, the leading group.
    """
    heir = today(session, setting, ticket)
    units = _units(setting, ticket, heir)
    lead = units["lead_unit_id"]
    if lead is not None and stage == "rule":
        return setting.ruler(lead).id
    if lead is not None and stage == "hold":
        return setting.grantor(lead).id
    if stage == "confirm":
        return stated(units["confirmer_unit_id"])
    return heir(ticket.holding_unit_id)


def _units(setting: CountyContext, ticket: Ticket, heir: Callable[[int], int]) -> dict[str, int | None]:
    """The units of the ticket's columns today.  Nobody confirms their own work, nor what they found about another."""
    columns = {name: getattr(ticket, name) for name in ("lead_unit_id", "confirmer_unit_id", "town_id")}
    units: dict[str, int | None] = {name: None if one is None else heir(one) for name, one in columns.items()}
    lead, confirmer = units["lead_unit_id"], units["confirmer_unit_id"]
    if lead is None or confirmer is None:
        return units
    about = assignment.about(setting, ticket)
    town = None if units["town_id"] is None else setting.unit(units["town_id"])
    about = replace(about, town=town)
    own_finding = about.apart and confirmer == about.filer and setting.unit(confirmer).type != "leaders"
    if confirmer == lead or own_finding:
        # By the rules of a new ticket, which find another.
        units["confirmer_unit_id"] = about.confirmer(setting, setting.unit(lead), setting.unit(lead)).id
    return units


def ends_with_unit(session: Session, setting: CountyContext, ticket: Ticket) -> bool:
    """Whether the ticket is a duty of a unit that ends and does not pass on: the successor owes the same for the period
    already, or it is the report on a ranking that the unit made under its name, which nobody else can draft.  The office's
    compilation is of all units: the next office makes it."""
    if ticket.duty_unit_id is None or setting.unit(ticket.duty_unit_id).successor_id is None:
        return False
    if any(duty.code == ticket.duty_code and duty.of_ranking for duty in setting.scheme.duties.list):
        return setting.unit(ticket.duty_unit_id).type != "office"
    same = (Ticket.duty_code == ticket.duty_code, Ticket.period == ticket.period)
    heir = today(session, setting, ticket)(ticket.duty_unit_id)
    return session.scalar(select(Ticket.id).where(Ticket.duty_unit_id == heir, *same)) is not None


def _topics(setting: CountyContext, ticket: Ticket) -> tuple[str, ...]:
    """The topics by which the ticket goes to one of several successors: its kind, then its item of the notice."""
    if ticket.duty_code is not None:
        items = [duty.item for duty in setting.scheme.duties.list if duty.code == ticket.duty_code]
        return tuple(f"item:{item}" for item in items if item is not None)
    kinds = (*setting.scheme.kinds, *setting.former.values())
    items = [kind.indicator for kind in kinds if kind.code == ticket.kind]
    return (f"kind:{ticket.kind}", *(f"item:{item}" for item in items[:1]))


def _village(session: Session, ticket: Ticket) -> Village | None:
    """The village that has the ticket's subject today: of a household the one it lives in."""
    if ticket.in_village_id is None:
        return None
    home = session.get(Household, ticket.household_id) if ticket.household_id is not None else None
    village = session.get_one(Village, ticket.in_village_id if home is None else home.village_id)
    return village if village.successor_id is None else session.get_one(Village, village.successor_id)


def _subjects(session: Session, setting: CountyContext, ticket: Ticket, heir: Callable[[int], int]) -> None:
    if ticket.duty_unit_id is not None and not ends_with_unit(session, setting, ticket):
        ticket.duty_unit_id = heir(ticket.duty_unit_id)
    if ticket.village_id is not None:
        village_id = session.get_one(Village, ticket.village_id).successor_id
        if village_id is not None and not _open(session, ticket, Ticket.village_id == village_id):
            ticket.village_id = village_id
    if ticket.subject_unit_id is not None:
        unit_id = heir(ticket.subject_unit_id)
        same = (Ticket.source == ticket.source, Ticket.source_reference == ticket.source_reference)
        if unit_id != ticket.subject_unit_id and not _open(session, ticket, Ticket.subject_unit_id == unit_id, *same):
            ticket.subject_unit_id = unit_id


def _open(session: Session, ticket: Ticket, *where: object) -> bool:
    """Whether another ticket of this kind and cause exists there; a closed one may be opened again."""
    same = (Ticket.kind == ticket.kind, Ticket.cause == ticket.cause, Ticket.id != ticket.id)
    return session.scalar(select(Ticket.id).where(*same, *where).limit(1)) is not None  # type: ignore[arg-type]
