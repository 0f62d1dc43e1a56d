"""Setting up a county on the command line: `county-template FILE` and `import-county FILE`."""

import json
from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _

from reports.county_book import county_book
from web import db
from web.cli import command
from web.words.setup import row_sentence
from workflow.actors import system
from workflow.county.context import the_county
from workflow.setup import county_import, template_rows
from workflow.setup.county_workbook import read_book

_SHOWN = 100


@click.command("county-template")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@command
def county_template(file: Path) -> None:
    """Write the county workbook to FILE: units of the scheme, and what was entered already, to be filled in and imported."""
    language = "zh" if current_app.config["BABEL_DEFAULT_LOCALE"].startswith("zh") else "en"
    with db.read_session() as session:
        the_county(session)
        book = county_book(template_rows.sheets(session, system(), db.now()), language)
    with book:
        file.write_bytes(book.read())
    click.echo(str(file))


@click.command("import-county")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@command
def import_county(file: Path, dry_run: bool) -> None:
    """Set the county up from a workbook: units, villages, accounts, posts and cadres of households."""
    with file.open("rb") as stream:
        book = read_book(stream)
    with db.write_session() as session:
        done = county_import.apply(session, system(), db.now(), book)
        if dry_run:
            session.rollback()
    for fault in done.faults[:_SHOWN]:
        click.echo(row_sentence(fault), err=True)
    if len(done.faults) > _SHOWN:
        click.echo(_("… and %(n)s more.", n=len(done.faults) - _SHOWN), err=True)
    for name in done.unread:
        click.echo(_("The sheet “%(sheet)s” was not read.", sheet=name), err=True)
    click.echo(json.dumps(done.figures()))


COUNTY_SETUP = (county_template, import_county)
