"""Place names: finds towns and villages by code, name or alias, with or without the suffix 镇 or 村, in any spelling that
`folding.key` makes one: full width, traditional characters, spaces.

The keys of `Places` are folded, the names of its villages are as the county writes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, Unit, UnitAlias, Village
from workflow import folding
from workflow.citizen_id import Faulty
from workflow.register.cells.values import shown
from workflow.register.names.pinyin import initials

_GROUP_ENDS = ("村民小组", "居民小组", "小组", "组")
_MOST_NEAR = 5
#: Characters by which real villages differ: two names that differ in these alone are not near.
_TELLING = frozenset("上下东西南北中前后左右内外大小新老旧一二三四五六七八九十0123456789")
_TOWN_ENDS = ("人民政府", "街道办事处", "街道", "镇", "乡")
_VILLAGE_ENDS = ("村民委员会", "居民委员会", "村委会", "居委会", "行政村", "社区", "村")
_UNIT_ENDS = ("人民政府", "街道办事处", "办公室", "委员会", "街道", "局", "委", "办", "镇", "乡")


@dataclass(slots=True)
class Place:
    """A village of a town; `id` is empty for a new one."""

    id: int | None
    town_id: int
    code: str
    name: str


#: The answer that an unknown village is a new one.
NEW = "+"
VillageAnswers = dict[tuple[int, str], str]


@dataclass(frozen=True, slots=True)
class AskedVillage:
    """An unknown village as the file writes it, and the villages of its town whose names are near."""

    written: str
    near: list[Place]


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
    #: The unknown villages with near names that nobody has answered for, as the file writes them.
    asked: dict[tuple[int, str], AskedVillage] = field(default_factory=dict)
    #: An unknown village without a town → the town it is looked for in; empty where several could be meant.
    meant: dict[str, int | None] = field(default_factory=dict)

    def town(self, text: str) -> int:
        """The id of the town.  Raises Faulty `town_unknown`."""
        name = _spelling(text)
        town = self.towns.get(name) or self.towns.get(_stem(name, _TOWN_ENDS))
        if town is None:
            raise Faulty("town_unknown", town=shown(text))
        return town

    def village(self, text: str, town_id: int | None, *, add: bool = True) -> Place:
        """The village; an unknown one under a known town is new, where the uploader may `add`.

        Without a town it is looked for in the whole county, an unknown one in the town it names or whose villages are near.
        Raises Faulty `village_not_of_town` (it would be new), `village_unknown`, `village_ambiguous` (without a town),
        `village_of_other_town` (by its code), `village_asked` (it may be one whose name is near).
        """
        written, text = text, _spelling(text)
        if (village := self.by_code.get(text)) is not None:
            if town_id is not None and village.town_id != town_id:
                raise Faulty("village_of_other_town", village=shown(written), town=self.town_names[village.town_id])
            return village
        if town_id is None:
            known = self.anywhere.get(_stem(text, _VILLAGE_ENDS), [])
            if len(known) == 1:
                return known[0]
            town_id = None if known else self._town_meant(text)
            if town_id is None:
                raise Faulty("village_ambiguous" if known else "village_unknown", village=shown(written))
        town = self._town_before(text, town_id)
        if town:
            text, written = text.removeprefix(town), _without_town(written, town)
        if (village := self.by_name.get((town_id, text))) is not None:
            return village
        alike = self.by_stem.get((town_id, _stem(text, _VILLAGE_ENDS)), [])
        if len(alike) > 1:
            raise Faulty("village_ambiguous", village=shown(written))
        if not alike and not add:
            raise Faulty("village_not_of_town", village=shown(written), town=self.town_names[town_id])
        return alike[0] if alike else self._answered(written, text, town_id)

    def _town_meant(self, text: str) -> int | None:
        """The one town whose name stands before the village's, or that alone has villages with near names."""
        if text not in self.meant:
            towns = {town for town in self.town_names if self._town_before(text, town)}
            if not towns:
                known = [place for place in self.by_name.values() if place.id]
                near = set(near_names(_stem(text, _GROUP_ENDS), {place.name for place in known}))
                towns = {place.town_id for place in known if place.name in near}
            self.meant[text] = next(iter(towns)) if len(towns) == 1 else None
        return self.meant[text]

    def _town_before(self, text: str, town_id: int) -> str:
        """The name of the town, also a former or another one, that stands before a village's; empty where none does."""
        known = (name for name, number in self.towns.items() if number == town_id and name.endswith(_TOWN_ENDS))
        names = [_spelling(self.town_names[town_id]), *sorted(known, key=len, reverse=True)]
        return next((name for name in names if text.startswith(name) and len(text) > len(name)), "")

    def _answered(self, written: str, text: str, town_id: int) -> Place:
        """The village a person says an unknown one is, or a new one.  Raises Faulty `village_asked`."""
        answer = self.answers.get((town_id, text))
        if answer is not None and answer != NEW:
            meant = self.by_code.get(_spelling(answer)) or self.by_name.get((town_id, _spelling(answer)))
            if meant is not None and meant.town_id == town_id:
                return meant
        if answer != NEW:
            asked = self.asked.get((town_id, text))
            near = asked.near if asked else self._near(text, town_id)
            if near:
                self.asked.setdefault((town_id, text), AskedVillage(written, near))
                names = "、".join(place.name for place in near)
                raise Faulty("village_asked", village=shown(written), near=names, town=self.town_names[town_id])
        return self._add(written, town_id)

    def _near(self, text: str, town_id: int) -> list[Place]:
        known = {place.name: place for (town, _), place in self.by_name.items() if town == town_id and place.id}
        return [known[name] for name in near_names(_stem(text, _GROUP_ENDS), known)]

    def _add(self, text: str, town_id: int) -> Place:
        name = text = folding.name(text)
        for end in _VILLAGE_ENDS[:5]:
            if text.endswith(end) and len(text) > len(end):
                name = text.removesuffix(end) + "村"
                break
        stub, number = self.town_codes[town_id].removeprefix("town-"), 1
        while (code := f"{stub}-{number:02d}") in self.by_code or code in self.withdrawn:
            number += 1
        place = Place(None, town_id, code, name)
        self.new.append(place)
        enter(self, place)
        self.by_name[(town_id, _spelling(text))] = place
        return place


