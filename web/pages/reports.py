"""Papers as files: reports on a ranking and the compilation, the ledger of open tickets, a unit's sheet, a household's file.

Each is put down as an export on the reader's own chain before it is handed over.
"""

import io

from flask import Response, request
from flask_babel import lazy_gettext as _l

from reports import drafts, household_file, word
from reports.pdf_rendering import render_pdf
from web import db, report_files
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.on_a_ground import on_a_ground
from web.pages.rankings import ranking_of
from web.report_files import Paper, handed_over
from workflow.actors import Actor
from workflow.assessment.ranking import periodic_report
from workflow.errors import NotAllowed
from workflow.history import event_log
from workflow.history.grounds import Ground
from workflow.register import household_record
from workflow.tickets import lookup


@blueprint.get("/rankings/<on>/reports/<unit>.<kind>")
def report_file(on: str, unit: str, kind: str) -> Response:
    actor = signed_in_actor()
    with db.read_session() as session:
        paper = report_files.report(session, actor, ranking_of(session, on), unit, kind, db.now())
    return handed_over(actor, paper)


@blueprint.get("/rankings/<on>/ledger.<kind>")
def ledger_file(on: str, kind: str) -> Response:
    actor = signed_in_actor()
    with db.read_session() as session:
        paper = report_files.open_ledger(session, actor, ranking_of(session, on), request.args.get("unit", ""), kind)
    return handed_over(actor, paper)


@blueprint.get("/rankings/<on>/formula.pdf")
def formula_pdf(on: str) -> Response:
    actor = signed_in_actor()
    with db.read_session() as session:
        paper = report_files.formula(session, actor, ranking_of(session, on), request.args.get("town", ""))
    return handed_over(actor, paper)


@blueprint.get("/rankings/<on>/sheets/<unit>.pdf")
def unit_sheet(on: str, unit: str) -> Response:
    actor = signed_in_actor()
    with db.read_session() as session:
        paper = report_files.sheet(session, actor, ranking_of(session, on), unit)
    return handed_over(actor, paper)


def _may_read_file(actor: Actor, code: str) -> None:
    """Raises NotFound, or NotAllowed for a reader who does not see the whole file."""
    with db.read_session() as session:
        if not household_record.dossier(session, actor, code, db.now()).whole:
            raise NotAllowed("file_not_yours")


@on_a_ground("/households/<code>/file.pdf", _l("File of a household"), _may_read_file)
def household_pdf(why: Ground, code: str) -> Response:
    """One household's whole file, as its page shows it to the reader."""
    now = db.now()
    with db.read_session() as session:
        view = household_record.dossier(session, signed_in_actor(), code, now)
        head = event_log.head_of(session, "household", view.located.household.id)
        figures = household_file.compose(view, head, now).figures()
    made = io.BytesIO(render_pdf("sheet", figures, now))
    return handed_over(signed_in_actor(), Paper("household_file", made, "pdf", f"{code}.pdf", why=why))


@blueprint.get("/tickets/<number>/draft.docx")
def draft_docx(number: str) -> Response:
    """A draft of the paper that a duty asks for, its prescribed sections begun with the period's figures."""
    actor = signed_in_actor()
    with db.read_session() as session:
        ticket = lookup.find_ticket(session, actor, number)
        if actor.role != "office" and actor.unit_id != ticket.duty_unit_id:
            raise NotAllowed("draft_of_another_unit")
        basis = periodic_report.basis(session, ticket)
    document, made_at = drafts.compose(basis), basis.ranking.made_at
    return handed_over(
        actor, Paper("draft", io.BytesIO(word.docx(document, made_at)), "docx", f"{document.title}.docx")
    )
