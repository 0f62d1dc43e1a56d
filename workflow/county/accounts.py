"""Accounts, tokens and sign-ins: made, changed and ended, each with an event."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, true, update
from sqlalchemy.orm import Session, joinedload

from models import ApiToken, FormerPassword, Unit, User, Village, row_changes
from models.look_alikes import folded_name
from models.people import FULL_SCOPE, ROLES, WATCHED
from workflow.actors import Actor, system
from workflow.county.access.open_sign_ins import end_codes, end_sessions, end_ways_in
from workflow.county.access.passwords import KEPT
from workflow.county.context import county_context
from workflow.county.unit_names import living_unit
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound
from workflow.history import event_log
from workflow.inputs import storable

#: The roles of the people of each type of unit.
_SEATS = {
    "town": ("town", "village"),
    "bureau": ("bureau",),
    "office": ("office",),
    "leaders": ("leaders",),
    "inspectorate": ("inspectorate",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """An account to be created; `unit` and `village` by code or name."""

    name: str
    role: str
    unit: str | None = None
    village: str | None = None
    display_name: str | None = None
    password_hash: str | None = None


def create_user(session: Session, actor: Actor, now: datetime, new: NewUser) -> User:
    """Create an account.  Raises BadInput, Duplicate, NotAllowed."""
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    name, role, display_name = new.name.strip(), new.role, new.display_name
    if not name or len(name) > 64 or any(ch.isspace() for ch in name):
        raise BadInput("bad_user_name", "name")
    if not storable(name + (display_name or "")):
        raise BadInput("not_text", "name")
    if display_name is not None and len(display_name) > 200:
        raise BadInput("too_long", "display_name", most=200)
    if role not in ROLES:
        raise BadInput("unknown_role", "role", role=role[:40])
    if (other := session.scalar(_TAKEN, {"key": folded_name(name)})) is not None:
        raise Duplicate("user_exists" if other == name else "user_looks_alike", "name", name=name, other=other)
    seat, home = seat_of(session, role, new.unit, new.village)
    user = User(
        name=name,
        display_name=(display_name or name).strip(),
        role=role,
        unit_id=seat.id if seat else None,
        village_id=home.id if home else None,
        password_hash=new.password_hash,
        password_set_at=now if new.password_hash else None,
        # Whoever makes the account knows its first password.
        password_given_at=now if new.password_hash else None,
        active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    seat_given: dict[str, object] = {"role": role, "unit": user.unit_id, "village": user.village_id}
    _record_user_event(session, actor, user, "user_created", now, seat_given, first=True)
    return user


def seat_of(session: Session, role: str, unit: str | None, village: str | None) -> tuple[Unit | None, Village | None]:
    """The unit and the village, by code or name, of an account of this role; None for what the role does not have.

    Raises BadInput.
    """
    seat = living_unit(session, unit) if unit else None
    home = _village(session, village, seat.id if seat else None) if village else None
    if home is not None and seat is None:
        seat = living_unit(session, home.town.code)
    if role != "admin" and seat is None:
        seat = _only_seat(session, role)
    if seat is not None and role != "admin" and role not in _SEATS[seat.type]:
        raise BadInput("role_not_in_unit", "unit", role=role, unit=seat.name)
    if (role == "village") != (home is not None):
        raise BadInput("village_for_village_role", "village", role=role)
    return (seat if role != "admin" else None), home


def _only_seat(session: Session, role: str) -> Unit:
    if role not in ("office", "leaders"):
        raise BadInput("unit_needed", "unit", role=role)
    setting = county_context(session)
    return session.get_one(Unit, (setting.office if role == "office" else setting.leaders).id)


# Executed for each of hundreds of accounts, so composed once.
_TAKEN = select(User.name).where(User.name_key == bindparam("key"))
_VILLAGES = (
    select(Village)
    .where((Village.code == bindparam("wanted")) | (Village.name == bindparam("wanted")))
    .where(Village.withdrawn_at.is_(None))
    .options(joinedload(Village.town))
)
_VILLAGES_OF_TOWN = _VILLAGES.where(Village.town_id == bindparam("town"))


def _village(session: Session, text: str, town_id: int | None) -> Village:
    query = _VILLAGES if town_id is None else _VILLAGES_OF_TOWN
    matches = session.scalars(query, {"wanted": text.strip(), "town": town_id}).all()
    matches = [row for row in matches if row.ended_on is None] or matches
    if len(matches) == 1 and matches[0].successor_id is not None:
        heir = session.get_one(Village, matches[0].successor_id)
        raise BadInput("village_has_ended", "village", village=matches[0].name, successor=heir.name)
    if len(matches) != 1:
        raise BadInput("village_unknown" if not matches else "village_ambiguous", "village", village=text[:64])
    return matches[0]


def find_user(session: Session, name: str) -> User:
    """The active account with this sign-in name.  Raises BadInput."""
    user = session.scalars(select(User).where(User.name == name.strip(), User.active)).one_or_none()
    if user is None:
        raise BadInput("user_unknown", "name", name=name[:64])
    return user


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token to be issued: what its program is called, its scopes, and until when it is good (None: until withdrawn)."""

    name: str = ""
    scopes: str = FULL_SCOPE
    expires_at: datetime | None = None


