"""Refusals of another system, in one word of ours."""

from workflow.errors import BadInput, Conflict


class Elsewhere(BadInput):
    """The other system refused, or gave an answer that does not hold: `sign_on_refused`."""


class Unreachable(Conflict):
    """The other system did not answer: `sign_on_unreachable`."""
