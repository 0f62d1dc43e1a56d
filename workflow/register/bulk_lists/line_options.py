"""Line options: the households of the actor's area that a line of a list may mean, by names and numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Household, Member, Village
from models.household import GONE
from workflow import folding
from workflow.actors import Actor
from workflow.county.vault import Vault
from workflow.register.access import visible_area


def households_named(
    session: Session, actor: Actor, vault: Vault, words: dict[str, Any], villages: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Code and name of the head of each household with the person's number, or with a person of the name in the village, or
    where that is unclear in one of `villages`."""
    wanted = {folding.key(str(words[name])) for name in ("name", "head") if words.get(name)}
    query = (
        select(Household.code, Household.head_name, Member.name, Member.id_index, Village.code)
        .join(Village, Village.id == Household.village_id)
        .outerjoin(Member, (Member.household_id == Household.id) & Member.ends_on.is_(None))
        .where(visible_area(actor), Household.status.not_in(GONE))
        .order_by(Household.code)
    )
    indexes = vault.indexes(words["id_number"]) if words.get("id_number") else []
    found: dict[str, str] = {}
    if indexes:
        found |= {row[0]: row[1] for row in session.execute(query.where(Member.id_index.in_(indexes)))}
    if places := [words["village"]] if words.get("village") else villages:
        for code, head, name, _, _village in session.execute(query.where(Village.code.in_(places))):
            if {folding.key(head), folding.key(name or "")} & wanted:
                found[code] = head
    return list(found.items())
