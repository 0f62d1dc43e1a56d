"""Worker: runs the background jobs; APScheduler only triggers them, and no deadline is stored in it."""

import logging
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import log_lines
from installation import Clock, keep_files_private, of_settings
from migrations.state import strange
from models.engine import in_transaction, reading, writing
from notifications import channel_setup, digest
from notifications.channels import Channel
from notifications.claiming import waits
from notifications.delivery import Delivered, deliver
from notifications.dispatch import BATCH, dispatch
from pacing import NotYet, calm, holding, holds, steady, when_ready
from pacing import name as name
from retention_jobs import age_out, terms_of
from setting_values import listed
from settings import Settings, settings
from trail_jobs import copy_trail, verify_asked
from trail_jobs import seal as seal
from trail_jobs import send_head as send_head
from trail_jobs import settle_access as settle_access
from workflow import batches, evidence
from workflow.accountability import sweep, sweep_watch
from workflow.accountability.cases import case_sweep
from workflow.accountability.instructions import instruction_sweep
from workflow.accountability.oversight import monthly_draw
from workflow.assessment import duty_opening, figure_gaps
from workflow.assessment.ranking import due_days, rankings, written_reports
from workflow.boards import day_counts
from workflow.county import in_force
from workflow.county.vault import Vault
from workflow.errors import WrongState
from workflow.evidence import held
from workflow.reform import planned_reforms
from workflow.register.bulk_lists import list_erasure, list_reminders, list_work
from workflow.register.erasing import household_erasure
from workflow.register.importing.sealed_files import Strongbox
from workflow.register.random_checks import household_draw, rechecks
from workflow.register.undoing import import_erasure, import_steps
from workflow.tickets.saved import view_watches

log = logging.getLogger("xiaohao.worker")


def sweep_once(engine: Engine, clock: Clock) -> batches.Swept | None:
    """One run: heartbeat and, unless the clock is in doubt, all that is due at some moment; the result is stored."""
    now = clock()
    if holds(engine, now):
        return None
    in_transaction(engine, lambda session: in_force.settle(session, now))
    begin_reforms(engine, now)
    begin_duties(engine, now)
    swept = sweep.run(partial(reading, engine), partial(writing, engine), now)
    case_sweep.run(partial(reading, engine), partial(writing, engine), now, swept)
    instruction_sweep.run(partial(reading, engine), partial(writing, engine), now, swept)
    file_gaps(engine, now)
    in_transaction(engine, lambda session: list_reminders.remind_due(session, now))
    for erase in (list_erasure.erase_all_due, import_erasure.erase_due, household_erasure.erase_due):
        in_transaction(engine, partial(erase, now=now))
    in_transaction(
        engine, lambda s: sweep_watch.save_report(s, "sweep", now, sweep_watch.report_payload(swept), swept.lag_seconds)
    )
    return swept


def begin_reforms(engine: Engine, now: datetime) -> int:
    """Apply the reforms whose day has come, each in one transaction; what a crash interrupts is applied at the next run."""
    with reading(engine) as session:
        due = planned_reforms.due(session, now)
    return sum(in_transaction(engine, partial(planned_reforms.apply_planned, planned_id=each, now=now)) for each in due)


def file_gaps(engine: Engine, now: datetime) -> None:
    """File tickets for lasting gaps between reported figures and own rows, once per new ranking."""
    with reading(engine) as session:
        seen = sweep_watch.last_result(session, "figure_gaps").get("ranking")
    filed = figure_gaps.run(partial(reading, engine), partial(writing, engine), now, seen)
    if filed is not None:
        result = {"ranking": filed.ranking, "filed": filed.count}
        in_transaction(engine, lambda session: sweep_watch.save_report(session, "figure_gaps", now, result))


def begin_duties(engine: Engine, now: datetime) -> duty_opening.Opened:
    """Open the duties whose period has begun; failures are stored and retried."""
    opened = duty_opening.run(partial(reading, engine), partial(writing, engine), now)
    if opened.count or opened.failed:
        result = {"opened": opened.count, "failed": opened.failed}
        in_transaction(engine, lambda session: sweep_watch.save_report(session, "duties", now, result))
    for which, why in opened.failed.items():
        log.error("duty %s cannot be opened: %s", which, why)
    return opened


