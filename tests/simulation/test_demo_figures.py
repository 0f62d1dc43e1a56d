"""The demo county shows what the notice's figures are about: 92 listed villages, their incomes against a marked average, a
figure that lags behind the register and its ticket."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models import DutyEntry, Event, Household, ReportedFigure, Ticket, Village, VillageSurvey
from models.engine import reading
from tests.support.invariants import violations
from tests.support.simulated_county import FEW_DUTIES, NOW, SCHEME, lived
from workflow.county.context import county_context
from workflow.policy.scheme.model import Scheme
from workflow.register.counted.villages import income_line_fen

#: The town of every household.
HOMES = select(Village.town_id).join(Household, Household.village_id == Village.id)


def with_listed_villages() -> Scheme:
    """The county's scheme with few duties, the visits to the listed villages among them."""
    content, kept = SCHEME.model_dump(mode="json"), FEW_DUTIES | {"visits_listed", "visits_town_secretary"}
    content["duties"]["list"] = [duty for duty in content["duties"]["list"] if duty["code"] in kept]
    content["measures"] = [one for one in content["measures"] if kept.issuperset(one["duties"])]
    content["county_measures"] = [one for one in content["county_measures"] if kept.issuperset(one["duties"])]
    return Scheme.model_validate(content)


def test_the_demo_has_the_92_villages_their_incomes_and_a_ticket_of_a_lasting_gap(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    scheme = with_listed_villages()
    with lived(request, "sqlite", tmp_path, seed=3, days=34, households=96, scheme=scheme) as county:
        assert violations(county.engine, NOW, county.files) == []
        with reading(county.engine) as session:
            setting = county_context(session)
            assert session.scalar(select(func.count()).select_from(Village).where(Village.listed_poor)) == 92
            average = setting.scheme.average_income(setting.year)
            assert average is not None
            assert average.example
            assert income_line_fen(setting, setting.year) is not None
            assert (session.scalar(select(func.count()).select_from(VillageSurvey)) or 0) > 10
            # Seen: a sample of 4092 households of a county that has 690.
            of_sample = {each.code for each in setting.scheme.measures if "households.on_register" in each.own.most}
            homes = Counter(town for (town,) in session.execute(HOMES))
            figures = session.scalars(select(ReportedFigure).where(ReportedFigure.measure.in_(of_sample))).all()
            assert figures
            # Households of a town that ended are its successor's, and some have moved to another town since.
            moved = select(func.count()).select_from(Event).where(Event.action == "move_household")
            least = session.scalar(moved) or 0
            assert all(figure.denominator <= homes[setting.present(figure.town_id).id] + least for figure in figures)
            gaps = session.scalars(select(Ticket).where(Ticket.kind == setting.scheme.figures.kind)).all()
            assert gaps
            # Others of the kind came of drawn figures that were found untrue.
            lasting = [ticket for ticket in gaps if ticket.filed_as == "system"]
            assert lasting
            assert all("台账总数" in ticket.description for ticket in lasting)
            # Seen: after two months the secretaries had been to a few per cent of the households.
            entries = session.scalars(
                select(DutyEntry)
                .join(Ticket, Ticket.id == DutyEntry.ticket_id)
                .where(Ticket.kind == "visits_town_secretary", Ticket.state != "withdrawn")
            )
            visited = [int(entry.fields["households"]) for entry in entries]
            assert homes.total() / 2 < sum(visited) <= homes.total()


@pytest.mark.parametrize("year", [2018, 2026])
def test_an_average_that_no_office_published_is_marked_as_an_example(year: int) -> None:
    average = SCHEME.average_income(year)
    assert average is not None
    assert average.example
