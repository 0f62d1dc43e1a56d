"""Setting up a county on the command line: `county-template`, `import-county` and `sign-in-slips`."""

import hashlib
import json
from pathlib import Path

import click
from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from models import Village
from reports.county_book import county_book
from reports.slips import slips_pdf
from web import db
from web.cli import command
from web.words.setup import row_sentence
from workflow.actors import system
from workflow.county import accounts
from workflow.county.context import county_context, the_county
from workflow.county.sign_ins import first_sign_ins
from workflow.errors import BadInput
from workflow.setup import county_import, template_rows
from workflow.setup.county_import import Source
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
        source = Source(file.name, hashlib.sha256(file.read_bytes()).hexdigest())
        done = county_import.apply(session, system(), db.now(), book, source)
        if dry_run:
            session.rollback()
    for fault in done.faults[:_SHOWN]:
        click.echo(row_sentence(fault), err=True)
    if len(done.faults) > _SHOWN:
        click.echo(_("… and %(n)s more.", n=len(done.faults) - _SHOWN), err=True)
    for name in done.unread:
        click.echo(_("The sheet “%(sheet)s” was not read.", sheet=name), err=True)
    click.echo(json.dumps(done.figures()))


@click.command("sign-in-slips")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("names", nargs=-1)
@command
def sign_in_slips(file: Path, names: tuple[str, ...]) -> None:
    """Write slips with one-time codes to FILE (PDF): for the accounts NAMES, or for every account without a password."""
    with db.write_session() as session:
        setting = county_context(session)
        users = [accounts.find_user(session, name) for name in names]
        slips = first_sign_ins.make(
            *(session, system(), db.now(), users or first_sign_ins.without_password(session, system())),
            current_app.config["CODES"],
        )
        if not slips:
            raise BadInput("nobody_without_password")
        villages = {row.id: row.name for row in session.scalars(select(Village))}
        file.write_bytes(slips_pdf(setting, slips, villages, current_app.config["SITE"], db.now()))
    click.echo(len(slips))
