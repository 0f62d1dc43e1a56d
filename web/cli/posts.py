"""Posts on the command line: `post list|enter|end|cancel`."""

from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from models.post import POSTS
from web import db
from web.cli import command
from web.cli.acting import by_option, caller
from web.words.labels import label
from web.words.posts import person_name
from workflow.actors import system
from workflow.county.context import county_context
from workflow.county.posts import post_entries, post_views
from workflow.county.unit_names import find_unit

post = AppGroup("post", help="Posts: who leads a unit, is on duty for it, or stands in.")
_document = click.option("--document", required=True, help="Number of the paper (任免文号).")


@post.command("list")
@click.option("--unit", help="One unit only: code, name or alias.")
@command
def post_list(unit: str | None) -> None:
    """List posts: number, unit, post, person, first day, last day, state, document."""
    with db.read_session() as session:
        setting = county_context(session)
        which = find_unit(session, unit).id if unit else None
        for line in post_views.listed(session, system(), db.now(), which):
            days = (line.first.isoformat(), line.last.isoformat() if line.last else "")
            who = person_name(line.name, line.closed)
            names = (setting.unit(line.row.unit_id).name, label("post", line.row.kind), who)
            click.echo(
                "\t".join((str(line.row.id), *names, *days, label("post.standing", line.standing), line.row.document))
            )


@post.command("enter")
@click.argument("name")
@click.argument("kind", type=click.Choice(POSTS))
@click.option("--from", "from_day", required=True, metavar="DAY", help="First day, as 2018-11-20.")
@click.option("--until", "until_day", metavar="DAY", help="Last day; required of a deputy.")
@click.option("--stands-for", metavar="NAME", help="Of a deputy: the colleague who is away.")
@_document
@by_option
@click.option("--dry-run", is_flag=True, help="Show what would change without saving anything.")
@command
def post_enter(name: str, by: str, dry_run: bool, **given: Any) -> None:
    """Enter that NAME has a post; whoever holds it on its first day is relieved on the day before."""
    given["user"] = name
    with db.read_session() as session:
        preview = post_views.preview(session, caller(session, by), db.now(), given)
    for each in preview.displaced:
        if each.until is not None:
            click.echo(_("%(name)s holds the post through %(day)s.", name=each.name, day=each.until.isoformat()))
        else:
            click.echo(_("The entry of %(name)s from the same day is replaced.", name=each.name))
    click.echo(_("Stretches whose leader at the time changes: %(n)s.", n=preview.custodies))
    if not dry_run:
        row = db.transaction(lambda s: post_entries.enter(s, caller(s, by), db.now(), given).id)
        click.echo(row)


@post.command("end")
@click.argument("number", type=int)
@click.option("--until", "until_day", required=True, metavar="DAY", help="Last day, as 2018-11-20.")
@_document
@by_option
@command
def post_end(number: int, by: str, **given: Any) -> None:
    """End the post with NUMBER on a day, also late."""
    db.transaction(lambda s: post_entries.end(s, caller(s, by), db.now(), number, given).id)
    click.echo(number)


@post.command("cancel")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why the entry was a mistake.")
@by_option
@command
def post_cancel(number: int, by: str, reason: str) -> None:
    """Cancel the post with NUMBER that was entered by mistake."""
    db.transaction(lambda s: post_entries.cancel(s, caller(s, by), db.now(), number, reason).id)
    click.echo(number)
