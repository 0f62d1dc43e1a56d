"""Import planning: reads a register spreadsheet into a plan, with everything checked and compared and nothing written.

The file is read once, row by row; rows go into a spool and are read again household by household, so that memory grows
with the number of households and ID numbers, not with the file.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import HeadingChoice, Household
from models.household import GONE
from workflow.actors import Actor
from workflow.citizen_id import Faulty
from workflow.county.context import county_context
from workflow.county.vault import Vault
from workflow.errors import BadInput, NotAllowed
from workflow.policy.worktime import local_date
from workflow.register.cells import values
from workflow.register.cells.columns import Layout, meaning, missing, refuse_alike
from workflow.register.cells.heading_words import normalised
from workflow.register.cells.register_rows import RowAbove, is_note
from workflow.register.importing.assembly import Incoming, SeenIds, assemble, is_asked
from workflow.register.importing.diff import Change, Comparer, Notice
from workflow.register.importing.place_names import Place, Places, VillageAnswers, VillageQuestion, read_places
from workflow.register.importing.register_sheets import file_notice, listed, not_kept, read_register, unread_columns
from workflow.register.importing.rows import Fault, Row, RowNumber, RowReader
from workflow.register.names import former_codes
from workflow.register.names.place_spelling import spelling
from workflow.register.spreadsheets.spool import Spool

CHUNK = 500
KEPT = 200
#: So many notices about one column are summed as well, since the whole column may be at fault.
MANY = 20
IMPORTERS = ("office", "town", "system")

Progress = Callable[[str, int, int], None]
#: A refused row: its number, its cells as in the file, and its faults.
Refuse = Callable[[RowNumber, Sequence[str], Sequence[Fault]], None]


class RefusedRow(NamedTuple):
    """A refused row for the preview, without its content, which may be personal data."""

    row: RowNumber
    code: str
    faults: tuple[Fault, ...]


@dataclass(slots=True)
class Plan:
    """The plan of an import.  Counts are of households; a refused row without a readable household counts as one."""

    layout: Layout
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedRow] = field(default_factory=list)
    #: Rows that ask what happened in a family, or which village is meant; their households are neither refused nor applied.
    asked: list[RefusedRow] = field(default_factory=list)
    asked_villages: list[VillageQuestion] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    villages: list[Place] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    changes: Spool[list[Change]] = field(default_factory=Spool)

    def summary(self) -> dict[str, int]:
        """The counts in their order."""
        names = ("new", "changed", "unchanged", "refused", "asked", "absent", "absent_people", "people", "refused_rows")
        return {**{name: self.counts[name] for name in names}, "rows": self.rows, "villages": len(self.villages)}


def may_import(actor: Actor) -> None:
    """Raises NotAllowed for roles other than office, town (its own rows) and system."""
    if actor.role not in IMPORTERS:
        raise NotAllowed("may_not_import")


def remembered_headings(session: Session) -> dict[str, str]:
    """The fields of headings from the scheme, and for otherwise unknown headings the last choice of a person."""
    rows = session.execute(select(HeadingChoice.heading, HeadingChoice.field))
    words = county_context(session).scheme.words.headings
    ours = {normalised(heading): field for field, spelt in words.items() for heading in spelt}
    return ours | {row.heading: row.field for row in rows if meaning(row.heading) is None}


def read_layout(
    session: Session, stream: BinaryIO, chosen: Mapping[str, str] | None = None
) -> tuple[Layout, list[list[str]]]:
    """The layout of a file and its first rows, for display.  Raises BadInput."""
    table = read_register(stream, remembered_headings(session), chosen, read_places(session).has)
    return table.layout, table.sample


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read: `chosen` are headings and the fields chosen for them; refused rows go to `refuse`."""

    vault: Vault
    chosen: Mapping[str, str] | None = None
    income_year: int | None = None
    progress: Progress = lambda stage, done, of: None
    refuse: Refuse = lambda number, cells, faults: None
    villages: VillageAnswers = field(default_factory=dict)


