"""Routing: finds the responsible unit of a deficiency.  The scheme's routes are tried in order; the first that matches
wins, and the last always matches."""

from dataclasses import dataclass

from workflow.policy.scheme.model import Scheme, Text


class RoutingRefused(Exception):
    """The kind or cause does not exist; `code` is `kind_unknown` or `cause_unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Routed:
    """The matched route: `lead` and `confirmer` are unit codes, or `town` for the town of the subject."""

    code: str
    lead: str
    confirmer: str
    reason: Text


def route(scheme: Scheme, kind: str, cause: str | None, labour: str) -> Routed:
    """The route of a deficiency of `kind` in a household with this labour force.  Raises RoutingRefused.

    With an unknown cause (None) only routes without a cause can match.
    """
    try:
        definition = scheme.kind(kind)
    except KeyError:
        raise RoutingRefused("kind_unknown") from None
    known = {entry.code for entry in definition.causes}
    if cause is not None and cause not in known:
        raise RoutingRefused("cause_unknown")
    for candidate in definition.routes:
        when = candidate.when
        if when.causes is not None and cause not in when.causes:
            continue
        if when.labour is not None and labour not in when.labour:
            continue
        return Routed(candidate.code, candidate.lead, candidate.confirmer, candidate.reason)
    raise AssertionError("a checked scheme always has a last route that fits")
