"""Imports of the register over the API: past ones, what each changed, and undoing one."""

from typing import Any

from sqlalchemy import select

from models import RegisterImport, Village
from web import db
from web.api.fields import Body, Id, Listed, Moment, NeededText, Paged, Reason, Text, answer
from web.api.operations import Call, get, post
from web.api.repeats import WHOLE
from web.words.import_changes import change_text, obstacle_sentence
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.register.importing import import_lifecycle, village_answers
from workflow.register.undoing import change_lines, undo_import
from workflow.register.undoing.change_lines import ChangeLine
from workflow.register.undoing.undo_import import Undoing

LIST = "/imports"
ONE = f"{LIST}/{{import_id}}"


@answer
class Import:
    """An import: the file, the unit that uploaded it, its state, and households it entered, changed, and that are undone."""

    id: int
    filename: str
    unit: str
    state: str
    at: Moment
    new: int
    changed: int
    undone: int


@answer
class FieldBeforeAfter:
    """A changed column as pages write it; numbers are masked."""

    name: str
    before: str
    after: str


@answer
class ImportedHousehold:
    """What an import did to one household; `stays` says why it would stay if the import were undone."""

    row: str
    code: str
    head: str
    village: str
    at: Moment
    new: bool
    fields: list[FieldBeforeAfter]
    people_added: list[str]
    undone_at: Moment | None
    stays: str | None


@answer
class Left:
    """A household that stays as it is, and why."""

    code: str
    reason: str


@answer
class Undone:
    """Households put back, entered ones withdrawn, and how many stay, the first of them with their reasons."""

    back: int
    withdrawn: int
    left: int
    kept: list[Left]


@answer
class MeantVillage:
    """A village that may be meant."""

    code: str
    name: str
    town: str


@answer
class AskedVillage:
    """A village as the file has it, and those that may be meant: `near` (no village has this name), `several` or `sheet`
    (only the name of a sheet may be one); `households`: the first of those that wait."""

    town: str | None
    written: str
    why: str
    villages: list[MeantVillage]
    count: int
    households: list[str]


@answer
class AskedVillages:
    """The villages of a file that a person has to say."""

    items: list[AskedVillage]


class VillageMeant(Body):
    """The answer for one village: its town and name as the question has them, and the code of the one that is meant, or + for a
    new one of that town; for one household alone with its code."""

    town: Text | None = None
    written: NeededText = None
    village: NeededText = None
    household: Text | None = None


class VillagesMeant(Body):
    """Answers to asked villages."""

    villages: list[VillageMeant] = []


def _import(call: Call, row: RegisterImport) -> Import:
    counts = change_lines.counts(call.session, row.id)
    return Import(
        id=row.id,
        filename=row.filename,
        unit=county_context(call.session).unit(row.unit_id).name,
        state=row.status,
        at=row.applied_at or row.read_at,
        new=counts.new,
        changed=counts.changed,
        undone=counts.undone,
    )


@get(LIST, "Imports of the register, the latest first", links={ONE: "/items/0/id"})
def list_imports(call: Call, query: Paged) -> Listed[Import]:
    before = int(query.cursor) if query.cursor else None
    rows = import_lifecycle.latest(call.session, call.actor, before, query.limit + 1)
    more = str(rows[query.limit - 1].id) if len(rows) > query.limit else None
    return Listed(items=[_import(call, row) for row in rows[: query.limit]], next=more)


@get(ONE, "One import of the register")
def show_import(call: Call, import_id: Id) -> Import:
    return _import(call, import_lifecycle.find(call.session, call.actor, import_id))


@get(f"{ONE}/changes", "What an import changed, household by household, before and after")
def list_import_changes(call: Call, import_id: Id, query: Paged) -> Listed[ImportedHousehold]:
    after = int(query.cursor) if query.cursor else 0
    lines = change_lines.lines(call.session, call.actor, db.vault(), import_id, after, query.limit + 1)
    villages = {place.id: place.name for place in call.session.scalars(select(Village))}
    more = str(lines[query.limit - 1].id) if len(lines) > query.limit else None
    return Listed(items=[_line(line, villages) for line in lines[: query.limit]], next=more)


def _line(line: ChangeLine, villages: dict[int, str]) -> ImportedHousehold:
    texts = [change_text(each, villages) for each in line.fields]
    return ImportedHousehold(
        row=line.row,
        code=line.code,
        head=line.head,
        village=line.village,
        at=line.at,
        new=line.new,
        fields=[FieldBeforeAfter(name=n, before=old, after=new) for n, old, new in texts],
        people_added=line.added,
        undone_at=line.undone_at,
        stays=obstacle_sentence(line.obstacle) if line.obstacle is not None else None,
    )


@get(f"{ONE}/undo", "What undoing an import would do")
def preview_undo(call: Call, import_id: Id) -> Undone:
    return _undone(undo_import.preview(call.session, call.actor, db.vault(), import_id))


@get(f"{ONE}/villages", "Villages of a read file that a person has to say")
def list_asked_villages(call: Call, import_id: Id) -> AskedVillages:
    row = import_lifecycle.find(call.session, call.actor, import_id)
    setting = county_context(call.session)
    return AskedVillages(items=[_asked(setting, each) for each in village_answers.village_questions(row)])


def _asked(setting: CountyContext, question: dict[str, Any]) -> AskedVillage:
    town = question["town"]
    villages = [
        MeantVillage(code=code, name=name, town=setting.unit(town_id).name)
        for code, name, town_id in question["villages"]
    ]
    return AskedVillage(
        town=setting.unit(town).code if town else None,
        written=question["written"],
        why=question["why"],
        villages=villages,
        count=question["n"],
        households=question["households"],
    )


def _town(setting: CountyContext, text: str | None) -> int:
    """The id of a town by code or name, 0 for none.  Raises BadInput."""
    if not text:
        return 0
    found = next((unit for unit in setting.living if unit.type == "town" and text in (unit.code, unit.name)), None)
    if found is None:
        raise BadInput("unit_unknown", "town", unit=text[:64])
    return found.id


@post(f"{ONE}/villages", "Say which villages are meant; the file is read again")
def answer_asked_villages(call: Call, import_id: Id, body: VillagesMeant) -> Import:
    setting = county_context(call.session)
    answers = [
        village_answers.VillageAnswer(
            _town(setting, each.town), each.written or "", each.village or "", each.household or ""
        )
        for each in body.villages
    ]
    return _import(call, village_answers.answer_villages(call.session, call.actor, call.now, import_id, answers))


@post(f"{ONE}/undo", "Undo an import where nothing was built on it since", repeat=WHOLE)
def undo_register_import(call: Call, import_id: Id, body: Reason) -> Undone:
    done = undo_import.undo(call.session, call.actor, call.now, db.vault(), import_id, body.reason or "")
    return _undone(done)


def _undone(done: Undoing) -> Undone:
    kept = [Left(code=code, reason=obstacle_sentence(obstacle)) for code, obstacle in done.named]
    return Undone(back=done.back, withdrawn=done.withdrawn, left=done.left, kept=kept)
