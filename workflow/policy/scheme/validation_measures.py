"""Measure validation: rules between measures and the rest of a scheme."""

from collections.abc import Iterator

from workflow.policy.scheme.duties import Duty
from workflow.policy.scheme.measures import CountyMeasure, Measure
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.scheme_findings import Finding, Path
from workflow.policy.scheme.term_texts import TERMS


def measures(scheme: Scheme) -> Iterator[Finding]:
    """All violated rules of measures and ranking."""
    items = {indicator.number: indicator for indicator in scheme.indicators}
    codes: set[str] = set()
    for index, measure in enumerate(scheme.measures):
        path: Path = ("measures", index)
        if measure.code in codes:
            yield Finding((*path, "code"), "duplicate_code", {"value": measure.code})
        codes.add(measure.code)
        indicator = items.get(measure.item)
        if indicator is None:
            yield Finding((*path, "item"), "indicator_unknown", {"value": str(measure.item)})
        elif not indicator.towns:
            # Item 14 binds the finance bureau alone, so no town is ranked on it.
            yield Finding((*path, "item"), "binds_no_town", {"value": str(measure.item)})
        else:
            for position, code in enumerate(measure.units):
                if code not in indicator.units:
                    yield Finding((*path, "units", position), "not_of_the_item", {"value": code})
        yield from _terms(scheme, measure, path)
    for index, county in enumerate(scheme.county_measures):
        path = ("county_measures", index)
        if county.code in codes:
            yield Finding((*path, "code"), "duplicate_code", {"value": county.code})
        codes.add(county.code)
        yield from _of_county(scheme, county, path)
    figures, kinds = scheme.figures, {kind.code for kind in scheme.kinds}
    if figures.kind is not None and figures.kind not in kinds:
        yield Finding(("figures", "kind"), "kind_unknown", {"value": figures.kind})
    if figures.kind is not None and figures.source not in {source.code for source in scheme.sources}:
        yield Finding(("figures", "source"), "source_unknown", {"value": figures.source or ""})
    yield from _figure_checks(scheme)
    rule = scheme.village_income
    if rule is not None and rule.by not in {unit.code for unit in scheme.units if unit.type in ("bureau", "office")}:
        yield Finding(("village_income", "by"), "unit_unknown", {"value": rule.by})
    for number in scheme.ranking.weights:
        if number not in items:
            yield Finding(("ranking", "weights", number), "indicator_unknown", {"value": str(number)})

    yield from _grades(scheme)
    yield from _twice(scheme)


def _figure_checks(scheme: Scheme) -> Iterator[Finding]:
    """What a figure check finds has a kind of ticket and a source that office and leading group file from."""
    rule, path = scheme.figures.checks, ("figures", "checks")
    if rule is None:
        return
    if rule.most < rule.least:
        yield Finding((*path, "most"), "bounds_crossed", {"value": str(rule.least)})
    if scheme.figures.kind is None:
        yield Finding(("figures", "kind"), "kind_unknown", {"value": ""})
        return
    kind = next((kind for kind in scheme.kinds if kind.code == scheme.figures.kind), None)
    open_to = next((source.filers for source in scheme.sources if source.code == rule.source), ())
    allowed = kind is None or not kind.sources or rule.source in kind.sources
    if not {"office", "leaders"} <= set(open_to) or not allowed:
        yield Finding((*path, "source"), "source_unknown", {"value": rule.source})


def _twice(scheme: Scheme) -> Iterator[Finding]:
    """A have weighs once in the county's ranking: in the share of all met, or in one of its own."""
    all_met = any(m.ranks != "own" and "households.all_met" in m.of for m in scheme.measures)
    for index, measure in enumerate(scheme.measures):
        part = {"households.have_met", "households.able_earning", "households.unable_covered"} & set(measure.of)
        if all_met and part and measure.ranks != "own":
            yield Finding(("measures", index, "ranks"), "have_weighs_twice", {"value": measure.code})


def _of_county(scheme: Scheme, measure: CountyMeasure, path: Path) -> Iterator[Finding]:
    """The county is measured by duties, their entries and reported figures, never by tickets of the towns."""
    indicator = next((entry for entry in scheme.indicators if entry.number == measure.item), None)
    if indicator is None:
        yield Finding((*path, "item"), "indicator_unknown", {"value": str(measure.item)})
    else:
        for position, code in enumerate(measure.units):
            if code not in indicator.units:
                yield Finding((*path, "units", position), "not_of_the_item", {"value": code})
    # Rows bear the denominator of a figure whose numerator is reported.
    kinds = ("duties", "reported", *(("people", "households") if measure.reported else ()))
    counted = [term for term in TERMS if term.partition(".")[0] in kinds and term not in _HAVES]
    usable = [*counted, "entries.done", "entries.target"]
    for name in ("of", "to"):
        terms = getattr(measure, name)
        if not terms:
            yield Finding((*path, name), "missing")
        for position, term in enumerate(terms):
            if term not in usable:
                yield Finding((*path, name, position), "term_unknown", {"value": term, "other": ", ".join(usable)})
    yield from _reported(scheme, measure, path)
    for position, code in enumerate(measure.duties):
        duty = scheme.duties.by_code.get(code)
        if duty is None:
            yield Finding((*path, "duties", position), "kind_unknown", {"value": code})
    if any(term.startswith("entries.") for term in (*measure.of, *measure.to)):
        for duty in counting(scheme, measure):
            count = duty.count
            # Of all villages the sum of who took part is the amount; of other targets, entries are counted.
            numbered = count is not None and count.target is not None and count.sum is None and not count.by_register
            if not numbered and (count is None or count.of != "villages"):
                yield Finding((*path, "duties"), "entries_uncounted", {"value": duty.code})
        if not counting(scheme, measure):
            yield Finding((*path, "duties"), "missing")


