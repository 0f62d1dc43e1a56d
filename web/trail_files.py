"""The audit trail as a file: the columns shared by spreadsheet, CSV and command, and the event of each export, with its ground."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from reports import lists
from reports.tables import Heading, Workbook, csv_table
from web import db
from web.report_files import MIMES
from web.words.dates import moment
from web.words.events import event_name
from web.words.labels import label
from web.words.system import unit_name
from web.words.trail import trail_details
from workflow.actors import Actor
from workflow.county.context import CountyContext, county_context
from workflow.errors import BadInput
from workflow.history import audit_trail
from workflow.history.audit_trail import TrailLine
from workflow.history.grounds import OF_TRAIL, ground_of
from workflow.history.trail_search import TrailSearch

#: The most rows of one file; more than this are taken a day or a kind at a time.
MOST_ROWS = 100_000
TYPES = {"xlsx": MIMES["xlsx"], "csv": "text/csv"}


def exported(
    actor: Actor, now: datetime, kind: str, asked: TrailSearch, ground: str, note: str = ""
) -> tuple[bytes, int]:
    """The events that match as a file (`xlsx` or `csv`), the latest first, and how many; recorded before it is handed over.

    Raises NotAllowed; BadInput without a ground.
    """
    why = ground_of(ground, note, OF_TRAIL)
    if kind not in TYPES:
        raise BadInput("unknown_file_kind", "kind")
    with db.read_session() as session:
        content, count = _written(session, actor, now, kind, asked)
    db.transaction(lambda session: lists.record(session, actor, now, "trail", count, why, asked))
    return content, count


def _written(session: Session, actor: Actor, now: datetime, kind: str, asked: TrailSearch) -> tuple[bytes, int]:
    setting = county_context(session)
    lines = audit_trail.whole(session, actor, asked, MOST_ROWS)
    headings = [_("When"), _("Event"), _("Subject"), _("Account"), _("Details"), _("Who acted"), _("Role"), _("Unit")]
    headings += [_("Network address"), _("Session"), _("Block"), _("Hash")]
    rows = (_cells(line, setting) for line in lines)
    if kind == "csv":
        return csv_table(headings, rows)
    # After what may be refused, so that no temporary file is left open.
    book = Workbook()
    above = Heading(
        setting.scheme.county.name.zh + _("Audit trail"),
        _("Exported by: %(unit)s   As of: %(at)s", unit=actor.name, at=moment(now)),
    )
    count = book.sheet(_("Audit trail"), headings, rows, above)
    with book.close() as stream:
        return stream.read(), count


def _cells(line: TrailLine, setting: CountyContext) -> list[str]:
    unit = setting.units.get(line.unit or 0)
    return [
        moment(line.at),
        event_name(line, setting),
        line.subject,
        line.account or "",
        "；".join(trail_details(line, setting)),
        line.actor or _("the system"),
        label("role", line.role),
        unit_name(unit) if unit else "",
        line.address or "",
        str(line.session or ""),
        str(line.block or ""),
        line.hash,
    ]
