"""Household status: changes it, with row, version and event written together; no other module writes it."""

from typing import Any

from models import Household
from workflow.history.event_log import Chain
from workflow.policy.worktime import local_date


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
    # The monitoring system's months: of the removal, as long as it stands.
    kept = {name: said for name, said in household.monitoring.items() if name not in ("removed_month", "removed_how")}
    if status == "exited":
        household.monitoring = {**kept, "removed_month": f"{local_date(chain.now):%Y%m}"}
    elif before == "exited":
        household.monitoring = kept
    household.version += 1
    effect = {"household": {"status": status, "version": household.version}}
    chain.append(action, given, effect, private=private, moved=(before, status), notify=False)
