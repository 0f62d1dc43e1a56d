"""Sweeping on the command line: `sweep` does once what the worker does every minute."""

import sys
from functools import partial

import click
from flask import current_app

from models.engine import reading, writing
from web import db
from web.cli import command, moment
from workflow.accountability import automatic_issue, deemed_receipts
from workflow.accountability import sweep as accountability_sweep
from workflow.accountability.cases import case_sweep
from workflow.accountability.ladder_steps import LadderStep
from workflow.errors import BadInput
from workflow.register.bulk_lists import list_reminders, list_work


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
        return
    if now > db.now() and current_app.config["ENV_NAME"] == "production":
        raise BadInput("future_sweep")
    engine = db.county().engine
    swept = accountability_sweep.run(partial(reading, engine), partial(writing, engine), now)
    case_sweep.run(partial(reading, engine), partial(writing, engine), now, swept)
    with db.write_session() as session:
        list_reminders.remind_due(session, now)
    list_work.run(db.read_session, db.write_session, db.vault(), now)
    click.echo(f"rungs {swept.rungs} lapsed {swept.lapsed} missed {swept.missed} failed {len(swept.failed)}")
    if swept.failed:
        sys.exit(1)
