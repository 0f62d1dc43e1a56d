"""Setting values: lists and figures by name, as they are written in one line of the environment (`settings`)."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit


def listed(value: str) -> list[str]:
    """The entries of a comma-separated setting."""
    return [entry.strip() for entry in value.split(",") if entry.strip()]


#: What is bounded by `rates`, as counted in each process that serves people.
RATED = ("sign_in", "search", "exports", "papers", "verify")


def by_rate(value: str) -> dict[str, tuple[int, int]]:
    """The rates of the setting: how many within how many minutes; -1 where there is no whole number."""
    made: dict[str, tuple[int, int]] = {}
    for entry in listed("" if value == "none" else value):
        kind, _equals, rate = entry.partition("=")
        most, minutes = (int(part) if part.strip().isdecimal() else -1 for part in f"{rate}/".split("/")[:2])
        made[kind.strip()] = (most, minutes)
    return made


ROLES = ("village", "town", "bureau", "office", "leaders", "inspectorate", "admin")
MOST_BY_ROLE = 24 * 31 * 60


def by_role(value: str) -> dict[str, int]:
    """The figures of a setting by role (`admin=30,office=60`); -1 where there is no whole number."""
    pairs = [entry.partition("=") for entry in listed(value)]
    return {role.strip(): int(number) if number.strip().isdecimal() else -1 for role, _equals, number in pairs}


#: Settings that make one way of signing on: all of them or none.
SIGN_ONS = {
    "oidc": ("oidc_issuer", "oidc_client_id", "oidc_client_secret"),
    "wecom": ("wecom_corp_id", "wecom_agent_id", "wecom_secret"),
    "dingtalk": ("dingtalk_client_id", "dingtalk_client_secret"),
}


def sign_on_fault(values: Mapping[str, str], prefix: str, plain: Sequence[str]) -> str | None:
    """What is wrong with the settings of signing on, in one sentence; `plain`: the hosts that need no HTTPS."""
    for names in SIGN_ONS.values():
        missing = [name for name in names if not values[name]]
        if 0 < len(missing) < len(names):
            return f"set {prefix}{missing[0].upper()} too, or none of {', '.join(names).upper()}"
    issuer = urlsplit(values["oidc_issuer"])
    secure = issuer.scheme == "https" or (issuer.scheme == "http" and issuer.hostname in plain)
    if values["oidc_issuer"] and not (secure and issuer.hostname):
        return f"set {prefix}OIDC_ISSUER to the provider's issuer, as https://host/path"
    return None


def rates_of_kinds(value: str) -> str:
    """The setting of rates.  Raises ValueError."""
    if any(kind not in RATED or min(rate) < 1 for kind, rate in by_rate(value).items()):
        raise ValueError(f"give kind=number/minutes by commas, or none; the kinds: {', '.join(RATED)}")
    return value


def scanner_address(value: str) -> str:
    """The socket of a virus scanner.  Raises ValueError."""
    parts = urlsplit(value)
    if value and not (parts.path if parts.scheme == "unix" else parts.scheme == "tcp" and parts.hostname):
        raise ValueError("give ClamAV's socket as unix:///run/clamav/clamd.ctl or tcp://host:3310")
    return value


def log_server(value: str) -> str:
    """The address of a log server.  Raises ValueError."""
    parts = urlsplit(value)
    there = parts.path if parts.scheme == "unix" else parts.scheme in ("udp", "tcp") and parts.hostname
    if value and not there:
        raise ValueError("give the log server as udp://host:514, tcp://host:601 or unix:///dev/log")
    return value
