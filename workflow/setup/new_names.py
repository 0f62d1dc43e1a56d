"""New names: a new village or unit whose name is near a known one is entered only once somebody says that it is another.

A misspelt name would otherwise stay beside the right one, with households and tickets of its own.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Village
from workflow.actors import Actor
from workflow.adoption.scheme_storing import add_village
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput
from workflow.inputs import name_of
from workflow.register.names.place_spelling import near_names, near_units
from workflow.setup.unit_definitions import Definitions


def new_village(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    name: str,
    town: str,
    code: str | None = None,
    another: bool = False,
) -> Village:
    """A new village, entered alone.  `another`: its name, though near a known one of the town, is right.

    Raises BadInput: `name_near`, and those of `add_village`; Duplicate.
    """
    if not another:
        seat, text = living_unit(session, town, "town"), name_of("name", name, 200)
        known = session.scalars(
            select(Village.name).where(Village.town_id == seat.id, Village.ended_on.is_(None))
        ).all()
        if text not in known:
            refuse_near(text, near_names(text, known))
    return add_village(session, actor, now, name=name, town=town, code=code)


def new_unit(definitions: Definitions, values: Mapping[str, Any], *, another: bool = False) -> str:
    """A new unit, entered alone; returns its code.  Raises BadInput: `name_near`, and those of `Definitions.add`."""
    name = values.get("name") or ""
    if not another and name not in definitions.names:
        refuse_near(name, near_units(name, known_units(definitions)))
    return definitions.add(values)


def known_units(definitions: Definitions) -> list[str]:
    """The names of the units that exist."""
    return [unit.name for unit in definitions.standing.values() if unit.ended_on is None]


def refuse_near(name: str, near: Collection[str], code: str = "name_near") -> None:
    """Raises BadInput with this code where there are near names."""
    if near:
        raise BadInput(code, "name", name=name, near="、".join(near))
