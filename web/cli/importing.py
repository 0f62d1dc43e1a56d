"""Register imports on the command line: `import-households`."""

import json
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import click
from flask_babel import gettext as _

from reports.tables import Workbook
from web import db
from web.cli import command
from web.words.dates import moment
from web.words.import_faults import fault_sentence
from web.words.labels import label
from web.words.refused_rows import refused_rows
from workflow.actors import system
from workflow.county.context import the_county
from workflow.register.importing import import_lifecycle
from workflow.register.importing.import_plan import Plan, Progress, ReadOptions
from workflow.register.importing.import_runner import ImportFile, run_import
from workflow.register.importing.rows import Fault
from workflow.register.importing.sealed_files import sha256_of
from workflow.register.spreadsheets.spool import Spool

SHOWN, STEP = 20, 10_000


@click.command("import-households")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@click.option("--refused", type=click.Path(path_type=Path, dir_okay=False), help="Write the refused rows to this XLSX.")
@click.option(
    "--income-year", type=click.IntRange(2010, 2100), help="Of which year the incomes are, if FILE does not say."
)
@command
def import_households(file: Path, dry_run: bool, refused: Path | None, income_year: int | None) -> None:
    """Import the register from an XLSX, XLS or CSV file; counts are households."""
    actor = system()
    with db.read_session() as session:
        the_county(session)
    kept: list[Spool[tuple[int, Sequence[str], Sequence[Fault]]]] = []

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
            ReadOptions(db.vault(), income_year=income_year, progress=_progress()),
            dry_run,
        )
    _print_summary(plan)
    if refused is not None:
        with kept[0]:
            _write(refused, plan, kept[0])
    counts = plan.summary()
    click.echo(json.dumps({name: counts[name] for name in ("new", "changed", "unchanged", "refused", "asked")}))


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
        click.echo(_("Row %(row)s: %(why)s", row=notice.row, why=label("import.notice", notice.code)), err=True)
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
    if plan.absent:
        book.sheet(_("no longer in the file"), [_("household code")], ([code] for code in plan.absent))
    with book.close() as made:
        target.write_bytes(made.read())
