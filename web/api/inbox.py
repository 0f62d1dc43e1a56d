"""The inbox over the API: the caller's notifications, marking them as read, and the recipients of a ticket's events."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from models import Event, Message
from notifications import delivery_planning, receipts
from notifications import inbox as box
from notifications.message_texts import headline
from web.api.fields import Body, Flag, Id, Listed, Moment, Paged, answer, of
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from workflow.errors import NotAllowed, NotFound
from workflow.paging import cursor_of, read_cursor
from workflow.policy.scheme.parts import Text as Words
from workflow.tickets import lookup
from workflow.tickets.visibility import COUNTY_WIDE


@answer
class Unread:
    """The number of the caller's unread messages."""

    unread: int


@answer
class Told:
    """A message: what happened, and where it is looked at."""

    id: int
    event: int
    kind: str
    title: Words
    number: str | None
    what: Words | None
    village: Words | None
    path: str
    at: Moment
    read_at: Moment | None
    instead_of: str | None


@answer
class Inbox(Listed[Told]):
    """The latest messages first; `unread` counts all that are not read, whatever is listed."""

    unread: int


class InboxQuery(Paged):
    """Filters of the inbox."""

    unread: Flag | None = None


@get(
    "/inbox",
    "What the caller was told, the latest first, and how much of it is unread",
    links={"/inbox/{id}": "/items/0/id"},
)
def show_inbox(call: Call, query: InboxQuery) -> Inbox:
    who, most = _signed_in_person(call), query.limit
    before = read_cursor(query.cursor, int)[0] if query.cursor else None
    rows = [(row[0], row[1]) for row in box.messages(call.session, who, before, most + 1, query.unread or False)]
    following = cursor_of([rows[most - 1][0].id]) if len(rows) > most else None
    return Inbox(items=_items(call.session, rows[:most]), unread=box.unread(call.session, who), next=following)


@get("/inbox/unread", "How many messages the caller has not read")
def count_unread(call: Call) -> Unread:
    return Unread(unread=box.unread(call.session, _signed_in_person(call)))


class Upto(Body):
    """The latest message that is read."""

    upto: Id


@post("/inbox/read", "Everything up to a message is read")
def read_upto(call: Call, body: Upto) -> Unread:
    box.mark_read(call.session, _signed_in_person(call), call.now, body.upto)
    return count_unread(call)


@answer
class Receipt(Unread):
    """The time at which a message was first read."""

    id: int
    read_at: Moment


@post("/inbox/{id}/read", "One message is read; answers when it first was", repeat=WHOLE)
def read_one(call: Call, id: int) -> Receipt:
    who = _signed_in_person(call)
    box.mark_these_read(call.session, who, call.now, [id])
    read_at = box.read_at(call.session, who, id)
    if read_at is None:
        raise NotFound("no_such_message")
    return Receipt(id=id, read_at=read_at, unread=box.unread(call.session, who))


@answer
class Delivered:
    """One recipient, a person or a group bot, on one channel: the delivery's status, and when it was read."""

    event: int
    kind: str
    channel: str
    person: str | None
    unit: str | None
    status: str
    waits: bool
    error: str | None
    at: Moment
    read_at: Moment | None
    instead_of: str | None


@get(
    "/tickets/{number}/told",
    "Who was told of a ticket, on which channel, and when it was read; for the county's readers",
)
def list_told(call: Call, number: str) -> Listed[Delivered]:
    ticket = lookup.find_ticket(call.session, call.actor, number)
    if call.actor.role not in COUNTY_WIDE:
        raise NotAllowed("told_not_yours")
    return Listed(
        items=[
            of(
                Delivered,
                line,
                event=line.event.id,
                kind=line.event.action,
                person=line.person.display_name if line.person else None,
                unit=line.unit.name if line.unit else None,
            )
            for line in receipts.told_of(call.session, ticket.id)
        ]
    )


def _signed_in_person(call: Call) -> int:
    return call.actor.account_id


def _items(session: Session, rows: Sequence[tuple[Message, Event]]) -> list[Told]:
    # Held on to, so that each ticket, village and unit is read once.
    kept = delivery_planning.read_ahead(session, [event for _, event in rows])
    items = [_item(session, message, event) for message, event in rows]
    del kept
    return items


def _item(session: Session, message: Message, event: Event) -> Told:
    facts, _ = delivery_planning.facts(session, delivery_planning.Announcement(event, message.kind, message.params, {}))

    def both(name: str) -> Words | None:
        return Words(zh=facts[name][0], en=facts[name][1]) if name in facts else None

    return of(
        Told,
        message,
        event=event.id,
        title=Words(zh=headline(message.kind, "zh_Hans", facts), en=headline(message.kind, "en", facts)),
        number=facts.get("number"),
        what=both("what"),
        village=both("village"),
        path=facts["path"],
        at=message.created_at,
        instead_of=message.params.get("instead_of"),
    )
