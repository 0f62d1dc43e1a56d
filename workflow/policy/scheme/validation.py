"""Scheme validation: rules between the parts of a scheme, beyond their shapes."""

from collections.abc import Iterator
from itertools import pairwise

from workflow.policy.scheme.accountability import PASSED_ON
from workflow.policy.scheme.model import Kind, Route, Scheme
from workflow.policy.scheme.parts import names_document
from workflow.policy.scheme.scheme_findings import Finding, Path, real
from workflow.policy.scheme.validation_duties import bulk_lists, candidates, duties
from workflow.policy.scheme.validation_measures import measures

_RUNGS = ("remind", "urge", "supervise", "summon", "account")
_LABOUR = ("with", "partly", "none", "unknown")


def check(scheme: Scheme) -> list[Finding]:
    """All violated rules, in no particular order."""
    return [
        *_check_units(scheme),
        *_indicators(scheme),
        *_kinds(scheme),
        *_ladder(scheme),
        *_hours(scheme),
        *_haves(scheme),
        *_asking(scheme),
        *_spot_checks(scheme),
        *_sources(scheme),
        *candidates(scheme),
        *bulk_lists(scheme),
        *_accountability(scheme),
        *_plan(scheme),
        *_documents(scheme),
        *duties(scheme),
        *measures(scheme),
    ]


def _check_units(scheme: Scheme) -> Iterator[Finding]:
    codes: set[str] = {"town", "subject"}
    names: dict[str, str] = {}
    marks: dict[str, str] = {}
    for index, unit in enumerate(scheme.units):
        for code in (unit.code, *(plate.code for plate in unit.plates)):
            if code in codes:
                yield Finding(("units", index, "code"), "duplicate_code", {"value": code})
            codes.add(code)
        for name in unit.names:
            if name in names:
                yield Finding(("units", index), "duplicate_name", {"value": name, "other": names[name]})
            names.setdefault(name, unit.name)
        # Two issuers with one mark would print the same document number.
        mark = scheme.mark(unit.code)
        if mark in marks:
            yield Finding(("units", index, "mark"), "duplicate_name", {"value": mark, "other": marks[mark]})
        marks.setdefault(mark, unit.name)
    for wanted in ("office", "leaders"):
        if sum(unit.type == wanted for unit in scheme.units) != 1:
            yield Finding(("units",), "one_of_type", {"value": wanted})


def _indicators(scheme: Scheme) -> Iterator[Finding]:
    known = {unit.code for unit in scheme.units}
    numbers: set[int] = set()
    for index, indicator in enumerate(scheme.indicators):
        if indicator.number in numbers:
            yield Finding(("indicators", index, "number"), "duplicate_code", {"value": str(indicator.number)})
        numbers.add(indicator.number)
        if not indicator.units and not indicator.towns:
            yield Finding(("indicators", index, "units"), "no_responsible")
        for position, code in enumerate(indicator.units):
            if code not in known:
                yield Finding(("indicators", index, "units", position), "unit_unknown", {"value": code})
            if code in indicator.units[:position]:
                yield Finding(("indicators", index, "units", position), "duplicate_code", {"value": code})
        for position, figure in enumerate(indicator.figures):
            if figure.due is not None and not real(figure.due):
                yield Finding(("indicators", index, "figures", position, "due"), "bad_date", {"value": figure.due})


def _kinds(scheme: Scheme) -> Iterator[Finding]:
    known = {unit.code for unit in scheme.units} | {"town", "subject"}
    sources = {source.code for source in scheme.sources}
    numbers = {indicator.number for indicator in scheme.indicators}
    seen: set[str] = set()
    for index, kind in enumerate(scheme.kinds):
        path: tuple[str | int, ...] = ("kinds", index)
        if kind.code in seen:
            yield Finding((*path, "code"), "duplicate_code", {"value": kind.code})
        seen.add(kind.code)
        if kind.indicator not in numbers:
            yield Finding((*path, "indicator"), "indicator_unknown", {"value": str(kind.indicator)})
        for code in kind.sources:
            if code not in sources:
                yield Finding((*path, "sources"), "source_unknown", {"value": code})
        stop = kind.hard_stop
        if stop is not None and not real(stop.date):
            yield Finding((*path, "hard_stop", "date"), "bad_date", {"value": stop.date})
        causes = [cause.code for cause in kind.causes]
        for position, code in enumerate(causes):
            if code in causes[:position]:
                yield Finding((*path, "causes", position, "code"), "duplicate_code", {"value": code})
        for code in stop.causes if stop else ():
            if code not in causes:
                yield Finding((*path, "hard_stop", "causes"), "cause_unknown", {"value": code})
        yield from _routes(kind, path, known, causes)


