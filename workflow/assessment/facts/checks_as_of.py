"""Random checks as of a moment: which drawn households of each town were checked in the year, and which of them held.

Source: notice item 1, first sentence (抽查核实).  A household counts once; it does not hold where any drawn check of the
year failed, and a recheck that holds later does not make the failure undone.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, RandomCheck, RandomResult
from workflow.county.context import CountyContext


def checked(
    session: Session, setting: CountyContext, since: datetime, at: datetime, town_id: int | None = None
) -> dict[int, dict[str, bool]]:
    """By town, the households (codes) with a result recorded from `since` until the moment: whether they held.

    Those of a town that has ended count for its successor.
    """
    query = (
        select(RandomCheck.town_id, Household.code, RandomResult.result)
        .join(RandomResult, RandomResult.check_id == RandomCheck.id)
        .join(Household, Household.id == RandomCheck.household_id)
        .where(
            RandomCheck.repeats_id.is_(None),
            RandomResult.result != "lapsed",
            RandomResult.at >= since,
            RandomResult.at <= at,
        )
        .order_by(RandomCheck.town_id, Household.code)
    )
    held: dict[int, dict[str, bool]] = {}
    for checked_in, code, result in session.execute(query):
        town = setting.present(checked_in).id
        if town_id in (None, town):
            of_town = held.setdefault(town, {})
            of_town[code] = of_town.get(code, True) and result == "holds"
    return held
