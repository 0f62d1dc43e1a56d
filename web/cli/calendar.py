"""Working days on the command line: `calendar add|import|seed`."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from web import db
from web.cli import command
from web.words.dates import moment
from workflow.actors import system
from workflow.adoption import calendar_change, holiday_notice, notice_sheet
from workflow.county.context import the_county

calendar = AppGroup("calendar", help="Working days.")
_dry_run = click.option("--dry-run", is_flag=True, help="Show which deadlines would change without saving anything.")


def _do(change: holiday_notice.Change, dry_run: bool) -> None:
    now = db.now()
    with db.read_session() as session:
        the_county(session)
    if dry_run:
        with db.read_session() as session:
            change_effect = calendar_change.preview(session, system(), now, change)
    else:
        change_effect = db.transaction(lambda s: calendar_change.apply(s, system(), now, change))
    for entry in change_effect.moving:
        click.echo(f"{entry.number}\t{entry.stage}\t{moment(entry.due_at)} → {moment(entry.becomes)}")
    click.echo(_("Deadlines that change: %(n)s", n=len(change_effect.moving)))


@calendar.command("add")
@click.argument("day")
@click.argument("says", metavar="yes|no|rule")
@click.argument("name", default="")
@click.option("--source", default="county", show_default=True, help="county or state_council")
@click.option("--document", default="", help="Number of the paper (文号).")
@_dry_run
@command
def calendar_add(day: str, says: str, name: str, source: str, document: str, dry_run: bool) -> None:
    """Set one day as working (yes), off (no) or as usual (rule); NAME is the holiday or the reason."""
    _do(holiday_notice.change(source, document, f'{day},{says},"{name.replace(chr(34), chr(34) * 2)}"'), dry_run)


@calendar.command("import")
@click.argument("year", type=int)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--document", required=True, help="Number of the paper (文号).")
@_dry_run
@command
def calendar_import(year: int, file: Path, document: str, dry_run: bool) -> None:
    """Enter the State Council's notice for YEAR from a spreadsheet, a CSV file or its text.

    A row is a day (day, yes or no, name) or a holiday (name, first day and number of days or the days in words).
    """
    with file.open("rb") as stream:
        text = notice_sheet.file_text(stream)
    _do(holiday_notice.change("state_council", document, text, year), dry_run)


@calendar.command("seed")
@click.argument("year", type=int)
@_dry_run
@command
def calendar_seed(year: int, dry_run: bool) -> None:
    """Enter the notice for YEAR from the library chinesecalendar."""
    _do(holiday_notice.from_library(year), dry_run)
