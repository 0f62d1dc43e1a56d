"""Applied county workbooks on the command line: `county-imports` lists them or says what one changed, `undo-county-import`
puts it back."""

import json

import click
from flask_babel import gettext as _

from web import db
from web.cli import command
from web.cli.county_setup import county_template, import_county, sign_in_slips
from web.words.book_changes import change_lines, why_sentence
from web.words.dates import moment
from web.words.language import colon, listing
from web.words.setup import sheet_name
from workflow.actors import system
from workflow.setup.books import book_undoing, book_views

_ALL = 1_000_000


@click.command("county-imports")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True, help="So many workbooks.")
@command
def county_imports(number: int | None, limit: int) -> None:
    """List the applied county workbooks, the latest first; with NUMBER, what that one changed, row by row."""
    with db.read_session() as session:
        if number is None:
            for line in book_views.latest(session, system(), limit=limit):
                figures = {"new": line.made, "changed": line.changed, "undone": line.undone}
                said = [str(line.book.id), moment(line.book.applied_at), line.by or _("command line")]
                click.echo("\t".join([*said, line.book.filename, json.dumps(figures)]))
            return
        for change in book_views.changes(session, system(), number, limit=_ALL):
            fields = [
                f"{name}{colon()}{after if change.made else f'{before} → {after}'}"
                for name, before, after in change_lines(change)
            ]
            undone = [_("undone") + " " + moment(change.undone_at)] if change.undone_at is not None else []
            what = _("entered") if change.made else _("changed")
            click.echo("\t".join([sheet_name(change.sheet), str(change.row), change.name, what, *fields, *undone]))


@click.command("undo-county-import")
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why the workbook is undone; it is kept in the history.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@command
def undo_county_import(number: int, reason: str, dry_run: bool) -> None:
    """Put back what county workbook NUMBER changed, where nothing was built on it since; the rest is named and left."""
    with db.write_session() as session:
        done = book_undoing.undo(session, system(), db.now(), number, reason)
        if dry_run:
            session.rollback()
    for left in done.named:
        place = _("%(sheet)s, row %(row)s", sheet=sheet_name(left.sheet), row=left.row)
        click.echo(f"{listing([place, left.name])}{colon()}{why_sentence(left.why)}", err=True)
    total = done.left.total()
    if total > len(done.named):
        click.echo(_("… and %(n)s more.", n=total - len(done.named)), err=True)
    click.echo(json.dumps({"undone": done.undone, "left": done.left}))


COUNTY_SETUP = (county_template, import_county, county_imports, undo_county_import, sign_in_slips)
