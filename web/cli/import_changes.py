"""Past imports on the command line: `imports` lists them or says what one changed, `undo-import` puts it back."""

import json
from datetime import UTC

import click
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Village
from web import db
from web.cli import command
from web.cli.importing import import_households
from web.words.dates import moment
from web.words.import_changes import change_text, obstacle_sentence
from web.words.labels import label
from web.words.language import colon
from workflow.actors import system
from workflow.county.context import county_context
from workflow.register.importing import import_lifecycle
from workflow.register.undoing import change_lines, undo_import

_LOT = 500


@click.command("imports")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=30, show_default=True, help="So many imports.")
@command
def imports(number: int | None, limit: int) -> None:
    """List the imports of the register, the latest first; with NUMBER, what that one changed, household by household."""
    with db.read_session() as session:
        if number is not None:
            _print_changes(session, number)
            return
        setting = county_context(session)
        for row in import_lifecycle.latest(session, system(), limit=limit):
            counts = change_lines.counts(session, row.id)
            figures = {"new": counts.new, "changed": counts.changed, "undone": counts.undone}
            unit = setting.unit(row.unit_id).name
            said = [str(row.id), moment(row.applied_at or row.read_at), unit, label("import.status", row.status)]
            click.echo("\t".join([*said, row.filename, json.dumps(figures)]))


def _print_changes(session: Session, number: int) -> None:
    villages, after = {place.id: place.name for place in session.scalars(select(Village))}, 0
    while lines := change_lines.lines(session, system(), db.vault(), number, after, _LOT):
        for line in lines:
            parts = [f"{name}{colon()}{old} → {new}" for name, old, new in _texts(line, villages)]
            if line.added:
                parts.append(_("people added") + colon() + "、".join(line.added))
            if line.undone_at is not None:
                parts.append(_("undone") + " " + moment(line.undone_at))
            elif line.obstacle is not None:
                parts.append(_("Would stay when the import is undone") + colon() + obstacle_sentence(line.obstacle))
            click.echo("\t".join([line.row, line.code, _("entered") if line.new else _("changed"), *parts]))
        after = lines[-1].id
        session.expunge_all()


def _texts(line: change_lines.ChangeLine, villages: dict[int, str]) -> list[tuple[str, str, str]]:
    return [change_text(each, villages) for each in line.fields]


@click.command("undo-import")
@click.argument("number", type=click.IntRange(1))
@click.option("--reason", required=True, help="Why the import is undone; it is kept in the history.")
@click.option("--dry-run", is_flag=True, help="Say what would happen and write nothing.")
@command
def undo_an_import(number: int, reason: str, dry_run: bool) -> None:
    """Put back what import NUMBER changed, where nothing was built on it since; the rest is named and left."""
    actor, vault = system(), db.vault()
    if dry_run:
        with db.read_session() as session:
            done = undo_import.preview(session, actor, vault, number)
    else:
        now = db.now().astimezone(UTC)
        done = db.transaction(lambda session: undo_import.undo(session, actor, now, vault, number, reason))
    for code, obstacle in done.named:
        click.echo(f"{code}{colon()}{obstacle_sentence(obstacle)}", err=True)
    if done.left > len(done.named):
        click.echo(_("… and %(n)s more.", n=done.left - len(done.named)), err=True)
    click.echo(json.dumps({"undone": done.undone, "left": done.left}))


IMPORTS = (import_households, imports, undo_an_import)
