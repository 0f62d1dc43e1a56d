"""What a person wants to be told by e-mail, kind by kind: at once, in the morning's digest, or not; never below the
floor."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Preference, Robot, Unit, User
from models.delivery import HOW
from notifications.rules import ALL_RULES, BY_LADDER, BY_STATE, manner

_HOLDING = {
    "holder_duty",
    "holder_leader",
    "holder_people",
    "handler",
    "lead_duty",
    "lead_people",
    "pressed",
    "filer",
    "assisting",
    "on_duty",
    "respondent",
    "reporting",
    "reporter",
    "late",
    "figure",
}
_RULING = {"account"}
_ISSUING = {"asked", "issuer", "opener", "decider", "lookers"}
#: Which roles of the rules a person in a seat may fill.
_FILLS: Mapping[str, set[str]] = {
    "village": {"filer"},
    "town": _HOLDING | {"town", "lookers", "ranked", "objector"},
    "bureau": _HOLDING,
    "office": _HOLDING | _RULING | _ISSUING | {"office"},
    "leaders": _HOLDING | _RULING | _ISSUING | {"leaders"},
    "inspectorate": _RULING | {"inspectorate", "on_duty"},
    "admin": _RULING | {"admin"},
}


def options_for(role: str) -> list[tuple[str, str, bool]]:
    """The kinds that may tell somebody in this seat: (kind, how it is told unless chosen otherwise, whether it is
    floor)."""
    fills = _FILLS[role]
    found = []
    for kind, roles in ALL_RULES.items():
        said = {*roles, *(r for (k, _), more in BY_STATE.items() if k == kind for r in more)}
        if said & fills:
            found.append((kind, manner(kind).how, manner(kind).floor))
    if role not in ("village", "admin"):
        found.append((BY_LADDER, manner(BY_LADDER).how, True))
    return sorted(found, key=lambda entry: (not entry[2], entry[0]))


def preferences_of(session: Session, user_id: int) -> dict[str, str]:
    """What the person has chosen, by kind; `digest` stands for the morning's digest itself."""
    rows = session.execute(select(Preference.kind, Preference.how).where(Preference.user_id == user_id))
    return {row[0]: row[1] for row in rows}


def save_preferences(session: Session, user: User, chosen: Mapping[str, str]) -> None:
    """Keep what was chosen; kinds that are floor, unknown kinds and unknown answers are left as they are."""
    usual = {kind: how for kind, how, floor in options_for(user.role) if not floor} | {"digest": "at_once"}
    rows = [
        {"user_id": user.id, "kind": kind, "how": how}
        for kind, how in chosen.items()
        if kind in usual and how in HOW and not (kind == "digest" and how == "digest")
    ]
    if not rows:
        return
    session.execute(
        delete(Preference).where(Preference.user_id == user.id, Preference.kind.in_([row["kind"] for row in rows]))
    )
    # What is as usual needs no row, and follows the rules when they change.
    rows = [row for row in rows if row["how"] != usual[str(row["kind"])]]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(Preference).on_conflict_do_nothing(), rows)


def robots(session: Session) -> list[tuple[Robot, Unit]]:
    """The units' robots in use."""
    query = (
        select(Robot, Unit)
        .join(Unit, Unit.id == Robot.unit_id)
        .where(Robot.ended_at.is_(None))
        .order_by(Unit.position, Robot.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
