"""Sheet of units: adds units and corrects their names on documents, by a new version of the scheme."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit
from workflow import folding
from workflow.actors import Actor
from workflow.errors import BadInput
from workflow.register.names.place_spelling import near_units
from workflow.setup.county_workbook import BookRow, listed_in
from workflow.setup.new_names import refuse_near
from workflow.setup.sheet_results import SheetResult, once
from workflow.setup.unit_definitions import CHANGEABLE, Definitions

#: What the sheet's column 单位类别 says, by type.
TYPE_WORDS = {
    "town": ("镇", "乡镇", "街道", "town"),
    "bureau": ("县直部门", "县直单位", "部门", "bureau"),
    "office": ("办公室", "office"),
    "leaders": ("领导小组", "leaders"),
    "inspectorate": ("督查机构", "督查", "inspectorate"),
}
#: What belongs to one of a unit's names.
_OF_A_NAME = ("name", "full_name", "mark", "name_en")
_TYPES = {folding.key(word): code for code, words in TYPE_WORDS.items() for word in words}


def apply(session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult) -> None:
    """Define the units of the rows and adopt the scheme they make; a unit is known by its code or any of its names.

    A new name near that of a unit which the sheet does not list is refused: it may be that one, misspelt.
    If the scheme would not hold with them, every row that changes a unit is refused.
    """
    definitions, done = Definitions.now(session, actor, now), list[_Row]()
    # Who lists both names means two units.
    listed = {definitions.code_of(row.get("code"), row.get("name")) for row in rows}
    unlisted = [
        unit.name for code, unit in definitions.standing.items() if unit.ended_on is None and code not in listed
    ]
    for row in once(result, rows, "name"):
        with result.refusing(row):
            values = _values(row)
            code = definitions.code_of(row.get("code"), row.get("name"))
            if code is None:
                name = row.get("name")
                refuse_near(name, near_units(name, unlisted), "name_near_unlisted")
                done.append(_Row(row, definitions.add(values), "new"))
                continue
            if not row.get("code"):
                # Found by another of its names: the sheet means the unit, and does not rename it.
                values.pop("name", None)
            if row.get("name") in definitions.plates:
                # What is said of a plate is not said of the unit: what rules name the plate is the county file's.
                values = {name: value for name, value in values.items() if name not in _OF_A_NAME}
            before = definitions.definition(code)
            fields = definitions.change(code, values)
            done.append(_Row(row, code, "changed" if fields else "unchanged", fields, before))
    try:
        definitions.adopt(session, actor, now)
    except BadInput as error:
        for each in done:
            if each.what != "unchanged":
                result.refuse(each.row, error)
        done = [each for each in done if each.what == "unchanged"]
    _count(session, definitions, done, result)


@dataclass(slots=True)
class _Row:
    """A row that was read: its unit, what it does, and of a known unit the columns it changes and how it was defined."""

    row: BookRow
    code: str
    what: str
    fields: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)


def _count(session: Session, definitions: Definitions, done: list[_Row], result: SheetResult) -> None:
    changed = [each.code for each in done if each.what != "unchanged"]
    units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.in_(changed)))}
    for each in done:
        if each.what == "unchanged":
            result.counts["unchanged"] += 1
            continue
        unit, after = units[each.code], definitions.definition(each.code)
        result.fields.update(each.fields)
        if each.what == "new":
            entered = {name: after[name] for name in ("code", "name", "type", *CHANGEABLE) if after[name]}
            result.made(each.row, unit.id, unit.name, entered)
        else:
            pairs = [{name: values[name] for name in each.fields} for values in (each.before, after)]
            result.changed(each.row, unit.id, unit.name, *pairs)


def _values(row: BookRow) -> dict[str, Any]:
    """The cells of a row as a definition's values; an empty cell changes nothing.  Raises BadInput `type_word`."""
    values: dict[str, Any] = {name: row.get(name) for name in ("code", "name", "full_name", "mark", "name_en")}
    values = {name: value for name, value in values.items() if value}
    if row.get("aliases"):
        values["aliases"] = listed_in(row.get("aliases"))
    if text := row.get("type"):
        kind = _TYPES.get(folding.key(text))
        if kind is None:
            words = "、".join(words[0] for words in TYPE_WORDS.values())
            raise BadInput("type_word", "type", value=text[:40], words=words)
        values["type"] = kind
    return values
