"""Sheet of cadres: who is responsible for which household; a row without a cadre changes nothing."""

from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, User, Village
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.setup import household_cadres
from workflow.setup.county_workbook import BookRow
from workflow.setup.household_cadres import Cadre
from workflow.setup.sheet_results import SheetResult, once


def apply(session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult) -> None:
    """Give the households to the cadres named, by sign-in name or by a name that is one account of their town."""
    households = {
        code: (number, town, name, account)
        for number, code, town, name, account in session.execute(
            select(Household.id, Household.code, Village.town_id, Household.cadre_name, Household.cadre_id).join(
                Village, Village.id == Household.village_id
            )
        )
    }
    people = session.scalars(select(User).where(User.role.in_(("village", "town")))).all()
    by_name = {user.name: user for user in people}
    alike = Counter((user.unit_id, user.display_name) for user in people if user.active)
    only = {(u.unit_id, u.display_name): u.id for u in people if alike[u.unit_id, u.display_name] == 1 and u.active}
    wanted: dict[str, Cadre] = {}
    for row in once(result, rows, "code"):
        with result.refusing(row):
            code = row.get("code")
            if code not in households:
                raise BadInput("household_unknown", "code", household=code[:64])
            number, town, name, account = households[code]
            if (not row.get("cadre") and not row.get("account")) or _as_recorded(row, name, account, by_name):
                result.counts["unchanged"] += 1
                continue
            cadre = _cadre(row, town, by_name, only)
            if (cadre.name, cadre.account_id) == (name, account):
                result.counts["unchanged"] += 1
                continue
            wanted[code] = cadre
            after = {"cadre": cadre.name, "cadre_id": cadre.account_id}
            if name:
                result.fields["cadre"] += 1
                result.changed(row, number, code, {"cadre": name, "cadre_id": account}, after)
            else:
                result.made(row, number, code, after)
    household_cadres.assign(session, actor, now, wanted)


def _as_recorded(row: BookRow, name: str, account: int | None, by_name: dict[str, User]) -> bool:
    """Whether a row names the account on record: also of another town after a move, so a written workbook is taken back."""
    user = by_name.get(row.get("account"))
    return user is not None and user.id == account and row.get("cadre") in ("", name)


def _cadre(row: BookRow, town: int, by_name: dict[str, User], only: dict[tuple[int | None, str], int]) -> Cadre:
    """The cadre that a row names.  Raises BadInput."""
    if not row.get("account"):
        name = row.get("cadre")
        if len(name) > 200:
            raise BadInput("too_long", "cadre", most=200)
        return Cadre(name, only.get((town, name)))
    user = by_name.get(row.get("account"))
    if user is None or not user.active:
        raise BadInput("cadre_account", "account", name=row.get("account")[:64])
    if user.unit_id != town:
        raise BadInput("cadre_of_another_town", "account", name=user.display_name)
    if row.get("cadre") and row.get("cadre") != user.display_name:
        raise BadInput("cadre_differs", "cadre", name=user.display_name)
    return Cadre(user.display_name, user.id)
