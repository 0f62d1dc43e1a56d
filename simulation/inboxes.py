"""People read what they are told: most each morning, some once a week, and in a unit that lets things lie hardly ever."""

import random
from datetime import datetime

from sqlalchemy import Engine, func, select

from models import Message, User
from models.engine import reading, writing
from notifications import inbox


class Inboxes:
    """The inboxes of a county; `slow` are the units (ids) whose people rarely look."""

    def __init__(self, engine: Engine, rng: random.Random, slow: set[int]) -> None:
        self.engine, self.slow = engine, slow
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.rng = random.Random(f"inboxes {rng.getstate()[1][:4]}")

    def live(self, now: datetime) -> None:
        """The morning of a working day."""
        unread = (Message.read_at.is_(None), Message.channel == "inbox")
        with reading(self.engine) as session:
            waiting = session.execute(
                select(Message.recipient_id, User.unit_id, func.max(Message.id))
                .join(User, User.id == Message.recipient_id)
                .where(*unread)
                .group_by(Message.recipient_id, User.unit_id)
                .order_by(Message.recipient_id)
            ).all()
        read = []
        for person, unit, last in waiting:
            # One in six looks in now and then.
            chance = 0.1 if unit in self.slow else 0.25 if person % 6 == 0 else 0.9
            if self.rng.random() < chance:
                read.append((person, last))
        if read:
            with writing(self.engine) as session:
                for person, last in read:
                    inbox.mark_read(session, person, now, last)
