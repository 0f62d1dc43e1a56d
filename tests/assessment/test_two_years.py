"""Turn of the year: a ticket that ends before midnight in China belongs to the old year, one at midnight to the new.

Midnight of 1 January 2019 in China is 16:00 of 31 December in UTC, so counting by UTC would fail here.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, select

from models import Event, Paper, Ranking, Report, SchemeVersion, SpotCheck, SpotDraw, Ticket
from tests.support.duties import LAST, at, duty, duty_scheme, open_by, tickets
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.rankings import figures, ranked_scheme
from tests.support.requests import answer, ask
from tests.support.signing import lead
from tests.support.spot_checks import FIRST, close, look
from tests.support.texts import SENTENCE
from workflow.accountability import sweep
from workflow.accountability.oversight import false_closing_counts, monthly_draw, unit_accounts
from workflow.adoption import scheme_adoption
from workflow.assessment import duty_status
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.county.context import CountyContext, county_context
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.views import request_views

MIDNIGHT = datetime(2019, 1, 1, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
LAST_MOMENT = MIDNIGHT - SECOND
JANUARY = datetime(2019, 1, 10, 17, 0, tzinfo=SHANGHAI)


def another_year(scheme: Scheme) -> Scheme:
    """The same scheme, for 2019."""
    content = scheme.model_dump(mode="json") | {"year": 2019}
    content["ranking"] = content["ranking"] | {"first": None}
    return Scheme.model_validate(content)


def adopt(county: County, scheme: Scheme) -> None:
    """Adopts the scheme of 2019 from New Year on."""
    with county.write() as session:
        scheme_adoption.adopt(session, county.people["office"], day(30), another_year(scheme), 2019, date(2019, 1, 1))


def under(county: County, year: int) -> CountyContext:
    """The county's context under its scheme of a year."""
    with county.read() as session:
        version = session.scalars(select(SchemeVersion.id).where(SchemeVersion.year == year)).one()
        return county_context(session, version)


def closed(county: County, household: str, at: datetime) -> int:
    """A ticket filed, accepted and resolved on 27 December, and closed at that moment."""
    begins = day(37)
    ticket = county.file("town", household, "water", begins)
    county.do("water", "accept", ticket, begins)
    county.resolve(ticket, begins)
    county.confirm(ticket, at)
    return ticket


def ranked(county: County, at: datetime) -> Ranking:
    with county.write() as session:
        return rankings.make(session, None, at, at.date())


def test_a_ranking_counts_the_closings_of_its_own_year(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme(), households=5)
    adopt(county, ranked_scheme())
    closed(county, "A1", LAST_MOMENT - timedelta(days=1, hours=7))
    old = ranked(county, datetime(2018, 12, 30, 17, 0, tzinfo=SHANGHAI))
    assert figures(old, "time")["town-a"] == (1, 1)
    closed(county, "A2", LAST_MOMENT)
    closed(county, "A3", MIDNIGHT)
    closed(county, "A4", MIDNIGHT + timedelta(days=1))
    assert figures(ranked(county, JANUARY), "time")["town-a"] == (2, 2)


def test_a_duty_closed_in_the_old_year_is_no_figure_of_the_new_one(engine: Engine) -> None:
    content = ranked_scheme().model_dump(mode="json")
    content["duties"] = {"grace": 5, "list": [duty("report", ["towns"], "monthly", {"by": "end", "days": 5}, item=1)]}
    content["measures"].append(
        {
            "code": "duties",
            "name": {"zh": "任务", "en": "duties"},
            "item": 1,
            "of": ["duties.closed_on_time"],
            "to": ["duties.closed", "duties.open_overdue"],
        }
    )
    scheme = Scheme.model_validate(content)
    county = settle_county(engine, scheme)
    adopt(county, scheme)
    open_by(county, at("2018-12-01"))
    months = (("2018-10", LAST_MOMENT), ("2018-11", LAST_MOMENT), ("2018-12", MIDNIGHT))
    for month, moment in months:
        ticket = tickets(county)["town-a", "report", month]
        proof = county.bring("town", ticket.id, at("2018-12-05"), f"{ticket.id}".encode())
        county.do("town", "resolve", ticket.id, at("2018-12-05"), evidence=[proof])
        county.do("office", "confirm", ticket.id, moment)
    assert figures(ranked(county, JANUARY), "duties")["town-a"] == (1, 1)


