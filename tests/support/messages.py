"""Recipients of events in tests, and for whom they stand in."""

from sqlalchemy import select

from models import Message, User
from notifications.dispatch import dispatch
from tests.support.factories import County, day


def notified(county: County, kind: str | None = None) -> set[str]:
    """The people notified since the last call, of all events or of one `kind`."""
    with county.write() as session:
        before = session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).first() or 0
        dispatch(session, day(0))
        query = select(User.name).join(Message, Message.recipient_id == User.id).where(Message.id > before)
        return set(session.scalars(query.where(Message.kind == kind) if kind else query))


def notified_instead(county: County) -> dict[str, str | None]:
    """The recipients of the last event, and for whom they stand in."""
    with county.read() as session:
        last = select(Message.event_id).order_by(Message.id.desc()).limit(1).scalar_subquery()
        rows = session.execute(
            select(User.name, Message.params)
            .join(Message, Message.recipient_id == User.id)
            .where(Message.event_id == last)
        )
        return {name: params.get("instead_of") for name, params in rows}
