"""County import: applies the sheets of the county workbook in their order, as often as one likes.

All rows are written in one transaction, a preview by writing them and taking everything back: it says what applying would do,
because it did it.  Each row is checked by the rules that its page obeys.  What was applied is kept, row by row, and can be
undone (`books`).
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from models import BookChange, CountyBook
from workflow.actors import Actor
from workflow.county.context import the_county
from workflow.county.successions import CHANGING
from workflow.errors import BadInput, NotAllowed
from workflow.history import event_log
from workflow.history.book_record import digest_of
from workflow.inputs import storable
from workflow.setup import account_sheet, cadre_sheet, post_sheet, unit_sheet, village_sheet
from workflow.setup.county_workbook import SHEETS, Book, BookRow
from workflow.setup.sheet_results import RowFault, SheetResult

#: Who may apply a workbook: each of them the sheets that are theirs.
IMPORTERS = ("office", "admin", "system")


class _Apply(Protocol):
    def __call__(
        self, session: Session, actor: Actor, now: datetime, rows: list[BookRow], result: SheetResult
    ) -> None: ...


_APPLY: dict[str, _Apply] = {
    "units": unit_sheet.apply,
    "villages": village_sheet.apply,
    "accounts": account_sheet.apply,
    "posts": post_sheet.apply,
    "cadres": cadre_sheet.apply,
}


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a workbook: its name and its SHA-256."""

    filename: str
    sha256: str


@dataclass(slots=True)
class CountyImport:
    """What a workbook does, by sheet; `unread`: names of sheets that are not the county's."""

    sheets: dict[str, SheetResult] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    #: The number under which it is kept; None of a preview, and where nothing changed.
    kept: int | None = None

    @property
    def faults(self) -> list[RowFault]:
        return [fault for sheet in self.sheets.values() for fault in sheet.faults]

    def figures(self) -> dict[str, dict[str, int]]:
        """The four counts of each sheet."""
        return {form.code: self.sheets.get(form.code, SheetResult(form.code)).figures() for form in SHEETS}

    @property
    def writes(self) -> int:
        """How many rows are new or changed."""
        return sum(sheet.counts["new"] + sheet.counts["changed"] for sheet in self.sheets.values())


def may_import(actor: Actor) -> None:
    """Raises NotAllowed for anybody but the office, the administrator and the command line."""
    if actor.role not in IMPORTERS:
        raise NotAllowed("county_import_not_yours")


def apply(session: Session, actor: Actor, now: datetime, book: Book, source: Source | None = None) -> CountyImport:
    """Apply the sheets that are the actor's; the others are counted as `left_to` the role that applies them.

    The caller commits, or rolls back for a preview, which needs no `source`.  Raises NotAllowed.
    """
    may_import(actor)
    the_county(session)
    # Units may change within, and a preview is taken back: nobody else reads contexts made on the way.
    session.info[CHANGING] = {}
    done = CountyImport(unread=list(book.unread))
    try:
        for form in SHEETS:
            result = SheetResult(form.code)
            if form.code in book.lacking:
                names = "、".join(book.lacking[form.code])
                result.faults.append(RowFault(form.code, 0, "", BadInput("sheet_columns_missing", None, columns=names)))
            elif form.code not in book.rows:
                continue
            elif actor.role not in (form.applied_by, "system"):
                result.left_to = form.applied_by
            else:
                _APPLY[form.code](session, actor, now, book.rows[form.code], result)
            done.sheets[form.code] = result
            for sheet, row, name in book.uncomputed:
                if sheet == form.code:
                    error = BadInput("cell_uncomputed", name)
                    result.faults.append(RowFault(sheet, row, name, error, left_out=True))
            result.faults += [
                RowFault(sheet, row, "", BadInput(told), left_out=True)
                for sheet, row, told in book.aside
                if sheet == form.code
            ]
        session.flush()
        if source is not None and done.writes:
            done.kept = _keep(session, actor, now, done, source)
    finally:
        session.info.pop(CHANGING, None)
    return done


def _keep(session: Session, actor: Actor, now: datetime, done: CountyImport, source: Source) -> int:
    """Keep what was applied, with an event that has the digest of all changes; returns its number."""
    name = source.filename[-200:] if storable(source.filename) else ""
    book = CountyBook(
        sha256=source.sha256,
        filename=name,
        applied_at=now,
        applied_by_id=actor.user_id,
        counts=done.figures(),
        salt=secrets.token_hex(16),
    )
    session.add(book)
    session.flush()
    changes = [
        BookChange(
            book_id=book.id,
            sheet=sheet.sheet,
            row=change.row,
            subject_id=change.subject_id,
            name=change.name[:200],
            made=change.made,
            before=dict(change.before),
            after=dict(change.after),
        )
        for sheet in done.sheets.values()
        for change in sheet.changes
    ]
    session.add_all(changes)
    session.flush()
    event_log.of(session, book, actor, now, first=True).append(
        "apply_county_book",
        {"sha256": book.sha256, "counts": book.counts},
        {"digest": digest_of(book.salt, changes)},
        notify=False,
    )
    return book.id
