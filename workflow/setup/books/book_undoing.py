"""Book undoing: puts back what an applied county workbook changed, row by row, where nothing was built on it since.

Nothing is rewritten: a household gets its former cadre, a post is cancelled and whom it relieved is in post again, an account
is closed, a village or unit is withdrawn, each by the events of its own acts; the workbook's event names the rows undone.
What was built on is left and named.  Sheets go from the last to the first, as what is entered later builds on what was
entered before.  Everybody undoes the sheets that are theirs to apply.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import BookChange, CountyBook, Household, Post, Unit, User, Village
from workflow.actors import Actor
from workflow.county import accounts, withdrawn
from workflow.county.posts import post_entries, post_relief
from workflow.county.successions import CHANGING
from workflow.errors import BadInput, NotFound, Stale, WrongState
from workflow.history import event_log
from workflow.inputs import statement_of
from workflow.register.counted import villages
from workflow.register.counted.villages import Description
from workflow.setup import household_cadres
from workflow.setup.account_sheet import rename
from workflow.setup.books import book_obstacles
from workflow.setup.books.book_obstacles import Why
from workflow.setup.county_import import may_import
from workflow.setup.county_workbook import BY_CODE, SHEETS
from workflow.setup.household_cadres import Cadre
from workflow.setup.unit_definitions import Definitions

_LOT = 500
#: So many rows that stay are named; the page of changes names them all.
NAMED = 200


@dataclass(frozen=True, slots=True)
class Left:
    """A row that stays as it is, and why."""

    sheet: str
    row: int
    name: str
    why: Why


@dataclass(slots=True)
class BookUndoing:
    """What undoing a workbook does, or did: rows put back by sheet, and those left; `digest` is of all of it."""

    undone: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    named: list[Left] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    digest: str = ""


def find(session: Session, actor: Actor, book_id: int, *, lock: bool = False) -> CountyBook:
    """An applied workbook.  Raises NotAllowed, NotFound."""
    may_import(actor)
    query = select(CountyBook).where(CountyBook.id == book_id)
    book = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if book is None:
        raise NotFound("no_such_county_book")
    return book


def undo(
    session: Session, actor: Actor, now: datetime, book_id: int, reason: str, *, seen: str | None = None
) -> BookUndoing:
    """Undo what nothing was built on; `seen` is the digest of the preview that was decided on.

    The caller commits.  Raises NotFound, NotAllowed, BadInput (no reason), WrongState (nothing to undo), Stale (changed
    since the preview, or by somebody at the same moment).
    """
    said = statement_of("reason", reason)
    book = find(session, actor, book_id, lock=True)
    done = _perform(session, actor, now, book, said)
    if seen is not None and seen != done.digest:
        raise Stale("county_book_built_on")
    if done.ids:
        event_log.of(session, book, actor, now).append(
            "undo_county_book",
            {"undone": done.undone, "left": done.left},
            {"changes": sorted(done.ids)},
            private={"reason": said},
            notify=False,
        )
    return done


def preview(session: Session, actor: Actor, now: datetime, book_id: int) -> BookUndoing:
    """What undoing would do, found by doing it: the caller takes everything back.  Raises as `undo`."""
    return _perform(session, actor, now, find(session, actor, book_id, lock=True), "")


def _perform(session: Session, actor: Actor, now: datetime, book: CountyBook, reason: str) -> BookUndoing:
    standing = (BookChange.book_id == book.id, BookChange.undone_at.is_(None))
    if not session.scalar(select(func.count()).select_from(BookChange).where(*standing)):
        raise WrongState("nothing_to_undo")
    done, session.info[CHANGING] = BookUndoing(), {}
    try:
        for form in reversed(SHEETS):
            for lot in _lots(session, book.id, form.code):
                _lot(session, actor, now, book, lot, reason, done)
    except IntegrityError as error:
        raise Stale("county_book_built_on") from error
    finally:
        session.info.pop(CHANGING, None)
    told = [[left.sheet, left.row, left.why.code] for left in done.named]
    done.digest = event_log.digest(event_log.canonical([sorted(done.ids), told, sum(done.left.values())]))
    return done


def _lots(session: Session, book_id: int, sheet: str) -> Iterator[Sequence[BookChange]]:
    """The changes of a sheet that stand; units all at once, since they are one version of the scheme."""
    query = select(BookChange).where(BookChange.book_id == book_id, BookChange.sheet == sheet)
    changes = session.scalars(query.where(BookChange.undone_at.is_(None)).order_by(BookChange.id)).all()
    step = len(changes) or 1 if sheet == "units" else _LOT
    for start in range(0, len(changes), step):
        yield changes[start : start + step]


def _lot(
    session: Session,
    actor: Actor,
    now: datetime,
    book: CountyBook,
    lot: Sequence[BookChange],
    reason: str,
    done: BookUndoing,
) -> None:
    sheet, since = lot[0].sheet, book.applied_at
    owner = BY_CODE[sheet].applied_by
    if actor.role not in (owner, "system"):
        why = dict.fromkeys((each.id for each in lot), Why("left_to", {"role": owner}))
    elif sheet == "cadres":
        why = book_obstacles.cadres(session, lot)
        _cadres(session, actor, now, [each for each in lot if each.id not in why])
    elif sheet == "posts":
        why = book_obstacles.posts(session, lot)
        _posts(session, actor, now, [each for each in lot if each.id not in why], reason)
    elif sheet == "accounts":
        why = book_obstacles.accounts(session, lot, since)
        _accounts(session, actor, now, [each for each in lot if each.id not in why])
    elif sheet == "villages":
        why = book_obstacles.villages(session, lot)
        _villages(session, actor, now, [each for each in lot if each.id not in why], reason)
    else:
        why = _units(session, actor, now, lot, since)
    for each in lot:
        if each.id in why:
            done.left[sheet] += 1
            if len(done.named) < NAMED:
                done.named.append(Left(sheet, each.row, each.name, why[each.id]))
        else:
            done.undone[sheet] += 1
            done.ids.append(each.id)
            each.undone_at = now
    session.flush()


def _cadres(session: Session, actor: Actor, now: datetime, changes: Sequence[BookChange]) -> None:
    codes = dict(
        session.execute(
            select(Household.id, Household.code).where(Household.id.in_([each.subject_id for each in changes]))
        ).all()
    )
    before = {
        codes[each.subject_id]: Cadre(each.before.get("cadre", ""), each.before.get("cadre_id")) for each in changes
    }
    household_cadres.assign(session, actor, now, before)


def _posts(session: Session, actor: Actor, now: datetime, changes: Sequence[BookChange], reason: str) -> None:
    for each in reversed(changes):
        post = post_entries.withdraw_entry(session, actor, now, each.subject_id, reason)
        for relieved in each.before.get("relieved", ()):
            former = session.get_one(Post, relieved["post"])
            until = relieved["until_at"]
            post_relief.reinstate(session, actor, now, former, datetime.fromisoformat(until) if until else None, post)


def _accounts(session: Session, actor: Actor, now: datetime, changes: Sequence[BookChange]) -> None:
    for each in changes:
        user = session.get_one(User, each.subject_id)
        if each.made:
            accounts.set_active(session, actor, user, False, now)
        else:
            rename(session, actor, now, user, each.before["display_name"])


def _villages(session: Session, actor: Actor, now: datetime, changes: Sequence[BookChange], reason: str) -> None:
    for each in changes:
        row = session.get_one(Village, each.subject_id)
        blank = Description(False, None) if each.made else Description(row.listed_poor, row.poor_people)
        before = {"listed_poor": blank.listed_poor, "poor_people": blank.poor_people, **each.before}
        villages.put_down(session, actor, now, row, Description(**before), reason)
        if each.made:
            withdrawn.withdraw(session, actor, now, row)


def _units(
    session: Session, actor: Actor, now: datetime, changes: Sequence[BookChange], since: datetime
) -> dict[int, Why]:
    """Put units back by one version of the scheme; what stays, by change."""
    definitions = Definitions.now(session, actor, now)
    why = book_obstacles.units(session, changes, since, definitions)
    free = [each for each in changes if each.id not in why]
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_([c.subject_id for c in free])))}
    try:
        for each in free:
            unit = units[each.subject_id]
            if each.made:
                definitions.drop(unit.code)
            else:
                definitions.put_back(unit.code, each.before)
        definitions.adopt(session, actor, now)
    except BadInput as error:
        return why | {each.id: Why("scheme", error.params) for each in free}
    for each in free:
        if each.made:
            withdrawn.withdraw(session, actor, now, units[each.subject_id])
        elif "aliases" in each.before:
            withdrawn.forget_names(session, units[each.subject_id], each.after["aliases"], each.before["aliases"])
    return why
