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
