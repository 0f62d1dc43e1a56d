"""Place names: finds towns and villages by code, name or alias, with or without the suffix 镇 or 村, in any spelling that
`folding.key` makes one: full width, traditional characters, spaces.

The keys of `Places` are folded, the names of its villages are as the county writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Unit, UnitAlias, Village
from workflow import folding
from workflow.citizen_id import Faulty
from workflow.register.cells.values import shown

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
        name = _spelling(text)
        town = self.towns.get(name) or self.towns.get(_stem(name, _TOWN_ENDS))
        if town is None:
            raise Faulty("town_unknown", town=shown(text))
        return town

    def village(self, text: str, town_id: int | None, *, add: bool = True) -> Place:
        """The village; an unknown one under a known town is new, where the uploader may `add`.

        Raises Faulty `village_not_of_town` (it would be new), `village_unknown`, `village_ambiguous` (without a town),
        `village_of_other_town` (by its code).
        """
        written, text = text, _spelling(text)
        if (village := self.by_code.get(text)) is not None:
            if town_id is not None and village.town_id != town_id:
                raise Faulty("village_of_other_town", village=shown(written), town=self.town_names[village.town_id])
            return village
        if town_id is None:
            known = self.anywhere.get(_stem(text, _VILLAGE_ENDS), [])
            if len(known) != 1:
                raise Faulty("village_ambiguous" if known else "village_unknown", village=shown(written))
            return known[0]
        town = _spelling(self.town_names[town_id])
        if text.startswith(town) and len(text) > len(town):
            text, written = text.removeprefix(town), _without_town(written, self.town_names[town_id])
        if (village := self.by_name.get((town_id, text))) is not None:
            return village
        alike = self.by_stem.get((town_id, _stem(text, _VILLAGE_ENDS)), [])
        if len(alike) > 1:
            raise Faulty("village_ambiguous", village=shown(written))
        if not alike and not add:
            raise Faulty("village_not_of_town", village=shown(written), town=self.town_names[town_id])
        return alike[0] if alike else self._add(written, town_id)

    def _add(self, text: str, town_id: int) -> Place:
        name = text = folding.name(text)
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
        self.by_name[(town_id, _spelling(text))] = place
        return place


@lru_cache(maxsize=8192)
def _spelling(text: str) -> str:
    return "".join(folding.key(text).split())


def _without_town(text: str, town: str) -> str:
    name = folding.name(text)
    return name[len(folding.name(town)) :] or name


@cache
def _stem(text: str, ends: tuple[str, ...]) -> str:
    """The name without its suffix; never empty."""
    for end in ends:
        if text.endswith(end) and len(text) > len(end):
            return text.removesuffix(end)
    return text


def _enter(places: Places, place: Place) -> None:
    name = _spelling(place.name)
    stem = _stem(name, _VILLAGE_ENDS)
    places.by_code[_spelling(place.code)] = place
    places.by_name[(place.town_id, name)] = place
    places.by_stem.setdefault((place.town_id, stem), []).append(place)
    places.anywhere.setdefault(stem, []).append(place)


def read_places(session: Session) -> Places:
    """The county's towns and villages."""
    units = session.scalars(select(Unit).where(Unit.type == "town")).all()
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
    for text, unit_id in known:
        name = _spelling(text)
        places.towns.setdefault(_stem(name, _TOWN_ENDS), unit_id)
        places.towns[name] = unit_id
    for row in session.execute(select(Village.id, Village.town_id, Village.code, Village.name)):
        _enter(places, Place(*row))
    return places
