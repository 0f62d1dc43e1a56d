"""Sheet of accounts: creates them without a password; the owner sets it with a first sign-in code."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BookChange, Unit, User, Village
from models.base import stated
from workflow import folding
from workflow.actors import Actor
from workflow.citizen_id import Faulty
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput
from workflow.history import event_log
from workflow.register.importing.place_names import Places, read_places
from workflow.setup.county_workbook import BookRow
from workflow.setup.sheet_results import SheetResult, once

#: What the sheet's column 角色 says, by role.
ROLE_WORDS = {
    "village": ("村干部", "村", "village"),
    "town": ("镇干部", "镇", "乡镇", "乡镇干部", "town"),
    "bureau": ("县直部门", "部门", "县直单位", "bureau"),
    "office": ("办公室", "县级办公室", "office"),
    "leaders": ("领导小组", "县领导", "leaders"),
    "inspectorate": ("督查", "督查人员", "督查机构", "inspectorate"),
    "admin": ("系统管理员", "管理员", "admin"),
}
_ROLES = {folding.key(word): role for role, words in ROLE_WORDS.items() for word in words}


def apply(session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult) -> None:
    """Create the accounts that are new and correct people's names; a move to another unit is refused, because what the person
    holds must be handed over first."""
    places = read_places(session)
    names = [row.get("name") for row in rows]
    known = {user.name: user for user in session.scalars(select(User).where(User.name.in_(names)))}
    taken_back = _taken_back(session, [user.id for user in known.values() if not user.active])
    for row in once(result, rows, "name"):
        with result.refusing(row):
            wanted = _wanted(session, places, row)
            user = known.get(wanted.name)
            if user is None or user.id in taken_back:
                user = _entered(session, actor, now, user, wanted)
                result.made(row, user.id, user.name, _seat_words(session, user))
                continue
            before = user.display_name
            if not _same_seat(session, user, wanted) or before == wanted.display_name:
                result.counts["unchanged"] += 1
                continue
            rename(session, actor, now, user, stated(wanted.display_name))
            result.fields["display_name"] += 1
            result.changed(row, user.id, user.name, {"display_name": before}, {"display_name": user.display_name})


def _entered(session: Session, actor: Actor, now: datetime, user: User | None, wanted: NewUser) -> User:
    """The account that a row enters: a new one, or again one that was taken back with an earlier workbook.

    Raises BadInput, NotAllowed.
    """
    if user is None:
        return accounts.create_user(session, actor, now, wanted)
    unit, village = accounts.seat_of(session, wanted.role, wanted.unit, wanted.village)
    seat = (unit.id if unit is not None else None, village.id if village is not None else None)
    if seat != (user.unit_id, user.village_id):
        if unit is None or user.role == "admin":
            raise BadInput("account_elsewhere", "unit", name=user.name, unit="–")
        accounts.transfer(session, actor, user, unit, village, now)
    if user.display_name != wanted.display_name:
        rename(session, actor, now, user, stated(wanted.display_name))
    accounts.set_active(session, actor, user, True, now)
    return user


def _seat_words(session: Session, user: User) -> dict[str, str]:
    unit = session.get_one(Unit, user.unit_id).name if user.unit_id is not None else ""
    village = session.get_one(Village, user.village_id).name if user.village_id is not None else ""
    return {"display_name": user.display_name, "role": user.role, "unit": unit, "village": village}


def _taken_back(session: Session, ids: list[int]) -> set[int]:
    """Which of these closed accounts were closed since the workbook that entered them was undone."""
    entered = select(BookChange).where(BookChange.sheet == "accounts", BookChange.made, BookChange.subject_id.in_(ids))
    last = {change.subject_id: change for change in session.scalars(entered.order_by(BookChange.id))}
    return {number for number, change in last.items() if change.undone_at is not None}


def _wanted(session: Session, places: Places, row: BookRow) -> NewUser:
    """The account that a row describes.  Raises BadInput, Faulty."""
    if not row.get("display_name"):
        raise BadInput("missing", "display_name")
    unit = living_unit(session, row.get("unit")) if row.get("unit") else None
    village = None
    if row.get("village"):
        try:
            village = places.village(row.get("village"), unit.id if unit is not None else None, add=False).code
        except Faulty as error:
            raise BadInput(error.code, "village", **error.params) from error
    return NewUser(
        name=row.get("name"),
        role=_role(row.get("role"), unit, village),
        unit=unit.code if unit is not None else None,
        village=village,
        display_name=row.get("display_name"),
    )


def _role(text: str, unit: Unit | None, village: str | None) -> str:
    """The role in words, or the one that follows from the unit and the village.  Raises BadInput."""
    if text:
        role = _ROLES.get(folding.key(text))
        if role is None:
            words = "、".join(words[0] for words in ROLE_WORDS.values())
            raise BadInput("role_word", "role", value=text[:40], words=words)
        return role
    if village is not None:
        return "village"
    if unit is None:
        raise BadInput("missing", "unit")
    return unit.type


def _same_seat(session: Session, user: User, wanted: NewUser) -> bool:
    """True where the account is open and belongs where the row says.  Raises BadInput otherwise."""
    if not user.active:
        raise BadInput("account_closed", "name", name=user.name)
    unit = session.get(Unit, user.unit_id) if user.unit_id is not None else None
    village = _village_code(session, user)
    same_unit = wanted.unit is None or (unit is not None and unit.code == wanted.unit)
    if user.role != wanted.role or not same_unit or (user.role == "village" and village != wanted.village):
        raise BadInput("account_elsewhere", "unit", name=user.name, unit=unit.name if unit is not None else "–")
    return True


def _village_code(session: Session, user: User) -> str | None:
    return session.get_one(Village, user.village_id).code if user.village_id is not None else None


def rename(session: Session, actor: Actor, now: datetime, user: User, display_name: str) -> None:
    """Correct a person's name.  Raises BadInput `too_long`."""
    if len(display_name) > 200:
        raise BadInput("too_long", "display_name", most=200)
    user.display_name = display_name
    event_log.of(session, user, actor, now).append("user_renamed", private={"name": display_name}, notify=False)