def dispatch_events(engine: Engine, clock: Clock) -> int:
    """Turn the outbox into messages, batch by batch."""
    dispatched, failed = 0, set[int]()
    while True:
        taken = in_transaction(engine, lambda session: dispatch(session, clock(), failed=failed))
        dispatched += taken
        if taken < BATCH:
            return dispatched


def deliver_channel(engine: Engine, clock: Clock, channel: Channel, vault: Vault) -> Delivered:
    """Send the deliveries of one channel; each has a job of its own, so that a slow one delays no other."""
    with reading(engine) as session:
        if not waits(session, channel.name, clock()):
            return Delivered()
    done = deliver(partial(in_transaction, engine), channel, clock, token_hex(8), vault.open)
    if done.dead:
        log.error("%s: %d given up", channel.name, done.dead)
    return done


def channels(config: Settings, clock: Clock) -> list[Channel]:
    """The configured channels."""
    return channel_setup.configured(config, listed(config.outbound), listed(config.outbound_private), clock)


def send_digests(engine: Engine, clock: Clock) -> int:
    """Make the morning's digests once the office has opened."""
    now = clock()
    with reading(engine) as session:
        due = digest.due(session, now)
    # With a doubtful clock it may be no morning at all.
    return 0 if not due or holds(engine, now) else in_transaction(engine, lambda session: digest.make(session, now))


def audit(engine: Engine, clock: Clock) -> None:
    """The auditor's comparison."""
    now = clock()
    in_transaction(engine, lambda s: sweep_watch.save_report(s, "audit", now, sweep_watch.audit(s, now)))


def draw(engine: Engine, clock: Clock) -> list[str]:
    """Draw spot checks and random checks of periods that are over, and give out rechecks, unless the clock is in doubt."""
    now = clock()
    if holds(engine, now):
        return []
    drawn = monthly_draw.run(partial(reading, engine), partial(writing, engine), now)
    for month in drawn:
        log.info("drew the spot checks of %s", month)
    periods = household_draw.run(partial(reading, engine), partial(writing, engine), now)
    for period in periods:
        log.info("drew the random checks of %s", period)
    rechecks.run(partial(reading, engine), partial(writing, engine), now)
    return drawn + periods


def rank(engine: Engine, clock: Clock) -> int:
    """Make the rankings whose hour has come, missed ones first, unless the clock is in doubt, since a ranking is final."""
    if holds(engine, clock()):
        return 0
    with reading(engine) as session:
        refused = set(sweep_watch.last_result(session, "rankings").get("refused", ()))
        due = [day for day in due_days.waiting(session, clock()) if _refusal(session, day, clock()) not in refused]
    made = 0
    for day in due:
        # The printed block covers everything before it.
        seal(engine, clock)
        try:
            with reading(engine) as session:
                counted = rankings.count(session, clock(), day)
            in_transaction(engine, partial(rankings.make, actor=None, now=clock(), on=day, counted=counted))
        except WrongState as reason:
            # Nothing was on record by that hour, which stays so: it is counted once and stops no other day.
            in_transaction(engine, partial(_refuse, clock, day))
            log.warning("no ranking of %s: %s", day, reason.code)
            continue
        made += 1
        log.info("ranked the towns for %s", day)
    call_rolls(engine, clock)
    return made


def _refusal(session: Session, day: date, now: datetime) -> str:
    """A ranking day under its scheme, as kept of those that cannot be ranked."""
    return f"{day.isoformat()} {due_days.setting_of(session, day, now).scheme_version_id}"


def _refuse(clock: Clock, day: date, session: Session) -> None:
    before = sweep_watch.last_result(session, "rankings").get("refused", [])
    result = {"refused": [*before, _refusal(session, day, clock())]}
    sweep_watch.save_report(session, "rankings", clock(), result)


def count_days(engine: Engine, clock: Clock) -> int:
    """Count the days that are over, each once, unless the clock is in doubt, since a count is final."""
    with reading(engine) as session:
        due = day_counts.waiting(session, clock()) is not None
    # What lapsed before midnight is settled first, so that overdue is as of then.
    swept = due and sweep_once(engine, clock) is not None
    return in_transaction(engine, lambda session: day_counts.count(session, clock())) if swept else 0


def call_rolls(engine: Engine, clock: Clock) -> int:
    """Record, once per ranking, the units that had not reported by the hour."""
    with reading(engine) as session:
        due = written_reports.to_call(session, clock())
    for row in due:
        in_transaction(engine, partial(written_reports.call_roll, now=clock(), ranking_id=row))
    return len(due)


