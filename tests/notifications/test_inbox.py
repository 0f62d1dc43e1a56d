"""Inbox rows: one's own in-app messages, the latest first; what is unread, and what each mark reads."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models import Event, Message
from notifications import inbox
from tests.support.factories import START, County, settle_county, small_scheme

pytestmark = pytest.mark.one_database("sqlite")

LATER = START + timedelta(hours=1)


class Box:
    """Three messages of `water` in the inbox, one by mail, and one of `power`; the first is read."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.me, self.other = (county.people[name].user_id or 0 for name in ("water", "power"))
        self.tickets = [county.file(household="A1"), county.file(household="A2")]
        with county.write() as session:
            of_tickets = session.scalars(
                select(Event.id)
                .where(Event.subject_type == "ticket", Event.subject_id.in_(self.tickets))
                .order_by(Event.id)
            ).all()
            # Its subject has the id of a ticket, and is none.
            alien = session.scalars(
                select(Event.id).where(Event.subject_type != "ticket", Event.subject_id == self.tickets[0]).limit(1)
            ).one()
            rows = [
                Message(
                    event_id=event,
                    recipient_id=whose,
                    channel=channel,
                    kind="file",
                    params={},
                    created_at=START,
                    status="sent",
                    read_at=START if read else None,
                )
                for event, whose, channel, read in (
                    (of_tickets[0], self.me, "inbox", True),
                    (of_tickets[1], self.me, "inbox", False),
                    (alien, self.me, "inbox", False),
                    (of_tickets[1], self.me, "email", False),
                    (of_tickets[1], self.other, "inbox", False),
                )
            ]
            session.add_all(rows)
            session.flush()
            self.first, self.second, self.alien, self.mail, self.foreign = (row.id for row in rows)

    def unread(self) -> set[int]:
        with self.county.read() as session:
            return set(session.scalars(select(Message.id).where(Message.read_at.is_(None))))


@pytest.fixture
def box(engine: Engine) -> Box:
    return Box(settle_county(engine, small_scheme()))


def test_ones_own_messages_are_listed_the_latest_first_each_once_with_its_ticket(box: Box) -> None:
    with box.county.read() as session:
        listed = inbox.messages(session, box.me)
        assert [row[0].id for row in listed] == [box.alien, box.second, box.first]
        assert [row[2].id if row[2] else None for row in listed] == [None, *reversed(box.tickets)]
        assert [row[3] for row in listed] == [None, "town-a-v1村", "town-a-v1村"]
        asked: dict[str, list[int]] = {
            "limit": [row[0].id for row in inbox.messages(session, box.me, limit=2)],
            "before": [row[0].id for row in inbox.messages(session, box.me, before=box.alien)],
            "before any": [row[0].id for row in inbox.messages(session, box.me, before=-1)],
            "before none": [row[0].id for row in inbox.messages(session, box.me, before=10**30)],
            "unread": [row[0].id for row in inbox.messages(session, box.me, unread_only=True)],
        }
    assert asked == {
        "limit": [box.alien, box.second],
        "before": [box.second, box.first],
        "before any": [],
        "before none": [box.alien, box.second, box.first],
        "unread": [box.alien, box.second],
    }


def test_what_is_unread_is_counted_and_named_by_its_subject(box: Box) -> None:
    with box.county.read() as session:
        assert (inbox.unread(session, box.me), inbox.unread(session, box.other), inbox.unread(session, 0)) == (2, 1, 0)
        first, second = box.tickets
        assert inbox.unread_of(session, box.me, first) == []
        assert inbox.unread_of(session, box.me, second) == [box.second]
        assert inbox.unread_of(session, box.me, second, "case") == []
        assert [inbox.read_at(session, box.me, one) for one in (box.first, box.second)] == [START, None]
        assert [inbox.read_at(session, box.other, one) for one in (box.first, box.foreign)] == [None, None]


def test_each_mark_reads_ones_own_messages_once_and_no_others(box: Box) -> None:
    with box.county.write() as session:
        inbox.mark_these_read(session, box.me, LATER, [box.first, box.second, box.foreign])
    assert box.unread() == {box.alien, box.mail, box.foreign}
    with box.county.write() as session:
        for upto in (-1, box.alien - 1):
            inbox.mark_read(session, box.me, LATER, upto)
    assert box.unread() == {box.alien, box.mail, box.foreign}
    with box.county.write() as session:
        inbox.mark_read(session, box.me, LATER + timedelta(hours=1), 10**30)
    # A message on another channel is not read in the inbox; a receipt is the moment of the first reading.
    assert box.unread() == {box.mail, box.foreign}
    with box.county.read() as session:
        moments = [inbox.read_at(session, box.me, one) for one in (box.first, box.second, box.alien)]
        assert moments == [START, LATER, LATER + timedelta(hours=1)]
