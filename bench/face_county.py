"""People and households of the face bench: a village with its town, and a town that has a resolved ticket to confirm."""

from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select

from models import Household, Ticket, User, Village
from models.engine import writing
from models.row_changes import happened
from tools.screenshots import NOW

PASSWORD = "a long enough password"
#: Kinds of deficiencies of a household for which a cause need not be named.
KINDS = ("water", "electricity", "tv", "network")
DESCRIPTION = "水管断了三天"


@dataclass
class People:
    """Who does the tasks, by role: sign-in names; and what they are done with."""

    names: dict[str, str]
    #: The household that is checked.
    home: str
    #: For which households tickets are filed, and of which kind.
    filings: list[tuple[str, str]]
    #: The number of the ticket to be confirmed.
    resolved: str
    #: Filed by the village: five to be endorsed, and one that its town returned.
    reported: list[str] = field(default_factory=list)
    returned: str = ""
    #: Of 6 MB.
    photo: Path = Path()

    @property
    def day(self) -> str:
        """The county's day, as a date input takes it."""
        return NOW.date().isoformat()


def people_of(engine: Engine) -> People:
    """Chooses them in a settled county and gives them a password."""
    with writing(engine) as session:
        village = session.scalars(
            select(Village)
            .join(Household, Household.village_id == Village.id)
            .join(User, User.village_id == Village.id)
            .where(User.role == "village", User.active)
            .group_by(Village.id)
            .order_by(func.count().desc(), Village.id)
        ).first()
        assert village is not None
        homes = session.scalars(
            select(Household)
            .where(Household.village_id == village.id)
            .order_by(Household.visited_on.is_(None), Household.id)
        ).all()
        is_open = select(Ticket.household_id, Ticket.kind).where(Ticket.ended_at.is_(None))
        taken = {(household, kind) for household, kind in session.execute(is_open)}
        filings = [(home.code, kind) for kind in KINDS for home in homes[1:] if (home.id, kind) not in taken]
        resolved, confirmer = session.execute(
            select(Ticket, User)
            .join(User, User.unit_id == Ticket.confirmer_unit_id)
            .where(Ticket.state == "resolved", User.role == "town", User.active, Ticket.household_id.is_not(None))
            .order_by(Ticket.id)
        ).first() or (None, None)
        assert resolved is not None
        assert confirmer is not None
        users = {
            "village": session.scalars(select(User).where(User.village_id == village.id, User.active)).first(),
            "town": session.scalars(
                select(User).where(User.unit_id == village.town_id, User.role == "town", User.active)
            ).first(),
            "confirmer": confirmer,
        }
        hashed = PasswordHasher().hash(PASSWORD)
        for user in users.values():
            assert user is not None
            user.password_hash = hashed
        names = {role: user.name for role, user in users.items() if user is not None}
        happened(session, NOW)
        return People(names, homes[0].code, filings, resolved.number)
