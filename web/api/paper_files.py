"""The ladder's papers as files over the API: the document itself and the sheet of its course, as PDF or DOCX."""

from typing import Annotated, Literal

from flask import Response
from pydantic import BeforeValidator, Field

from web import paper_files
from web.api.fields import Query, digits, refused
from web.api.operations import get, reading
from web.report_files import MIMES
from workflow.accountability import paper_timeline, paper_views

_FILES = tuple(MIMES[kind] for kind in paper_files.KINDS)


@get("/papers/{number}/document.{kind}", "The document itself as a file", files=_FILES)
def get_paper_document(number: str, kind: Literal["pdf", "docx"]) -> Response:
    paper, _cut = reading(lambda call: paper_views.find(call.session, call.actor, number))
    return paper_files.document(paper, kind)


class UptoQuery(Query):
    """The last event of the ticket's history that the sheet covers; the latest if none is named."""

    upto: Annotated[int, Field(ge=1), BeforeValidator(digits), refused("not_a_number")] | None = None


@get("/papers/{number}/course.{kind}", "The course of a paper as a file", files=_FILES)
def get_paper_course(number: str, kind: Literal["pdf", "docx"], query: UptoQuery) -> Response:
    course = reading(lambda call: paper_timeline.course(call.session, call.actor, number, query.upto))
    return paper_files.course(course, kind)
