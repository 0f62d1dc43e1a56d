"""Rankings in tests: a county that ranks its towns, its scheme and hours, making and reporting a ranking."""

from datetime import date, datetime, timedelta

from models import Ranking
from tests.support.factories import START, County, small_scheme, words
from workflow.assessment import reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import rankings
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

ON = date(2018, 11, 30)
HOUR = datetime(2018, 11, 30, 17, 0, tzinfo=SHANGHAI)


def ranked_scheme() -> Scheme:
    measures = [
        {
            "code": "haves",
            "name": words("达标率"),
            "item": 1,
            "of": ["households.all_met"],
            "to": ["households.pre_exit"],
        },
        {
            "code": "time",
            "name": words("按时率"),
            "item": 1,
            "of": ["tickets.closed_on_time"],
            "to": ["tickets.closed", "tickets.open_overdue"],
            "minimum": 2,
            "units": ["water"],
        },
        {
            "code": "told",
            "name": words("参保率"),
            "item": 9,
            "of": ["reported.numerator"],
            "to": ["reported.denominator"],
            "numerator": words("已完成户数"),
            "denominator": words("应完成户数"),
            "reported_by": "power",
        },
    ]
    indicators = [
        {"number": n, "title": words(str(n)), "towns": True, "units": units, "tasks": words(str(n))}
        for n, units in ((1, ["water", "power"]), (9, ["power"]), (10, ["housing"]), (18, ["poverty"]))
    ]
    water = {
        "code": "water",
        "name": words("饮水"),
        "indicator": 1,
        "have": "water",
        "routes": [{"code": "water", "lead": "water", "confirmer": "town", "reason": words("r"), "when": {}}],
    }
    return small_scheme(
        kinds=[water],
        measures=measures,
        indicators=indicators,
        haves=[{"code": "water", "name": words("饮水")}],
        ranking={"weights": {1: 3}, "first": "2018-11-20"},
    )


def live_a_month(county: County) -> int:
    """A ticket of the first town that the bureau resolves and the town confirms a day late."""
    ticket = county.file("town", "A1", "water", START)
    county.do("water", "accept", ticket, START + timedelta(hours=1))
    county.resolve(ticket, START + timedelta(hours=2))
    # Five working days from Wednesday 21 November end on Tuesday the 27th.
    county.confirm(ticket, datetime(2018, 11, 28, 9, 0, tzinfo=SHANGHAI))
    return ticket


def make_ranking(county: County, at: datetime = HOUR, on: date = ON) -> Ranking:
    with county.write() as session:
        return rankings.make(session, None, at, on)


def report(county: County, at: datetime, numerator: int, reason: str = "", by: str = "power") -> None:
    with county.write() as session:
        setting = county_context(session)
        lines = [Line("甲镇", numerator, 100), Line("乙镇", 95, 100)]
        reported_figures.report(
            session,
            county.people[by],
            setting,
            at,
            "told",
            date(2018, 11, 28),
            lines,
            "参保系统",
            {},
            Assent(reason),
        )


def figures(row: Ranking, code: str) -> dict[str, tuple[int, int]]:
    (measure,) = (entry for entry in row.content["measures"] if entry["code"] == code)
    return {line["town"]: (line["of"], line["to"]) for line in measure["towns"]}
