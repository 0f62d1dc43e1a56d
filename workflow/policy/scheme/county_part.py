"""County's part of a scheme: what one county has of its own, in the policy's file or in one beside it.

A policy's file names the county's by `county: FILE`.  The two have no part in common; under `own` the county sets values at
their places in the policy, entries of a list by their `code` or `number`.  Both are merged before the scheme is checked, so a
county adopts, stores and hashes one scheme.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.parts import codes_of, unit_mentions

#: The part that sets values in the rest, and the one that names the county or its file.
OWN, COUNTY = "own", "county"
_KEYS = ("code", "number")
#: Places are (line from 1, file), the file empty for the policy's own.
Place = tuple[int, str]
Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Merged:
    """The nodes of both files as one tree, and what was wrong in merging: place, path, code and values of the sentence."""

    root: yaml.Node
    foreign: set[int]
    county_file: str
    faults: list[tuple[Place, Path_, str, dict[str, str]]] = field(default_factory=list)

    def place(self, node: yaml.Node) -> Place:
        """Where a node is written."""
        return node.start_mark.line + 1, self.county_file if id(node) in self.foreign else ""

    def fault(self, node: yaml.Node, path: Path_, code: str, **params: str) -> None:
        self.faults.append((self.place(node), path, code, params))


def county_file_of(root: yaml.Node | None) -> str | None:
    """The county's file that a policy names, or None."""
    for key, value in _pairs(root):
        if key.value == COUNTY and isinstance(value, yaml.ScalarNode):
            return str(value.value)
    return None


def has_county(root: yaml.Node | None) -> bool:
    """Whether a file has the county's part itself."""
    return any(key.value == COUNTY and isinstance(value, yaml.MappingNode) for key, value in _pairs(root))


def beside(policy: Path, name: str) -> Path:
    """The county's file that a policy names: from the policy's folder."""
    return policy.parent / name


def merged(policy: yaml.Node, county: yaml.Node | None, county_file: str) -> Merged:
    """One tree of the policy and the county's part.

    Faults: `county_file_needed` where only its name is there, `county_twice` for two, `in_both` for a part that stands in both
    files, `own_unknown` for an entry that the policy does not have, `own_shape` where the policy has another shape.
    """
    made = Merged(policy, set(_every(county)) if county is not None else set(), county_file)
    if not isinstance(policy, yaml.MappingNode):
        return made
    pairs = list(policy.value)
    if county is None:
        for key, _value in pairs:
            if key.value == COUNTY and (name := county_file_of(policy)) is not None:
                made.fault(key, (COUNTY,), "county_file_needed", value=name[:100])
    elif has_county(policy):
        made.fault(policy, (COUNTY,), "county_twice", value=county_file)
    else:
        pairs = [pair for pair in pairs if pair[0].value != COUNTY]
        known = {key.value for key, _value in pairs}
        for key, value in _pairs(county):
            if key.value in known:
                made.fault(key, (str(key.value),), "in_both")
            else:
                pairs.append((key, value))
    own = [value for key, value in pairs if key.value == OWN]
    root: yaml.Node = _mapping(policy, [pair for pair in pairs if pair[0].value != OWN])
    for values in own:
        root = _laid_over(made, root, values, ())
    made.root = root
    return made


def _laid_over(made: Merged, under: yaml.Node, over: yaml.Node, path: Path_) -> yaml.Node:
    """The policy's node with the county's values in it."""
    if isinstance(over, yaml.MappingNode):
        if isinstance(under, yaml.MappingNode):
            return _mapping(under, list(_over_mapping(made, under, over, path)))
        made.fault(over, path, "own_shape")
        return under
    key = _key_of(over)
    if key is None:
        return over
    if not isinstance(under, yaml.SequenceNode):
        made.fault(over, path, "own_shape")
        return under
    return _over_entries(made, under, over, key, path)


def _over_mapping(
    made: Merged, under: yaml.MappingNode, over: yaml.MappingNode, path: Path_
) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    given: Mapping[str, tuple[yaml.Node, yaml.Node]] = {str(key.value): (key, value) for key, value in over.value}
    for key, value in under.value:
        if key.value in given:
            yield key, _laid_over(made, value, given[str(key.value)][1], (*path, str(key.value)))
        else:
            yield key, value
    known = {str(key.value) for key, _value in under.value}
    yield from (pair for name, pair in given.items() if name not in known)


def _over_entries(made: Merged, under: yaml.SequenceNode, over: yaml.Node, key: str, path: Path_) -> yaml.Node:
    """The policy's list with the county's values in the entries that have their code."""
    entries = list(under.value)
    at = {_value_of(entry, key): index for index, entry in enumerate(entries)}
    for entry in over.value:
        code = _value_of(entry, key)
        if code not in at:
            made.fault(entry, (*path, str(code)), "own_unknown", value=str(code)[:64])
            continue
        index = at[code]
        entries[index] = _laid_over(made, entries[index], entry, (*path, index))
    return yaml.SequenceNode(under.tag, entries, under.start_mark, under.end_mark, under.flow_style)


def _key_of(node: yaml.Node) -> str | None:
    """By what the entries of a list are told apart; None for another list, or no list, which replaces what was there."""
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        return None
    return next((key for key in _KEYS if all(_value_of(entry, key) is not None for entry in node.value)), None)


def _value_of(node: yaml.Node, key: str) -> str | None:
    return next((str(value.value) for name, value in _pairs(node) if name.value == key), None)


def _mapping(like: yaml.MappingNode, pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
    return yaml.MappingNode(like.tag, pairs, like.start_mark, like.end_mark, like.flow_style)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _every(node: yaml.Node) -> Iterator[int]:
    yield id(node)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from (*_every(key), *_every(value))
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _every(value)


def resolved(scheme: Scheme) -> Scheme:
    """The scheme with the unit's code in the place of each of its plates' (加挂牌子); the same where no unit has any.

    Rules may name a unit that is two bureaus by either; which rule named which plate is kept beside it.
    """
    owners = {plate.code: unit.code for unit in scheme.units for plate in unit.plates}
    if not owners:
        return scheme
    content = scheme.model_dump(mode="json")
    plated: dict[str, dict[str, str]] = {path: dict(named) for path, named in scheme.plated.items()}
    for part, key, path, _topics in unit_mentions(content):
        found = {owners[code]: code for code in codes_of(part[key]) if code in owners}
        if found:
            plated.setdefault(path, {}).update(found)
            part[key] = _in_place(part[key], owners)
    return Scheme.model_validate(content | {"plated": plated})


def _in_place(value: Any, owners: dict[str, str]) -> Any:
    if isinstance(value, list):
        return list(dict.fromkeys(owners.get(code, code) for code in value))
    if isinstance(value, dict):
        shares: dict[str, int] = {}
        for code, share in value.items():
            owner = owners.get(str(code), str(code))
            shares[owner] = shares.get(owner, 0) + share
        return shares
    return owners.get(value, value)
