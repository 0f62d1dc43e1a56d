"""Sweeping on the command line: `sweep` does once what the worker does every minute."""

import sys
from collections.abc import Iterator, Mapping
from functools import partial

import click
from flask import current_app
from flask_babel import gettext as _

from models.engine import reading, writing
from web import db
from web.cli import command, moment
from web.words.labels import label
from web.words.language import listing, say
from workflow.accountability import automatic_issue, deemed_receipts
from workflow.accountability import sweep as accountability_sweep
from workflow.accountability.cases import case_sweep
from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.accountability.instructions import instruction_sweep
from workflow.accountability.ladder_steps import LadderStep
from workflow.batches import Swept
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.register.bulk_lists import list_reminders, list_work
from workflow.tickets.actions.lifecycle import ACTIONS


@click.command("sweep")
@click.option("--at", help="The time to use; the current time by default.")
@click.option("--dry-run", is_flag=True, help="Show what would happen without saving anything.")
@command
def sweep(at: str | None, dry_run: bool) -> None:
    """Escalate every overdue ticket to the rung it has reached, remind of lists of bureaus and hand out what waits of them."""
    now = moment(at) if at else db.now()
    if dry_run:
        with db.read_session() as session:
            for entry in accountability_sweep.plan(session, now):
                if isinstance(entry, LadderStep):
                    click.echo(f"{entry.held.ticket_id}\t{entry.held.stage}\trung {entry.top.rung}")
                else:
                    click.echo(f"{entry.ticket_id}\t{entry.stage}\t{entry.next_what}")
            for ticket_id, stage, rung, issued in automatic_issue.opening(session, now):
                click.echo(f"{ticket_id}\t{stage}\trung {rung}\t{'issue' if issued else 'decide'}")
            for ticket_id, paper in deemed_receipts.lapsed_receipts(session, now):
                click.echo(f"{ticket_id}\tpaper {paper}\treceipt")
            for case_id in case_sweep.due(session, now):
                click.echo(f"{case_id}\tcase\tlapse_statement")
            for number, _ticket in instruction_sweep.due(session, now):
                click.echo(f"{number}\tinstruction\tpress_instruction")
        return
    if now > db.now() and current_app.config["ENV_NAME"] == "production":
        raise BadInput("future_sweep")
    if at and current_app.config["ENV_NAME"] != "production":
        db.bring_clock(now)
    engine = db.engine()
    swept = accountability_sweep.run(partial(reading, engine), partial(writing, engine), now)
    case_sweep.run(partial(reading, engine), partial(writing, engine), now, swept)
    instruction_sweep.run(partial(reading, engine), partial(writing, engine), now, swept)
    with db.write_session() as session:
        list_reminders.remind_due(session, now)
    list_work.run(db.read_session, db.write_session, db.vault(), now)
    with db.read_session() as session:
        for line in _done(swept, county_context(session)):
            click.echo(line)
    for ticket_id, why in swept.failed.items():
        click.echo(_("Ticket %(number)s failed: %(why)s", number=ticket_id, why=why), err=True)
    if swept.failed:
        sys.exit(1)


def _done(swept: Swept, setting: CountyContext) -> Iterator[str]:
    """What a sweep did, in the words of the county's ladder and of the history."""
    rungs = {say(setting.scheme.ladder.rungs[number - 1].name): count for number, count in sorted(swept.rungs.items())}
    steps = {_step(action): count for action, count in sorted(swept.lapsed.items())}
    yield _("Rungs reached: %(list)s", list=_counts(rungs))
    yield _("Steps due by the lapse of time: %(list)s", list=_counts(steps))
    yield _("Rungs passed over while the system was down: %(n)s", n=swept.missed)
    yield _("Tickets that failed: %(n)s", n=len(swept.failed))


def _counts(figures: Mapping[str, int]) -> str:
    """Names with their figures: 提醒 2、催办 1; 0 where there are none."""
    return listing(f"{name} {count}" for name, count in figures.items()) or "0"


def _step(action: str) -> str:
    if action == "issue_rung":
        return _("papers issued at the opening of the office")
    known = {**ACTIONS, **CASE_ACTIONS}.get(action)
    return say(known.label) if known is not None else label("event", action)
