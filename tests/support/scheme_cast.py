"""Scheme cast: the units and kinds of a scheme that stand for the lifecycle tests' water bureau, power bureau and quota
of houses.

The cast is found by structure, never by name: any scheme works that has a town that can hold a ticket, a bureau ruled
by the leading group, and a hard stop. Its days and hours are replaced by the round figures of `small_scheme`, and its
towns are its first two, so counts made by hand hold under every scheme; everything else is the scheme's own.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workflow.policy.routing import route
from workflow.policy.scheme.model import Kind, Scheme
from workflow.policy.scheme.reader import read_scheme

SCHEMES = tuple(sorted((Path(__file__).parents[2] / "schemes").glob("*.yaml")))


@cache
def shipped_scheme(path: Path) -> Scheme:
    """One of SCHEMES, read once a process: it takes a tenth of a second, and nothing in a scheme can be changed."""
    return read_scheme(path)


def whole_text(path: Path) -> str:
    """A policy with the county's part in its own file, where the county's file is named."""
    text = path.read_text(encoding="utf-8")
    named = re.search(r"^county: (\S+\.yaml)\n", text, re.MULTILINE)
    return text.replace(named[0], (path.parent / named[1]).read_text(encoding="utf-8")) if named else text


#: The scheme in which the lifecycle is played on each kind of database.
PLAYED = dict(zip(("sqlite", "postgresql"), SCHEMES, strict=True))


def played_in(kind: str) -> str:
    """The name of this kind of database with its scheme, for names of tests."""
    return f"{kind}-{PLAYED[kind].stem}"


@dataclass(frozen=True)
class Cast:
    """Codes of a scheme by the tests' words for units, kinds and causes; a word left out is itself."""

    units: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    causes: dict[str, str] = field(default_factory=dict)
    grounds: dict[str, str] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)

    def given(self, given: dict[str, Any]) -> dict[str, Any]:
        """An action's input, in the codes of the scheme."""
        books = {
            "unit": self.units,
            "kind": self.kinds,
            "cause": self.causes,
            "ground": self.grounds,
            "result": self.results,
        }
        return {
            name: books[name].get(value, value) if name in books and isinstance(value, str) else value
            for name, value in given.items()
        }


def cast_scheme(path: Path, plain: Scheme) -> tuple[Scheme, Cast]:
    """A scheme file with the days and hours of `plain`, and its cast."""
    real, short = shipped_scheme(path).model_dump(mode="json"), plain.model_dump(mode="json")
    for name in (
        "year",
        "office_hours",
        "limits",
        "asking",
        "signals",
        "spot_checks",
        "reopen_days",
        "deemed_acceptance",
        "ladder",
        "accountability",
        "assessment_plan",
    ):
        real[name] = short[name]
    real["decline"]["rounds"], real["suspension"]["max_days"] = (
        short["decline"]["rounds"],
        short["suspension"]["max_days"],
    )
    # Two towns, as in the small county: each checks the other's tickets.
    towns = [unit["code"] for unit in real["units"] if unit["type"] == "town"]
    real["units"] = [unit for unit in real["units"] if unit["code"] not in towns[2:]]
    # Papers are numbered alike in every scheme.
    marks = {unit["type"]: unit["mark"] for unit in short["units"]}
    for unit in real["units"]:
        if unit["type"] in ("office", "leaders"):
            unit |= {"mark": marks[unit["type"]], "first_number": 1}
    for duty in real["duties"]["list"]:
        if duty["count"] and duty["count"]["split"]:
            duty["count"]["split"] = dict.fromkeys(towns[:2], 1)
            duty["count"]["target"] = 2
    stop = next(kind["hard_stop"]["date"] for kind in short["kinds"] if kind["hard_stop"])
    for kind in real["kinds"]:
        kind["limits"] = {}
        if kind["hard_stop"]:
            kind["hard_stop"]["date"] = stop
    scheme = Scheme.model_validate(real)
    cast = _cast(scheme)
    names = {unit.name: scheme.unit(cast.units[unit.code]).name for unit in plain.units if unit.code in cast.units}
    cast.units.update(names)
    return scheme, cast


def _cast(scheme: Scheme) -> Cast:
    shared = next(unit.code for unit in scheme.units if unit.type == "bureau" and unit.ruled_by_leaders)
    house = next(kind for kind in scheme.kinds if kind.hard_stop is not None)
    assert house.hard_stop is not None
    quota = house.hard_stop.causes[0]
    guide = next(one.confirmer for one in house.routes if one.lead == "town")
    mended = [kind for kind in scheme.kinds if len(kind.routes) == 1 and _lead(kind) not in ("town", shared, guide)]
    water = next(kind for kind in mended if len(kind.subjects) > 1)
    power = next(kind for kind in mended if kind.subjects == ("household",) and _lead(kind) != _lead(water))
    file = next(kind for kind in scheme.kinds if len(kind.routes) == 1 and _lead(kind) == shared)
    others = [cause.code for cause in house.causes if cause.code not in house.hard_stop.causes]
    towns = [unit.code for unit in scheme.units if unit.type == "town"]
    reader = next(unit.code for unit in scheme.units if unit.type == "inspectorate")
    return Cast(
        units={
            "water": _lead(water),
            "power": _lead(power),
            "housing": guide,
            "poverty": shared,
            "town-a": towns[0],
            "town-b": towns[1],
            "inspectorate": reader,
        },
        kinds={"water": water.code, "power": power.code, "file": file.code, "house": house.code},
        causes={
            "quota": quota,
            "other": next(code for code in others if route(scheme, house.code, code, "with").lead == "town"),
        },
        # Of the item of the ticket's own kind: a case names no other.
        results={
            "1:haves": f"{water.indicator}:task",
            "1:task": f"{water.indicator}:task",
            "18:task": f"{file.indicator}:task",
        },
        grounds={"not_ours": scheme.decline.grounds[0].code, "flood": scheme.suspension.grounds[0].code},
    )


def _lead(kind: Kind) -> str:
    """The leading unit of a kind with one route."""
    return kind.routes[-1].lead