def tidy(engine: Engine, files: evidence.Store, clock: Clock) -> int:
    """Remove stored bytes that no row names, and uploads without a form for long, unless the clock is in doubt."""
    if holds(engine, clock()):
        return 0
    in_transaction(engine, lambda session: held.age_out(session, clock()))
    with reading(engine) as session:
        removed = evidence.tidy(session, files, clock())
    if removed:
        log.info("cleared away %d unnamed files", removed)
    return removed


def imports(engine: Engine, clock: Clock, folder: Path, vault: Vault) -> int:
    """Read and apply the queued spreadsheets; a killed import is repeated."""
    box, read = Strongbox(folder, vault), partial(reading, engine)
    with read() as session:
        due = import_steps.waiting(session)
    for import_id in due:
        try:
            import_steps.step(read, partial(writing, engine), box, vault, import_id, clock())
        except Exception as error:
            if batches.lies_elsewhere(error):
                raise
            # An unreadable file stops no other.
            log.exception("import %s", import_id)
    if not due and not holding(engine):
        box.sweep(clock())
    return len(due)


def work_lists(engine: Engine, clock: Clock, vault: Vault) -> int:
    """Give out the waiting lines of bureaus' lists; a killed batch is repeated."""
    return list_work.run(partial(reading, engine), partial(writing, engine), vault, clock())


def follow_views(engine: Engine, clock: Clock) -> int:
    """Record what entered the views that people follow, unless the clock is in doubt."""
    now = clock()
    return 0 if holds(engine, now) else view_watches.run(partial(reading, engine), partial(writing, engine), now)


def begin(engine: Engine, clock: Clock) -> None:
    """Announce this worker and run at once what a restart has delayed.  Raises SystemExit for a database that this version
    cannot work with, NotYet for one that `init` has yet to upgrade."""
    refusal = strange(engine)
    if refusal is not None:
        # `init` may be at work; every other refusal needs a person.
        raise (NotYet if refusal.code == "database_behind" else SystemExit)(refusal.sentence)
    in_transaction(engine, lambda session: sweep_watch.heartbeat(session, name(), clock(), starting=True))
    sweep_once(engine, clock)
    audit(engine, clock)


def main() -> None:
    keep_files_private()
    log_lines.begin(settings().form_of_log_lines)
    county = of_settings(settings())
    engine, clock = county.engine, county.clock
    when_ready(partial(begin, engine, clock))
    # As many threads as jobs, so that one waiting for a time-out delays no other.
    scheduler = BlockingScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(23)})
    every = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    # The draw every ten minutes, so that the 1st is not missed and missed months are caught up; usually one small query.
    jobs = dict.fromkeys((sweep_once, seal, rank, count_days, send_digests, follow_views), 60)
    for job, seconds in (jobs | {dispatch_events: 5, draw: 600, audit: 600, settle_access: 600}).items():
        scheduler.add_job(calm(job), "interval", (engine, clock), seconds=seconds, **every)
    heads = (engine, clock, settings().anchor_days, bool(settings().syslog_url))
    scheduler.add_job(calm(send_head), "interval", heads, seconds=600, **every)
    # At three in the morning in China; a missed night is caught up the next.
    scheduler.add_job(calm(tidy), "cron", (engine, county.store, clock), hour=19, **every)
    scheduler.add_job(calm(age_out), "cron", (engine, clock, terms_of(settings())), hour=19, minute=20, **every)
    scheduler.add_job(calm(verify_asked), "interval", (engine, county.store, clock), seconds=5, **every)
    scheduler.add_job(calm(work_lists), "interval", (engine, clock, county.vault), seconds=5, **every)
    scheduler.add_job(calm(imports), "interval", (engine, clock, county.imports, county.vault), seconds=5, **every)
    for channel in channels(settings(), clock):
        scheduler.add_job(calm(deliver_channel), "interval", (engine, clock, channel, county.vault), seconds=5, **every)
    if settings().cef_url:
        scheduler.add_job(calm(copy_trail), "interval", (engine, clock, settings().cef_url), seconds=60, **every)
    log.info("the worker looks every minute")
    with steady(scheduler):
        scheduler.start()


if __name__ == "__main__":
    main()
