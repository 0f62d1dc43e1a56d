"""CEF: copies of the audit trail for a second system, one line of Common Event Format an event, over syslog (UDP or TCP).

The worker sends what is sealed; the database is the queue, so a server that is away delays nobody and loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address

#: How grave an action is, from 0 to 10, where it is more than ordinary.
_SEVERITIES = {
    **dict.fromkeys(
        ("refused_access", "restore", "rotate_key", "reset_in_emergency", "factor_removed", "refused_virus"), 7
    ),
    **dict.fromkeys(("reveal", "find_by_number", "export", "refused_rows", "backup"), 5),
    **dict.fromkeys(("user_created", "password_set", "token_issued", "user_transferred", "authorise", "appointed"), 5),
}
_ORDINARY = 3


@dataclass(frozen=True, slots=True)
class Copied:
    """An event of the trail as another system gets it: no free text, no name of a household."""

    id: int
    at: datetime
    action: str
    actor: str
    role: str
    subject: str
    account: str
    address: str
    session: int | None
    block: int
    hash: str


def cef(event: Copied, version: str) -> str:
    """The line of an event.

    Header and extension are escaped as the format asks; a line break in a name stays within its line.
    """
    head = ("Xiaohao", "Xiaohao", version, event.action, event.action.replace("_", " "))
    severity = _SEVERITIES.get(event.action, _ORDINARY)
    fields: dict[str, str] = {
        "rt": str(int(event.at.timestamp() * 1000)),
        "externalId": str(event.id),
        "suser": event.actor,
        "spriv": event.role,
        "duser": event.account,
        **_source(event.address),
        **_labelled("cs1", "subject", event.subject),
        **_labelled("cs2", "hash", event.hash),
        **_labelled("cn1", "session", str(event.session or "")),
        **_labelled("cn2", "block", str(event.block)),
    }
    said = " ".join(f"{name}={_extension(value)}" for name, value in fields.items() if value)
    return f"CEF:0|{'|'.join(map(_header, head))}|{severity}|{said}"


def _source(address: str) -> Mapping[str, str]:
    try:
        known: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return {"shost": address}
    return {"src": address} if known.version == 4 else _labelled("c6a2", "source", address)


def _labelled(field: str, label: str, value: str) -> dict[str, str]:
    return {f"{field}Label": label, field: value} if value else {}


def _header(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _extension(text: str) -> str:
    return _one_line(text).replace("=", "\\=")


def _one_line(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\r", " ").replace("\n", " ")
