"""Reading the accounts of units."""

from tests.support.factories import County
from workflow.accountability.oversight.unit_accounts import Reckoning, Stretch, reckonings, stretches
from workflow.county.context import setting


def figures(county: County, who: str = "office") -> dict[str, Reckoning]:
    """The figures by code of the unit."""
    with county.read() as session:
        place = setting(session)
        return {county.word(place.unit(row.unit).code): row for row in reckonings(session, county.people[who], place)}


def behind(county: County, unit: str, figure: str, who: str = "office") -> list[Stretch]:
    """Every stretch behind a figure, page by page."""
    found: list[Stretch] = []
    cursor = None
    with county.read() as session:
        place = setting(session)
        while True:
            page = stretches(session, county.people[who], place, county.units[unit], figure, cursor)
            found += page.items
            cursor = page.next
            if cursor is None:
                return found
