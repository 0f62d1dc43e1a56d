"""Duty validation: rules between duties and the rest of a scheme (units, items, dates, forms, counts, order);
and those of candidates."""

from collections.abc import Iterator

from workflow.policy.scheme.duties import REPORT_SECTIONS, SPANS, TOWNS, Count, Duty, FormField, FormRule
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.scheme_findings import Finding, Path, real


def duties(scheme: Scheme) -> Iterator[Finding]:
    """All violated rules of duties."""
    known = {unit.code for unit in scheme.units}
    groups = {TOWNS: set(scheme.towns)}
    for index, group in enumerate(scheme.duties.groups):
        path: Path = ("duties", "groups", index)
        if group.code in groups or group.code in known:
            yield Finding((*path, "code"), "duplicate_code", {"value": group.code})
        groups[group.code] = set(group.units)
        for position, code in enumerate(group.units):
            if code not in known:
                yield Finding((*path, "units", position), "unit_unknown", {"value": code})
    seen = {kind.code for kind in scheme.kinds}
    for index, duty in enumerate(scheme.duties.list):
        path = ("duties", "list", index)
        if duty.code in seen:
            yield Finding((*path, "code"), "duplicate_code", {"value": duty.code})
        seen.add(duty.code)
        yield from _whose(scheme, duty, path, known, groups)
        yield from _when(scheme, duty, path)
        yield from _form(duty.fields, (*path, "fields"))
        yield from _rules(duty.rules, duty.fields, (*path, "rules"))
        if duty.count is not None:
            yield from _count(scheme, duty, duty.count, (*path, "count"))


def _whose(scheme: Scheme, duty: Duty, path: Path, known: set[str], groups: dict[str, set[str]]) -> Iterator[Finding]:
    if not duty.units:
        yield Finding((*path, "units"), "no_responsible")
    for position, code in enumerate(duty.units):
        if code not in known and code not in groups:
            yield Finding((*path, "units", position), "unit_unknown", {"value": code})
    held = {code for name in duty.units for code in groups.get(name, {name})}
    for code in sorted(held & known):
        if scheme.unit(code).type not in ("town", "bureau", "office"):
            yield Finding((*path, "units"), "unit_owes_nothing", {"value": code})
    if duty.guided_by is not None and (duty.guided_by not in known or duty.guided_by in held):
        yield Finding((*path, "guided_by"), "unit_unknown", {"value": duty.guided_by})
    if duty.item is None:
        return
    indicator = next((entry for entry in scheme.indicators if entry.number == duty.item), None)
    if indicator is None:
        yield Finding((*path, "item"), "indicator_unknown", {"value": str(duty.item)})
    elif not indicator.towns and held & groups[TOWNS]:
        # Item 14 binds the finance bureau alone, so it can be no town's duty.
        yield Finding((*path, "units"), "binds_no_town", {"value": str(duty.item)})


