"""Figures over the API: reporting the shares of towns, and the rows and files behind a figure that was published."""

from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import BaseModel, Field

from web import form_files
from web.api.fields import Body, Day, File, Listed, Measure, Text, Town, Unless, Whole, answer, of, refused
from web.api.intake import digest_of
from web.api.operations import Call, Upload, actor, get, post, reading
from web.api.rankings import DAYS, Edition, code_of, ranking_of
from web.api.repeats import WHOLE
from workflow.assessment import figure_files, reported_figures
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import figure_sources
from workflow.assessment.ranking.own_counts import own_now
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.parts import Text as Words

FIGURE = f"{DAYS}/figures/{{measure}}/{{town}}"


@answer
class ProofFile:
    """A file that proves a reported figure."""

    id: int
    sha256: str
    size: int
    media_type: str
    filename: str


@answer
class Origin:
    """One term of a figure: what it counts, and the rows behind it; of a reported one the files that prove it, and where it
    is `absent`, so that `count` 0 is no number, whether none was stated (`why`) or nothing was reported."""

    part: str
    term: str
    text: Words
    count: int
    rows: list[str]
    files: Annotated[list[ProofFile] | None, Unless] = None
    absent: Annotated[Literal["none_here", "not_reported"] | None, Unless] = None
    why: Annotated[str | None, Unless] = None


@get(FIGURE, "The rows behind one figure of one town")
def show_figure(call: Call, on: Day, measure: Measure, town: Town, query: Edition) -> Listed[Origin]:
    row, setting = ranking_of(call, on, query.edition)
    terms = figure_sources.behind(call.session, call.actor, row, measure, code_of(setting, town))
    wanted, words = reported_figures.measure_named(setting, measure), setting.scheme.words
    return Listed(items=[_origin(call, term, wanted.term_text(term.term, words)) for term in terms])


def _origin(call: Call, term: figure_sources.Origin, text: Words) -> Origin:
    files = [of(ProofFile, file, filename=figure_files.name_for(call.actor, file)) for file in term.files]
    return of(Origin, term, text=text, rows=list(term.keys), files=files if term.figure is not None else None)


@get(f"{FIGURE}/files/{{number}}", "A file that proves a reported figure, as it was brought", files=("*/*",))
def get_figure_file(on: Day, measure: Measure, town: Town, number: int, query: Edition) -> Response:
    def proof(call: Call) -> Any:
        row, setting = ranking_of(call, on, query.edition)
        return figure_sources.file_behind(call.session, call.actor, row, measure, code_of(setting, town), number)

    file = reading(proof)
    sent: Response = form_files.sent(file, figure_files.name_for(actor(), file))
    return sent


class Share(Body):
    """The share of one town, or in place of both numbers the reason why there is none here this period."""

    town: Town
    numerator: Whole | None = None
    denominator: Whole | None = None
    none_here: Annotated[Text | None, Field(description="Why there is none here this period, without numbers.")] = None

    def line(self) -> Line:
        """The line that is reported.  Raises BadInput for a number that is missing."""
        none = (self.none_here or "").strip()
        numbers = {"numerator": self.numerator, "denominator": self.denominator}
        if none and not any(number is not None for number in numbers.values()):
            return Line(self.town, 0, 0, none)
        for name, number in numbers.items():
            if number is None:
                raise BadInput("missing", name)
        return Line(self.town, self.numerator or 0, self.denominator or 0, none)


class Reporting(Body):
    """The shares of some towns up to a day; one that is corrected, or is above the
    system's own rows or far below them, needs a reason."""

    measure: Measure = Field(min_length=1)
    up_to: Day
    figures: Annotated[list[Share], Field(min_length=1, max_length=500), refused("bad_figure")]
    source: Annotated[str, Field(min_length=1, max_length=200, description="What proves the figures, in words.")]
    reason: Text | None = None
    sure: Annotated[
        bool, Field(description="A large jump against the last figure, of the share or of a part, is meant.")
    ] = False


class ReportingForm(BaseModel):
    """The same object as text, with files that prove the figures."""

    report: Reporting
    file: list[File] = []


@answer
class Recorded:
    """The number of figures recorded, without those that were recorded before."""

    recorded: int


@post("/figures", "Report the shares of towns up to a day", status=201, form=ReportingForm, repeat=WHOLE)
def report_figures(body: Reporting) -> Upload[Recorded]:
    brought = [file for file in request.files.getlist("file") if file.filename]

    def admitted(call: Call) -> None:
        # Before any picture is processed: a report that is not allowed costs no work and leaves no bytes.
        setting = county_context(call.session)
        measure = reported_figures.measure_named(setting, body.measure)
        reported_figures.admitted(call.actor, setting, call.now, measure, body.up_to, body.source)

    reading(admitted)
    digests = [digest_of(file) for file in brought]
    files = form_files.uploaded(brought)
    lines = [share.line() for share in body.figures]

    def work(call: Call) -> Recorded:
        setting = county_context(call.session)
        made = reported_figures.report(
            call.session,
            call.actor,
            setting,
            call.now,
            body.measure,
            body.up_to,
            lines,
            body.source,
            own_now(call.session, setting, body.measure, call.now),
            Assent(body.reason or "", body.sure),
            files,
        )
        return Recorded(recorded=len(made))

    part = request.form.get("report")
    return Upload(work, "\n".join([part, *digests]).encode() if part is not None else None)
