"""Refusals at the desk: who may take part, ask and bundle, and by what code everything else is refused.

One county is settled and every line is tried on it; nothing of a line stays.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Custody, Party, Ticket, User
from tests.support.factories import START, County, day, settle_county, small_scheme
from tests.support.outcomes import refusal
from tests.support.texts import SENTENCE
from workflow.actors import Actor
from workflow.tickets import desk, filing, matters, participation, time_requests
from workflow.tickets.filing import Deficiency
from workflow.tickets.time_requests import RequestInput
from workflow.tickets.views import listing

pytestmark = pytest.mark.one_database("sqlite")

#: Everybody who sees the ticket of household A1, which the water bureau mends.
PRESENT = {"village", "town", "water", "office", "leaders", "inspectorate"}
ABSENT = {"other_village", "far_village", "other_town", "power", "housing", "poverty", "admin"}
MINUTE = timedelta(minutes=1)

Does = Callable[[Session, Actor], Any]


@pytest.fixture
def county(engine: Engine) -> County:
    """The first ticket is mended by the water bureau, the second waits to be accepted, the third has ended."""
    county = settle_county(engine, small_scheme())
    for household in ("A1", "A2", "A3"):
        county.file(household=household)
    county.do("water", "accept", 1)
    county.do("office", "cancel", 3, reason="重复")
    with county.write() as session:
        session.add_all(
            User(name=name, display_name=name, role=role, unit_id=county.units[unit], active=active, created_at=START)
            for name, role, unit, active in (
                ("li", "bureau", "water", True),
                ("gone", "bureau", "water", False),
                ("clerk", "town", "town-a", True),
            )
        )
    return county


def tried(county: County, who: str, does: Does) -> str:
    return refusal(county.engine, lambda session: does(session, county.people[who]))


def allowed(county: County, does: Does) -> dict[str, set[str]]:
    """Who gets which outcome."""
    outcomes: dict[str, set[str]] = {}
    for who in sorted(PRESENT | ABSENT):
        outcomes.setdefault(tried(county, who, does), set()).add(who)
    return outcomes


def named(ticket: int, user: str | None) -> Does:
    return lambda session, actor: participation.name_handler(session, actor, ticket, user, day(1))


def assist(ticket: int, unit: str) -> Does:
    return lambda session, actor: participation.assist(session, actor, ticket, unit, day(1))


def unassist(ticket: int, unit: str) -> Does:
    return lambda session, actor: participation.unassist(session, actor, ticket, unit, day(1))


def comment(ticket: int, text: str = "急") -> Does:
    return lambda session, actor: participation.comment(session, actor, ticket, text, day(1))


def test_who_takes_part_in_a_ticket_and_how(county: County) -> None:
    unseen = {"NotFound no_such_ticket": ABSENT}
    mine = {"done": {"water"}, "NotAllowed only_the_holder": PRESENT - {"water"}}
    assert allowed(county, named(1, None)) == unseen | mine
    shared = {"done": {"water", "office"}, "NotAllowed only_the_holder": PRESENT - {"water", "office"}}
    assert allowed(county, assist(1, "power")) == unseen | shared
    silent = {"NotAllowed may_not_comment": {"inspectorate"}}
    assert allowed(county, comment(1)) == unseen | silent | {"done": PRESENT - {"inspectorate"}}
    ended = {"WrongState ticket_ended": PRESENT}
    assert allowed(county, named(3, None)) == unseen | ended
    assert allowed(county, comment(3)) == unseen | silent | {"WrongState ticket_ended": PRESENT - {"inspectorate"}}
    assert tried(county, "office", assist(3, "power")) == "WrongState ticket_ended"
    assert tried(county, "office", unassist(3, "power")) == "WrongState ticket_ended"


@pytest.mark.parametrize(
    ("user", "said"),
    [
        ("li", "done"),
        (" li ", "done"),
        ("", "done"),
        ("gone", "BadInput no_such_colleague handler"),
        ("power", "BadInput no_such_colleague handler"),
        ("town", "BadInput no_such_colleague handler"),
        ("nobody", "BadInput no_such_colleague handler"),
    ],
)
def test_a_handler_is_an_active_colleague_of_the_same_role(county: County, user: str, said: str) -> None:
    assert tried(county, "water", named(1, user)) == said


def test_a_town_does_not_name_its_villages_cadre(county: County) -> None:
    ticket = county.file("village", household="A2", kind="power")
    assert tried(county, "town", named(ticket, "clerk")) == "done"
    assert tried(county, "town", named(ticket, "village")) == "BadInput no_such_colleague handler"
    assert tried(county, "village", named(ticket, "village")) == "NotAllowed only_the_holder"


def test_a_handler_is_named_and_removed_on_the_open_custody(county: County) -> None:
    def handlers() -> list[int | None]:
        with county.read() as session:
            return list(session.scalars(select(Custody.handler_id).where(Custody.ticket_id == 1).order_by(Custody.seq)))

    with county.write() as session:
        li = session.scalars(select(User.id).where(User.name == "li")).one()
        participation.name_handler(session, county.people["water"], 1, "li", day(1))
    assert handlers() == [None, li]
    with county.write() as session:
        participation.name_handler(session, county.people["water"], 1, None, day(1))
    assert handlers() == [None, None]


def test_a_bureau_a_town_or_the_office_assists_once_and_never_who_is_responsible(county: County) -> None:
    for unit, said in (
        ("power", "done"),
        ("town-b", "done"),
        ("office", "done"),
        ("water", "BadInput unit_cannot_assist unit"),
        ("leaders", "BadInput unit_cannot_assist unit"),
        ("inspectorate", "BadInput unit_cannot_assist unit"),
        ("nobody", "BadInput unit_unknown unit"),
    ):
        assert tried(county, "water", assist(1, unit)) == said, unit
    assert tried(county, "water", unassist(1, "power")) == "BadInput does_not_assist unit"
    county.resolve(1, day(1))
    # The town confirms: it holds the ticket, and the bureau is still responsible for it.
    for unit in ("town-a", "water"):
        assert tried(county, "town", assist(1, unit)) == "BadInput unit_cannot_assist unit"
    with county.write() as session:
        participation.assist(session, county.people["town"], 1, "power", day(2))
    assert tried(county, "town", assist(1, "power")) == "Duplicate assists_already unit"
    assert tried(county, "power", comment(1)) == "done"
    assert tried(county, "power", unassist(1, "power")) == "NotAllowed only_the_holder"


def test_who_once_held_a_ticket_stays_its_former_holder_when_it_no_longer_assists(county: County) -> None:
    def standings() -> dict[int, tuple[str, Any]]:
        with county.read() as session:
            rows = session.scalars(select(Party).where(Party.ticket_id == 2))
            return {row.unit_id: (row.standing, row.since) for row in rows}

    county.do("water", "decline", 2, day(1), ground="not_ours", cited_duty=SENTENCE)
    county.do("office", "reassign", 2, day(2), unit="power", reason=SENTENCE)
    water, housing = county.units["water"], county.units["housing"]
    assert standings() == {water: ("former", day(2))}
    assert tried(county, "office", unassist(2, "water")) == "BadInput does_not_assist unit"
    with county.write() as session:
        for unit in ("water", "housing"):
            participation.assist(session, county.people["office"], 2, unit, day(3))
    assert standings() == {water: ("assisting", day(3)), housing: ("assisting", day(3))}
    with county.write() as session:
        for unit in ("water", "housing"):
            participation.unassist(session, county.people["office"], 2, unit, day(4))
    assert standings() == {water: ("former", day(3))}


def asking(county: County, at: Any = None, ticket: int = 1, **given: Any) -> str:
    given = {"kind": "extension", "until": "2018-12-10", "reason": "连续降雨", "plan": "三日内接通"} | given
    return tried(
        county,
        "water",
        lambda session, actor: time_requests.ask(session, actor, at or day(1), ticket, RequestInput(**given)),
    )


def test_what_a_request_for_time_must_say(county: County) -> None:
    photo = county.bring("water", 1)
    stop = {"kind": "suspension", "ground": "flood", "evidence": [photo]}
    # Twenty working days from Wednesday 21 November end on Wednesday 19 December.
    for given, said in (
        ({}, "done"),
        ({"kind": "holiday"}, "BadInput unknown_request request"),
        ({"until": None}, "BadInput missing until"),
        ({"until": ""}, "BadInput missing until"),
        ({"until": "morgen"}, "BadInput not_a_date until"),
        ({"reason": None}, "BadInput missing reason"),
        ({"plan": ""}, "BadInput missing plan"),
        ({"ground": "洪涝"}, "done"),
        ({"ground": "raining"}, "BadInput ground_unknown ground"),
        (stop, "done"),
        (stop | {"ground": None}, "BadInput missing ground"),
        (stop | {"evidence": None}, "BadInput missing evidence"),
        (stop | {"evidence": [10**6]}, "BadInput evidence_unknown evidence"),
        (stop | {"until": "2018-12-19"}, "done"),
        (stop | {"until": "2018-12-20"}, "BadInput suspension_too_long until"),
        (stop | {"until": "2018-11-21"}, "done"),
        (stop | {"until": "2018-11-20"}, "BadInput date_not_in_future until"),
    ):
        assert asking(county, **given) == said, given
    assert asking(county, ticket=2) == "WrongState asked_only_in_progress"
    assert asking(county, ticket=3) == "WrongState asked_only_in_progress"


def test_time_is_asked_for_to_the_last_second_before_the_deadline(county: County) -> None:
    due = county.ticket(1).due_at
    assert due is not None
    assert asking(county, due - timedelta(seconds=1), ground="flood") == "done"
    assert asking(county, due, ground="flood") == "WrongState asked_too_late"


def test_a_request_is_answered_by_whom_it_was_asked_once_and_with_a_reason(county: County) -> None:
    with county.write() as session:
        asked = time_requests.ask(
            session,
            county.people["water"],
            day(1),
            1,
            RequestInput(kind="extension", until="2018-12-10", reason=SENTENCE, plan=SENTENCE),
        ).id

    def answer(grant: bool, reason: str | None = "经入户核实，情况属实", request: int = asked) -> Does:
        return lambda session, actor: time_requests.answer(session, actor, day(2), request, grant, None, reason)

    for grant in (True, False):
        assert allowed(county, answer(grant)) == {
            "done": {"office"},
            "NotAllowed request_of_another": PRESENT - {"office"},
            "NotFound no_such_ticket": ABSENT,
        }
        for reason in (None, "", "  "):
            assert tried(county, "office", answer(grant, reason)) == "BadInput missing reason"
    assert tried(county, "office", answer(True, request=asked + 1)) == "NotFound no_such_request"
    with county.write() as session:
        time_requests.answer(session, county.people["office"], day(2), asked, False, None, SENTENCE)
    for grant in (True, False):
        assert tried(county, "office", answer(grant)) == "WrongState request_answered"
    with county.read() as session:
        assert time_requests.find(session, session.get_one(Ticket, 1), asked).id == asked
    for ticket, number in ((2, asked), (1, asked + 1), (1, 2**70)):
        lookup = partial(
            lambda session, t, n: time_requests.find(session, session.get_one(Ticket, t), n), t=ticket, n=number
        )
        assert refusal(county.engine, lookup) == "NotFound no_such_request"


def test_the_desk_names_what_it_refuses(county: County) -> None:
    def does(who: str, action: str, ticket: int, at: float = 1, **given: Any) -> str:
        return tried(county, who, lambda session, actor: desk.perform(session, actor, ticket, action, day(at), **given))

    assert does("water", "sing", 1) == "NotFound no_such_action"
    assert does("office", "deem_accepted", 2) == "NotFound no_such_action"
    assert does("town", "accept", 2) == "NotAllowed not_allowed"
    assert does("power", "accept", 2) == "NotFound no_such_ticket"
    assert does("water", "accept", 1) == "WrongState wrong_state"
    assert does("water", "accept", 2, version=7) == "Stale stale"
    assert does("water", "accept", 2, version=1) == "done"
    decline = {"ground": "not_ours", "cited_duty": SENTENCE}
    county.do("water", "decline", 2, day(1), **decline)
    for unit, said in (
        ("water", "BadInput unit_is_the_same unit"),
        ("town-a", "done"),
        ("power", "done"),
        ("office", "done"),
        ("town-b", "BadInput unit_cannot_hold unit"),
        ("leaders", "BadInput unit_cannot_hold unit"),
        ("inspectorate", "BadInput unit_cannot_hold unit"),
        ("nobody", "BadInput unit_unknown unit"),
    ):
        assert does("office", "reassign", 2, unit=unit, reason=SENTENCE) == said, unit
    assert does("town", "reject", 1, reason=SENTENCE) == "WrongState wrong_state"
    ticket = county.file(household="B1", who="other_town")
    assert does("water", "reclassify", ticket, kind="power", reason=SENTENCE) == "WrongState wrong_state"
    assert does("water", "reclassify", 1, kind="water", reason=SENTENCE) == "BadInput kind_is_the_same kind"
    assert does("water", "reclassify", 1, kind="power", reason=SENTENCE) == "done"
    photo = county.bring("water", 1, day(1))
    county.do("water", "resolve", 1, day(2), evidence=[photo])
    seen = county.bring("town", 1, day(3), b"seen")
    for on, said in (
        ("2018-11-21", "BadInput visit_before_resolved visited_on"),
        ("2018-11-22", "done"),
        ("2018-11-23", "done"),
        ("2018-11-24", "BadInput date_in_future visited_on"),
    ):
        assert does("town", "confirm", 1, 3, visited_on=on, evidence=[seen]) == said, on


def bundled(county: County) -> int:
    numbers = [county.ticket(ticket).number for ticket in (1, 2)]
    with county.write() as session:
        return matters.open_matter(session, county.people["town"], day(1), tickets=numbers, title="水泵").id


def test_a_matter_is_opened_of_like_open_tickets_by_whom_they_concern(county: County) -> None:
    numbers = [county.ticket(ticket).number for ticket in (1, 2, 3)]

    def opened(*tickets: str, title: str = "水泵") -> Does:
        return lambda session, actor: matters.open_matter(session, actor, day(1), tickets=tickets, title=title)

    assert allowed(county, opened(*numbers[:2])) == {
        "done": {"town", "water", "office"},
        "NotAllowed may_not_bundle": {"village", "leaders", "inspectorate"},
        "NotFound no_such_ticket": ABSENT,
    }
    for tickets, title, said in (
        (numbers, "水泵", "WrongState ticket_ended"),
        (numbers[:1], "水泵", "BadInput too_few_tickets tickets"),
        (numbers[:1] * 2, "水泵", "BadInput too_few_tickets tickets"),
        (numbers[:2], "水泵" * 30, "done"),
        (numbers[:2], "水泵" * 30 + "坏", "BadInput too_long title"),
        (numbers[:2], " ", "BadInput missing title"),
    ):
        assert tried(county, "office", opened(*tickets, title=title)) == said


def test_a_matter_is_joined_split_and_acted_on_by_the_tickets_in_it(county: County) -> None:
    matter = bundled(county)
    more = [county.file(household="A3"), county.file(household="B1", who="other_town")]
    first, second, ended, third, far = (county.ticket(ticket).number for ticket in (1, 2, 3, *more))

    def join(*tickets: str, to: int = matter) -> str:
        return tried(county, "office", lambda session, actor: matters.join(session, actor, day(1), to, tickets=tickets))

    assert join(third) == "done"
    assert join(third, to=matter + 1) == "NotFound no_such_matter"
    assert join(far) == "BadInput not_one_matter tickets"
    assert join(first) == "BadInput in_a_matter tickets"
    assert join() == "BadInput too_few_tickets tickets"
    assert join(ended) == "WrongState ticket_ended"

    def split(ticket: str) -> Does:
        return lambda session, actor: matters.split(session, actor, day(1), matter, ticket=ticket)

    assert tried(county, "office", split(third)) == "BadInput not_in_this_matter ticket"
    assert allowed(county, split(first)) == {
        "done": {"town", "water", "office"},
        "NotAllowed may_not_bundle": {"village", "leaders", "inspectorate"},
        "NotFound no_such_matter": ABSENT,
    }

    def act(action: str, *tickets: str, **given: Any) -> str:
        seen = {number: 2 if number == first else 1 for number in tickets}
        return tried(
            county, "water", lambda session, actor: matters.act(session, actor, day(1), matter, action, seen, **given)
        )

    assert act("accept", second) == "done"
    assert act("decline", second) == "NotFound no_such_action"
    assert act("accept") == "BadInput missing tickets"
    assert act("accept", third) == "BadInput not_in_this_matter ticket"
    assert act("accept", second, first) == "WrongState wrong_state"
    assert act("comment", first, note=" ") == "BadInput missing note"
    for piece in (0, -1, 10**6, 2**70):
        assert act("resolve", first, evidence=[piece]) == "BadInput evidence_unknown evidence"
    towns = county.bring("town", 1)
    assert act("resolve", first, evidence=[towns]) == "BadInput evidence_of_another_unit evidence"


def test_a_list_is_asked_for_by_what_there_is(county: County) -> None:
    def listed(**given: Any) -> str:
        return tried(
            county,
            "office",
            lambda session, actor: listing.list_tickets(session, actor, day(1), listing.Filters(**given)),
        )

    assert listed(state="in_progress") == "done"
    assert listed(state="asleep") == "BadInput unknown_state state"
    assert listed(owner="nobody") == "BadInput unit_unknown owner"
    assert listed(town="nobody") == "BadInput unit_unknown town"
    assert listed(q="x" * 101) == "BadInput too_long q"


def test_who_files_about_a_household_and_sees_beforehand_what_would_come_of_it(county: County) -> None:
    def asked(act: Callable[..., Any], **given: Any) -> Does:
        given = {"household": "A2", "kind": "power"} | given
        return lambda session, actor: act(session, actor, day(1), Deficiency(**given))

    elsewhere, offices = {"other_village", "far_village", "other_town"}, {"leaders", "inspectorate"}
    refused = {
        "NotFound no_such_subject household": elsewhere,
        "NotAllowed may_not_file": {"admin"},
        "NotAllowed may_not_file_about": (PRESENT | ABSENT)
        - {"village", "town", "office", "admin"}
        - elsewhere
        - offices,
    }
    filers = {"village", "town", "office"}
    assert allowed(county, asked(filing.preview)) == {"done": filers | offices, **refused}
    # What rests on an instruction or a supervision names its document.
    unnamed = {"BadInput reference_missing reference": offices}
    assert allowed(county, asked(filing.file_ticket)) == {"done": filers, **unnamed, **refused}
    for act in (filing.preview, filing.file_ticket):
        for given, said in (
            ({"household": None, "village": "town-a-v1", "kind": "water"}, "done"),
            ({"household": None, "village": "town-a-v1", "kind": "power"}, "BadInput kind_not_for_subject kind"),
            ({"kind": "gas"}, "BadInput kind_unknown kind"),
            ({"kind": "house", "cause": "storm"}, "BadInput cause_unknown cause"),
            ({"kind": "house", "cause": "quota"}, "done"),
        ):
            assert tried(county, "town", asked(act, **given)) == said, given
    assert tried(county, "town", asked(filing.file_ticket, kind="water")) == "Duplicate duplicate_open_ticket kind"


def test_what_is_shown_before_filing_is_what_comes_of_it(county: County) -> None:
    for who, household, urgent in (("town", "A2", False), ("village", "A2", True), ("town", "A3", True)):
        given: dict[str, Any] = {"household": household, "kind": "file", "urgent": urgent}
        with county.write() as session:
            actor = county.people[who]
            seen = filing.preview(session, actor, day(1), Deficiency(**given))
            filed = filing.file_ticket(session, actor, day(1), Deficiency(**given)).ticket
            assert (seen.due_at, seen.duplicate_of, seen.relapse_of) == (filed.due_at, None, None)
            first = ["vet"] if who == "village" else []
            assert [stage.stage for stage in seen.stages] == [*first, "accept", "mend", "confirm"]
            assert [stage.unit.code for stage in seen.stages] == ["town-a"] * len(first) + [
                "poverty",
                "poverty",
                "town-a",
            ]
            due = [stage.due_at for stage in seen.stages]
            again = filing.preview(session, actor, day(1), Deficiency(**given))
            assert again.duplicate_of == filed.number
            session.rollback()
        # Two working days to accept, ten to mend, five to confirm; an urgent one has a day for each, the town's check too.
        assert (
            due
            == {
                "A2 town": [day(3, 17.5), day(17, 17.5), day(24, 17.5)],
                "A2 village": [day(2, 17.5), day(3, 17.5), day(6, 17.5), day(7, 17.5)],
                "A3 town": [day(2, 17.5), day(3, 17.5), day(6, 17.5)],
            }[f"{household} {who}"]
        )
