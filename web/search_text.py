"""Search text of an address: never an ID number or a phone, since browsers, proxies and logs keep addresses."""

from flask import request

from web import db
from workflow.errors import BadInput
from workflow.policy.worktime import local_date
from workflow.redaction import holds_number
from workflow.register.reveal import number_in


def holds_a_number() -> bool:
    """Whether in the search text of the address is an ID number or a phone, be it mistyped or among other words."""
    typed = request.args.get("q", "")
    return number_in(typed, local_date(db.now())) is not None or holds_number(typed)


def searched() -> str | None:
    """The search text of the address.  Raises BadInput for an ID number or a phone: the page's own box finds those."""
    if holds_a_number():
        raise BadInput("number_in_text", "q")
    return request.args.get("q") or None
