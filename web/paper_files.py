"""The ladder's papers as files, for pages and API alike: the document itself and the sheet of its course."""

import io

from flask import Response, send_file

from models import Paper
from reports import lists, paper_documents, papers
from web import db
from web.auth import signed_in_actor
from web.report_files import MIMES
from workflow.accountability.paper_timeline import Course
from workflow.history.grounds import DOCUMENT

#: The formats of a paper.
KINDS = ("pdf", "docx")


def document(paper: Paper, kind: str) -> Response:
    """The document, rendered from frozen content: the same bytes each time."""
    made = papers.pdf(paper) if kind == "pdf" else paper_documents.docx(paper)
    return _file(made, kind, papers.number(paper))


def course(found: Course, kind: str) -> Response:
    """The course of a paper as a document."""
    made = papers.course_pdf(found) if kind == "pdf" else paper_documents.course_docx(found)
    return _file(made, kind, f"{papers.number(found.paper)}办理情况-{found.seq}")


def _file(made: bytes, kind: str, name: str) -> Response:
    """A PDF opens in the browser, a DOCX is saved; that it was taken is put down before."""
    now = db.now()
    db.transaction_once(lambda session: lists.record(session, signed_in_actor(), now, "paper", 1, DOCUMENT))
    return send_file(
        io.BytesIO(made), mimetype=MIMES[kind], as_attachment=kind == "docx", download_name=f"{name}.{kind}"
    )
