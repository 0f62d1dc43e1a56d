"""Place names: finds towns and villages by code, name or alias, with or without the suffix 镇 or 村."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, Unit, UnitAlias, Village
from workflow.citizen_id import Faulty
from workflow.register.importing.values import shown

_TOWN_ENDS = ("人民政府", "街道办事处", "街道", "镇", "乡")
_VILLAGE_ENDS = ("村民委员会", "居民委员会", "村委会", "居委会", "行政村", "社区", "村")


@dataclass(slots=True)
class Place:
    """A village of a town; `id` is empty for a new one."""

    id: int | None
    town_id: int
    code: str
    name: str


@dataclass(slots=True)
class Places:
    """The county's towns and villages, and the new villages of a file."""

    towns: dict[str, int]
    town_names: dict[int, str]
    town_codes: dict[int, str]
    by_code: dict[str, Place]
    by_name: dict[tuple[int, str], Place]
    by_stem: dict[tuple[int, str], list[Place]]
    anywhere: dict[str, list[Place]]
    new: list[Place] = field(default_factory=list)

    def town(self, text: str) -> int:
        """The id of the town.  Raises Faulty `town_unknown`."""
        town = self.towns.get(text) or self.towns.get(_stem(text, _TOWN_ENDS))
        if town is None:
            raise Faulty("town_unknown", town=shown(text))
        return town

    def village(self, text: str, town_id: int | None, *, add: bool = True) -> Place:
        """The village; an unknown one under a known town is new, where the uploader may `add`.

        Raises Faulty `village_not_of_town` (it would be new), `village_unknown`, `village_ambiguous` (without a town),
        `village_of_other_town` (by its code).
        """
        if (village := self.by_code.get(text)) is not None:
            if town_id is not None and village.town_id != town_id:
                raise Faulty("village_of_other_town", village=shown(text), town=self.town_names[village.town_id])
            return village
        if town_id is None:
            known = self.anywhere.get(_stem(text, _VILLAGE_ENDS), [])
            if len(known) != 1:
                raise Faulty("village_ambiguous" if known else "village_unknown", village=shown(text))
            return known[0]
        text = text.removeprefix(self.town_names[town_id]) or text
        if (village := self.by_name.get((town_id, text))) is not None:
            return village
        alike = self.by_stem.get((town_id, _stem(text, _VILLAGE_ENDS)), [])
        if len(alike) > 1:
            raise Faulty("village_ambiguous", village=shown(text))
        if not alike and not add:
            raise Faulty("village_not_of_town", village=shown(text), town=self.town_names[town_id])
        return alike[0] if alike else self._add(text, town_id)

    def _add(self, text: str, town_id: int) -> Place:
        name = text
        for end in _VILLAGE_ENDS[:5]:
            if text.endswith(end) and len(text) > len(end):
                name = text.removesuffix(end) + "村"
                break
        stub, number = self.town_codes[town_id].removeprefix("town-"), 1
        while (code := f"{stub}-{number:02d}") in self.by_code:
            number += 1
        place = Place(None, town_id, code, name)
        self.new.append(place)
        _enter(self, place)
        self.by_name[(town_id, text)] = place
        return place


@cache
def _stem(text: str, ends: tuple[str, ...]) -> str:
    """The name without its suffix; never empty."""
    for end in ends:
        if text.endswith(end) and len(text) > len(end):
            return text.removesuffix(end)
    return text


def _enter(places: Places, place: Place) -> None:
    stem = _stem(place.name, _VILLAGE_ENDS)
    places.by_code[place.code] = place
    places.by_name[(place.town_id, place.name)] = place
    places.by_stem.setdefault((place.town_id, stem), []).append(place)
    places.anywhere.setdefault(stem, []).append(place)


def read_places(session: Session) -> Places:
    """The county's towns and villages."""
    units = session.scalars(select(Unit).where(Unit.type == "town")).all()
    # A file that still names a town or village that has ended means its successor.
    today = {unit.id: unit.successor_id or unit.id for unit in units}
    names = {unit.id: unit.name for unit in units}
    places = Places({}, names, {unit.id: unit.code for unit in units}, {}, {}, {}, {})
    known: Iterable[tuple[str, int]] = [
        *(
            (alias, unit_id)
            for alias, unit_id in session.execute(select(UnitAlias.alias, UnitAlias.unit_id))
            if unit_id in names
        ),
        *((unit.name, unit.id) for unit in units),
        *((unit.code, unit.id) for unit in units),
    ]
    for text, named in known:
        unit_id = today[named]
        places.towns.setdefault(_stem(text, _TOWN_ENDS), unit_id)
        places.towns[text] = unit_id
    villages = session.scalars(select(Village).order_by(Village.id)).all()
    by_id = {row.id: Place(row.id, row.town_id, row.code, row.name) for row in villages if row.ended_on is None}
    for place in by_id.values():
        _enter(places, place)
    called = [(row.code, row.name, row.successor_id) for row in villages if row.ended_on is not None]
    called += session.execute(
        select(Village.code, FormerName.name, Village.id).join(Village, Village.id == FormerName.village_id)
    ).all()
    for code, name, heir in called:
        if heir in by_id:
            _enter_former(places, code, name, by_id[heir])
    return places


def _enter_former(places: Places, code: str, name: str, heir: Place) -> None:
    """A name or code that is no longer used means the successor, unless another village has it now."""
    stem = _stem(name, _VILLAGE_ENDS)
    places.by_code.setdefault(code, heir)
    places.by_name.setdefault((heir.town_id, name), heir)
    if not places.by_stem.get((heir.town_id, stem)):
        places.by_stem[heir.town_id, stem] = [heir]
    if not places.anywhere.get(stem):
        places.anywhere[stem] = [heir]
