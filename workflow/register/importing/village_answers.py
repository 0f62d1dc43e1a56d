"""Village answers: which villages of an uploaded file a person has to say, and what was said, kept with the import."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import RegisterImport, Unit, Village
from workflow.actors import Actor
from workflow.errors import BadInput, WrongState
from workflow.register.importing.import_lifecycle import VILLAGE, find, record
from workflow.register.importing.place_names import NEW, VillageAnswers, of_household
from workflow.register.names.place_spelling import village_key


def village_questions(row: RegisterImport) -> list[dict[str, Any]]:
    """The villages of a previewed file that a person has to say, as `import_payload` stores them; those of previews made by
    earlier versions are asked when the file is read again."""
    return [each for each in row.counts.get("asked_villages", []) if isinstance(each, dict)]


@dataclass(frozen=True, slots=True)
class VillageAnswer:
    """Which village is meant: town (0 where the file gives none) and name as the file has it, the code or NEW, and the
    household's code where the answer is for one household."""

    town: int
    written: str
    village: str
    household: str = ""


def answer_villages(
    session: Session, actor: Actor, now: datetime, import_id: int, answers: Sequence[VillageAnswer]
) -> RegisterImport:
    """Store which village each unclear one is, and queue the reading.

    Raises NotFound, WrongState, BadInput `village_unknown` for what is no village, or a new one without a town.
    """
    row = find(session, actor, import_id, lock=True)
    if row.status != "read":
        raise WrongState("import_not_read")
    towns = {0: ""} | {unit.id: unit.name for unit in session.scalars(select(Unit).where(Unit.type == "town"))}
    wanted = [each for each in answers if each.village and each.town in towns]
    codes = {each.village for each in wanted if each.village != NEW or not each.town}
    known = session.scalars(select(Village.code).where(Village.code.in_(codes), Village.ended_on.is_(None)))
    if strange := sorted(codes - set(known)):
        raise BadInput("village_unknown", "village", village=strange[0][:64])
    said = {}
    for each in wanted:
        name = village_key(each.written, towns[each.town])
        said[f"{VILLAGE}{each.town}\n{of_household(name, each.household) if each.household else name}"] = each.village
    row.mapping, row.status, row.problem = {**row.mapping, **said}, "reading", None
    record(session, actor, row, "answer_villages", now, {"villages": len(said)}, villages=said)
    return row


def answers_in(mapping: Mapping[str, str]) -> tuple[dict[str, str], VillageAnswers]:
    """The fields of headings, and the answers about villages, which an import keeps beside them."""
    headings = {name: said for name, said in mapping.items() if not name.startswith(VILLAGE)}
    answers: VillageAnswers = {}
    for name, code in mapping.items():
        town, parted, text = name.removeprefix(VILLAGE).partition("\n")
        if name.startswith(VILLAGE) and parted and town.isdigit():
            answers[int(town), text] = code
    return headings, answers
