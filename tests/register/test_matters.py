"""Matters: tickets of one cause, acted on once; each keeps its own custody, clock and history."""

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import Custody, Event, Evidence, Household, Matter, Ticket
from models.engine import in_transaction, make_engine
from settings import DEVELOPMENT_SECRET
from tests.support.factories import County, day, settle_county
from tests.support.households import bundle
from workflow.actors import Actor
from workflow.errors import BadInput, NotAllowed, NotFound, Stale, WorkflowError, WrongState
from workflow.tickets import attachments, filing, matters
from workflow.tickets.filing import Deficiency
from workflow.tickets.views import matter_views
from workflow.verification import full_check


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=4)


def numbers(county: County, *ids: int) -> list[str]:
    return [county.ticket(i).number for i in ids]


def versions(county: County, *ids: int) -> dict[str, int]:
    return {county.ticket(i).number: county.ticket(i).version for i in ids}


def act(county: County, matter: int, action: str, *ids: int, who: str = "water", at: float = 1, **given: Any) -> None:
    with county.write() as session:
        matters.act(session, county.people[who], day(at), matter, action, versions(county, *ids), **given)


def ended(county: County, matter: int) -> bool:
    with county.read() as session:
        return session.get_one(Matter, matter).ended_at is not None


def holds(county: County, tmp_path: Path) -> list[str]:
    """The findings of `verify`, without those about bytes, which these tests do not store."""
    with county.read() as session:
        return [finding.code for finding in full_check.verify(session, tmp_path) if finding.code != "bytes_missing"]


def three(county: County) -> list[int]:
    return [county.file(household=code) for code in ("A1", "A2", "A3")]


def test_one_cause_is_accepted_and_resolved_once_and_each_household_confirmed_on_its_own(
    county: County, tmp_path: Path
) -> None:
    ids = three(county)
    matter = bundle(county, *ids)
    act(county, matter, "accept", *ids)
    with county.write() as session:
        # As a camera writes it: with time, place, perceptual hash and a thumbnail, which the copies carry too.
        photo = attachments.add(
            session,
            county.people["water"],
            ids[0],
            day(2),
            filename="IMG_1.jpg",
            sha256="b" * 64,
            size=9,
            media_type="image/jpeg",
            thumbnail="c" * 64,
            looks=("00ff00ff00ff00ff",),
            taken_at=day(2, 8),
            latitude=23.93,
            longitude=115.77,
        ).id
    act(county, matter, "resolve", *ids, at=2, evidence=[photo], note="水泵已更换")
    with county.read() as session:
        rows = session.scalars(select(Evidence).order_by(Evidence.ticket_id)).all()
        assert [row.ticket_id for row in rows] == ids
        assert len({row.sha256 for row in rows}) == 1
        for ticket in ids:
            events = session.scalars(
                select(Event.action)
                .where(Event.subject_type == "ticket", Event.subject_id == ticket)
                .order_by(Event.seq)
            ).all()
            assert events == ["file", "join_matter", "accept", "evidence", "resolve"]
            stages = session.scalars(select(Custody.stage).where(Custody.ticket_id == ticket).order_by(Custody.seq))
            assert list(stages) == ["accept", "mend", "confirm"]
    county.confirm(ids[0], day(3))
    assert [county.ticket(i).state for i in ids] == ["closed", "resolved", "resolved"]
    assert not ended(county, matter)
    county.do("town", "reject", ids[1], day(3), reason="仍无水")
    county.confirm(ids[2], day(4))
    assert not ended(county, matter)
    assert holds(county, tmp_path) == []


def test_a_matter_ends_with_its_last_open_ticket_and_is_open_again_with_a_reopened_one(
    county: County, tmp_path: Path
) -> None:
    ids = three(county)[:2]
    matter = bundle(county, *ids)
    county.do("office", "cancel", ids[0], day(1), reason="重复")
    assert not ended(county, matter)
    act(county, matter, "accept", ids[1])
    county.resolve(ids[1], day(2))
    county.confirm(ids[1], day(3))
    assert ended(county, matter)
    county.do("office", "reopen", ids[1], day(4), reason="抽查未解决", false_closing=True)
    assert not ended(county, matter)
    assert holds(county, tmp_path) == []


