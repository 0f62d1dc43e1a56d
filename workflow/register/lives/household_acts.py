"""Household acts: splits a household, merges it into another, moves it to another village or town, corrects its code, or
undoes its entry.

Each is one recorded act, and all that hangs on the household goes along: people, tickets, responsible cadre, the house of
the year's quota, and what was seen, which stays readable where it was seen.  Locks as everywhere: households by ascending
id, then tickets.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerCode, Household, Ticket, User, Village
from workflow.actors import Actor
from workflow.constraints import refused_as
from workflow.county.context import county_context
from workflow.errors import Duplicate, Stale
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.policy.counted_people import labour_of, life_payload
from workflow.policy.worktime import local_date
from workflow.register.counted import quota
from workflow.register.exit_gate import cancel_open_tickets
from workflow.register.lives.family_consequences import append, let_begin, look_again, open_tickets
from workflow.register.lives.family_input import FamilyInput
from workflow.register.lives.family_rows import Family, read_family, write_ends
from workflow.register.lives.household_input import Wanted, place_text, wanted
from workflow.register.lives.household_kinds import MERGED_IN, SPLIT_OFF
from workflow.register.lives.household_preview import digest_of, foresee_act
from workflow.register.names.pinyin import initials
from workflow.tickets import desk

#: What a household that splits off has of the one it comes from.
_INHERITED = (
    "village_id",
    "status",
    "income_fen",
    "income_year",
    "cause",
    "cadre_name",
    "cadre_id",
    "address",
    "monitoring",
)


@dataclass(slots=True)
class Done:
    """A recorded act: the household, the one it led to, and the tickets that went along, were withdrawn or cancelled."""

    wanted: Wanted
    household: Household
    other: Household | None = None
    followed: list[Ticket] = field(default_factory=list)
    cancelled: list[Ticket] = field(default_factory=list)


def record(
    session: Session, actor: Actor, now: datetime, code: str, given: FamilyInput, *, seen: str | None = None
) -> Done:
    """Record what happened to the household with this code; `seen` is the digest of the preview that was decided on.

    Raises NotFound, NotAllowed, BadInput, WrongState, Duplicate; Stale where what it moves changed since the preview.
    """
    asked = wanted(session, actor, now, code, given)
    if seen is not None and seen != digest_of(foresee_act(session, actor, asked)):
        raise Stale("household_changed")
    reason = statement_of("reason", given.reason) if asked.kind.offices or given.reason.strip() else ""
    made = _DOES[asked.kind.code](session, actor, now, asked, given, reason)
    session.flush()
    return made


def _split(session: Session, actor: Actor, now: datetime, asked: Wanted, given: FamilyInput, reason: str) -> Done:
    home, family, today = asked.home, asked.family, local_date(now)
    row = asked.revived or Household(code=asked.code, version=0)
    arriving = read_family(session, row, today) if asked.revived else None
    _settle_split(session, row, asked, given)
    with refused_as(Duplicate("code_taken", "to", code=asked.code), "uq_household_code"):
        session.flush()
    write_ends(session, family, asked.leaving, asked.on, "moved", row)
    fresh, arriving = arriving is None, arriving or read_family(session, row, today)
    before = None if fresh else arriving.status_before
    came = let_begin(session, arriving, asked.leaving, asked.on)
    row.version += 1
    effect = {**arriving.effect(), "lives": [life_payload(member) for member in arriving.touched]}
    told = {"kind": SPLIT_OFF, "on": asked.on.isoformat(), "members": [one.id for one in came], "from": home.code}
    event_log.of(session, row, actor, now, first=fresh).append(
        "family", told, effect, private={"reason": reason} if reason else None, moved=(before, row.status), notify=False
    )
    followed = _follow(session, actor, now, asked.tickets, row, "split")
    look_again(session, actor, now, county_context(session), home, None, asked.on)
    _append(session, actor, now, family, asked, {"to": row.code, "tickets": [one.id for one in followed]}, reason)
    return Done(asked, home, row, followed)


def _settle_split(session: Session, row: Household, asked: Wanted, given: FamilyInput) -> None:
    """What the household that splits off, or comes back under the code it had before a merger, is."""
    head, labour = asked.leaving[0], labour_of(member.labour for member in asked.leaving)
    values: dict[str, Any] = {name: getattr(asked.home, name) for name in _INHERITED}
    values |= {"head_name": head.name, "initials": initials(head.name), "people": len(asked.leaving)}
    values |= {"labour": asked.home.labour if labour == "unknown" else labour, "origin_id": asked.home.id}
    for name, value in values.items():
        setattr(row, name, value)
    row.income_people = row.successor_id = None
    _new_place(session, row, given)
    session.add(row)


def _merge(session: Session, actor: Actor, now: datetime, asked: Wanted, given: FamilyInput, reason: str) -> Done:
    home, family, target = asked.home, asked.family, asked.target
    assert target is not None
    into = read_family(session, target, local_date(now))
    _add_income(home, family, target, into)
    _add_people(home, family, target, into)
    if asked.leaving:
        write_ends(session, family, asked.leaving, asked.on, "moved", target)
    came = let_begin(session, into, asked.leaving, asked.on) if asked.leaving else []
    home.status, home.successor_id = "merged", target.id
    followed = _follow(session, actor, now, open_tickets(session, home), target, "merged")
    withdrawn = [ticket for ticket in followed if ticket.ended_at is not None]
    quota.follow(session, actor, now, home, target, reason)
    told = {"kind": MERGED_IN, "on": asked.on.isoformat(), "members": [one.id for one in came], "from": home.code}
    append(session, actor, now, into, told, reason, notify=target.village_id != home.village_id)
    look_again(session, actor, now, county_context(session), target, None, asked.on)
    _append(session, actor, now, family, asked, {"to": target.code, "tickets": [one.id for one in followed]}, reason)
    return Done(asked, home, target, [one for one in followed if one not in withdrawn], withdrawn)


def _add_people(home: Household, family: Family, target: Household, into: Family) -> None:
    """Whom the register only counts is counted in the other household from now on, as its known members are.

    Where the register gives no number for the other household, its known members are its number; with none known either,
    how many live there stays unknown.
    """
    unnamed = (home.people or 0) - len(family.living)
    theirs = target.people if target.people is not None else len(into.living) or None
    if unnamed > 0 and theirs is not None:
        if target.income_fen is not None and target.income_people is None:
            target.income_people = theirs
        target.people = theirs + unnamed
    if home.people is not None:
        home.people = len(family.living)


def _add_income(home: Household, family: Family, target: Household, into: Family) -> None:
    """The income a head of both together, where both are known of the same year; else that of the one merged into is
    shared by more."""
    if target.income_fen is None or home.income_fen is None or home.income_year != target.income_year:
        return
    ours = home.income_people or home.people or len(family.living)
    theirs = target.income_people or target.people or len(into.living)
    if ours and theirs:
        whole = home.income_fen * ours + target.income_fen * theirs
        target.income_fen, target.income_people = whole // (ours + theirs), ours + theirs


def _relocate(session: Session, actor: Actor, now: datetime, asked: Wanted, given: FamilyInput, reason: str) -> Done:
    home, village = asked.home, asked.village
    assert village is not None
    left = home.village_id
    home.village_id = village.id
    home.latitude = home.longitude = None
    home.address = ""
    _new_place(session, home, given)
    with refused_as(Stale("household_changed"), "village_has_ended"):
        session.flush()
    ids = session.scalars(select(Ticket.id).where(Ticket.household_id == home.id).order_by(Ticket.id)).all()
    tickets = [desk.follow(session, actor, number, now, home, {"kind": "relocated"}) for number in ids]
    open_ = [ticket for ticket in tickets if ticket.ended_at is None]
    codes = {"village": village.code, "left": left, "tickets": [ticket.id for ticket in open_]}
    _append(session, actor, now, asked.family, asked, codes, reason)
    return Done(asked, home, None, open_)


def _correct_code(
    session: Session, actor: Actor, now: datetime, asked: Wanted, given: FamilyInput, reason: str
) -> Done:
    """The household stays the one it is: all that names it names it by its id."""
    home, former = asked.home, asked.home.code
    if (again := session.get(FormerCode, asked.code)) is not None:
        session.delete(again)
        session.flush()
    home.code = asked.code
    with refused_as(Duplicate("code_taken", "to", code=asked.code), "uq_household_code"):
        session.flush()
    session.add(FormerCode(code=former, household_id=home.id, ended_on=asked.on))
    _append(session, actor, now, asked.family, asked, {"former": former, "code": home.code}, reason)
    return Done(asked, home)


def _undo(session: Session, actor: Actor, now: datetime, asked: Wanted, given: FamilyInput, reason: str) -> Done:
    home, family = asked.home, asked.family
    ids = cancel_open_tickets(session, actor, home, now, reason)
    if home.people is not None:
        home.people = len(family.living)
    if asked.leaving:
        # From the first day on nobody of it is counted; what was published counted them.
        for member in asked.leaving:
            first = member.begins_on or member.born_on
            day = asked.on if first is None else max(asked.on, first)
            write_ends(session, family, [member], day, "struck", None)
    home.status = "undone"
    quota.follow(session, actor, now, home, None, reason)
    _append(session, actor, now, family, asked, {"cancelled": ids} if ids else {}, reason)
    return Done(asked, home, cancelled=[session.get_one(Ticket, number) for number in ids])


def _follow(
    session: Session, actor: Actor, now: datetime, tickets: Iterable[Ticket], home: Household, kind: str
) -> list[Ticket]:
    return [desk.follow(session, actor, number, now, home, {"kind": kind}) for number in sorted(t.id for t in tickets)]


def _new_place(session: Session, row: Household, given: FamilyInput) -> None:
    """Address and responsible cadre of the new place, where they were given; else both stay.

    A cadre's account is known by its name within the town.
    """
    if given.address.strip():
        row.address = place_text("address", given.address)
    if given.cadre.strip():
        row.cadre_name = place_text("cadre", given.cadre)
        town = select(Village.town_id).where(Village.id == row.village_id).scalar_subquery()
        named = select(User.id).where(User.display_name == row.cadre_name, User.unit_id == town, User.active)
        found = session.scalars(named).all()
        row.cadre_id = found[0] if len(found) == 1 else None


def _append(
    session: Session,
    actor: Actor,
    now: datetime,
    family: Family,
    asked: Wanted,
    codes: dict[str, Any],
    reason: str,
) -> None:
    stays = asked.kind.code in ("relocated", "code_corrected")
    members = [] if stays else [row.id for row in asked.leaving]
    told = {"kind": asked.kind.code, "on": asked.on.isoformat(), "members": members, **codes}
    # Its village and town, or those it comes to, learn of it; of all else they learn by their own household's event.
    append(session, actor, now, family, told, reason, notify=stays)


#: What is done for each kind of act.
_DOES: Mapping[str, Callable[[Session, Actor, datetime, Wanted, FamilyInput, str], Done]] = {
    "split": _split,
    "merged": _merge,
    "relocated": _relocate,
    "code_corrected": _correct_code,
    "undone": _undo,
}