def _routes(kind: Kind, path: tuple[str | int, ...], known: set[str], causes: list[str]) -> Iterator[Finding]:
    if not kind.routes:
        yield Finding((*path, "routes"), "no_catch_all")
        return
    # Every possible case; a route that matches none of the cases left to it can never match.
    left = {(cause, labour) for cause in (None, *causes) for labour in _LABOUR}
    taken: dict[tuple[str | None, str], str] = {}
    codes: set[str] = set()
    for index, route in enumerate(kind.routes):
        here = (*path, "routes", index)
        if route.code in codes:
            yield Finding((*here, "code"), "duplicate_code", {"value": route.code})
        codes.add(route.code)
        for name in ("lead", "confirmer"):
            if getattr(route, name) not in known:
                yield Finding((*here, name), "unit_unknown", {"value": getattr(route, name)})
        if "unit" in kind.subjects and "town" in (route.lead, route.confirmer):
            yield Finding(here, "town_of_unit")
        if route.lead == route.confirmer:
            yield Finding((*here, "confirmer"), "own_confirmer")
        unknown = [cause for cause in route.when.causes or () if cause not in causes]
        for cause in unknown:
            yield Finding((*here, "when", "causes"), "cause_unknown", {"value": cause})
        wanted = {case for case in ((c, w) for c in (None, *causes) for w in _LABOUR) if _takes(route, *case)}
        mine = wanted & left
        if not mine and not unknown:
            other = next((taken[case] for case in sorted(wanted, key=str) if case in taken), kind.routes[0].code)
            yield Finding(here, "shadowed", {"value": route.code, "other": other})
        taken |= dict.fromkeys(mine, route.code)
        left -= mine
    last = kind.routes[-1]
    if last.when.causes is not None or last.when.labour is not None:
        yield Finding((*path, "routes", len(kind.routes) - 1), "no_catch_all")


def _takes(route: Route, cause: str | None, labour: str) -> bool:
    when = route.when
    return (when.causes is None or cause in when.causes) and (when.labour is None or labour in when.labour)


def _ladder(scheme: Scheme) -> Iterator[Finding]:
    rungs = scheme.ladder.rungs
    if tuple(rung.code for rung in rungs) != _RUNGS:
        yield Finding(("ladder", "rungs"), "rung_order")
        return
    for index in range(1, len(rungs)):
        if rungs[index].offset <= rungs[index - 1].offset:
            yield Finding(("ladder", "rungs", index, "offset"), "rung_order")
    for index, rung in enumerate(rungs):
        # From 督办 up an issued rung is a paper with a demand; a message has none.
        if (rung.demand is not None) != (index >= _RUNGS.index("supervise")):
            code = "demand_missing" if rung.demand is None else "demand_without_paper"
            yield Finding(("ladder", "rungs", index), code, {"value": rung.name.zh, "other": rung.name.en})


def _haves(scheme: Scheme) -> Iterator[Finding]:
    known = [have.code for have in scheme.haves]
    for index, code in enumerate(known):
        if code in known[:index]:
            yield Finding(("haves", index, "code"), "duplicate_code", {"value": code})
        if scheme.kind_of_have(code) is None:
            yield Finding(("haves", index), "have_without_kind", {"value": code})
    for index, kind in enumerate(scheme.kinds):
        if kind.have is not None and kind.have not in known:
            yield Finding(("kinds", index, "have"), "have_unknown", {"value": kind.have})
    income = scheme.exit.income
    if income is None:
        return
    if income.have not in known:
        yield Finding(("exit", "income", "have"), "have_unknown", {"value": income.have})
    years = [entry.year for entry in income.averages]
    for index, year in enumerate(years):
        if year in years[:index]:
            yield Finding(("exit", "income", "averages", index, "year"), "duplicate_code", {"value": str(year)})


def _hours(scheme: Scheme) -> Iterator[Finding]:
    flat = [moment for span in scheme.office_hours for moment in span]
    if not flat or any(later <= earlier for earlier, later in pairwise(flat)):
        yield Finding(("office_hours",), "bad_hours")


def _asking(scheme: Scheme) -> Iterator[Finding]:
    """Time can be requested and is answered before the general limit of resolving ends."""
    mend, hours = scheme.limits.normal.mend, [span for span in scheme.office_hours if span[0] < span[1]]
    a_day = sum(_minutes(end) - _minutes(start) for start, end in hours)
    if scheme.asking.last_hours * 60 >= mend * a_day:
        yield Finding(("asking", "last_hours"), "never_asked")
    if scheme.asking.answer_days >= mend:
        yield Finding(("asking", "answer_days"), "answered_too_late")


