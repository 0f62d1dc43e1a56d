"""Trail search: what the audit trail is searched for, and the query that finds one page of it.

Each combination of a person, a unit, a kind of act, an address and a day is answered from one of the trail's indexes in the
order of time, so that a page costs as much with a million events as with a hundred.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session

from models import Event, Post, User
from models.history import TRAIL
from workflow.errors import BadInput
from workflow.paging import escaped
from workflow.policy.worktime import SHANGHAI

#: Kinds of acts, as the trail is searched for them; what no kind names is found without one.
ACTS: dict[str, tuple[str, ...]] = {
    "sign_in": ("signed_in", "signed_out", "session_ended", "sessions_ended", "factor_given", "passkey_given"),
    "refusals": ("refused_access", "refused_virus"),
    "accounts": (
        *("user_created", "user_closed", "user_opened", "user_transferred", "user_moved", "user_renamed", "took_over"),
        *("password_set", "first_sign_in_made", "first_sign_in_used"),
        *("address_entered", "address_used", "address_dropped"),
        *("factor_proposed", "factor_enrolled", "factor_removed", "recovery_code_used", "recovery_codes_made"),
        *("passkey_added", "passkey_removed", "sign_on_link_made", "sign_on_bound", "sign_on_ended"),
        *("reset_asked", "reset_agreed", "reset_refused", "reset_in_emergency"),
    ),
    "rights": (
        *("appointed", "post_ended", "post_cancelled", "post_reinstated"),
        *("authorise", "end_authorisation"),
    ),
    "tokens": ("token_issued", "tokens_revoked"),
    "exports": ("export", "refused_rows", "taken_along"),
    "reveals": ("reveal", "find_by_number"),
    "keys": ("rotate_key", "seal_files", "robot_set", "robot_ended"),
    "backups": ("backup", "restore"),
    "readings": ("read_trail",),
    "erasures": (
        *("erase", "erase_words", "erase_lines", "erase_list_name", "erase_import_name"),
        *("ask_erasure", "agree_erasure", "refuse_erasure"),
    ),
    "verifications": ("ask_verification", "verified", "verification_failed"),
}
#: More people than this under one part of a name are too many to search for at once.
MOST_PEOPLE = 40


@dataclass(frozen=True, slots=True)
class TrailSearch:
    """What to find; empty: everything.

    `person`: events by or about the people with this sign-in name or part of a name; `unit`: acts of people of this unit, by
    its id; `act`: a kind of ACTS; `day`: one day in China, as ISO; `address`: acts from this network address.
    """

    person: str = ""
    unit: int | None = None
    act: str = ""
    day: str = ""
    address: str = ""

    def asked(self) -> dict[str, Any]:
        """The parts that were given, by name."""
        given = {name: getattr(self, name) for name in ("person", "unit", "act", "day", "address")}
        return {name: value.strip() if isinstance(value, str) else value for name, value in given.items() if value}


#: The last event of a page: when it was, and its id.
Mark = tuple[datetime, int]


def found(session: Session, wanted: TrailSearch, before: Mark | None, limit: int) -> list[int]:
    """The ids of the latest events that match, before the mark.  Raises BadInput."""
    shared = [TRAIL.predicate, *_narrowed(wanted)]
    if before is not None:
        at, number = before
        shared += [Event.at <= at, (Event.at < at) | (Event.id < number)]
    parts = [_latest([*shared, *branch], limit) for branch in _branches(session, wanted)]
    if not parts:
        return []
    if len(parts) == 1:
        return [row.id for row in session.execute(parts[0])]
    # Each part is cut to a page by its index before they meet; without a row of its own SQLite takes no order in a part.
    every = union(*(select(part.subquery()) for part in parts)).subquery()
    query = select(every.c.id).order_by(every.c.at.desc(), every.c.id.desc()).limit(limit)
    return list(session.scalars(query))


def _latest(conditions: list[ColumnElement[bool]], limit: int) -> Select[int, datetime]:
    query = select(Event.id, Event.at).where(*conditions)
    return query.order_by(Event.at.desc(), Event.id.desc()).limit(limit)


def _narrowed(wanted: TrailSearch) -> Iterator[ColumnElement[bool]]:
    # Of several values the rarest is looked up and the others are compared, which an expression leaves to no index: a person has
    # few events, an address not many, a unit thousands.
    person, address = wanted.person.strip(), wanted.address.strip()[:64]
    if wanted.unit is not None:
        yield (Event.actor_unit_id + 0 if person or address else Event.actor_unit_id) == wanted.unit
    if address:
        yield (Event.address + "" if person else Event.address) == address
    if wanted.day.strip():
        begins = midnight(_day(wanted.day.strip()))
        yield Event.at >= begins
        yield Event.at < begins + timedelta(days=1)
    if wanted.act and wanted.act not in ACTS:
        raise BadInput("unknown_act", "act")


def _branches(session: Session, wanted: TrailSearch) -> list[list[ColumnElement[bool]]]:
    """The conditions of which one holds for each event: one for each person or act, since an index is in the order of time
    only where a single value is asked for."""
    actions = ACTS.get(wanted.act, ())
    if not wanted.person.strip():
        return [[Event.action == action] for action in actions] or [[]]
    only = [Event.action.in_(actions)] if actions else []
    branches: list[list[ColumnElement[bool]]] = []
    for user in _people(session, wanted.person.strip()):
        branches += [
            [Event.actor_id == user, *only],
            [Event.subject_type == "user", Event.subject_id == user, *only],
        ]
        posts = select(Post.id).where(Post.user_id == user)
        branches += [[Event.subject_type == "post", Event.subject_id == post, *only] for post in session.scalars(posts)]
    return branches


def _people(session: Session, text: str) -> list[int]:
    named = User.display_name.like(f"%{escaped(text)}%", escape="\\")
    query = select(User.id).where((User.name == text) | named).order_by(User.id)
    people = list(session.scalars(query.limit(MOST_PEOPLE + 1)))
    if len(people) > MOST_PEOPLE:
        raise BadInput("name_too_common", "person", most=MOST_PEOPLE)
    return people


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadInput("not_a_date", "day") from error
    if not 2000 <= day.year < 9999:
        raise BadInput("not_a_date", "day")
    return day


def midnight(day: date) -> datetime:
    """When a day in China begins."""
    return datetime.combine(day, time(), SHANGHAI)
