"""Known answers (系统已有数据): the fields of a duty's form whose number the system counts, so that its unit only confirms.

Source: 整治形式主义为基层减负若干规定, which asks nobody to fill in what is on record already.
"""

from sqlalchemy.orm import Session

from models import Ticket
from workflow.county.context import CountyContext
from workflow.policy.scheme.duties import FormField
from workflow.tickets.actions.row_counts import rows_of


def known_answers(
    session: Session, setting: CountyContext, ticket: Ticket, fields: tuple[FormField, ...]
) -> dict[str, str]:
    """The number of each field that the system counts, by the field's code, for the duty's unit and period."""
    wanted = {field: field.known for field in fields if field.known is not None}
    rows = rows_of(session, setting, ticket, wanted.values())
    # Without rows there is nothing to confirm.
    return {
        field.code: str(rows[code].number)
        for field, code in wanted.items()
        if code in rows and rows[code].number >= (field.min or 0)
    }
