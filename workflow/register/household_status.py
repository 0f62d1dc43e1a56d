"""Household status: changes it, with row, version and event written together; no other module writes it."""

from typing import Any

from models import Household
from workflow.history.event_log import Chain


def set_status(
    chain: Chain,
    household: Household,
    status: str,
    *,
    action: str,
    given: dict[str, Any],
    private: dict[str, Any] | None = None,
) -> None:
    """Set the status of a locked household and append the event `action` to its chain; the caller checks that it may.

    `given` holds codes and figures only, `private` erasable text.
    """
    before, household.status = household.status, status
    household.version += 1
    effect = {"household": {"status": status, "version": household.version}}
    chain.append(action, given, effect, private=private, moved=(before, status), notify=False)