def test_a_stretch_belongs_to_the_account_of_the_year_it_ended_in(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=3)
    adopt(county, small_scheme())
    # Resolved on 27 December, checked a second before midnight and at midnight.
    for household, moment in (("A1", LAST_MOMENT), ("A2", MIDNIGHT)):
        closed(county, household, moment)
    # Ruled on Wednesday 2 January, half an hour after opening: 90 minutes of Friday, Saturday 29, which is worked, and 30.
    late = county.file("town", "A3", at=day(38, 16))
    county.do("water", "decline", late, day(38, 16), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "uphold", late, MIDNIGHT + timedelta(days=1, hours=9), reason=SENTENCE)
    office = county.people["office"]
    with county.read() as session:
        for year, checks, charged in ((2018, 1, 0), (2019, 1, 90 + 390 + 30)):
            rows = {row.unit: row for row in unit_accounts.reckonings(session, office, under(county, year))}
            assert rows[county.units["town-a"]].stretches == checks, year
            assert rows[county.units["water"]].charged == charged, year


def test_time_is_granted_in_the_year_it_began_in(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=2)
    adopt(county, small_scheme())
    for household in ("A1", "A2"):
        county.do("water", "accept", county.file("town", household, at=day(37)), day(37))
    answer(county, ask(county, 1, day(40), until="2019-01-18"), LAST_MOMENT, True)
    answer(county, ask(county, 2, day(40), until="2019-01-18"), MIDNIGHT, True)
    with county.read() as session:
        for year in (2018, 2019):
            assert [row.extensions for row in request_views.granted(session, under(county, year))] == [1], year


@pytest.mark.parametrize(
    ("moment", "numbers"),
    [
        (datetime(2018, 12, 29, 9, tzinfo=SHANGHAI), ["2018:华扶办:1", "2019:华扶办:1", "2019:华扶办:2"]),
        (LAST_MOMENT, ["2019:华扶办:1", "2019:华扶办:2", "2019:华扶办:3"]),
    ],
)
def test_papers_have_the_number_of_the_year_in_which_the_office_issues_them(
    engine: Engine, moment: datetime, numbers: list[str]
) -> None:
    county = settle_county(engine, small_scheme(), households=3)
    # Accepted on Monday 10 and Tuesday 11 December, late by two working days on Friday 28 and Saturday 29, which is
    # worked; accepted on Thursday 13, on Friday 4 January.
    for household, begins in (("A1", day(20)), ("A2", day(21)), ("A3", day(23))):
        county.do("water", "accept", county.file("town", household, at=begins), begins)
    # What is reached after the last hour worked in the old year is issued at the first opening of the new one.
    for at_ in (moment, MIDNIGHT + timedelta(days=1, hours=9), MIDNIGHT + timedelta(days=6, hours=9)):
        sweep.run(county.read, county.write, at_)
    with county.read() as session:
        assert session.scalars(select(Paper.number).order_by(Paper.id)).all() == numbers


def test_a_ticket_has_the_number_of_the_year_it_was_filed_in(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=2)
    old, new = county.file("town", "A1", at=LAST_MOMENT), county.file("town", "A2", at=MIDNIGHT)
    assert [county.ticket(ticket).number for ticket in (old, new)] == ["2018-000001", "2019-000002"]


def test_reports_of_the_new_year_begin_with_one_again(engine: Engine) -> None:
    county = settle_county(engine, ranked_scheme())
    adopt(county, ranked_scheme())
    lead(county, "water", "power")
    december = datetime(2018, 12, 20, 17, tzinfo=SHANGHAI), datetime(2018, 12, 28, 9, tzinfo=SHANGHAI)
    for moment, issued in (december, (datetime(2018, 12, 30, 17, tzinfo=SHANGHAI), LAST_MOMENT), (JANUARY, JANUARY)):
        number = ranked(county, moment).id
        for who in ("water", "power"):
            with county.write() as session:
                row = session.get_one(Ranking, number)
                responses.sign(session, county.people[who], issued, row, "")
                written_reports.issue(session, county.people[who], issued, row)
    with county.read() as session:
        numbers = session.scalars(select(Report.number).order_by(Report.id)).all()
    # What is signed in the last moment of the year bears the day and the year of the next opening.
    old, new = ["2018:华水务:1", "2018:华供电:1"], ["2019:华水务:1", "2019:华供电:1", "2019:华水务:2", "2019:华供电:2"]
    assert numbers == old + new


