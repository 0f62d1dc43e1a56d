"""Former codes of households: what a household was called before its code was corrected (编号更正).

A code leads to the household that has or had it, so that no other household takes a former one.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base import Base, by_bytes
from models.household import Household

#: As the databases refuse a code that another household has; who takes the one or the other is told the same.
_TAKEN = "uq_household_code"
_IS_FORMER = "EXISTS (SELECT 1 FROM former_code WHERE code = NEW.code)"


class FormerCode(Base):
    """A code that a household had until it was corrected: derived from the household's events, `verify` compares."""

    __tablename__ = "former_code"
    __table_args__ = (Index("ix_former_code_household", "household_id"),)
    code: Mapped[str] = mapped_column(by_bytes(64), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    ended_on: Mapped[date] = mapped_column(comment="first day under the code that came next")


def present_code(code: str | ColumnElement[str]) -> ColumnElement[str]:
    """The code by which the household is found that has or had this one, as an expression that an index can look up."""
    home = aliased(Household)
    present: Any = select(home.code).join(FormerCode, FormerCode.household_id == home.id)
    return func.coalesce(present.where(FormerCode.code == code).scalar_subquery(), code)


def former_code_triggers(dialect: str) -> list[str]:
    """The triggers that refuse a household a former code, on `dialect` (sqlite or postgresql)."""
    deeds = {"insert": "INSERT", "update": "UPDATE OF code"}
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER household_code_{name} BEFORE {deed} ON household WHEN {_IS_FORMER}"
            " BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: household.code'); END"
            for name, deed in deeds.items()
        ]
    # After the row: it waited for a household that is giving the code up, and sees now that it is a former one.
    return [
        "CREATE FUNCTION household_code_is_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_IS_FORMER} THEN RAISE EXCEPTION 'a former code of a household'"
        f" USING ERRCODE = 'unique_violation', CONSTRAINT = '{_TAKEN}'; END IF; RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER household_code_{name} AFTER {deed} ON household FOR EACH ROW"
            " EXECUTE FUNCTION household_code_is_new()"
            for name, deed in deeds.items()
        ),
    ]