def issue_token(
    session: Session, user: User, now: datetime, new: NewToken = NewToken(), actor: Actor | None = None
) -> str:
    """A bearer token, shown once and stored as its SHA-256; of full scope unless `new` says less."""
    token = secrets.token_urlsafe(32)
    kept = {"token_hash": token_hash(token), "name": new.name, "scopes": new.scopes, "expires_at": new.expires_at}
    row = ApiToken(user_id=user.id, created_at=now, **kept)
    session.add(row)
    session.flush()
    told = {"token": row.id, "scopes": new.scopes, "until": event_log.stamp(new.expires_at) if new.expires_at else None}
    _record_user_event(session, actor or system(), user, "token_issued", now, told)
    return token


def token_hash(token: str) -> str:
    """The stored form of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def set_password(
    session: Session,
    actor: Actor,
    user: User,
    password_hash: str,
    now: datetime,
    keep: str | None = None,
    *,
    given: bool = False,
) -> None:
    """Keep a new password's hash (made outside the transaction); with `given` its owner has to set another first.

    Sessions signed in with the old one end, except the one whose token has the hash `keep`, and so does an open one-time
    code.  The tokens are revoked as well, except when the owner replaces a password that somebody else had set: programs
    work from the first day on.
    """
    first = user.password_hash is None or user.password_given_at is not None
    _keep_former(session, user, now)
    user.password_hash, user.password_set_at = password_hash, now
    user.password_given_at = now if given else None
    end_sessions(session, user, now, keep)
    end_codes(session, user, now)
    _record_user_event(session, actor, user, "password_set", now, {})
    if actor.user_id != user.id or not first:
        _revoke(session, actor, user, now)


def void_password(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """End an account's password with its sessions, bindings and tokens; its owner sets another with a one-time code."""
    _keep_former(session, user, now)
    user.password_hash = user.password_given_at = None
    end_ways_in(session, user, now)
    _revoke(session, actor, user, now)


def _keep_former(session: Session, user: User, now: datetime) -> None:
    if user.password_hash is None:
        return
    session.add(FormerPassword(user_id=user.id, password_hash=user.password_hash, replaced_at=now))
    session.flush()
    former = select(FormerPassword).where(FormerPassword.user_id == user.id).order_by(FormerPassword.id.desc())
    # The present one is among those that are not chosen again.
    for row in session.scalars(former.offset(KEPT - 1)):
        session.delete(row)


def revoke_tokens(session: Session, actor: Actor, user: User, now: datetime) -> int:
    """Revoke every bearer token of the account; returns how many there were.  Raises NotAllowed."""
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    return _revoke(session, actor, user, now)


def revoke_token(session: Session, actor: Actor, user: User, now: datetime, number: int) -> None:
    """Revoke one token of an account: by its owner or on the command line.  Raises NotFound."""
    if not (actor.user_id == user.id or actor.role == "system") or not _revoke(session, actor, user, now, number):
        raise NotFound("no_such_token")


def _revoke(session: Session, actor: Actor, user: User, now: datetime, number: int | None = None) -> int:
    wanted = true() if number is None else ApiToken.id == number
    revoked = session.scalars(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None), wanted)
        .values(revoked_at=now)
        .returning(ApiToken.id)
        .execution_options(synchronize_session=False)
    ).all()
    row_changes.note(session, "api_token", revoked)
    if revoked:
        _record_user_event(session, actor, user, "tokens_revoked", now, {"tokens": len(revoked)})
    return len(revoked)


def set_active(session: Session, actor: Actor, user: User, active: bool, now: datetime) -> None:
    """Close or open an account.  Raises NotAllowed, also for closing one's own, which could leave no administrator.

    Closing ends its sessions and tokens for good; after reopening it must sign in again.
    """
    if actor.role not in ("admin", "system"):
        raise NotAllowed("only_the_administrator")
    if user.id == actor.user_id and not active:
        raise NotAllowed("not_oneself")
    if active:
        user.active = True
        _record_user_event(session, actor, user, "user_opened", now, {})
    else:
        close(session, actor, user, now)


def close(session: Session, actor: Actor, user: User, now: datetime) -> None:
    """Close an account, whoever may.  A consequence of leaving."""
    user.active = False
    _record_user_event(session, actor, user, "user_closed", now, {})
    end_ways_in(session, user, now)
    end_codes(session, user, now)
    _revoke(session, actor, user, now)


def transfer(session: Session, actor: Actor, user: User, unit: Unit, village: Village | None, now: datetime) -> None:
    """Give an account another unit or village, and the role that goes with it, whoever may.  A consequence of moving.

    Its tokens are revoked if unit or role is another: what used them worked for the former one.  With another role its
    sessions and open codes end too: they were opened under the rules of the former one.
    """
    elsewhere, former = user.unit_id != unit.id, user.role
    user.unit_id, user.village_id = unit.id, village.id if village is not None else None
    user.role = role_in(unit, village)
    session.flush()
    seat: dict[str, object] = {"role": user.role, "unit": user.unit_id, "village": user.village_id}
    event_log.of(session, user, actor, now).append("user_transferred", seat)
    if elsewhere or user.role != former:
        _revoke(session, actor, user, now)
    if user.role != former:
        end_sessions(session, user, now)
        end_codes(session, user, now)


def role_in(unit: Unit, village: Village | None) -> str:
    """The role of a person of a unit, or of one of its villages."""
    return "village" if village is not None else _SEATS[unit.type][0]


def _record_user_event(
    session: Session,
    actor: Actor,
    user: User,
    action: str,
    now: datetime,
    given: dict[str, object],
    first: bool = False,
) -> None:
    event_log.of(session, user, actor, now, first=first).append(action, dict(given), notify=user.role in WATCHED)
