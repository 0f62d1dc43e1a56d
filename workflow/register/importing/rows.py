"""Import rows: parse one row of a register spreadsheet into values, with all its faults.

Only the code, the village and the head refuse a household, and contradictions; any other cell that cannot be read is left
out and named (`Row.notes`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from workflow import folding
from workflow.actors import Actor
from workflow.citizen_id import Faulty, IdNumber, age_on
from workflow.policy.counted_people import schooling_of
from workflow.register.cells import values, written_births
from workflow.register.cells.births import Birth, agree
from workflow.register.cells.columns import Layout
from workflow.register.cells.monitoring import MONITORING, Kept
from workflow.register.importing.place_names import Place, Places

OLDEST = 120
#: The fields of the household; the others are of one person.
OF_HOUSEHOLD = (
    "status",
    "address",
    "people",
    "income",
    "income_year",
    "cause",
    "cadre",
    "phone",
    "latitude",
    "longitude",
    *MONITORING,
)
OF_PERSON = ("relation", "labour", "schooling", "illness", "insured", "pension", "allowance", "beyond_help")
#: Columns that rarely repeat; parsed values of the others are cached.
_EACH_ITS_OWN = ("code", "id_number", "name", "head", "phone", "address", "born_on", "income", "latitude", "longitude")
_MOST_KNOWN = 5000
#: The fields whose faults refuse the household; of the others those of a person's name that is no head's do not.
REFUSING = frozenset(("code", "head", "name", "town", "village"))
#: The number of a row: with the name of its sheet where a file has several.
RowNumber = int | str


class Fault(NamedTuple):
    """A fault of a row: a code with its values; the sentence is composed where it is shown."""

    code: str
    field: str
    params: Mapping[str, str | int]


@dataclass(slots=True)
class Row:
    """The values of one row; an empty cell has no entry in `said`."""

    number: RowNumber
    code: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    def fault(self, code: str, name: str, **params: str | int) -> None:
        self.faults.append(Fault(code, name, params))

    def leave_out(self, code: str, name: str, **params: str | int) -> None:
        """Name a cell that is not imported."""
        self.said.pop(name, None)
        self.notes.append(Fault(code, name, params))

    @property
    def number_of(self) -> IdNumber | None:
        """The ID number, if present and valid."""
        id_number: IdNumber | None = self.said.get("id_number")
        return id_number

    @property
    def gone(self) -> bool:
        """Whether the file says beside the name that the person died or left."""
        name = "name" if "name" in self.said else "head"
        return any(note.code == "said_gone" and note.field == name for note in self.notes)

    @property
    def place(self) -> Place | None:
        county_clock: Place | None = self.said.get("village")
        return county_clock


class RowReader:
    """Reads the rows of one sheet under its layout."""

    def __init__(
        self,
        layout: Layout,
        places: Places,
        actor: Actor,
        today: date,
        income_year: int | None = None,
        statuses: Mapping[str, str] = {},
    ) -> None:
        """`income_year`: the year of incomes where neither a column nor its heading has it; `statuses`: the
        scheme's own words for them."""
        self._layout, self._places, self._today = layout, places, today
        self._own_town = actor.unit_id if actor.role == "town" else None
        self._year = layout.income_year or income_year
        #: To be shown the whole column before the first row is read.
        self.births = written_births.BirthColumn()
        readers: dict[str, Callable[[str], Any]] = {
            "code": values.code,
            "head": self._head if layout.by_person else values.name_in_row,
            "name": values.name_in_row,
            "town": places.town,
            "labour": values.labour,
            "phone": values.phone,
            "people": values.people,
            "income": values.fen,
            "status": partial(values.status, ours=statuses),
            "sex": values.sex,
            "insured": values.yes_no,
            "pension": values.yes_no,
            "allowance": values.yes_no,
            "beyond_help": values.yes_no,
            "cadre": values.cadre,
            "income_year": partial(values.year, today=today),
            "born_on": self._birth,
            "latitude": partial(values.degrees, which="latitude"),
            "longitude": partial(values.degrees, which="longitude"),
            "id_number": self._document,
            **{name: self._kept(kept) for name, kept in MONITORING.items()},
        }
        self._plan = [
            (name, column, readers.get(name, values.words), dict[str, Any]() if name not in _EACH_ITS_OWN else None)
            for name, column in layout.columns.items()
        ]

    def read(self, number: RowNumber, cells: list[str]) -> Row:
        """The row with all its faults, and notes on the cells that were left out or read in another way."""
        row, said, width = Row(number), {}, len(cells)
        self._kind = _cell(cells, self._layout.columns.get("id_kind"))
        for name, column, reader, known in self._plan:
            text = cells[column] if column < width else ""
            if not text:
                continue
            if known is not None and text in known:
                said[name] = known[text]
                continue
            try:
                text_of_cell = values.clean(text)
                if not text_of_cell:
                    continue
                value = reader(text_of_cell)
            except Faulty as error:
                (row.faults if name in REFUSING else row.notes).append(Fault(error.code, name, error.params))
                continue
            if isinstance(value, values.Noted):
                row.notes.append(Fault(value.code, name, value.params))
                value = value.value
            if value is not None:
                said[name] = value
                if known is not None and len(known) < _MOST_KNOWN:
                    known[text] = value
        row.said, row.code = said, said.get("code", "")
        self._check(row, said)
        return row

    def _kept(self, kept: Kept) -> Callable[[str], Any]:
        month = partial(written_births.month, today=self._today, day_zero=self._layout.day_zero)
        readers: dict[str, Callable[[str], Any]] = {"words": values.words, "month": month, "yuan": values.yuan}
        return readers[kept.reads]

    def _head(self, text: str) -> Any:
        """The head beside everybody of the household; what became of the head is said in the head's own row."""
        read = values.name_in_row(text)
        return read.value if isinstance(read, values.Noted) else read

    def _birth(self, text: str) -> Birth | values.Noted:
        return written_births.born_on(text, self._today, self._layout.day_zero, self.births.of_days)

    def _document(self, text: str) -> Any:
        return values.document(text, self._today, self._kind)

    def _check(self, row: Row, said: dict[str, Any]) -> None:
        faulty = {fault.field for fault in row.faults}
        needed = ["code", "name" if self._layout.by_person else "head", "village"]
        needed += ["town"] if "town" in self._layout.columns else []
        for name in needed:
            if name not in said and name not in faulty:
                row.fault(f"{name}_missing", name)
        if enrolment := said.pop("enrolment", ""):
            said["schooling"] = _schooling(said.get("schooling", ""), enrolment)
        self._settle_village(row, said, faulty)
        self._compare_with_id(row, said)
        left_out = {note.field for note in row.notes}
        if ("latitude" in said) != ("longitude" in said):
            if not {"latitude", "longitude"} & left_out:
                row.leave_out("place_half", "latitude" if "latitude" not in said else "longitude")
            for name in ("latitude", "longitude"):
                said.pop(name, None)
        if "income" in said and "income_year" not in said:
            if self._year is not None and "income_year" not in left_out:
                said["income_year"] = self._year
            elif "income_year" in self._layout.columns:
                said.pop("income")
                if "income_year" not in left_out:
                    row.leave_out("income_year_missing", "income_year")

    def _settle_village(self, row: Row, said: dict[str, Any], faulty: set[str]) -> None:
        if "village" not in said or "town" in faulty or ("town" in self._layout.columns and "town" not in said):
            said.pop("village", None)
            return
        if self._own_town is not None and said.get("town", self._own_town) != self._own_town:
            said.pop("village")
            row.fault("not_your_town", "town")
            return
        try:
            # Only the county adds villages: in a town's file an unknown one is misspelt, or another town's.
            village = self._places.village(
                said["village"], said.get("town", self._own_town), add=self._own_town is None, code=row.code
            )
        except Faulty as error:
            said.pop("village")
            row.faults.append(Fault(error.code, "village", error.params))
            return
        said["village"] = village

    def _compare_with_id(self, row: Row, said: dict[str, Any]) -> None:
        id_number, birth = row.number_of, said.get("born_on")
        born = Birth(id_number.born_on, "day") if id_number and id_number.born_on else None
        if (closest := born or birth) is not None and (age := age_on(closest.day, self._today)) > OLDEST:
            row.leave_out("age", "id_number" if born else "born_on", age=age)
            said.pop("born_on", None)
            return
        if id_number is not None:
            if said.get("sex", id_number.sex) != (id_number.sex or said.get("sex")):
                row.fault("sex_differs", "sex")
            if not agree(birth, born):
                row.fault("birth_differs", "born_on")


def _schooling(level: str, enrolment: str) -> str:
    """What is kept of the two columns 文化程度 and 在校生状况: the class of a pupil, else the level and that the person is not
    at school, which of a child the level alone would not say.

    >>> _schooling("小学", "普通高中二年级"), _schooling("小学", "辍学"), _schooling("初中", "不详"), _schooling("", "七年级")
    ('普通高中二年级', '小学（辍学）', '初中', '七年级')
    """
    if not level:
        return enrolment
    said = schooling_of(enrolment)
    return f"{level}（{enrolment}）" if said == "out" else level if said == "unknown" else enrolment


def _cell(cells: list[str], column: int | None) -> str:
    return folding.narrow(cells[column]) if column is not None and column < len(cells) else ""