def _when(scheme: Scheme, duty: Duty, path: Path) -> Iterator[Finding]:
    due = duty.due
    if duty.since is not None and not real(duty.since):
        yield Finding((*path, "since"), "bad_date", {"value": duty.since})
    if due.date is not None and not real(due.date):
        yield Finding((*path, "due", "date"), "bad_date", {"value": due.date})
    if (due.by == "date") != (due.date is not None):
        yield Finding((*path, "due", "date"), "due_without", {"value": "date"})
    if (due.by in ("end", "opened")) != (due.days is not None):
        yield Finding((*path, "due", "days"), "due_without", {"value": "days"})
    if due.by == "date" and duty.period not in ("yearly", "once"):
        yield Finding((*path, "due", "by"), "date_in_many_periods")
    if due.by == "date" and due.date and duty.since and due.date < duty.since:
        yield Finding((*path, "due", "date"), "due_before_since")
    if duty.of_ranking != (due.by == "report") or (
        duty.of_ranking and (duty.rules or duty.count or duty.after or duty.since or duty.guided_by)
    ):
        # This duty is the written report; issuing it is the whole duty.
        yield Finding((*path, "due", "by"), "due_with_report")
    for position, entry in enumerate(duty.fields if duty.of_ranking else ()):
        if entry.code not in REPORT_SECTIONS or entry.type != "text":
            place = (*path, "fields", position, "code")
            yield Finding(place, "section_unknown", {"value": entry.code, "other": ", ".join(REPORT_SECTIONS)})
    if due.by == "opened" and duty.after is None:
        yield Finding((*path, "due", "by"), "opened_by_nothing")
    if duty.after is None:
        return
    step, walked = duty, {duty.code}
    while step.after is not None:
        earlier = scheme.duties.by_code.get(step.after)
        if earlier is None:
            if step is duty:
                yield Finding((*path, "after"), "duty_unknown", {"value": step.after})
            return
        if step is duty and (earlier.period, earlier.since) != (duty.period, duty.since):
            yield Finding((*path, "after"), "after_other_period", {"value": earlier.code})
        if earlier.code in walked:
            yield Finding((*path, "after"), "after_itself", {"value": duty.code})
            return
        walked.add(earlier.code)
        step = earlier


def _form(fields: tuple[FormField, ...], path: Path) -> Iterator[Finding]:
    codes: set[str] = set()
    for index, entry in enumerate(fields):
        if entry.code in codes:
            yield Finding((*path, index, "code"), "duplicate_code", {"value": entry.code})
        codes.add(entry.code)
        for name in ("known", "own", "some"):
            counted = getattr(entry, name) is not None
            if counted and (entry.type != "number" or entry.fractions or path[-2:] == ("count", "fields")):
                yield Finding((*path, index, name), "known_for_number", {"value": entry.code})
        if entry.some is not None and entry.none is None:
            yield Finding((*path, index, "some"), "some_without_none", {"value": entry.code})
        if (entry.type == "choice") != bool(entry.choices):
            yield Finding((*path, index, "choices"), "choices_for_choice", {"value": entry.code})
        if entry.min is not None and entry.max is not None and entry.max < entry.min:
            yield Finding((*path, index, "max"), "bounds_crossed", {"value": f"{entry.min:g}"})
        for name, given, wanted in (
            ("min", entry.min is not None, "number"),
            ("max", entry.max is not None, "number"),
            ("fractions", entry.fractions, "number"),
            ("most", entry.most is not None, "number"),
            ("min_chars", entry.min_chars is not None, "text"),
            ("statement", entry.statement, "text"),
            ("or_none", entry.or_none, "text"),
            ("document", entry.document, "text"),
            ("none", entry.none is not None, "number"),
            ("about", bool(entry.about), "text"),
            ("within_period", entry.within_period, "date"),
            ("back_years", entry.back_years is not None, "date"),
        ):
            if given and entry.type != wanted and (name, entry.type) != ("or_none", "towns"):
                yield Finding((*path, index, name), "bound_of_other_type", {"value": wanted})
        if entry.none is not None and not any(
            each.code == entry.none and each.type == "text" and not each.required for each in fields
        ):
            yield Finding((*path, index, "none"), "field_unknown", {"value": entry.none})
        numbers = {each.code for each in fields if each.type == "number"}
        for share in entry.about:
            if share.field not in numbers or entry.required:
                yield Finding((*path, index, "about"), "field_unknown", {"value": share.field})
        if entry.most == "village_households" and not any(each.type == "village" for each in fields):
            yield Finding((*path, index, "most"), "field_unknown", {"value": "village"})


