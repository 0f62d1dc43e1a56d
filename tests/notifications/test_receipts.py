"""Receipts: of which notifications a ticket is made known by, to whom, and in what state each is."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Address, Delivery, Event, Message, Robot
from notifications import event_preferences, receipts
from tests.support.factories import START, County, settle_county, small_scheme

pytestmark = pytest.mark.one_database("sqlite")

MINUTE = timedelta(minutes=1)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def robot(session: Any, county: County, unit: str, channel: str = "wecom", **more: Any) -> Robot:
    row = Robot(
        unit_id=county.units[unit],
        channel=channel,
        value_sealed="{}",
        value_index="0" * 64,
        created_at=START,
        created_by_id=county.people["admin"].user_id,
        **more,
    )
    session.add(row)
    session.flush()
    return row


def address(session: Any, county: County, who: str) -> int:
    row = Address(
        user_id=county.people[who].user_id,
        channel="email",
        value_sealed="{}",
        value_index="0" * 64,
        created_at=START,
        verified_at=START,
        guesses=0,
    )
    session.add(row)
    session.flush()
    return row.id


def delivery(session: Any, key: str, **more: Any) -> Delivery:
    given: dict[str, Any] = {
        "channel": "email",
        "kind": "file",
        "params": {},
        "language": "zh_Hans",
        "weighty": False,
        "created_at": START,
        "status": "sent",
    }
    row = Delivery(key=key, **(given | more))
    session.add(row)
    session.flush()
    return row


def test_what_a_ticket_was_made_known_by_stands_with_its_person_its_state_and_when(county: County) -> None:
    ticket = county.file()
    county.file(household="A2")
    county.do("water", "accept", ticket, START + MINUTE)
    with county.write() as session:
        first, last, other = session.scalars(
            select(Event.id).where(Event.subject_type == "ticket").order_by(Event.subject_id, Event.seq)
        ).all()
        water, power = (county.people[name].user_id for name in ("water", "power"))
        for event, whose, read, instead in (
            (first, power, None, None),
            (first, water, START + MINUTE, "holder_duty"),
            (last, water, None, None),
            (other, water, None, None),
        ):
            session.add(
                Message(
                    event_id=event,
                    recipient_id=whose,
                    channel="inbox",
                    kind="file",
                    created_at=START,
                    status="sent",
                    params={"instead_of": instead} if instead else {},
                    read_at=read,
                )
            )
        mail, bot = address(session, county, "water"), robot(session, county, "housing").id
        waits = {"status": "pending", "next_at": START + MINUTE}
        delivery(session, "waits", event_id=first, address_id=mail, **waits)
        delivery(session, "went", event_id=last, robot_id=bot, channel="wecom", sent_at=START + 2 * MINUTE)
        delivery(session, "failed", event_id=last, address_id=mail, status="dead", error="smtp_550")
        delivery(session, "other", event_id=other, address_id=mail)
    with county.read() as session:
        told = receipts.told_of(session, ticket)
        lines = [
            (
                *(line.event.id, line.channel, line.person.name if line.person else None),
                *(line.unit.code if line.unit else None, line.status, line.waits, line.error),
                *(line.at, line.read_at, line.instead_of),
            )
            for line in told
        ]
        assert lines == [
            (last, "wecom", None, "housing", "sent", False, None, START + 2 * MINUTE, None, None),
            (last, "email", "water", "water", "dead", False, "smtp_550", START, None, None),
            (last, "inbox", "water", "water", "sent", False, None, START, None, None),
            (first, "email", "water", "water", "pending", True, None, START, None, None),
            (first, "inbox", "water", "water", "sent", False, None, START, START + MINUTE, "holder_duty"),
            (first, "inbox", "power", "power", "sent", False, None, START, None, None),
        ]
        # At most so many of the inbox and so many that left it, the latest.
        fewest = receipts.told_of(session, ticket, limit=1)
        assert [(line.event.id, line.channel) for line in fewest] == [(last, "email"), (last, "inbox")]
        assert receipts.told_of(session, ticket, limit=0) == []


def test_a_delivery_is_for_a_person_with_their_unit_or_for_a_units_bot(county: County) -> None:
    with county.write() as session:
        mail, bot = address(session, county, "admin"), robot(session, county, "housing").id
        rows = [
            delivery(session, "a", address_id=mail),
            delivery(session, "b", robot_id=bot, channel="wecom"),
            delivery(session, "c", address_id=address(session, county, "water")),
        ]
        found = receipts.targets(session, rows)
        said = [
            (person.name if person else None, unit.code if unit else None)
            for person, unit in (found[row.id] for row in rows)
        ]
    assert said == [("admin", None), (None, "housing"), ("water", "water")]


def test_what_waits_is_counted_by_channel_with_the_age_of_the_oldest(county: County) -> None:
    with county.write() as session:
        mail = address(session, county, "water")
        assert receipts.waiting(session) == []
        for number, (channel, at, next_at) in enumerate(
            (
                ("sms", START, START),
                ("email", START + MINUTE, START + 5 * MINUTE),
                ("email", START + 2 * MINUTE, START),
                ("email", START, None),
            )
        ):
            status = "pending" if next_at else "sent"
            delivery(
                session, f"k{number}", channel=channel, address_id=mail, created_at=at, next_at=next_at, status=status
            )
        assert receipts.waiting(session) == [("email", 2, START + MINUTE), ("sms", 1, START)]


def test_the_bots_in_use_stand_in_the_order_of_their_units_and_the_older_first(county: County) -> None:
    with county.write() as session:
        for unit, channel, ended in (
            ("housing", "wecom", None),
            ("housing", "dingtalk", None),
            ("town-a", "dingtalk", None),
            ("water", "wecom", START),
        ):
            robot(session, county, unit, channel, ended_at=ended)
        shown = [(unit.code, bot.channel) for bot, unit in event_preferences.robots(session)]
    positions = [unit.code for unit in small_scheme().units]
    assert positions.index("town-a") < positions.index("housing"), "the scheme lists towns before bureaus"
    assert shown == [("town-a", "dingtalk"), ("housing", "wecom"), ("housing", "dingtalk")]