def test_bundling_touches_no_clock_and_no_version(county: County) -> None:
    ids = three(county)
    before = [(county.ticket(i).version, county.ticket(i).due_at, county.ticket(i).holder_unit_id) for i in ids]
    matter = bundle(county, *ids)
    with county.write() as session:
        matters.split(session, county.people["town"], day(3), matter, ticket=numbers(county, ids[1])[0])
    after = [(county.ticket(i).version, county.ticket(i).due_at, county.ticket(i).holder_unit_id) for i in ids]
    assert before == after
    assert [county.ticket(i).matter_id for i in ids] == [matter, None, matter]


def test_splitting_off_the_last_ticket_ends_the_matter(county: County, tmp_path: Path) -> None:
    ids = three(county)[:2]
    matter = bundle(county, *ids)
    for number in numbers(county, *ids):
        assert not ended(county, matter)
        with county.write() as session:
            matters.split(session, county.people["office"], day(1), matter, ticket=number)
    assert ended(county, matter)
    assert holds(county, tmp_path) == []


def test_all_or_none(county: County) -> None:
    ids = three(county)
    matter = bundle(county, *ids)
    seen = versions(county, *ids)
    county.do("water", "accept", ids[1], day(1))
    with pytest.raises(Stale) as refused, county.write() as session:
        matters.act(session, county.people["water"], day(1), matter, "accept", seen)
    assert refused.value.params["ticket"] == numbers(county, ids[1])[0]
    assert [county.ticket(i).state for i in ids] == ["assigned", "in_progress", "assigned"]
    with pytest.raises(BadInput), county.write() as session:
        matters.act(session, county.people["water"], day(1), matter, "resolve", versions(county, ids[1]))
    act(county, matter, "accept", ids[0], ids[2])
    assert {county.ticket(i).state for i in ids} == {"in_progress"}


def test_a_report_goes_to_every_ticket(county: County) -> None:
    ids = three(county)
    matter = bundle(county, *ids)
    act(county, matter, "comment", *ids, note="配件已到货")
    with county.read() as session:
        count = session.scalar(select(func.count()).select_from(Event).where(Event.action == "comment"))
    assert count == len(ids) + 1
    assert {county.ticket(i).version for i in ids} == {1}


def test_a_ticket_that_becomes_another_units_leaves_its_matter(county: County, tmp_path: Path) -> None:
    ids = three(county)
    matter = bundle(county, *ids)
    county.do("water", "decline", ids[0], day(1), ground="not_ours", cited_duty="三定")
    assert county.ticket(ids[0]).matter_id == matter
    county.do("office", "reassign", ids[0], day(2), unit="power", reason="电路问题")
    assert county.ticket(ids[0]).matter_id is None
    assert county.ticket(ids[1]).matter_id == matter
    assert holds(county, tmp_path) == []


def refused_as(county: County, who: str, *ids: int, kind: type[WorkflowError]) -> str:
    with pytest.raises(kind) as refused:
        bundle(county, *ids, who=who)
    return refused.value.code


def test_only_like_tickets_are_bundled_and_only_by_whom_they_concern(county: County) -> None:
    ids = three(county)
    other_kind, other_village = county.file(kind="power"), county.file("other_town", "B1")
    unvetted = county.file("village", "A4")
    assert refused_as(county, "office", ids[0], other_kind, kind=BadInput) == "not_one_matter"
    assert refused_as(county, "office", ids[0], other_village, kind=BadInput) == "not_one_matter"
    assert refused_as(county, "town", ids[0], unvetted, kind=BadInput) == "not_one_matter"
    assert refused_as(county, "town", ids[0], kind=BadInput) == "too_few_tickets"
    assert refused_as(county, "village", *ids, kind=NotAllowed) == "may_not_bundle"
    assert refused_as(county, "inspectorate", *ids, kind=NotAllowed) == "may_not_bundle"
    assert refused_as(county, "power", *ids, kind=NotFound) == "no_such_ticket"
    assert refused_as(county, "other_town", *ids, kind=NotFound) == "no_such_ticket"
    bundle(county, *ids[:2], who="water")
    assert refused_as(county, "town", *ids, kind=BadInput) == "in_a_matter"
    county.do("office", "cancel", ids[2], day(1), reason="误报")
    assert (
        refused_as(county, "town", ids[2], county.file(household="A4", at=day(1), kind="power"), kind=WrongState)
        == "ticket_ended"
    )


