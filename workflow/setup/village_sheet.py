"""Sheet of villages: adds them, and records which are listed poor ones and their registered poor people, changes with reason."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit, Village
from workflow.actors import Actor
from workflow.adoption.scheme_storing import add_village
from workflow.citizen_id import Faulty
from workflow.errors import BadInput, WorkflowError
from workflow.inputs import whole
from workflow.register.cells.values import yes_no
from workflow.register.counted import villages
from workflow.register.counted.villages import MOST_PEOPLE, Description
from workflow.register.importing.place_names import Place, Places, enter, read_places
from workflow.register.names.place_spelling import near_names
from workflow.setup.county_workbook import BookRow
from workflow.setup.new_names import refuse_near
from workflow.setup.sheet_results import SheetResult, once


def apply(session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult) -> None:
    """Add the villages that are new and describe all; a village is known by town and name in any spelling, or by code.

    A new name near that of a village which the sheet does not list is refused: it may be that one, misspelt.
    A cell that cannot be read is left out; an empty one changes nothing.  A row that changes what is on record needs its
    reason, as on the page of villages, and is refused without one.
    """
    living = select(Village).where(Village.withdrawn_at.is_(None))
    places, known = read_places(session), {row.code: row for row in session.scalars(living)}
    towns = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.type == "town"))}
    described: dict[str, int] = {}
    # Who lists both names means two villages.
    listed = {row.get("name") for row in rows}
    for row in once(result, rows, "town", "name"):
        with result.refusing(row):
            town = places.town(row.get("town"))
            village = _known(places, known, row, town)
            new = village is None
            if village is None:
                unlisted = [each.name for each in known.values() if each.town_id == town and each.name not in listed]
                refuse_near(row.get("name"), near_names(row.get("name"), unlisted), "name_near_unlisted")
                village = add_village(
                    session,
                    actor,
                    now,
                    name=row.get("name"),
                    town=towns[town].code,
                    code=row.get("code") or None,
                )
                known[village.code] = village
                enter(places, Place(village.id, town, village.code, village.name))
            if village.code in described:
                raise BadInput("row_twice", "name", first=described[village.code])
            described[village.code] = row.number
            before, wanted = villages.facts(village), _description(row, village, result)
            villages.describe(session, actor, now, {village.code: wanted}, row.get("reason"))
            after = villages.facts(village)
            changed = [name for name in after if after[name] != before[name]]
            if new:
                entered = {"code": village.code, "town": towns[town].name, **after}
                result.made(row, village.id, village.name, entered)
            elif changed:
                result.fields.update(changed)
                pairs = ({name: facts[name] for name in changed} for facts in (before, after))
                result.changed(row, village.id, village.name, *pairs)
            else:
                result.counts["unchanged"] += 1


def _known(places: Places, known: dict[str, Village], row: BookRow, town: int) -> Village | None:
    """The village that a row means, or None for a new one.

    Raises BadInput `village_renamed` for a known code under another name; Faulty where the name means several.
    """
    code, name = row.get("code"), row.get("name")
    try:
        place = places.village(name, town, add=False)
    except Faulty as error:
        if error.code != "village_not_of_town":
            raise
        place = None
    by_code = known.get(code) if code else None
    if by_code is None and place is None:
        return None
    village = by_code or known[place.code]  # type: ignore[union-attr]
    if by_code is not None and (place is None or place.code != by_code.code):
        raise BadInput("village_renamed", "name", village=by_code.name)
    if code and by_code is None:
        raise BadInput("village_code_differs", "code", code=village.code)
    return village


def _description(row: BookRow, village: Village, result: SheetResult) -> Description:
    listed, people = village.listed_poor, village.poor_people
    if cell := row.get("listed_poor"):
        try:
            read = yes_no(cell)
            listed = read if isinstance(read, bool) else listed
        except (Faulty, WorkflowError):
            result.leave_out(row, "listed_poor", BadInput("cell_yes_or_no", "listed_poor", value=cell[:40]))
    if cell := row.get("poor_people"):
        number = whole(cell.removesuffix("人").strip(), MOST_PEOPLE)
        if number is None:
            result.leave_out(row, "poor_people", BadInput("not_people", "poor_people", most=MOST_PEOPLE))
        else:
            people = number
    return Description(listed, people)
