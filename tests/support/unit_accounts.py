"""Reading the accounts of units."""

from tests.support.factories import County
from workflow.accountability.oversight.unit_accounts import Reckoning, Stretch, reckonings, stretches
from workflow.county.context import county_context


def figures(county: County, who: str = "office") -> dict[str, Reckoning]:
    """The figures by unit code."""
    with county.read() as session:
        setting = county_context(session)
        return {
            county.word(setting.unit(row.unit).code): row for row in reckonings(session, county.people[who], setting)
        }


def stretches_behind(county: County, unit: str, figure: str, who: str = "office") -> list[Stretch]:
    """Every custody behind a figure, page by page."""
    behind: list[Stretch] = []
    cursor = None
    with county.read() as session:
        setting = county_context(session)
        while True:
            page = stretches(session, county.people[who], setting, county.units[unit], figure, cursor)
            behind += page.items
            cursor = page.next
            if cursor is None:
                return behind
