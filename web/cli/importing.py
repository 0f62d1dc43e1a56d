"""Register imports on the command line: `import-households`."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reports import lists
from reports.tables import Workbook
from web import db
from web.cli import command
from web.words.dates import moment
from web.words.import_faults import fault_sentence, notice_sentence
from web.words.labels import label
from web.words.refused_rows import notice_rows, refused_rows
from workflow.actors import system
from workflow.citizen_id import Faulty
from workflow.county.context import the_county
from workflow.errors import BadInput
from workflow.history.grounds import OF_LISTS, ground_of
from workflow.register.importing import import_lifecycle
from workflow.register.importing.import_plan import Plan, Progress, ReadOptions
from workflow.register.importing.import_runner import ImportFile, run_import
from workflow.register.importing.place_names import (
    NEW,
    Places,
    VillageAnswers,
    VillageQuestion,
    of_household,
    read_places,
)
from workflow.register.importing.rows import Fault, RowNumber
from workflow.register.importing.sealed_files import sha256_of
from workflow.register.names.place_spelling import village_key
from workflow.register.spreadsheets import sheet_reader
from workflow.register.spreadsheets.spool import Spool

SHOWN, STEP = 20, 10_000


@click.command("import-households")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--refused", type=click.Path(path_type=Path, dir_okay=False), help="Write the refused rows to this XLSX.")
@click.option(
    "--ground", default="work", show_default=True, help=f"What the refused rows are taken for: {', '.join(OF_LISTS)}."
)
@click.option("--note", default="", help="The same in words; needed for other.")
@click.option(
    "--income-year", type=click.IntRange(2010, 2100), help="Of which year the incomes are, if FILE does not say."
)
@click.option(
    "--villages",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Which village is meant: a spreadsheet with town, village as FILE has it, the county's village or 新增, and in "
    "column 5 the household's code where the answer is for one household.",
)
@command
def import_households(
    file: Path, dry_run: bool, refused: Path | None, income_year: int | None, villages: Path | None, **why: str
) -> None:
    """Import the register from an XLSX, XLS, ODS or CSV file; counts are households."""
    actor, ground = system(), ground_of(why["ground"], why["note"], OF_LISTS)
    with db.read_session() as session:
        the_county(session)
        answers = _answers(session, villages) if villages is not None else {}
    kept: list[Spool[tuple[RowNumber, Sequence[str], Sequence[Fault]]]] = []

    def refuse() -> Any:
        if refused is None:
            return lambda *_: None
        for old in kept:
            old.close()
        kept[:] = [Spool()]
        return lambda number, cells, faults: kept[0].put((number, cells, faults))

    if refused is not None:
        _try(refused)
    with file.open("rb") as stream:
        with db.read_session() as session:
            applied_at = import_lifecycle.applied_at(session, sha256_of(stream))
        if applied_at is not None:
            click.echo(
                _(
                    "This file was imported on %(day)s. Importing it again would undo later corrections to the "
                    "register.",
                    day=moment(applied_at),
                ),
                err=True,
            )
        plan = run_import(
            db.read_session,
            db.write_session,
            actor,
            db.now().astimezone(UTC),
            ImportFile(stream, file.name, refuse),
            ReadOptions(db.vault(), income_year=income_year, progress=_progress(), villages=answers),
            dry_run,
        )
    _print_summary(plan)
    if refused is not None:
        with kept[0] as rows:
            db.transaction(lambda session: lists.record(session, actor, db.now(), "refused", len(rows), ground))
            _write(refused, plan, rows)
    counts = plan.summary()
    click.echo(json.dumps({name: counts[name] for name in ("new", "changed", "unchanged", "refused", "asked")}))


def _answers(session: Session, path: Path) -> VillageAnswers:
    """The answers in a file such as the sheet of asked villages of `--refused`, with its third column filled in.

    Raises BadInput `village_answer`, naming the row.
    """
    answers: VillageAnswers = {}
    places = read_places(session)
    with path.open("rb") as stream:
        sheets = sheet_reader.sheets(stream)
        named = [sheet for sheet in sheets if sheet.name == _("asked villages")] or sheets
        for number, cells in named[0].rows():
            town, written, meant, _near, code = ([*cells, *[""] * 5][column].strip() for column in range(5))
            if not meant or (number == 1 and town in ("镇", "town", _("town"))):
                continue
            try:
                town_id = places.town(town) if town else 0
                answer = _meant(places, town_id, meant)
            except Faulty as error:
                raise BadInput("village_answer", "villages", row=number) from error
            name = village_key(written, places.town_names.get(town_id, ""))
            answers[town_id, of_household(name, code) if code else name] = answer
    return answers


def _meant(places: Places, town_id: int, meant: str) -> str:
    """The code of the village that an answer names, or NEW.  Raises Faulty; a new one needs its town."""
    if meant not in ("新增", "新", NEW, "new"):
        return places.village(meant, town_id or None, add=False).code
    if not town_id:
        raise Faulty("town_missing")
    return NEW


def _asked(question: VillageQuestion, towns: Mapping[int, str]) -> list[list[str]]:
    """The lines of a village that is asked about; where it may be several, a line for each household."""
    asked = question.asked
    near = "、".join(f"{place.name}（{towns[place.town_id]}，{place.code}）" for place in asked.near)
    codes = list(asked.households) if asked.why == "several" else [""]
    return [[towns.get(question.town_id, ""), asked.written, "", near, code] for code in codes]


def _try(target: Path) -> None:
    """Checks that the file can be written before anything else is done.  Raises OSError."""
    new = not target.exists()
    with target.open("ab"):
        pass
    if new:
        target.unlink()


def _progress() -> Progress:
    """Prints the progress to stderr, about every STEP rows and at the end of a stage."""
    said: dict[str, str | int] = {"stage": "", "done": 0}

    def say(stage: str, done: int, of: int) -> None:
        if stage == said["stage"] and done - int(said["done"]) < STEP and done != of:
            return
        said.update(stage=stage, done=done)
        click.echo(
            f"{label('import.stage', stage)}: {done}/{of}" if of else f"{label('import.stage', stage)}: {done}",
            err=True,
        )

    return say


def _print_summary(plan: Plan) -> None:
    for refused in (*plan.refused[:SHOWN], *plan.asked[:SHOWN]):
        for code, field, params in refused.faults:
            click.echo(_("Row %(row)s: %(why)s", row=refused.row, why=fault_sentence(code, field, params)), err=True)
    more = plan.counts["refused_rows"] - min(len(plan.refused), SHOWN)
    if more > 0:
        click.echo(_("… and %(n)s more rejected rows.", n=more), err=True)
    for notice in plan.notices[:SHOWN]:
        why = notice_sentence(notice.code, notice.field, notice.params)
        click.echo(_("Row %(row)s: %(why)s", row=notice.row, why=why) if notice.row else why, err=True)
    if len(plan.notices) > SHOWN:
        click.echo(_("… and %(n)s more notices.", n=len(plan.notices) - SHOWN), err=True)
    if plan.villages:
        names = "、".join(place.name for place in plan.villages[:SHOWN])
        click.echo(_("New villages: %(n)s (%(names)s)", n=len(plan.villages), names=names), err=True)
    if plan.absent:
        codes = " ".join(plan.absent[:SHOWN])
        click.echo(
            _(
                "On the register but no longer in the file (unchanged): %(n)s (%(codes)s)",
                n=len(plan.absent),
                codes=codes,
            ),
            err=True,
        )


def _write(target: Path, plan: Plan, rows: Any) -> None:
    book = Workbook()
    headings, lines = refused_rows(plan.layout.headings, rows)
    book.sheet(_("rejected rows"), headings, lines)
    if plan.notices:
        book.sheet(_("notices"), *notice_rows(plan.notices))
    if plan.asked_villages:
        with db.read_session() as session:
            towns = read_places(session).town_names
        heads = [
            *(_("town"), _("village in the file"), _("village meant, or 新增"), _("villages that may be meant")),
            _("household code"),
        ]
        book.sheet(_("asked villages"), heads, (line for each in plan.asked_villages for line in _asked(each, towns)))
    if plan.absent:
        book.sheet(_("no longer in the file"), [_("household code")], ([code] for code in plan.absent))
    with book.close() as made:
        target.write_bytes(made.read())
