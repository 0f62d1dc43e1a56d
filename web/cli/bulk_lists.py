"""Lists of bureaus on the command line: `bulk-list` brings one, stores its lines and hands them out."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from flask_babel import gettext as _
from sqlalchemy import select

from models import BulkLine
from web import db
from web.cli import command
from web.cli.acting import by_option, caller
from web.words.bulk_lists import why_text
from workflow.register.bulk_lists import list_taking, list_work
from workflow.register.importing.register_sheets import listed
from workflow.register.importing.sealed_files import sha256_of

#: The counts of the last line.
_ORDER = ("check", "candidate", "asked", "left_out", "waiting")


@click.command("bulk-list")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, metavar="CODE", help="Kind of list, by its code in the scheme.")
@by_option
@click.option("--dry-run", is_flag=True, help="Say what the list would lead to and write nothing.")
@command
def bulk_list(file: Path, kind: str, by: str, dry_run: bool) -> None:
    """Take a list of a bureau: households of the register get a check, families nobody knows become candidates.

    Reasons and the number of the list go to stderr, the last line of stdout is JSON with the lines by what came of them.
    """
    with file.open("rb") as stream:
        if dry_run:
            with db.read_session() as session:
                list_taking.check_kind(session, caller(session, by), kind)
                plan = list_taking.plan_list(session, db.vault(), db.now(), kind, stream)
            whys = [(found.why, found.line.row) for found in plan.matched]
            _say(plan.outcomes, whys, plan.unread, ("check", "unknown", "asked", "left_out"))
            return
        with db.read_session() as session:
            list_taking.check_kind(session, caller(session, by), kind)
            book = list_taking.read_lines(session, db.now(), kind, stream)
        sha256 = sha256_of(stream)
    with db.write_session() as session:
        actor = caller(session, by)
        row = list_taking.bring_list(session, actor, db.now(), kind, sha256=sha256, filename=file.name)
        list_taking.take_list(session, actor, db.now(), db.vault(), row.id, book)
        list_id = row.id
    click.echo(_("List %(number)s", number=list_id), err=True)
    list_work.run(db.read_session, db.write_session, db.vault(), db.now())
    with db.read_session() as session:
        query = select(BulkLine.outcome, BulkLine.why, BulkLine.row).where(BulkLine.list_id == list_id)
        rows = session.execute(query.order_by(BulkLine.id)).all()
    outcomes = Counter(row.outcome for row in rows)
    _say(outcomes, [(row.why, row.row) for row in rows], book.unread, _ORDER)


def _say(
    outcomes: Counter[str], whys: Iterable[tuple[str | None, str]], unread: Sequence[str], order: tuple[str, ...]
) -> None:
    """`whys`: the reason or question of each line, if any, with the row of the file."""
    asked: dict[str, list[str]] = {}
    for why, number in whys:
        if why:
            asked.setdefault(why, []).append(number)
    for why, numbers in sorted(asked.items()):
        click.echo(_("Row %(row)s: %(why)s", row=listed(numbers), why=why_text(why)), err=True)
    if unread:
        click.echo(_("Sheets that were not read: %(sheets)s", sheets="、".join(unread)), err=True)
    click.echo(json.dumps({name: outcomes[name] for name in order}))