def make_plan(session: Session, actor: Actor, now: datetime, stream: BinaryIO, options: ReadOptions) -> Plan:
    """Read, check and compare the whole file; `session` only reads.

    Raises NotAllowed, BadInput (a file that cannot be read,
    `columns_alike`, `columns_missing`).
    """
    may_import(actor)
    remembered = remembered_headings(session)
    places = read_places(session, options.villages)
    table = read_register(stream, remembered, options.chosen, places.has)
    places.sheets = {spelling(name) for name in table.unmarked if not places.in_full(name)}
    layout = table.layout
    said = {**remembered, **{normalised(heading): field for heading, field in (options.chosen or {}).items()}}
    meanings = {heading: known for heading in layout.headings if (known := remembered.get(normalised(heading)))}
    # The stored error of an import is short.
    refuse_alike(layout.headings, {**meanings, **(options.chosen or {})}, most=10)
    if lacking := missing(layout):
        raise BadInput("columns_missing", "file", column=lacking[0])
    work = _Work(session, actor, local_date(now), Plan(layout), options, places)
    try:
        with work.spool:
            work.read_rows(table.rows())
            work.check()
            work.finish([*table.unread, *table.hidden(), *not_kept(layout), *unread_columns(layout, said)])
    except BaseException:
        work.plan.changes.close()
        raise
    return work.plan


