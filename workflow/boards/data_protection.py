"""Data protection: what is kept of people, by kind and table, and who has looked at or searched for a household.

The leader of the county office or of the inspectorate authorises a person to protect personal data (authorisation `data`);
that person and the inspectorate look up who accessed a household's data, and each look-up is on the audit trail.

Source: 个人信息保护法 art. 13, 19, 28, 29, 51, 52, 54, 55.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from models import Base, Candidate, Event, Household, User
from models.former_code import present_code
from workflow.actors import Actor
from workflow.errors import NotAllowed, NotFound
from workflow.history import audit_trail
from workflow.register.erasing.erasure_requests import protects_data

#: Who reads what is kept; the look-up is for fewer.
_READERS = ("office", "leaders", "inspectorate")
_ACCESSES = ("reveal", "find_by_number")
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of personal data: the columns that hold it, by table, of which the first is counted; `sensitive` as in art. 28."""

    code: str
    columns: Mapping[str, str]
    sensitive: bool = False

    @property
    def counted(self) -> Table:
        """The table whose rows are counted."""
        return Base.metadata.tables[next(iter(self.columns))]


_NUMBERED = "id_sealed id_index id_masked"
_REACHED = "phone_sealed phone_index phone_masked"
#: Everything that is kept of people.  `tests/county/test_data_protection.py` asks for every sealed column and every table.
KEPT = (
    Kept(
        "identity",
        {
            "member": f"name relation sex {_NUMBERED}",
            "household": "code head_name",
            "former_code": "code",
            "name_part": "part",
            "candidate_person": f"name relation sex {_NUMBERED}",
            "candidate": "head_name initials consent_by",
        },
        sensitive=True,
    ),
    Kept(
        "contact",
        {
            "household": f"address latitude longitude {_REACHED}",
            "candidate": f"address {_REACHED}",
        },
    ),
    Kept(
        "condition",
        {
            "member": "born_on born_exact labour beyond_help schooling illness insured pension allowance",
            "household": "labour cause monitoring",
            "candidate_person": "born_on labour",
        },
        sensitive=True,
    ),
    Kept("income", {"household": "people income_fen income_year income_people"}, sensitive=True),
    Kept(
        "visits",
        {
            "checkup": "present note",
            "finding": "result cause note",
            "random_result": "",
            "spot_result": "",
            "exit_dossier": "content",
            "quota_house": "",
            "household_erasure": "document",
        },
        sensitive=True,
    ),
    Kept(
        "photos",
        {
            "evidence": "filename sha256 thumbnail taken_at latitude longitude",
            "figure_proof": "filename sha256",
            "held_file": "filename kept",
            "held_slice": "content",
            "look_band": "",
        },
    ),
    Kept(
        "tickets",
        {
            "ticket": "description",
            "time_request": "reason plan answer",
            "duty_entry": "",
            "duty_form": "",
            "event_secret": "body",
        },
    ),
    Kept(
        "lists",
        {
            "bulk_line": "sealed",
            "bulk_list": "filename",
            "register_import": "filename",
            "import_change": "",
            "county_book": "",
            "book_change": "",
        },
        sensitive=True,
    ),
    Kept(
        "staff",
        {
            "user_account": "name display_name password_hash",
            "post": "",
            "authorisation": "",
            "address": "value_sealed value_index",
            "robot": "value_sealed value_index",
            "user_session": "address device",
            "api_token": "used_from",
            "sign_on": "subject",
            "second_factor": "secret_sealed",
            "passkey": "credential_id public_key",
            "former_password": "password_hash",
            "refused_access": "name address",
            "feedback": "words answer",
            "saved_view": "name asked",
            "view_watch": "seen",
            "wording": "words",
            "last_look": "looked_at",
        },
    ),
    Kept("history", {"event": "actor_id address given effect"}),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of data with how many rows hold it."""

    kept: Kept
    rows: int


@dataclass(frozen=True, slots=True)
class Erasures:
    """Families that were reported and not registered: whose data is still there with a day to be erased, and whose is erased."""

    waiting: int
    next_at: datetime | None
    erased: int


@dataclass(frozen=True, slots=True)
class Access:
    """One look at a household's numbers in full, or one search that found it."""

    at: datetime
    name: str | None
    role: str
    unit_id: int | None
    action: str
    given: Mapping[str, Any]


def kept(session: Session, actor: Actor) -> tuple[list[Line], Erasures]:
    """Every kind of personal data with its rows, and the state of erasures.  Raises NotAllowed."""
    if actor.role not in _READERS:
        raise NotAllowed("data_kept_not_yours")
    counts: dict[str, int] = {}
    for each in KEPT:
        if each.counted.name not in counts:
            counts[each.counted.name] = session.scalar(select(func.count()).select_from(each.counted)) or 0
    waiting = select(func.count(), func.min(Candidate.erase_at))
    due, first = session.execute(waiting.where(Candidate.erase_at.is_not(None), Candidate.erased_at.is_(None))).one()
    erased = session.scalar(select(func.count()).where(Candidate.erased_at.is_not(None))) or 0
    return [Line(each, counts[each.counted.name]) for each in KEPT], Erasures(due, first, erased)


def look_up(session: Session, actor: Actor, now: datetime, code: str) -> list[Access]:
    """Who has looked at the household's numbers or searched for them, the latest first; the look-up is recorded on the trail.

    Raises NotAllowed, NotFound.
    """
    if not protects_data(session, actor, now):
        raise NotAllowed("data_look_up_not_yours")
    household = session.scalars(select(Household).where(Household.code == present_code(code.strip()))).one_or_none()
    if household is None:
        raise NotFound("no_such_household", "code", code=code[:64])
    audit_trail.record_look_up(session, actor, now, household.code)
    query = (
        select(Event, User.display_name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == "household", Event.subject_id == household.id, Event.action.in_(_ACCESSES))
        .order_by(Event.id.desc())
        .limit(_SHOWN)
    )
    return [
        Access(event.at, name, event.actor_role, event.actor_unit_id, event.action, event.given)
        for event, name in session.execute(query)
    ]
