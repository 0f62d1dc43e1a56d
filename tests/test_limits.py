"""Limits that people, other systems and watchmen run into: each is as it was told, and changes on purpose only.

Tests elsewhere say what happens at a limit and may take its value from the code; here is the value.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("minutes", "hours", "days"))

LIMITS: dict[str, dict[str, Any]] = {
    # What may be entered.
    "workflow.inputs": {"LONGEST": 2000},
    "workflow.paging": {"MOST": 200, "LONGEST_SEARCH": 100},
    "workflow.tickets.views.search": {"LONGEST": 64},
    "workflow.tickets.views.due_soon": {"MOST_DAYS": 60},
    "workflow.tickets.sources": {"LONGEST_REFERENCE": 100},
    "workflow.tickets.attachments": {"MOST": 60},
    "workflow.tickets.matters": {"MOST": 200},
    "workflow.tickets.many.acts_on_many": {"MOST": 200},
    "workflow.tickets.many.row_offers": {"MOST_PHOTOS": 4},
    "workflow.accountability.replies.commitments": {"MOST": 10},
    "workflow.assessment.figure_sheets": {"MOST": 1000},
    "workflow.adoption.scheme_adoption": {"AHEAD": 400},
    "workflow.adoption.impact": {"DAYS": 365, "NAMED": 50},
    "web.form_files": {"MOST": 12},
    "web.api.idempotency": {"LONGEST_KEY": 200},
    "web.rates": {"AN_ADDRESS": 20},
    "web.request_bounds": {"TEXT": 2 * 1024 * 1024, "MOST_FIELDS": 5000, "MOST_PARAMETERS": 500},
    # How large a file may be, and what stands in it.
    "workflow.evidence.uploads": {"MEGABYTES": 20},
    "workflow.pictures.images": {
        "PIXELS": 50_000_000,
        "WEBP_PIXELS": 16_000_000,
        "RATIO": 50,
        "SIDE": 2560,
        "SMALL": 320,
    },
    "workflow.pictures.picture_child": {"MEMORY": 768 * 1024 * 1024, "IDLE": 600},
    "workflow.pictures.picture_process": {"SECONDS": 20, "START": 60, "PATIENCE": 20, "WAITING": 2},
    "workflow.register.spreadsheets.sheet_reader": {"LARGEST_MB": 200, "LARGEST_XLS_MB": 60},
    "workflow.register.spreadsheets.xlsx": {"MOST_ROWS": 600_000, "MOST_COLUMNS": 200, "LONGEST_CELL": 32_767},
    "workflow.register.cells.values": {"EARLIEST_YEAR": 2010, "MOST_PEOPLE": 30},
    "workflow.register.importing.rows": {"OLDEST": 120},
    "workflow.register.importing.sealed_files": {"KEPT_DAYS": 30},
    "web.pages.schemes": {"LARGEST_KB": 256},
    "web.pages.register_import": {"LARGEST_MB": 64, "AT_ONCE": 3000},
    # Passwords and verified addresses.
    "workflow.county.access.guessing": {
        "TRIES": 8,
        "TRIES_OF_NAME": 24,
        "TRIES_OF_ADDRESS": 200,
        "TRIES_OF_ALL": 2000,
        "SPAN": 15 * MINUTE,
    },
    "workflow.county.access.passwords": {"LEAST": 10, "MOST": 128, "KEPT": 5},
    "notifications.addresses": {"CODE_LASTS": 30 * MINUTE, "GUESSES": 5, "CODES_AN_HOUR": 5},
    # Messages: docs/sms-gateway.md tells gateways how often one is tried again.
    "notifications.claiming": {"TRIES": 10, "PER_MINUTE": 20, "FEW": 5, "CALM": HOUR, "LEASE": 4 * MINUTE},
    "notifications.delivery": {"FIRST_WAIT": MINUTE, "LONGEST_WAIT": 4 * HOUR, "BUDGET": 90.0},
    "notifications.group_bots": {"_BLOCKED": 10 * MINUTE},
    "notifications.digest": {"SOON": 3, "SHOWN": 20},
    # What a watchman hears of: docs/architecture.md.
    "web.health": {"LATE": 10 * MINUTE, "DEAD": 5 * MINUTE, "SILENT": 30 * MINUTE},
    "workflow.tickets.custody.downtime": {"SILENCE": 5 * MINUTE},
    "workflow.accountability.sweep_watch": {"LEAP": DAY, "GONE": 7 * DAY},
    "workflow.accountability.paper_audit": {"SLACK": 10 * MINUTE},
    "workflow.evidence.cleanup": {"PATIENCE": DAY},
    # What counts as near, alike or recent.
    "workflow.tickets.similar_tickets": {"METRES": 3000, "MOST": 10},
    "workflow.pictures.perceptual_hash": {"NEAR": 7},
    "workflow.assessment.ranking.snapshot": {"TREND": 3},
    "workflow.county.draws": {"CATCH_UP": 3, "GRACE": 10 * MINUTE},
    "workflow.boards.heat": {"PAST": 4},
    "workflow.boards.pending": {"MOST": 20},
}


@pytest.mark.parametrize("module", LIMITS)
def test_a_limit_is_as_it_was_told(module: str) -> None:
    told = LIMITS[module]
    assert {name: getattr(import_module(module), name) for name in told} == told
