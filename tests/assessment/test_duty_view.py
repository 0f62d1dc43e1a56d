"""Who is offered the form for an entry: the unit that owes a duty in progress whose entries are counted."""

from sqlalchemy import Engine

from tests.support.duties import at, duty_county, open_by, tickets
from workflow.assessment import duty_view
from workflow.tickets.views import detail

NOW = at("2018-11-05")


def test_only_the_unit_that_owes_a_counted_duty_enters_and_only_while_it_is_in_progress(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)

    def may(who: str, unit: str, code: str, period: str = "2018") -> bool:
        with county.read() as session:
            actor = county.people[who]
            view = detail.ticket_view(session, actor, made[unit, code, period].number, NOW)
            shown = duty_view.duty_view(session, actor, view, NOW)
            assert shown is not None
            return shown.may_enter

    assert may("water", "water", "study")
    assert may("power", "power", "study")
    assert may("town", "town-a", "special")
    assert may("town", "town-a", "houses")
    for who in ("office", "leaders", "inspectorate"):
        assert not may(who, "water", "study"), who
    assert not may("housing", "town-a", "houses")
    # What the register counts has no entries, and a duty that counts nothing has none either.
    assert not may("town", "town-a", "walk")
    assert not may("water", "water", "paid")
    assert not may("office", "office", "meeting", "2018-Q4")
    county.do("office", "cancel", made["water", "study", "2018"].id, NOW, reason="重复")
    assert not may("water", "water", "study")
