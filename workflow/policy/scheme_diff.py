"""Scheme comparison: the changes from one scheme to another, case by case, and the routes that can never match.

Routes are compared by what they decide, not by how they are written: every possible case is routed under both schemes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from workflow.policy.routing import RoutingRefused, route
from workflow.policy.scheme.model import Kind, Scheme, Text
from workflow.policy.scheme.scheme_findings import Finding
from workflow.policy.scheme.validation import check

LABOUR = ("with", "partly", "none", "unknown")
STAGES = ("vet", "supplement", "accept", "mend", "rule", "confirm", "cap")
#: Parts compared leaf by leaf, because they consist of figures and lists only.
_PLAIN = (
    "year",
    "title",
    "office_hours",
    "decline",
    "suspension",
    "asking",
    "signals",
    "reopen_days",
    "candidates",
    "deemed_acceptance",
    "exit",
    "assessment_plan",
)

Value = Text | str | int | None


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `part` (limit, route, rung, …), its owner, the field, and the values before and after.

    `of` is the owner's name in both languages where it has one; None before or after means absent.
    """

    part: str
    of: tuple[Text, ...]
    field: str
    before: Value
    after: Value


def compare(old: Scheme, new: Scheme) -> tuple[Change, ...]:
    """All changes from `old` to `new`; empty for the same scheme."""
    return (
        *_kinds(old, new),
        *_limits(old, new),
        *_routes(old, new),
        *_ladder(old, new),
        *_listed("have", old.haves, new.haves),
        *_diff_units(old, new),
        *_indicators(old, new),
        *_plain(old, new),
    )


def shadowed(scheme: Scheme) -> tuple[Finding, ...]:
    """The routes that can never match, because earlier ones match every case."""
    return tuple(finding for finding in check(scheme) if finding.code == "shadowed")


def _shared(old: Scheme, new: Scheme) -> Iterator[tuple[Kind, Kind]]:
    later = {kind.code: kind for kind in new.kinds}
    yield from ((kind, later[kind.code]) for kind in old.kinds if kind.code in later)


def _kinds(old: Scheme, new: Scheme) -> Iterator[Change]:
    yield from _listed("kind", old.kinds, new.kinds)
    for before, after in _shared(old, new):
        yield from _listed("cause", before.causes, after.causes, (after.name,))
        for field in ("indicator", "have"):
            if getattr(before, field) != getattr(after, field):
                yield Change("kind", (after.name,), field, getattr(before, field), getattr(after, field))
        if before.subjects != after.subjects:
            yield Change("kind", (after.name,), "subjects", ", ".join(before.subjects), ", ".join(after.subjects))
        if before.sources != after.sources:
            yield Change("kind", (after.name,), "sources", ", ".join(before.sources), ", ".join(after.sources))
        if before.hard_stop != after.hard_stop:
            yield Change("hard_stop", (after.name,), "", _hard_stop_text(before), _hard_stop_text(after))


def _hard_stop_text(kind: Kind) -> str | None:
    stop = kind.hard_stop
    return None if stop is None else f"{stop.date} {', '.join(stop.causes)}".strip()


def _limits(old: Scheme, new: Scheme) -> Iterator[Change]:
    for before, after in _shared(old, new):
        for urgent in (False, True):
            was, is_ = old.limits_for(before.code, urgent), new.limits_for(after.code, urgent)
            for stage in STAGES:
                if getattr(was, stage) != getattr(is_, stage):
                    field = f"{stage} urgent" if urgent else stage
                    yield Change("limit", (after.name,), field, getattr(was, stage), getattr(is_, stage))


def _routes(old: Scheme, new: Scheme) -> Iterator[Change]:
    for before, after in _shared(old, new):
        causes = {cause.code: cause.name for cause in (*before.causes, *after.causes)}
        for cause in (None, *causes):
            cases = [
                (labour, _decided(old, before, cause, labour), _decided(new, after, cause, labour)) for labour in LABOUR
            ]
            for (was, is_), alike in groupby(cases, key=lambda case: (case[1], case[2])):
                labours = [labour for labour, _, _ in alike]
                if was is None or is_ is None:
                    # A cause unknown to one of them is reported as such.
                    continue
                of = (after.name, *((causes[cause],) if cause else ()))
                field = "" if len(labours) == len(LABOUR) else " ".join(labours)
                for part, first, second in (("lead", was[0], is_[0]), ("confirmer", was[1], is_[1])):
                    if first != second:
                        yield Change(part, of, field, first, second)


