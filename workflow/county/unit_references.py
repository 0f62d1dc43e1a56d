"""Unit references: every place of a scheme that names a unit by its code, and the scheme after units have ended.

A rule that names an ended unit names its successor instead; the stored version is never changed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workflow.policy.scheme.model import Scheme

#: A part of the scheme's content, the key in it that holds a code or several, and the path for people.
Reference = tuple[dict[str, Any], str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit as the county has it: names and type, and whether a reform gave it its name."""

    name: str
    name_en: str
    type: str
    ruled_by_leaders: bool
    renamed: bool


def rules_naming(scheme: Scheme, code: str) -> list[str]:
    """The paths of the rules that name this unit, as `kinds.water.routes.water.lead`."""
    return [path for part, key, path in _references(scheme.model_dump(mode="json")) if code in _codes(part[key])]


def succeeded(scheme: Scheme, ended: Mapping[str, str], standing: Mapping[str, Standing]) -> Scheme:
    """The scheme in which the successors of `ended` (code → code) take the places of ended units, each once."""
    content = scheme.model_dump(mode="json")
    for part, key, _ in _references(content):
        part[key] = _replaced(part[key], ended)
    content["units"] = _units(content["units"], ended, standing)
    return Scheme.model_validate(content)


def _units(
    listed: list[dict[str, Any]], ended: Mapping[str, str], standing: Mapping[str, Standing]
) -> list[dict[str, Any]]:
    known = {unit["code"] for unit in listed}
    units: dict[str, dict[str, Any]] = {}
    for unit in listed:
        code = ended.get(unit["code"], unit["code"])
        if code != unit["code"]:
            if code in known or code in units:
                continue
            unit = {"code": code}
        row = standing.get(code)
        if row is not None and ("name" not in unit or row.renamed):
            # Full name and mark belong to the old name; both are made of the new one.
            unit = {
                "code": code,
                "name": row.name,
                "name_en": row.name_en,
                "type": row.type,
                "ruled_by_leaders": row.ruled_by_leaders,
                "aliases": unit.get("aliases", []),
            }
        units[code] = unit
    return list(units.values())


def _replaced(value: Any, ended: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(ended.get(code, code) for code in value))
    if isinstance(value, dict):
        # A target that units share: the successor's part is the sum.
        shares: dict[str, int] = {}
        for code, share in value.items():
            shares[ended.get(code, code)] = shares.get(ended.get(code, code), 0) + share
        return shares
    return ended.get(value, value)


def _codes(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _references(content: dict[str, Any]) -> Iterator[Reference]:
    for item in content["indicators"]:
        yield item, "units", f"indicators.{item['number']}.units"
    for kind in content["kinds"]:
        for route in kind["routes"]:
            for key in ("lead", "confirmer"):
                yield route, key, f"kinds.{kind['code']}.routes.{route['code']}.{key}"
    for source in content["sources"]:
        yield source, "units", f"sources.{source['code']}.units"
    duties = content["duties"]
    for group in duties["groups"]:
        yield group, "units", f"duties.groups.{group['code']}.units"
    for duty in duties["list"]:
        path = f"duties.list.{duty['code']}"
        yield duty, "units", f"{path}.units"
        yield duty, "guided_by", f"{path}.guided_by"
        if duty["count"]:
            yield duty["count"], "split", f"{path}.count.split"
    for name in ("measures", "county_measures"):
        for measure in content[name]:
            yield measure, "units", f"{name}.{measure['code']}.units"
            yield measure, "reported_by", f"{name}.{measure['code']}.reported_by"
    if content["village_income"]:
        yield content["village_income"], "by", "village_income.by"
    yield content["accountability"], "decides", "accountability.decides"
    yield content["accountability"], "above_office", "accountability.above_office"