class _Work:
    """A file being planned."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        today: date,
        plan: Plan,
        options: ReadOptions,
        places: Places,
    ) -> None:
        self.session, self.actor, self.plan = session, actor, plan
        self.refuse, self.progress = options.refuse, options.progress
        self.places = places
        places.home = self._home
        words = county_context(session).scheme.words
        self.reader = RowReader(plan.layout, self.places, actor, today, options.income_year, values.statuses(words))
        self.former = former_codes.present_codes(session)
        self.spool: Spool[tuple[RowNumber, list[str]]] = Spool()
        self.groups: dict[str, list[int]] = {}
        self.comparer = Comparer(session, actor, options.vault, today, self.groups)
        self.seen: SeenIds = {}
        self.villages: set[str] = set()
        self.used: set[str] = set()
        self.asked: Counter[tuple[str | int, str | int]] = Counter()
        self.homes: dict[str, int | None] = {}
        self.left_out: list[RowNumber] = []
        self.continued: list[RowNumber] = []
        self.notes: list[Notice] = []

    def read_rows(self, rows: Iterator[tuple[RowNumber, list[str]]]) -> None:
        """Spool the rows and group those with one code, wherever they are."""
        above, births = RowAbove(self.plan.layout), self.plan.layout.columns.get("born_on")
        for number, cells in rows:
            code = _code(above.code_of(cells))
            if is_note(cells, code):
                self.left_out.append(number)
                continue
            if not code and above.continues(cells):
                code, cells = above.code, above.filled(cells)
                self.continued.append(number)
            above.code, above.cells = code, cells
            if births is not None and births < len(cells):
                self.reader.births.look_at(cells[births])
            place = self.spool.put((number, cells))
            self.groups.setdefault(self.former.get(code, code) or f"\0{number}", []).append(place)
            self.plan.rows += 1
            if not self.plan.rows % 5000:
                self.progress("read", self.plan.rows, 0)

    def check(self) -> None:
        """Check and compare the households chunk by chunk."""
        done, total, chunk = 0, self.plan.rows, list[Incoming]()
        for places in self.groups.values():
            rows = [self.reader.read(*self.spool.get(place)) for place in places]
            for row in rows:
                if row.code in self.former:
                    written, row.code = row.code, self.former[row.code]
                    row.notes.append(Fault("former_code", "", {"written": written, "code": row.code}))
                if row.place is not None:
                    self.villages.add(row.place.code)
            incoming = assemble(rows, self.plan.layout, self.seen)
            if incoming is None:
                self._refuse(rows, places)
            else:
                chunk.append(incoming)
            if len(chunk) >= CHUNK:
                self._compare(chunk)
                chunk.clear()
            if done // 5000 != (done + len(rows)) // 5000:
                self.progress("check", done + len(rows), total)
            done += len(rows)
        self._compare(chunk)
        self.progress("check", total, total)

    def _compare(self, chunk: list[Incoming]) -> None:
        if not chunk:
            return
        counts, changes = self.plan.counts, list[Change]()
        compared = self.comparer.compare(chunk, self.plan.layout.by_person)
        for incoming, change in zip(chunk, compared, strict=True):
            if any(row.faults for row in incoming.rows):
                self._refuse(incoming.rows, self.groups[incoming.code])
                continue
            for row in incoming.rows:
                self.notes += [Notice(f.code, row.number, row.code, f.field, f.params) for f in row.notes]
            counts["people"] += len(incoming.people)
            if change is None:
                counts["unchanged"] += 1
            else:
                counts["new" if change.id is None else "changed"] += 1
                self.used.add(change.village_code)
                changes.append(change)
        if changes:
            self.plan.changes.put(changes)

    def _home(self, code: str) -> int | None:
        """The village of a registered household."""
        code = self.former.get(code, code)
        if code not in self.homes:
            self.homes[code] = self.session.scalar(select(Household.village_id).where(Household.code == code))
        return self.homes[code]

    def _refuse(self, rows: Sequence[Row], places: Sequence[int]) -> None:
        """Keep the rows of a household that is not taken: refused, or asked about."""
        asked = is_asked(rows)
        self.plan.counts["asked" if asked else "refused"] += 1
        self.plan.counts["asked_rows" if asked else "refused_rows"] += len(rows)
        kept = self.plan.asked if asked else self.plan.refused
        for row, place in zip(rows, places, strict=True):
            self.plan.faults.update(fault.code for fault in row.faults)
            if len(kept) < KEPT and (row.faults or not asked):
                kept.append(RefusedRow(row.number, row.code, tuple(row.faults)))
            if row.faults:
                self.refuse(row.number, self.spool.get(place)[1], row.faults)
        about = next((fault for row in rows for fault in row.faults), None)
        if about is not None and about.code in ("village_asked", "village_several", "village_of_sheet"):
            self.asked[about.params["town"], about.params["village"]] += 1

    def finish(self, of_file: Sequence[Notice]) -> None:
        """Add what only the whole file shows: new villages, households of its villages no longer named, and notices,
        those on the file first."""
        plan = self.plan
        many = Counter(note.field for note in self.notes if note.field)
        summed = [Notice("many_cells", 0, "", name, {"n": n}) for name, n in many.items() if n >= MANY]
        plan.notices = [*summed, *of_file, *self.comparer.notices, *self.notes]
        for code, rows in (("rows_continued", self.continued), ("rows_left_out", self.left_out)):
            if rows:
                plan.notices.insert(0, file_notice(code, n=len(rows), rows=listed(rows)))
        plan.asked_villages = [
            VillageQuestion(town, asked, self.asked[self.places.town_names.get(town, ""), values.shown(asked.written)])
            for (town, _), asked in self.places.asked.items()
        ]
        plan.villages = [place for place in self.places.new if place.code in self.used]
        known = [place.id for place in self.places.by_code.values() if place.code in self.villages and place.id]
        for start in range(0, len(known), 500):
            query = (
                select(Household.code)
                .where(Household.village_id.in_(known[start : start + 500]), Household.status.not_in(GONE))
                .order_by(Household.code)
            )
            plan.absent += [code for code in self.session.scalars(query) if code not in self.groups]
        plan.counts["absent"] = len(plan.absent)
        plan.counts["absent_people"] = self.comparer.absent_people


def _code(text: str) -> str:
    try:
        return values.code(values.clean(text))
    except Faulty:
        return ""