def test_a_month_of_spot_checks_ends_at_midnight_of_the_new_year(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=4)
    adopt(county, small_scheme())
    old, new = close(county, "A1", LAST_MOMENT), close(county, "A2", MIDNIGHT, "power")
    assert monthly_draw.run(county.read, county.write, MIDNIGHT + timedelta(minutes=10)) == ["2018-12"]
    assert monthly_draw.run(county.read, county.write, datetime(2019, 2, 1, 0, 10, tzinfo=SHANGHAI)) == ["2019-01"]
    with county.read() as session:
        drawn = session.execute(
            select(SpotDraw.month, SpotCheck.ticket_id)
            .join(SpotCheck, SpotCheck.draw_id == SpotDraw.id)
            .order_by(SpotCheck.id)
        ).all()
    assert [tuple(row) for row in drawn] == [("2018-12", old), ("2019-01", new)]


def test_a_false_closing_counts_in_the_year_it_was_found(engine: Engine) -> None:
    county = settle_county(engine, small_scheme(), households=4)
    adopt(county, small_scheme())
    close(county, "A1", day(9))
    close(county, "A2", day(10), "power")
    assert monthly_draw.run(county.read, county.write, FIRST) == ["2018-11"]
    with county.read() as session:
        first, second = session.scalars(select(SpotCheck.id).order_by(SpotCheck.id)).all()
    look(county, "false", at=LAST_MOMENT, check=first)
    look(county, "false", at=MIDNIGHT, check=second)
    with county.read() as session:
        for year, moment in ((2018, LAST_MOMENT), (2019, MIDNIGHT)):
            span = unit_accounts.year_of(under(county, year))
            assert [one.at for one in false_closing_counts.listed(session, span)] == [moment], year
        spans = [unit_accounts.year_of(under(county, year)) for year in (2018, 2019)]
    assert all(one[1] == other[0] == MIDNIGHT for one, other in pairwise(spans))


def test_duties_of_the_new_year_are_opened_under_its_scheme_and_the_old_ones_stay_its_own(engine: Engine) -> None:
    duties = [
        duty("report", ["water"], "monthly", {"by": "end", "days": 5}),
        duty("half", ["water"], "half_yearly", LAST),
    ]
    county = settle_county(engine, duty_scheme(duties))
    adopt(county, duty_scheme(duties))
    open_by(county, LAST_MOMENT)
    before = {period for _, _, period in tickets(county)}
    assert "2018-12" in before
    assert not any(period.startswith("2019") for period in before)
    open_by(county, MIDNIGHT)
    assert {period for _, _, period in tickets(county)} - before == {"2019-01", "2019-H1"}
    with county.read() as session:
        for year in (2018, 2019):
            lines = duty_status.lines(session, under(county, year), MIDNIGHT, year=year)
            assert {line.period[:4] for line in lines} == {str(year)}, year
            # Open duties cross over: into the lists of the next year, not back.
            listed = duty_status.lines(session, under(county, year), MIDNIGHT)
            assert {line.period[:4] for line in listed} == {"2018", str(year)}, year
        filed = session.scalars(select(Ticket.filed_at).where(Ticket.period == "2019-01")).one()
        assert filed == MIDNIGHT
        came = session.scalars(select(Event.effective_at).where(Event.action == "in_force")).all()
    assert came[-1] == MIDNIGHT


@pytest.mark.parametrize(("moment", "year"), [(LAST_MOMENT, 2018), (MIDNIGHT, 2019)])
def test_the_scheme_of_the_new_year_is_in_force_from_midnight(engine: Engine, moment: datetime, year: int) -> None:
    county = settle_county(engine, small_scheme())
    adopt(county, small_scheme())
    ticket = county.file("town", "A1", at=moment)
    with county.read() as session:
        row = session.get_one(Ticket, ticket)
        assert county_context(session, row.scheme_version_id).year == year
