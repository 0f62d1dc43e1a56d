"""Former codes: leads the codes that households had before a correction (编号更正) to the present ones."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerCode, Household


def present_codes(session: Session) -> dict[str, str]:
    """Every former code of the county, with the present code of its household."""
    query = select(FormerCode.code, Household.code).join(Household, Household.id == FormerCode.household_id)
    return {row[0]: row[1] for row in session.execute(query)}


def ids_of(session: Session, codes: Collection[str]) -> dict[str, int]:
    """The households (ids) that have or had these codes, each once; unknown codes are left out."""
    found: dict[str, int] = {}
    for number, code in (
        (Household.id, Household.code),
        (FormerCode.household_id, FormerCode.code),
    ):
        found |= {row[1]: row[0] for row in session.execute(select(number, code).where(code.in_(codes)))}
    return found
