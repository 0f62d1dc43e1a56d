"""Mail deliveries in tests, and their rows."""

from typing import Any

from sqlalchemy import select

from models import Delivery
from notifications.dispatch import dispatch
from tests.support.factories import START, County


def dispatch_mail(county: County, at: Any = START) -> None:
    with county.write() as session:
        while dispatch(session, at):
            pass


def rows(county: County) -> list[Delivery]:
    with county.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))
