"""Unit names: finds a unit by its code or any name it goes by, its plates' among them."""

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from models import County, Unit, UnitAlias
from workflow.county.context import county_context
from workflow.errors import BadInput

# Executed for every account that is created, so composed once.
_ALIASED = select(UnitAlias.unit_id).where(UnitAlias.alias == bindparam("wanted"))
_NAMED = (
    select(Unit)
    .where(
        Unit.withdrawn_at.is_(None),
        or_(Unit.code == bindparam("wanted"), Unit.name == bindparam("wanted"), Unit.id.in_(_ALIASED)),
    )
    # A code means one unit; a name rather one that lives than one that has ended, and rather by its first name.
    .order_by(Unit.code != bindparam("wanted"), Unit.ended_on.is_not(None), Unit.name != bindparam("wanted"), Unit.id)
)


def find_unit(session: Session, text: str, field: str = "unit") -> Unit:
    """The unit with this code, name, alias or name on documents, also of one of its plates; a living one before one that has
    ended under the same name.

    Raises BadInput when there is none.
    """
    wanted = text.strip()
    unit = session.scalars(_NAMED, {"wanted": wanted}).first()
    if unit is None and wanted:
        unit = _on_documents(session, wanted)
    if unit is None:
        raise BadInput("unit_unknown", field, unit=wanted[:64])
    return unit


def _on_documents(session: Session, wanted: str) -> Unit | None:
    """The unit whose name on documents this is, or that of one of its plates; None while the county has no scheme."""
    if session.scalar(select(County.scheme_version_id)) is None:
        return None
    setting = county_context(session)
    known = (each for each in setting.units.values() if not each.withdrawn)
    for unit in sorted(known, key=lambda each: each.successor_id is not None):
        if wanted == setting.full_name(unit) or wanted in (plate.full_name for plate in setting.plates(unit)):
            return session.get(Unit, unit.id)
    return None


def living_unit(session: Session, text: str, field: str = "unit") -> Unit:
    """The unit with this code, name or alias, which has not ended.  Raises BadInput."""
    unit = find_unit(session, text, field)
    if unit.successor_id is not None:
        raise BadInput("unit_has_ended", field, unit=unit.name, successor=session.get_one(Unit, unit.successor_id).name)
    return unit
