"""List taking: a bureau uploads a list, sees what it would lead to, and takes it once: its lines are stored and wait.

A bureau learns of a line only what came of it, never whose household it is.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BulkLine, BulkList
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.county.vault import Vault
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.policy.scheme.thresholds import BulkListKind
from workflow.policy.worktime import local_date
from workflow.register.bulk_lists.line_records import kind_named, record_lines, seal_words
from workflow.register.bulk_lists.list_matching import Matched, match_lines, place_of
from workflow.register.bulk_lists.list_sheet import ListFile, ListLine, read_list
from workflow.register.importing.import_plan import remembered_headings
from workflow.register.importing.place_names import Places, read_places
from workflow.register.importing.sealed_files import file_name


@dataclass(slots=True)
class ListPlan:
    """What a list would lead to: its matched lines, how many of each outcome and of each reason, sheets that are not read."""

    matched: Sequence[Matched] = ()
    unread: Sequence[str] = ()
    outcomes: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)


def kinds_for(setting: CountyContext, actor: Actor) -> list[BulkListKind]:
    """The kinds of lists that the actor's unit brings; none for whoever is no bureau."""
    if actor.role != "bureau" or actor.unit_id is None:
        return []
    code = setting.unit(actor.unit_id).code
    return [kind for kind in setting.scheme.bulk_lists if code in kind.units]


def check_kind(session: Session, actor: Actor, kind: str) -> None:
    """Check that the actor's bureau brings lists of this kind.  Raises NotAllowed; BadInput for one that is not its own."""
    allowed = kinds_for(county_context(session), actor)
    if not allowed:
        raise NotAllowed("no_lists_of_yours")
    if kind not in [each.code for each in allowed]:
        raise BadInput("missing" if not kind else "unknown_choice", "kind")


def bring_list(session: Session, actor: Actor, now: datetime, kind: str, *, sha256: str, filename: str) -> BulkList:
    """The row of an uploaded list, found or made; the file is kept apart, sealed.

    Raises NotAllowed; BadInput for a kind that is not the bureau's.
    """
    check_kind(session, actor, kind)
    row = session.scalars(
        select(BulkList).where(BulkList.unit_id == actor.own_unit_id, BulkList.kind == kind, BulkList.sha256 == sha256)
    ).one_or_none()
    if row is not None:
        if row.taken_at is not None:
            raise Duplicate("list_taken_before", "file", number=row.id)
        return row
    name = file_name(filename)
    row = BulkList(
        unit_id=actor.own_unit_id,
        kind=kind,
        sha256=sha256,
        filename=name,
        brought_by_id=actor.account_id,
        brought_at=now,
    )
    session.add(row)
    session.flush()
    record_lines(session, actor, now, row, "bring_list", {"kind": kind, "sha256": sha256}, filename=name)
    return row


def read_lines(session: Session, now: datetime, kind: str, stream: BinaryIO) -> ListFile:
    """The lines of an uploaded file of this kind of list.  Raises BadInput for a file that cannot be used, WrongState for a
    kind that the scheme in force no longer has."""
    found = _kind(county_context(session), kind)
    return read_list(stream, found, remembered_headings(session), local_date(now))


def plan_list(session: Session, vault: Vault, now: datetime, kind: str, stream: BinaryIO) -> ListPlan:
    """What the list would lead to; reads only.  Raises as `read_lines`."""
    book = read_lines(session, now, kind, stream)
    plan = ListPlan(match_lines(session, vault, book.lines), book.unread)
    plan.outcomes.update(found.outcome for found in plan.matched)
    plan.whys.update(found.why for found in plan.matched if found.why)
    return plan


def check_taker(actor: Actor, row: BulkList | None) -> BulkList:
    """The list, if the actor may take it; asked before its file is looked at.  Raises NotFound for a list of others, WrongState
    for one that was taken already."""
    if row is None or not (actor.role == "bureau" and actor.is_of(row.unit_id)):
        raise NotFound("no_such_list")
    if row.taken_at is not None:
        raise WrongState("list_taken")
    return row


def take_list(session: Session, actor: Actor, now: datetime, vault: Vault, list_id: int, book: ListFile) -> BulkList:
    """Take a list: its lines are stored, each once, and wait to be worked (`list_work`); one that cannot be used is left
    out with its reason.

    Raises NotFound, NotAllowed, WrongState for a list that was taken already.
    """
    query = select(BulkList).where(BulkList.id == list_id).with_for_update()
    row = check_taker(actor, session.scalars(query.execution_options(populate_existing=True)).one_or_none())
    kind, towns = _kind(county_context(session, hold=True), row.kind), read_places(session)
    row.taken_at, row.have = now, kind.have
    lines = [_stored(vault, now, row, line, towns) for line in book.lines]
    session.add_all(lines)
    record_lines(session, actor, now, row, "take_list", {"lines": len(lines), "have": row.have}, lines)
    return row


def _stored(vault: Vault, now: datetime, row: BulkList, line: ListLine, places: Places) -> BulkLine:
    if line.fault:
        return BulkLine(list_id=row.id, row=line.row, outcome="left_out", why=line.fault, settled_at=now)
    place = place_of(places, line)
    town = place.town_id if place is not None else None
    return BulkLine(list_id=row.id, row=line.row, outcome="waiting", town_id=town, sealed=seal_words(vault, line))


def _kind(setting: CountyContext, code: str) -> BulkListKind:
    kind = kind_named(setting, code)
    if kind is None:
        raise WrongState("list_kind_gone")
    return kind
