"""Bounces: read the permanently failed addresses from a returned mail (RFC 3464)."""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

_ADDRESS = re.compile(r"^\s*rfc822\s*;\s*<?([^\s<>;]+@[^\s<>;]+)>?\s*$", re.IGNORECASE)


def failed_addresses(raw: bytes) -> list[str]:
    """The addresses that failed permanently according to a delivery report (Action: failed, Status: 5.x.x); none for
    other mail."""
    failed = []
    for part in message_from_bytes(raw, policy=compat32).walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action, status = str(block.get("Action", "")).strip().lower(), str(block.get("Status", "")).strip()
            match = _ADDRESS.match(str(block.get("Final-Recipient", "")))
            if match and action == "failed" and status.startswith("5"):
                failed.append(match[1])
    return failed
