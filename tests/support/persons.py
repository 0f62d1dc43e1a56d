"""Persons with known numbers, for tests that search for those numbers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member
from tests.support.factories import day
from workflow.citizen_id import check_id
from workflow.county.vault import Vault, mask_id, mask_phone
from workflow.register.names.pinyin import initials

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(sequence: int, born: str = "19650412") -> str:
    """A valid ID number."""
    body = f"441424{born}{sequence:03d}"
    return body + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def phone(sequence: int) -> str:
    return f"1380753{sequence:04d}"


def move_in(session: Session, vault: Vault, code: str, number: int, *names: str) -> Household:
    """Gives the household with this code a phone and these people, the first as its head."""
    household = session.scalars(select(Household).where(Household.code == code)).one()
    household.head_name, household.initials = names[0], initials(names[0])
    household.address = f"{names[0]}路{number}号"
    call = phone(number)
    household.phone_sealed, household.phone_index = vault.seal(call), vault.index(call)
    household.phone_masked = mask_phone(call)
    for position, name in enumerate(names, start=1):
        made = check_id(id_number(number * 10 + position), day(0).date())
        session.add(
            Member(
                household_id=household.id,
                position=position,
                name=name,
                relation="户主" if position == 1 else "家人",
                id_sealed=vault.seal(made.number),
                id_index=vault.index(made.number),
                id_masked=mask_id(made.number),
                sex=made.sex,
                born_on=made.born_on,
                labour="with",
                beyond_help=False,
            )
        )
    session.flush()
    return household
