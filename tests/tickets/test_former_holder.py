"""Former holders: read a ticket as it was when it left them, wherever it is shown, and not as it is now."""

import pytest
from sqlalchemy import Engine, select

from models import Household
from tests.support.factories import START, County, day, settle_county
from tests.support.texts import SENTENCE
from workflow.errors import NotFound
from workflow.register import household_listing
from workflow.tickets import participation
from workflow.tickets.views import detail, listing, timeline
from workflow.tickets.views.line import TicketLine
from workflow.tickets.views.listing import Filters

pytestmark = pytest.mark.both_databases

DECLINE = {"ground": "not_ours", "cited_duty": "电路不归我们"}


@pytest.fixture
def county(engine: Engine) -> County:
    """Two tickets that power declined and water got, which went on without power; a third is held by power."""
    county = settle_county(engine)
    with county.write() as session:
        for row in session.scalars(select(Household)):
            row.head_name = "欧阳修文"
    for household in ("A1", "A2"):
        ticket = county.file("village", household=household, kind="power", description="没电")
        county.do("town", "endorse", ticket, day(0, 11))
        with county.write() as session:
            participation.assist(session, county.people["power"], ticket, county.code("housing"), day(0, 12))
        county.do("power", "decline", ticket, day(1), **DECLINE)
        with county.write() as session:
            participation.unassist(session, county.people["office"], ticket, county.code("housing"), day(1, 11))
            participation.assist(session, county.people["office"], ticket, county.code("poverty"), day(1, 11))
        county.do("office", "reassign", ticket, day(2), unit="water", reason=SENTENCE)
        county.do("water", "accept", ticket, day(2, 11))
        county.do("water", "reclassify", ticket, day(2, 12), kind="water", reason=SENTENCE)
        county.do("office", "reassign", ticket, day(2, 13), unit="water", reason=SENTENCE)
    county.file(household="A3", kind="power", at=day(3))
    return county


def listed(county: County, who: str, filters: Filters | None = None, **more: object) -> list[TicketLine]:
    with county.read() as session:
        return listing.list_tickets(session, county.people[who], day(4), filters or Filters(), **more).items  # type: ignore[arg-type]


def test_a_list_shows_what_one_only_held_as_it_was_and_last(county: County) -> None:
    lines = listed(county, "power")
    assert [line.id for line in lines] == [3, 2, 1]
    assert lines[0].head_name == "欧阳修文"
    for line in lines[1:]:
        assert (line.state, line.kind, line.version, line.owner, line.due_at) == (
            "disputed",
            county.kind("power"),
            3,
            None,
            None,
        )
        assert (line.head_name, line.cut_at, line.rung, line.overdue) == ("欧***", day(1), 0, False)


def test_how_a_list_is_filtered_says_nothing_of_how_they_stand_now(county: County) -> None:
    water, power = county.kind("water"), county.kind("power")
    for filters in (
        Filters(state="assigned"),
        Filters(state="disputed"),
        Filters(kind=water),
        Filters(kind=power),
        Filters(owner=county.code("water")),
        Filters(overdue=False),
        Filters(overdue=True),
        Filters(q="欧阳"),
    ):
        assert {line.id for line in listed(county, "power", filters)} <= {3}, filters
    assert [line.id for line in listed(county, "power", Filters(q="A2"))] == [2]
    assert [line.id for line in listed(county, "power", Filters(town=county.code("甲镇")))] == [3, 2, 1]
    assert listed(county, "power", Filters(town=county.code("乙镇"))) == []


def test_the_pages_of_a_list_lead_through_both_halves_once(county: County) -> None:
    for size in (1, 2, 3):
        seen, cursor = [], None
        with county.read() as session:
            for _ in range(5):
                page = listing.list_tickets(session, county.people["power"], day(4), Filters(), cursor, size)
                seen += [line.id for line in page.items]
                cursor = page.next
                if cursor is None:
                    break
        assert seen == [3, 2, 1], size


def test_what_ended_since_still_stands_in_the_list_as_it_was(county: County) -> None:
    county.do("office", "cancel", 1, day(4), reason=SENTENCE)
    assert [(line.id, line.state) for line in listed(county, "power")][2] == (1, "disputed")
    assert listed(county, "power", Filters(state="withdrawn")) == []


def test_the_page_shows_words_kind_and_helpers_of_then(county: County) -> None:
    with county.read() as session:
        was = detail.ticket_view(session, county.people["power"], "2018-000001", day(4))
        now = detail.ticket_view(session, county.people["office"], "2018-000001", day(4))
        events = timeline.history(session, county.people["power"], "2018-000001")
    assert (was.state, was.ticket.kind, was.ticket.version, was.ticket.description) == (
        "disputed",
        county.kind("power"),
        3,
        "没电",
    )
    assert (was.reason is not None, was.owner, was.head_name) == (True, None, "欧***")
    assert [unit.code for unit in was.assisting] == [county.code("housing")]
    assert (now.ticket.kind, now.reason, [unit.code for unit in now.assisting]) == (
        county.kind("water"),
        None,
        [county.code("poverty")],
    )
    assert [event.action for event in events] == ["file", "endorse", "assist", "decline"]


def test_words_written_after_the_exit_are_not_shown(county: County) -> None:
    ticket = county.file("village", household="A1", kind="file", description="先前的话")
    county.do("town", "endorse", ticket, day(0, 11))
    county.do("poverty", "decline", ticket, day(1), **DECLINE)
    county.do("leaders", "send_back", ticket, day(2), reason=SENTENCE)
    county.do("village", "resubmit", ticket, day(3), description="后来的话", kind="power", cause="")
    with county.read() as session:
        was = detail.ticket_view(session, county.people["poverty"], f"2018-{ticket:06d}", day(4))
    assert (was.ticket.description, was.ticket.kind) == ("先前的话", county.kind("file"))


def test_who_holds_it_again_or_confirms_it_reads_to_the_present(county: County) -> None:
    for number, (who, to) in enumerate((("power", "water"), ("water", "power"))):
        county.do(who, "decline", 3, day(3, 11 + 2 * number), **DECLINE)
        county.do("office", "reassign", 3, day(3, 12 + 2 * number), unit=to, reason=SENTENCE)
    line = next(line for line in listed(county, "power") if line.id == 3)
    assert (line.state, line.owner_code, line.head_name, line.cut_at) == (
        "assigned",
        county.code("power"),
        "欧阳修文",
        None,
    )


def test_the_register_shows_nobody_whom_one_only_once_helped(county: County) -> None:
    with county.read() as session:
        actor = county.people["power"]
        names = {line.code: line.name for line in household_listing.list_households(session, actor).items}
        listed = household_listing.list_households(session, actor, q="欧阳").items
        with pytest.raises(NotFound):
            household_listing.find_household(session, actor, "A1")
    assert names == {"A3": "欧阳修文"}
    assert [line.code for line in listed] == ["A3"]


def test_nothing_of_the_past_is_stored(county: County) -> None:
    with county.write() as session:
        detail.ticket_view(session, county.people["power"], "2018-000001", START)
    assert county.ticket(1).kind == county.kind("water")


def test_a_ticket_names_to_others_too_who_filed_it(county: County) -> None:
    with county.read() as session:
        seen = {
            who: detail.ticket_view(session, county.people[who], "2018-000001", day(4)).filed_by
            for who in ("village", "town", "water")
        }
    assert seen == dict.fromkeys(seen, "village")
