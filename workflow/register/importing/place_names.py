"""Place names: finds towns and villages by code, name or alias, with or without the suffix 镇 or 村, in any spelling that
`folding.key` makes one: full width, traditional characters, spaces.

The keys of `Places` are folded, the names of its villages are as the county writes them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, Unit, UnitAlias, Village
from workflow import folding
from workflow.citizen_id import Faulty
from workflow.register.cells.values import shown
from workflow.register.names.place_spelling import (
    GROUP_ENDS,
    TOWN_ENDS,
    VILLAGE_ENDS,
    near_names,
    spelling,
    stem_of,
    without_town,
)


@dataclass(slots=True)
class Place:
    """A village of a town; `id` is empty for a new one."""

    id: int | None
    town_id: int
    code: str
    name: str


#: The answer that an unknown village is a new one.
NEW = "+"
#: The town of a village (0 where the file gives none) and its name as the file has it → its code, or NEW; with `of_household`
#: behind the name the answer of one household.
VillageAnswers = dict[tuple[int, str], str]


def of_household(text: str, code: str) -> str:
    """The key of an answer that holds for one household."""
    return f"{text}\n{code}"


@dataclass(frozen=True, slots=True)
class AskedVillage:
    """A village that a person has to say: as the file writes it, and the villages that may be meant.

    `why`: near (the county has none of this name), several (it has more than one) or sheet (only the name of a sheet may be
    one); `households`: the codes that wait.
    """

    written: str
    near: Sequence[Place]
    why: str = "near"
    households: dict[str, None] = field(default_factory=dict)


class VillageQuestion(NamedTuple):
    """A village that a person has to say, of a town (0 where the file gives none), and how many households wait for it."""

    town_id: int
    asked: AskedVillage
    n: int


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
    #: Codes of villages entered by mistake: nothing is found by them, and no other village gets them.
    withdrawn: set[str] = field(default_factory=set)
    #: The town and the written name of an unknown village → the code of the one that is meant, or NEW.
    answers: VillageAnswers = field(default_factory=dict)
    #: The villages that nobody has answered for, by town (0 for none) and name.
    asked: dict[tuple[int, str], AskedVillage] = field(default_factory=dict)
    #: An unknown village without a town → the towns it may be of.
    meant: dict[str, set[int]] = field(default_factory=dict)
    #: Names of sheets that may be villages though they do not say so: each is asked about.
    sheets: Collection[str] = ()
    #: The village of a registered household, by its code.
    home: Callable[[str], int | None] = lambda code: None

    def town(self, text: str) -> int:
        """The id of the town.  Raises Faulty `town_unknown`."""
        name = spelling(text)
        town = self.towns.get(name) or self.towns.get(stem_of(name, TOWN_ENDS))
        if town is None:
            raise Faulty("town_unknown", town=shown(text))
        return town

    def village(self, text: str, town_id: int | None, *, add: bool = True, code: str = "") -> Place:
        """The village; an unknown one under a known town is new, where the uploader may `add`.  `code`: of the household.

        Without a town it is looked for in the whole county, an unknown one in the town it names or whose villages are near.
        Raises Faulty `village_not_of_town` (it would be new), `village_unknown`, `village_of_other_town` (by its code), or
        one that asks: `village_asked` (it may be one whose name is near), `village_several`, `village_of_sheet`.
        """
        written, text = text, spelling(text)
        if (village := self.by_code.get(text)) is not None:
            if town_id is not None and village.town_id != town_id:
                raise Faulty("village_of_other_town", village=shown(written), town=self.town_names[village.town_id])
            return village
        if town_id is None:
            known = self.anywhere.get(stem_of(text, VILLAGE_ENDS), [])
            if known:
                return self._one_of((0, text), written, known, code)
            towns = self._towns_meant(text)
            if len(towns) != 1:
                near = [place for town in sorted(towns) for place in self._near(text, town)]
                if not near:
                    raise Faulty("village_unknown", village=shown(written))
                return self._one_of((0, text), written, near, code)
            (town_id,) = towns
        town = self._town_before(text, town_id)
        if town:
            text, written = text.removeprefix(town), without_town(written, town)
        if (village := self.by_name.get((town_id, text))) is not None:
            return village
        alike = self.by_stem.get((town_id, stem_of(text, VILLAGE_ENDS)), [])
        if alike:
            return self._one_of((town_id, text), written, alike, code)
        if not add or text in self.sheets:
            raise Faulty("village_not_of_town", village=shown(written), town=self.town_names[town_id])
        return self._answered(written, text, town_id, code)

    def may_mean(self, text: str, town: str) -> list[Place]:
        """The villages that a written name may mean, of a written town or none; empty where the county has none near it."""
        self.asked.clear()
        try:
            found = [self.village(text, self.towns.get(spelling(town)), add=bool(town))]
        except Faulty:
            found = [place for asked in self.asked.values() for place in asked.near]
        return [place for place in found if place.id is not None]

    def has(self, name: str) -> bool:
        """Whether the county has a village of this name, written with or without its suffix."""
        return stem_of(spelling(name), VILLAGE_ENDS) in self.anywhere

    def in_full(self, name: str) -> bool:
        """Whether a village of the county is called just so."""
        return any(spelling(name) == text for _, text in self.by_name)

    def _one_of(self, key: tuple[int, str], written: str, known: Sequence[Place], code: str) -> Place:
        """The village among the `known` ones that may be meant: the only one, the one where the household is registered, or the
        one that a person named.  Raises Faulty `village_several`, `village_of_sheet`."""
        sheet = key[1] in self.sheets
        if len(known) == 1 and not sheet and self.has(key[1]):
            return known[0]
        named = self.answers.get((key[0], of_household(key[1], code))), self.answers.get(key)
        answered = [next((place for place in known if place.code == answer), None) for answer in named]
        home = self.home(code) if code else None
        at_home = next((place for place in known if place.id is not None and place.id == home), None)
        meant = answered[0] or at_home or answered[1]
        if meant is not None:
            return meant
        asked = self.asked.setdefault(key, AskedVillage(written, known, "sheet" if sheet else "several"))
        asked.households[code] = None
        names = "、".join(f"{place.name}（{self.town_names[place.town_id]}，{place.code}）" for place in known)
        code_of = "village_of_sheet" if sheet else "village_several"
        raise Faulty(code_of, village=shown(written), near=names, town=self.town_names.get(key[0], ""))

    def _towns_meant(self, text: str) -> set[int]:
        """The towns whose name stands before the village's, else those that have villages with near names."""
        if text not in self.meant:
            towns = {town for town in self.town_names if self._town_before(text, town)}
            if not towns:
                known = [place for place in self.by_name.values() if place.id]
                near = set(near_names(stem_of(text, GROUP_ENDS), {place.name for place in known}))
                towns = {place.town_id for place in known if place.name in near}
            self.meant[text] = towns
        return self.meant[text]

    def _town_before(self, text: str, town_id: int) -> str:
        """The name of the town, also a former or another one, that stands before a village's; empty where none does."""
        known = (name for name, number in self.towns.items() if number == town_id and name.endswith(TOWN_ENDS))
        names = [spelling(self.town_names[town_id]), *sorted(known, key=len, reverse=True)]
        return next((name for name in names if text.startswith(name) and len(text) > len(name)), "")

    def _answered(self, written: str, text: str, town_id: int, code: str) -> Place:
        """The village a person says an unknown one is, or a new one.  Raises Faulty `village_asked`."""
        answer = self.answers.get((town_id, of_household(text, code))) or self.answers.get((town_id, text))
        if answer is not None and answer != NEW:
            meant = self.by_code.get(spelling(answer)) or self.by_name.get((town_id, spelling(answer)))
            if meant is not None and meant.town_id == town_id:
                return meant
        if answer != NEW:
            asked = self.asked.get((town_id, text))
            near = asked.near if asked else self._near(text, town_id)
            if near:
                asked = self.asked.setdefault((town_id, text), AskedVillage(written, near))
                asked.households[code] = None
                names = "、".join(place.name for place in near)
                raise Faulty("village_asked", village=shown(written), near=names, town=self.town_names[town_id])
        return self._add(written, town_id)

    def _near(self, text: str, town_id: int) -> list[Place]:
        known = {place.name: place for (town, _), place in self.by_name.items() if town == town_id and place.id}
        return [known[name] for name in near_names(stem_of(text, GROUP_ENDS), known)]

    def _add(self, text: str, town_id: int) -> Place:
        name = text = folding.name(text)
        for end in VILLAGE_ENDS[:5]:
            if text.endswith(end) and len(text) > len(end):
                name = text.removesuffix(end) + "村"
                break
        stub, number = self.town_codes[town_id].removeprefix("town-"), 1
        while (code := f"{stub}-{number:02d}") in self.by_code or code in self.withdrawn:
            number += 1
        place = Place(None, town_id, code, name)
        self.new.append(place)
        enter(self, place)
        self.by_name[(town_id, spelling(text))] = place
        return place


