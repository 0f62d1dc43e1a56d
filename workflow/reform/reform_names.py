"""Reform names: the new name of a unit or village is free, and where it is near a known one the office says that it is
another."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit, UnitAlias, Village
from models.look_alikes import folded_name
from workflow.errors import BadInput
from workflow.inputs import name_of
from workflow.register.names.place_spelling import near_names, near_units

LONGEST_NAME = 200


def new_name(
    session: Session,
    subject: str,
    sources: Sequence[Any],
    text: str,
    field: str = "name",
    *,
    needed: bool,
    sure: bool,
) -> str:
    """The new name, one line; "" where none is needed.

    It may be that of one that has ended: a living one is found before it.  Raises BadInput `name_in_use`;
    `name_looks_alike`; and `name_near` for one that may be another spelling of a known name unless `sure`.
    """
    name = short_text(field, text)
    if not name:
        if needed:
            raise BadInput("missing", field)
        return ""
    own = {row.id for row in sources}
    if subject == "village":
        town = sources[0].town_id
        living = select(Village.id, Village.name, Village.name_key)
        rows = session.execute(living.where(Village.town_id == town, Village.ended_on.is_(None))).all()
        if any(row.name == name for row in rows):
            raise BadInput("name_in_use", field, name=name)
        others = [row for row in rows if row.id not in own]
        near = near_names(name, [row.name for row in others])
    else:
        taken = session.scalar(select(Unit.id).where(Unit.name == name, Unit.ended_on.is_(None)))
        alias = select(UnitAlias.unit_id).join(Unit, Unit.id == UnitAlias.unit_id)
        owner = session.scalar(alias.where(UnitAlias.name_key == folded_name(name), Unit.ended_on.is_(None)))
        # A second name of the unit itself may become its first.
        if taken is not None or (owner is not None and owner not in own):
            raise BadInput("name_in_use", field, name=name)
        rows = session.execute(select(Unit.id, Unit.name, Unit.name_key).where(Unit.ended_on.is_(None))).all()
        others = [row for row in rows if row.id not in own]
        near = near_units(name, [row.name for row in others])
    if folded_name(name) in {row.name_key for row in others}:
        # No statement that it is another's makes them two: people cannot tell them apart.
        raise BadInput("name_looks_alike", field)
    if near and not sure:
        raise BadInput("name_near", field, name=name, near="、".join(near))
    return name


def short_text(field: str, value: Any) -> str:
    """A name as one line, or nothing.  Raises BadInput for one that is too long or names nothing."""
    return name_of(field, str(value), LONGEST_NAME) if str(value).strip() else ""
