"""The last days of the demo reach people outside the house as well: mails taken, put off, refused, and a paper in doubt.

No network is used: the post office is a die; everything else is what the worker does.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import User
from models.engine import in_transaction, reading
from notifications import addresses, digest
from notifications.channels import Refused
from notifications.claiming import LEASE
from notifications.delivery import deliver
from notifications.letters import Letter
from simulation.settlement import Settled
from workflow.actors import actor_of
from workflow.county import outgoing_addresses
from workflow.county.context import county_context
from workflow.county.vault import Vault

#: So many days before the end somebody thinks of entering an address.
DAYS = 6


class _Down(BaseException):
    """The worker ends in the middle of a letter."""


class Post:
    """The channel `email`: a mail server played by a die."""

    name = "email"

    def __init__(self, rng: random.Random) -> None:
        self.rng, self.codes, self.refused = rng, dict[str, str](), ""

    def send(self, letter: Letter) -> None:
        if letter.kind == "verify":
            self.codes[letter.to] = str(letter.params["code"])
            return
        if letter.to == self.refused:
            raise Refused("smtp_550", permanent=True, target=True)
        if "rung" in letter.params and self.rng.random() < 0.05:
            raise _Down
        if self.rng.random() < 0.1:
            raise Refused("smtp_451")

    def close(self) -> None:
        """Nothing to let go of."""


class Deliveries:
    """Who in the demo is reached by mail, from when on."""

    def __init__(
        self, engine: Engine, settled: Settled, rng: random.Random, vault: Vault | None, end: datetime
    ) -> None:
        self.engine, self.settled, self.vault, self.since = engine, settled, vault, end - timedelta(days=DAYS)
        # A die of its own, seeded by what the county's die shows without throwing it: the rest decides as it did.
        self.post = Post(random.Random(str(rng.getstate()[1][:5])))
        self.entered = False

    def live(self, now: datetime) -> None:
        """What the worker does in a quarter of a day, all at once."""
        if self.vault is None or now < self.since:
            return
        write = partial(in_transaction, self.engine)
        if not self.entered:
            self._enter(now, self.vault)
        with reading(self.engine) as session:
            due = digest.due(session, now)
        if due:
            write(partial(digest.make, now=now))
        # Who went down begins again after the lease of what it held.
        for at in (now, now + LEASE * 2):
            try:
                deliver(write, self.post, _stopped(at), "demo", self.vault.open)
            except _Down:
                continue

    def _enter(self, now: datetime, vault: Vault) -> None:
        self.entered, write = True, partial(in_transaction, self.engine)
        with reading(self.engine) as session:
            setting = county_context(session)
            leads = [
                route.lead
                for kind in setting.scheme.kinds
                for route in kind.routes
                if route.lead not in ("town", "subject")
            ]
            # The office, and three bureaus that have work; of the last of them the address is wrong.
            names = [f"{unit}-1" for unit in (setting.office.code, *list(dict.fromkeys(leads))[:3])]
            domain = f"{setting.scheme.county.code}.example"
            self.post.refused = f"{names[-1]}@{domain}"
            people = session.scalars(select(User).where(User.name.in_(names)).order_by(User.id)).all()
        for person in people:
            value = f"{person.name}@{domain}"

            def enter(session: Session, person: User = person, value: str = value) -> None:
                record = partial(outgoing_addresses.record_address, session, actor_of(person), "email", now)
                addresses.enter(session, session.get_one(User, person.id), "email", value, now, vault, record)

            write(enter)
        deliver(write, self.post, lambda: now, "demo", vault.open)
        for person in people:
            code = self.post.codes[f"{person.name}@{domain}"]

            def confirm(session: Session, person: User = person, code: str = code) -> None:
                record = partial(outgoing_addresses.record_address, session, actor_of(person), "email", now)
                addresses.confirm(session, person.id, "email", code, now, record)

            write(confirm)


def _stopped(at: datetime) -> Callable[[], datetime]:
    """A clock that always says the same."""
    return lambda: at