def test_a_matter_is_seen_by_whom_it_concerns_and_titles_are_veiled(county: County) -> None:
    ids = three(county)
    with county.write() as session:
        matter = matters.open_matter(
            session, county.people["town"], day(0), tickets=numbers(county, *ids), title="张三家旁的水泵"
        ).id
    for who, expected in (
        ("town", "张三家旁的水泵"),
        ("village", "张三家旁的水泵"),
        ("water", "张三家旁的水泵"),
        ("leaders", "张*家旁的水泵"),
        ("inspectorate", "张*家旁的水泵"),
    ):
        with county.read() as session:
            view = matter_views.matter_view(session, county.people[who], matter, day(1))
            assert view.line.title == expected
            assert {line.head_name for line in view.tickets} == {"张三" if "三" in expected else "张*"}
    for who in ("power", "other_town", "other_village", "admin"):
        with pytest.raises(NotFound), county.read() as session:
            matter_views.matter_view(session, county.people[who], matter, day(1))


def test_the_page_offers_what_the_door_would_allow(county: County) -> None:
    ids = three(county)
    matter = bundle(county, *ids)
    fourth = county.file(household="A4")
    county.do("water", "accept", ids[0], day(1))

    def view(who: str) -> matter_views.MatterView:
        with county.read() as session:
            return matter_views.matter_view(session, county.people[who], matter, day(1))

    offered = {name: [t.id for t in tickets] for name, tickets in view("water").acts.items()}
    assert offered == {"accept": ids[1:], "resolve": ids[:1], "comment": ids}
    assert "accept" not in view("town").acts
    assert [t.id for t in view("town").candidates] == [fourth]
    assert (view("village").splits, view("village").candidates, view("village").acts) == (set(), [], {})
    with county.write() as session:
        matters.join(session, county.people["water"], day(2), matter, tickets=numbers(county, fourth))
    assert view("water").line.open == 4


def test_filing_shows_open_tickets_of_the_same_kind_nearby(county: County) -> None:
    near, far, other = (
        county.file(household="A2"),
        county.file(household="A3"),
        county.file(kind="power", household="A2"),
    )
    with county.write() as session:
        places = {"A1": (23.9, 115.7), "A2": (23.901, 115.7), "A3": (23.91, 115.7)}
        for household in session.scalars(select(Household).where(Household.code.in_(places))):
            household.latitude, household.longitude = places[household.code]
    with county.read() as session:
        shown = filing.preview(session, county.people["town"], day(0), Deficiency(household="A1", kind="water")).nearby
        assert [(one.number, one.household) for one in shown] == list(
            zip(numbers(county, near, far), ("A2", "A3"), strict=True)
        )
        assert [round((one.metres or 0), -2) for one in shown] == [100, 1100]
        mine = filing.preview(session, county.people["town"], day(0), Deficiency(household="A2", kind="power")).nearby
        assert numbers(county, other)[0] not in [one.number for one in mine]
        away = filing.preview(
            session, county.people["other_town"], day(0), Deficiency(household="B1", kind="water")
        ).nearby
        assert away == ()


def _storm(url: str, who: Actor, matter: int, ids: list[int], rounds: int, reverse: bool, done: Any) -> None:
    """One of two racing processes: acts on all tickets again and again, or (not `reverse`) also removes a ticket and
    adds it again.
    """
    engine = make_engine(url, DEVELOPMENT_SECRET)
    failed = 0
    for turn in range(rounds):
        chosen = list(reversed(ids)) if reverse else ids
        work: Callable[[Any], object]
        if turn % 2 and not reverse:

            def work(session: Any) -> object:
                number = session.get_one(Ticket, ids[0]).number
                matters.split(session, who, day(1), matter, ticket=number)
                return matters.join(session, who, day(1), matter, tickets=[number])
        else:

            def work(session: Any, chosen: list[int] = chosen) -> object:
                seen = {session.get_one(Ticket, i).number: 1 for i in chosen}
                return matters.act(session, who, day(1), matter, "comment", seen, note="进展")

        try:
            # A deadlock would be an error here: nothing is tried again.
            in_transaction(engine, work, tries=1)
        except BadInput:
            failed += 1
    engine.dispose()
    done.put(failed)


def test_acts_on_the_same_tickets_never_wait_for_each_other_in_a_ring(
    county: County, database_url: str, tmp_path: Path
) -> None:
    ids = [county.file(household=f"A{n}") for n in range(1, 5)]
    matter = bundle(county, *ids)
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    done = context.Queue()
    people = [county.people["water"], county.people["office"], county.people["town"]]
    processes = [
        context.Process(target=_storm, args=(database_url, who, matter, ids, 12, n > 0, done))
        for n, who in enumerate(people)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(600)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert {county.ticket(i).matter_id for i in ids} == {matter}
    assert holds(county, tmp_path) == []