def _decided(scheme: Scheme, kind: Kind, cause: str | None, labour: str) -> tuple[str, str] | None:
    try:
        decided = route(scheme, kind.code, cause, labour)
    except RoutingRefused:
        return None
    return decided.lead, decided.confirmer


def _ladder(old: Scheme, new: Scheme) -> Iterator[Change]:
    for before, after in zip(old.ladder.rungs, new.ladder.rungs, strict=False):
        for field in ("offset", "issued_by"):
            if getattr(before, field) != getattr(after, field):
                yield Change("rung", (after.name,), field, getattr(before, field), getattr(after, field))
        if set(before.tells) != set(after.tells):
            yield Change("rung", (after.name,), "tells", " ".join(before.tells), " ".join(after.tells))
        if before.name != after.name:
            yield Change("rung", (after.name,), "name", before.name, after.name)


def _listed(part: str, old: Any, new: Any, within: tuple[Text, ...] = ()) -> Iterator[Change]:
    """The entries added to, removed from or changed in a list of coded entries."""
    was, is_ = {entry.code: entry for entry in old}, {entry.code: entry for entry in new}
    for code in was.keys() - is_.keys():
        yield Change(part, (*within, was[code].name), "", was[code].name, None)
    for code in is_.keys() - was.keys():
        yield Change(part, (*within, is_[code].name), "", None, is_[code].name)
    for code in [code for code in was if code in is_]:
        for field in ("name", "optional"):
            first, second = getattr(was[code], field, None), getattr(is_[code], field, None)
            if first != second:
                yield Change(part, (*within, is_[code].name), field, first, second)


def _diff_units(old: Scheme, new: Scheme) -> Iterator[Change]:
    was, is_ = {unit.code: unit for unit in old.units}, {unit.code: unit for unit in new.units}
    for code, unit in was.items():
        if code not in is_:
            yield Change("unit", (), "", unit.code, None)
    for code, unit in is_.items():
        if code not in was:
            yield Change("unit", (), "", None, unit.code)
            continue
        for field in ("name", "name_en", "type", "ruled_by_leaders"):
            if getattr(was[code], field) != getattr(unit, field):
                yield Change("unit", (), f"{code} {field}", str(getattr(was[code], field)), str(getattr(unit, field)))
        if was[code].plates != unit.plates:
            plates = ("、".join(plate.name for plate in each.plates) for each in (was[code], unit))
            yield Change("unit", (), f"{code} plates", *plates)
        if set(was[code].aliases) != set(unit.aliases):
            yield Change("unit", (), f"{code} aliases", "、".join(was[code].aliases), "、".join(unit.aliases))


def _indicators(old: Scheme, new: Scheme) -> Iterator[Change]:
    was, is_ = ({entry.number: entry for entry in scheme.indicators} for scheme in (old, new))
    for number in sorted(was.keys() | is_.keys()):
        before, after = was.get(number), is_.get(number)
        if before is None or after is None:
            title = (before or is_[number]).title
            yield Change("indicators", (title,), "", title if before else None, title if after else None)
            continue
        first, second = (dict(_leaves(entry.model_dump(mode="json"), ())) for entry in (before, after))
        for path in sorted(first.keys() | second.keys()):
            if first.get(path) != second.get(path):
                yield Change("indicators", (after.title,), ".".join(path), first.get(path), second.get(path))


def _plain(old: Scheme, new: Scheme) -> Iterator[Change]:
    was, is_ = old.model_dump(mode="json"), new.model_dump(mode="json")
    for part in _PLAIN:
        first, second = dict(_leaves(was[part], ())), dict(_leaves(is_[part], ()))
        for path in sorted(first.keys() | second.keys()):
            if first.get(path) != second.get(path):
                yield Change(part, (), ".".join(path), first.get(path), second.get(path))


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for number, entry in enumerate(value):
            key = entry.get("code") or entry.get("number") or entry.get("year") or number
            yield from _leaves({name: inner for name, inner in entry.items() if name != "code"}, (*path, str(key)))
            if "code" in entry:
                yield (*path, str(key)), str(key)
    else:
        yield path, None if value is None else str(value)