def near_names(name: str, others: Iterable[str], ends: tuple[str, ...] = _VILLAGE_ENDS) -> list[str]:
    """The names among `others` of which `name` may be another spelling; `ends`: endings that do not count."""
    stem = _stem(_spelling(name), ends)
    return [other for other in others if _is_near(stem, _stem(_spelling(other), ends))][:_MOST_NEAR]


def near_units(name: str, others: Iterable[str]) -> list[str]:
    """The names of units among `others` of which `name` may be another spelling: 县 before it and 局, 镇 behind it do not
    count."""
    called = {other.removeprefix("县"): other for other in others}
    return [called[other] for other in near_names(name.removeprefix("县"), called, _UNIT_ENDS)]


def _is_near(one: str, other: str) -> bool:
    """Whether one name may be the other misspelt: sounds alike, is a part of it, or differs in one character."""
    if min(len(one), len(other)) < 2:
        return False
    if one == other or one in other or other in one:
        return True
    sounds = [initials(name).partition(" ")[0] for name in (one, other)]
    if sounds[0] and sounds[0] == sounds[1]:
        return True
    if len(one) != len(other) or len(one) < 3:
        return False
    differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and not _TELLING.issuperset(differing[0])


def village_key(text: str, town: str) -> str:
    """The written name of a village as `VillageAnswers` has it: folded, without its town's name."""
    name, prefix = _spelling(text), _spelling(town)
    return name.removeprefix(prefix) or name


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


def enter(places: Places, place: Place) -> None:
    """Make a village known by its code and its names."""
    name = _spelling(place.name)
    stem = _stem(name, _VILLAGE_ENDS)
    places.by_code[_spelling(place.code)] = place
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
            whole.setdefault(_spelling(text), today[unit.id])
    places.towns.update(whole)
    for name, unit_id in whole.items():
        places.towns.setdefault(_stem(name, _TOWN_ENDS), unit_id)
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
    name = _spelling(name)
    stem = _stem(name, _VILLAGE_ENDS)
    places.by_code.setdefault(_spelling(code), heir)
    places.by_name.setdefault((heir.town_id, name), heir)
    if not places.by_stem.get((heir.town_id, stem)):
        places.by_stem[heir.town_id, stem] = [heir]
    if not places.anywhere.get(stem):
        places.anywhere[stem] = [heir]