def enter(places: Places, place: Place) -> None:
    """Make a village known by its code and its names."""
    name = spelling(place.name)
    stem = stem_of(name, VILLAGE_ENDS)
    places.by_code[spelling(place.code)] = place
    places.by_name[(place.town_id, name)] = place
    places.by_stem.setdefault((place.town_id, stem), []).append(place)
    places.anywhere.setdefault(stem, []).append(place)


def read_places(session: Session, answers: VillageAnswers | None = None) -> Places:
    """The county's towns and villages, and what a person answered about those of a file."""
    towns = select(Unit).where(Unit.type == "town", Unit.withdrawn_at.is_(None))
    # A name means one that has ended only where no living town bears it.
    units = session.scalars(towns.order_by(Unit.ended_on.is_not(None), Unit.id)).all()
    # A file that still names a town or village that has ended means its successor.
    today = {unit.id: unit.successor_id or unit.id for unit in units}
    names = {unit.id: unit.name for unit in units}
    places = Places({}, names, {unit.id: unit.code for unit in units}, {}, {}, {}, {}, answers=answers or {})
    aliases = session.execute(select(UnitAlias.unit_id, UnitAlias.alias)).all()
    whole: dict[str, int] = {}
    for unit in units:
        for text in (unit.code, unit.name, *(alias for unit_id, alias in aliases if unit_id == unit.id)):
            whole.setdefault(spelling(text), today[unit.id])
    places.towns.update(whole)
    for name, unit_id in whole.items():
        places.towns.setdefault(stem_of(name, TOWN_ENDS), unit_id)
    villages = session.scalars(select(Village).order_by(Village.id)).all()
    by_id = {row.id: Place(row.id, row.town_id, row.code, row.name) for row in villages if row.ended_on is None}
    places.withdrawn = {row.code for row in villages if row.withdrawn_at is not None}
    for place in by_id.values():
        enter(places, place)
    called = [(row.code, row.name, row.successor_id) for row in villages if row.ended_on is not None]
    called += session.execute(
        select(Village.code, FormerName.name, Village.id).join(Village, Village.id == FormerName.village_id)
    ).all()
    for code, former, heir in called:
        if heir in by_id:
            _enter_former(places, code, former, by_id[heir])
    return places


def _enter_former(places: Places, code: str, name: str, heir: Place) -> None:
    """A name or code that is no longer used means the successor, unless another village has it now."""
    name = spelling(name)
    stem = stem_of(name, VILLAGE_ENDS)
    places.by_code.setdefault(spelling(code), heir)
    places.by_name.setdefault((heir.town_id, name), heir)
    if not places.by_stem.get((heir.town_id, stem)):
        places.by_stem[heir.town_id, stem] = [heir]
    if not places.anywhere.get(stem):
        places.anywhere[stem] = [heir]