def _rules(rules: tuple[FormRule, ...], fields: tuple[FormField, ...], path: Path) -> Iterator[Finding]:
    known = {entry.code: entry for entry in fields}
    codes: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.code in codes:
            yield Finding((*path, index, "code"), "duplicate_code", {"value": rule.code})
        codes.add(rule.code)
        if (rule.choice is None) == (rule.relation is None) or bool(rule.of) != bool(rule.relation):
            yield Finding((*path, index), "rule_of_one_sort")
        for name in rule.fields:
            wanted = ("choice",) if name == rule.choice else ("number", "towns")
            if name not in known or known[name].type not in wanted:
                yield Finding((*path, index), "field_unknown", {"value": name})
        if rule.choice in known:
            offered = {choice.code for choice in known[str(rule.choice)].choices}
            for code in rule.one_of:
                if code not in offered:
                    yield Finding((*path, index, "one_of"), "field_unknown", {"value": code})


def _count(scheme: Scheme, duty: Duty, count: Count, path: Path) -> Iterator[Finding]:
    yield from _form(count.fields, (*path, "fields"))
    yield from _rules(count.rules, count.fields, (*path, "rules"))
    fields = {entry.code: entry for entry in count.fields}
    for name in count.once_per:
        if name not in SPANS and name not in fields:
            yield Finding((*path, "once_per"), "field_unknown", {"value": name})
    if count.sum is not None and (count.sum not in fields or fields[count.sum].type != "number"):
        yield Finding((*path, "sum"), "field_unknown", {"value": count.sum})
    if count.target is not None and count.of not in (None, "quota"):
        yield Finding((*path, "target"), "one_target")
    held = scheme.duties.units_of(duty, scheme.towns)
    if count.of in ("households", "visited", "cadres", "quota") and not set(held) <= set(scheme.towns):
        yield Finding((*path, "of"), "counts_towns", {"value": count.of})
    if count.of == "quota" and not count.split:
        yield Finding((*path, "split"), "split_differs", {"value": str(count.target)})
    if count.villages and ("village" not in fields or fields["village"].type != "village"):
        yield Finding((*path, "villages"), "field_unknown", {"value": "village"})
    if count.split and (
        not count.together or set(count.split) != set(held) or sum(count.split.values()) != (count.target or 0)
    ):
        yield Finding((*path, "split"), "split_differs", {"value": str(count.target)})


def candidates(scheme: Scheme) -> Iterator[Finding]:
    """Candidates are reported under one kind, which is about nothing else, and a kind about candidates has their rule."""
    rule = scheme.candidates
    for index, kind in enumerate(scheme.kinds):
        if "candidate" in kind.subjects and (rule is None or rule.kind != kind.code):
            yield Finding(("kinds", index, "subjects"), "candidates_unruled", {"value": kind.code})
    if rule is None:
        return
    named = next((kind for kind in scheme.kinds if kind.code == rule.kind), None)
    if named is None:
        yield Finding(("candidates", "kind"), "kind_unknown", {"value": rule.kind})
    elif named.subjects != ("candidate",):
        yield Finding(("candidates", "kind"), "not_of_candidates", {"value": rule.kind})
    codes = [ground.code for ground in rule.grounds]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Finding(("candidates", "grounds", index, "code"), "duplicate_code", {"value": code})


def bulk_lists(scheme: Scheme) -> Iterator[Finding]:
    """Check the kinds of bulk lists: codes, bureaus, haves and columns."""
    bureaus, haves = {unit.code for unit in scheme.units if unit.type == "bureau"}, {have.code for have in scheme.haves}
    seen: list[str] = []
    for index, kind in enumerate(scheme.bulk_lists):
        path: tuple[str | int, ...] = ("bulk_lists", index)
        if kind.code in seen:
            yield Finding((*path, "code"), "duplicate_code", {"value": kind.code})
        seen.append(kind.code)
        for code in kind.units:
            if code not in bureaus:
                yield Finding((*path, "units"), "unit_unknown", {"value": code})
        if kind.have is not None and kind.have not in haves:
            yield Finding((*path, "have"), "have_unknown", {"value": kind.have})
        columns = [column.code for column in kind.columns]
        for position, code in enumerate(columns):
            if code in columns[:position]:
                yield Finding((*path, "columns", position, "code"), "duplicate_code", {"value": code})
