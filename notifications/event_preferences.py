"""Event preferences: a person's choice per kind between mail at once, the morning's digest and none; mandatory kinds
cannot be turned off."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models import Preference, Robot, Unit, User, row_changes
from models.delivery import HOW
from notifications.rules import ALL_RULES, BY_LADDER, BY_STATE, manner

_HOLDING = {
    "watcher",
    "holder_duty",
    "holder_leader",
    "holder_people",
    "handler",
    "lead_duty",
    "lead_people",
    "former_duty",
    "pressed",
    "filer",
    "assisting",
    "on_duty",
    "respondent",
    "reporting",
    "reporter",
    "signer",
    "late",
    "reminded",
    "figure",
}
_RULING = {"account"}
_ISSUING = {"asked", "issuer", "opener", "decider", "lookers"}
#: The roles of the rules that a person of each role may fill.
_FILLS: Mapping[str, set[str]] = {
    "village": {"filer", "checkers", "watcher"},
    "town": _HOLDING | {"town", "checkers", "explainers", "lookers", "ranked", "objector"},
    "bureau": _HOLDING,
    "office": _HOLDING | _RULING | _ISSUING | {"office", "explainers"},
    "leaders": _HOLDING | _RULING | _ISSUING | {"leaders"},
    "inspectorate": _RULING | {"inspectorate", "on_duty", "watcher"},
    "admin": _RULING | {"admin"},
}


def options_for(role: str) -> list[tuple[str, str, bool]]:
    """The kinds a person in this role may receive: (kind, its usual way, whether it is mandatory)."""
    fills = _FILLS[role]
    options = []
    for kind, roles in ALL_RULES.items():
        said = {*roles, *(r for (k, _), more in BY_STATE.items() if k == kind for r in more)}
        if said & fills:
            options.append((kind, manner(kind).how, manner(kind).mandatory))
    if role not in ("village", "admin"):
        options.append((BY_LADDER, manner(BY_LADDER).how, True))
    return sorted(options, key=lambda entry: (not entry[2], entry[0]))


def preferences_of(session: Session, user_id: int) -> dict[str, str]:
    """The person's choices by kind; `digest` is the morning's digest itself."""
    rows = session.execute(select(Preference.kind, Preference.how).where(Preference.user_id == user_id))
    return {row[0]: row[1] for row in rows}


def save_preferences(session: Session, user: User, chosen: Mapping[str, str]) -> None:
    """Store the choices; mandatory kinds, unknown kinds and unknown answers are ignored."""
    usual = {kind: how for kind, how, mandatory in options_for(user.role) if not mandatory} | {"digest": "at_once"}
    rows = [
        {"user_id": user.id, "kind": kind, "how": how}
        for kind, how in chosen.items()
        if kind in usual and how in HOW and not (kind == "digest" and how == "digest")
    ]
    if not rows:
        return
    mine = row_changes.TABLES["preference"].c.user_id == user.id
    row_changes.note_where(session, "preference", mine)
    session.execute(
        delete(Preference).where(Preference.user_id == user.id, Preference.kind.in_([row["kind"] for row in rows]))
    )
    # The usual way needs no row, and follows the rules when they change.
    rows = [row for row in rows if row["how"] != usual[str(row["kind"])]]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(Preference).on_conflict_do_nothing(), rows)
    row_changes.note_where(session, "preference", mine)


def robots(session: Session) -> list[tuple[Robot, Unit]]:
    """The units' group bots in use."""
    query = (
        select(Robot, Unit)
        .join(Unit, Unit.id == Robot.unit_id)
        .where(Robot.ended_at.is_(None))
        .order_by(Unit.position, Robot.id)
    )
    return [(row[0], row[1]) for row in session.execute(query)]