def counting(scheme: Scheme, measure: CountyMeasure) -> list[Duty]:
    """The duties named by a county measure."""
    return [scheme.duties.by_code[code] for code in measure.duties if code in scheme.duties.by_code]


def _grades(scheme: Scheme) -> Iterator[Finding]:
    """Grades decrease from the best to 0, and the aim is one of them."""
    rule = scheme.ranking
    floors = [grade.floor for grade in rule.grades]
    if floors and (floors != sorted(set(floors), reverse=True) or floors[-1] != 0):
        yield Finding(("ranking", "grades"), "grades_fall_to_zero")
    for name in ("target", "aim"):
        code = getattr(rule, name)
        if code is not None and rule.named(code) is None:
            yield Finding(("ranking", name), "grade_unknown", {"value": code})


def _terms(scheme: Scheme, measure: Measure, path: Path) -> Iterator[Finding]:
    for name in ("of", "to"):
        terms = getattr(measure, name)
        if not terms:
            yield Finding((*path, name), "missing")
        for position, term in enumerate(terms):
            if term not in TERMS:
                yield Finding((*path, name, position), "term_unknown", {"value": term, "other": ", ".join(TERMS)})
    asks_have = "households.have_met" in (*measure.of, *measure.to)
    if asks_have != (measure.have is not None) or (
        measure.have is not None and measure.have not in {have.code for have in scheme.haves}
    ):
        yield Finding((*path, "have"), "have_unknown", {"value": measure.have or ""})
    yield from _reported(scheme, measure, path)
    kinds, listed = {kind.code for kind in scheme.kinds}, {duty.code for duty in scheme.duties.list}
    for position, code in enumerate(measure.kinds):
        if code not in kinds:
            yield Finding((*path, "kinds", position), "kind_unknown", {"value": code})
    for position, code in enumerate(measure.duties):
        if code not in listed:
            yield Finding((*path, "duties", position), "kind_unknown", {"value": code})
    if any(term.startswith("entries.") for term in (*measure.of, *measure.to)):
        yield from _paced(scheme, measure, path)


def _paced(scheme: Scheme, measure: Measure, path: Path) -> Iterator[Finding]:
    """Entries are counted of duties that towns owe and whose pace can be told."""
    named = [duty for duty in scheme.duties.list if duty.code in measure.duties]
    for duty in named:
        if not duty.paced or not set(scheme.duties.units_of(duty, scheme.towns)) & set(scheme.towns):
            yield Finding((*path, "duties"), "entries_unpaced", {"value": duty.code})
    if not named and not any(duty.paced for duty in scheme.duties.list if duty.item == measure.item):
        yield Finding((*path, "duties"), "missing")


#: The kinds of terms that an own count of a reported figure may read.
_ROWS = ("households", "people", "villages", "quota")


def _own(measure: CountyMeasure, path: Path) -> Iterator[Finding]:
    """What stands beside a reported figure, or bounds it, is counted from rows."""
    usable = [term for term in TERMS if term.partition(".")[0] in _ROWS and term not in _HAVES]
    usual = measure.plausible.per if measure.plausible is not None else ()
    for where, terms in ((("own",), measure.own.terms), (("plausible", "per"), usual)):
        for position, term in enumerate(terms):
            if term not in usable:
                yield Finding((*path, *where, position), "term_unknown", {"value": term, "other": ", ".join(usable)})


#: Terms that need the haves of households or the checks of them, which an own count does not read.
_HAVES = (
    "households.all_met",
    "households.have_met",
    "households.able_earning",
    "households.unable_covered",
    "households.checked",
    "households.held",
)


def _reported(scheme: Scheme, measure: CountyMeasure, path: Path) -> Iterator[Finding]:
    """A reported figure names its reporting unit, a bureau or the office, and what its two numbers count."""
    if measure.reported != (measure.reported_by is not None):
        yield Finding((*path, "reported_by"), "unit_unknown", {"value": measure.reported_by or ""})
    elif measure.reported_by is not None:
        known = {unit.code: unit.type for unit in scheme.units}
        if known.get(measure.reported_by) not in ("bureau", "office"):
            yield Finding((*path, "reported_by"), "unit_unknown", {"value": measure.reported_by})
    for name in ("numerator", "denominator") if measure.reported else ():
        if getattr(measure, name) is None:
            yield Finding((*path, name), "part_unnamed")
    yield from _own(measure, path)
