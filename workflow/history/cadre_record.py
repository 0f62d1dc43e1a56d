"""Cadre record: how the events of a household record its responsible cadre, the account and a digest of the name."""

from typing import Any

from workflow.history import event_log


def recorded_cadre(name: str, account_id: int | None) -> dict[str, Any]:
    """The cadre in the form of an event: the name itself is no figure and no code, so its digest stands for it."""
    return {"cadre_id": account_id, "cadre": event_log.digest(event_log.canonical([name]))}
