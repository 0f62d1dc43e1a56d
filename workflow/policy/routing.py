"""Routing: whose a deficiency is.  The scheme's routes are asked in order; the first that fits wins, the last always
fits."""

from dataclasses import dataclass

from workflow.policy.scheme.model import Scheme, Text


class RoutingRefused(Exception):
    """The question itself is wrong; `code` is `kind_unknown` or `cause_unknown`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Routed:
    """The answer: `lead` and `confirmer` are unit codes, or `town` for the town the subject lies in."""

    code: str
    lead: str
    confirmer: str
    reason: Text


def route(scheme: Scheme, kind: str, cause: str | None, labour: str) -> Routed:
    """Whose a deficiency of `kind` is, in a household with this labour force.  Raises RoutingRefused.

    Who does not know the cause leaves it open (None); then only routes that ask for none can fit.
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
