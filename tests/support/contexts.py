"""County contexts without a database, for tests of rules."""

from workflow.county.context import CountyContext, UnitFact
from workflow.policy.calendar import Deviation, WorkCalendar, seed
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import WorkClock

_DAYS = {day: Deviation(works, name, "state_council") for day, works, name in seed()}
CALENDAR = WorkCalendar(_DAYS, frozenset(range(2017, 2027)))


def place_of(scheme: Scheme, year: int) -> CountyContext:
    """The scheme's county context in an assessment year, with the working days of 2018."""
    units = {
        number: UnitFact(number, unit.code, unit.name, unit.name_en, unit.type, unit.ruled_by_leaders)
        for number, unit in enumerate(scheme.units, start=1)
    }
    clock = WorkClock(CALENDAR, scheme.office_hours)
    return CountyContext(1, scheme, year, clock, units, {unit.code: unit for unit in units.values()})
