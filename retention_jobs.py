"""Retention jobs: the nightly deletion of what was kept for as long as the settings say, by the worker or the command line."""

import logging
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from installation import Clock
from models.engine import in_transaction
from notifications import ageing
from pacing import holds
from setting_retention import Retention
from workflow.county.access import retention

log = logging.getLogger("xiaohao.worker")


def terms_of(settings: Retention) -> retention.Terms:
    """The terms that these settings give."""
    return retention.Terms(
        settings.keep_request_days, settings.keep_session_days, settings.keep_refusal_days, settings.keep_message_days
    )


def age_out(engine: Engine, clock: Clock, terms: retention.Terms) -> int:
    """Delete what was kept long enough, lot by lot, unless the clock is in doubt; returns how many rows."""
    if holds(engine, clock()):
        return 0
    removed = delete_old(engine, clock, terms)
    if removed:
        log.info("deleted %d rows that were kept long enough", removed)
    return removed


def delete_old(engine: Engine, clock: Clock, terms: retention.Terms) -> int:
    """The same without a look at the clock; each lot is a transaction of its own."""
    removed = 0
    while (lot := in_transaction(engine, partial(_lot, clock, terms))) > 0:
        removed += lot
    return removed


def _lot(clock: Clock, terms: retention.Terms, session: Session) -> int:
    now = clock()
    return retention.age_out(session, now, terms) + ageing.age_out(session, now, terms.message_days)
