"""Unit references: every place of a scheme that names a unit by its code, and the scheme after units have ended.

A rule that names an ended unit names its successor instead; the stored version is never changed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.parts import codes_of, topics_of, unit_mentions


@dataclass(frozen=True, slots=True)
class Successors:
    """The codes that take the place of a code: one of them by topics, or every one; the code itself where none does."""

    one: Callable[..., str]
    every: Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit as the county has it: names and type, and the names it had until reforms gave it others."""

    name: str
    name_en: str
    type: str
    ruled_by_leaders: bool
    former: tuple[str, ...] = ()


def rules_naming(scheme: Scheme, code: str) -> list[str]:
    """The paths of the rules that name this unit, as `kinds.water.routes.water.lead`."""
    return [path for part, key, path, _ in unit_mentions(scheme.model_dump(mode="json")) if code in codes_of(part[key])]


def topics_naming(scheme: Scheme, code: str) -> tuple[str, ...]:
    """The topics by which what this unit has can be divided: the kinds and items whose rules name it."""
    found: dict[str, None] = {}
    for part, key, _, topics in unit_mentions(scheme.model_dump(mode="json")):
        if topics and code in codes_of(part[key]):
            found |= dict.fromkeys(topics[:1])
    return tuple(sorted(found, key=_order))


def _order(topic: str) -> tuple[bool, int, str]:
    sort, _, name = topic.partition(":")
    return sort != "kind", int(name) if name.isdigit() else 0, name


def succeeded(scheme: Scheme, ended: Successors, standing: Mapping[str, Standing]) -> Scheme:
    """The scheme in which the successors of ended units take their places, each once."""
    content = scheme.model_dump(mode="json")
    for part, key, _, topics in unit_mentions(content):
        part[key] = _replaced(part[key], ended, topics)
    _name_in_reasons(content, ended, standing)
    content["units"] = list(_units(content["units"], ended, standing).values())
    return Scheme.model_validate(content)


def _name_in_reasons(content: dict[str, Any], ended: Successors, standing: Mapping[str, Standing]) -> None:
    """Reasons of routes name today's units in the places of former names and of units that have ended."""
    for kind in content["kinds"]:
        topics = topics_of(kind)
        names: dict[str, str] = {}
        for code, row in standing.items():
            heir = standing[ended.one(code, *topics)]
            names |= {name: heir.name for name in (row.name, *row.former) if name != heir.name}
        # A living unit that the rule itself names keeps its name, also where one that has ended bore the same.
        meant = {part[key] for route in kind["routes"] for part, key in ((route, "lead"), (route, "confirmer"))}
        for code in meant & standing.keys():
            names.pop(standing[code].name, None)
        if not names:
            return
        for route in kind["routes"]:
            route["reason"]["zh"] = _named_anew(route["reason"]["zh"], names)


def _named_anew(text: str, names: Mapping[str, str]) -> str:
    known = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(known, lambda name: names[name[0]], text)


def _units(
    listed: list[dict[str, Any]], ended: Successors, standing: Mapping[str, Standing]
) -> dict[str, dict[str, Any]]:
    known = {unit["code"] for unit in listed}
    units: dict[str, dict[str, Any]] = {}
    for old, code in ((unit, code) for unit in listed for code in ended.every(unit["code"])):
        unit = old
        if code != unit["code"]:
            if code in known or code in units:
                continue
            unit = {"code": code}
        row = standing.get(code)
        if row is not None and ("name" not in unit or (row.former and unit["name"] != row.name)):
            # Full name and mark belong to the old name; both are made of the new one, until the office defines them.
            unit = {
                "code": code,
                "name": row.name,
                "name_en": row.name_en,
                "type": row.type,
                "ruled_by_leaders": row.ruled_by_leaders,
                "aliases": unit.get("aliases", []),
                "plates": unit.get("plates", []),
            }
        units[code] = unit
    return units


def _replaced(value: Any, ended: Successors, topics: tuple[str, ...] | None) -> Any:
    if isinstance(value, list):
        if topics is None:
            return list(dict.fromkeys(heir for code in value for heir in ended.every(code)))
        return list(dict.fromkeys(ended.one(code, *topics) for code in value))
    if isinstance(value, dict):
        # A target that units share: the successor's part is the sum.
        shares: dict[str, int] = {}
        for code, share in value.items():
            heir = ended.one(code, *(topics or ()))
            shares[heir] = shares.get(heir, 0) + share
        return shares
    return None if value is None else ended.one(value, *(topics or ()))