def _spot_checks(scheme: Scheme) -> Iterator[Finding]:
    if scheme.spot_checks.most < scheme.spot_checks.least:
        yield Finding(("spot_checks", "most"), "bounds_crossed", {"value": str(scheme.spot_checks.least)})
    random = scheme.random_checks
    if random is not None and random.most < random.least:
        yield Finding(("random_checks", "most"), "bounds_crossed", {"value": str(random.least)})


def _sources(scheme: Scheme) -> Iterator[Finding]:
    known = {unit.code for unit in scheme.units}
    codes: set[str] = set()
    for index, source in enumerate(scheme.sources):
        if source.code in codes:
            yield Finding(("sources", index, "code"), "duplicate_code", {"value": source.code})
        codes.add(source.code)
        for code in source.units:
            if code not in known:
                yield Finding(("sources", index, "units"), "unit_unknown", {"value": code})


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _documents(scheme: Scheme) -> Iterator[Finding]:
    """The numbers of the plan and of the papers that the scheme rests on name documents."""
    numbers: list[tuple[Path, str | None]] = [(("assessment_plan", "number"), scheme.assessment_plan.number)]
    numbers += [(("basis", index, "number"), paper.number) for index, paper in enumerate(scheme.basis)]
    for path, number in numbers:
        if number is not None and not names_document(number):
            yield Finding(path, "not_a_document", {"value": number})


def _accountability(scheme: Scheme) -> Iterator[Finding]:
    """The office opens cases, so it cannot decide them; honest error (容错) must be a possible outcome."""
    part = scheme.accountability
    known = {unit.code: unit for unit in scheme.units}
    if part.decides is not None and part.decides not in known:
        yield Finding(("accountability", "decides"), "unit_unknown", {"value": part.decides})
    elif part.decides is not None and known[part.decides].type == "office":
        yield Finding(("accountability", "decides"), "opens_and_decides")
    elif part.decides is not None and known[part.decides].type == "inspectorate":
        yield Finding(("accountability", "decides"), "only_reads")
    codes = [outcome.code for outcome in part.outcomes]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Finding(("accountability", "outcomes", index, "code"), "duplicate_code", {"value": code})
    if "honest_error" not in codes:
        yield Finding(("accountability", "outcomes"), "no_honest_error")
    for index, code in enumerate(part.above_office):
        if code not in known:
            yield Finding(("accountability", "above_office", index), "unit_unknown", {"value": code})
    kinds, duties_ = {kind.code for kind in scheme.kinds}, {duty.code for duty in scheme.duties.list}
    for index, each in enumerate(part.proportions):
        path: tuple[str | int, ...] = ("accountability", "proportions", index)
        for code in each.outcomes:
            if code not in codes:
                yield Finding((*path, "outcomes"), "outcome_undefined", {"value": code})
        for code in each.kinds:
            if code not in kinds | duties_:
                yield Finding((*path, "kinds"), "kind_or_duty_unknown", {"value": code})
        concerns_duty = each.of != "deficiency" and (not each.kinds or duties_ & {*each.kinds})
        if concerns_duty and PASSED_ON in each.outcomes:
            yield Finding((*path, "outcomes"), "paper_passed_on")


def cautions(scheme: Scheme, year: int | None = None) -> list[Finding]:
    """What is allowed and should not be (`scheme check` warns of it): limits shorter than the law or the published procedure
    gives, measures on which one of one earns full marks and, in `year`, averages of income that end with it or before."""
    found = [
        Finding(("measures", index), "no_minimum", {"value": measure.code})
        for index, measure in enumerate(scheme.measures)
        if measure.minimum == 1 and measure.small_base is None
    ]
    for index, kind in enumerate(scheme.kinds):
        for position, basis in enumerate(kind.bases):
            limit = getattr(scheme.limits_for(kind.code, False), basis.stage)
            if basis.at_least is not None and limit < basis.at_least:
                params = {"value": str(limit), "other": str(basis.at_least), "detail": basis.text.zh}
                found.append(Finding(("kinds", index, "bases", position), "shorter_than_law", params))
    last = last_average(scheme)
    if year is not None and last is not None and last <= year:
        found.append(
            Finding(("exit", "income", "averages"), "averages_end", {"value": str(last), "other": str(last + 1)})
        )
    return found


def last_average(scheme: Scheme) -> int | None:
    """The last year whose average of income the scheme has; None of a scheme that names none."""
    averages = scheme.exit.income.averages if scheme.exit.income else ()
    return max((entry.year for entry in averages), default=None)


def _plan(scheme: Scheme) -> Iterator[Finding]:
    """A rung that needs an assessment plan leaves none above it that does not."""
    needs = scheme.assessment_plan.needs
    if "summon" in needs and "account" not in needs:
        yield Finding(("assessment_plan", "needs"), "rung_above_needs", {"value": "account"})
