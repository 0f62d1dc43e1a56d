"""Nobody is signed for: a report is signed by the unit's leader, or by whom the leader authorised, or it is not handed in."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document as read_docx
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from models import Authorisation, Ranking, Report, ReportReview
from reports import word, written
from reports.pdf_rendering import render_pdf
from tests.support.duties import NOWHERE
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, make_ranking, ranked_scheme
from tests.support.signing import APPOINTED, authorise, colleague, lead
from workflow.assessment.ranking import responses, written_reports
from workflow.county import authorisations
from workflow.county.context import county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import Finding, verify

MORNING = datetime(2018, 12, 3, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def county(engine: Engine) -> County:
    """The water bureau has a leader and a clerk; nobody leads the power bureau."""
    made = settle_county(engine, ranked_scheme())
    lead(made, "water", "office")
    colleague(made, "clerk", "water")
    return made


def done(county: County, what: Callable[..., Any], who: str, row: Ranking, *given: Any, at: datetime = HOUR) -> Any:
    with county.write() as session:
        return what(session, county.people[who], at, session.get_one(Ranking, row.id), *given)


def signer(county: County, unit: str, row: Ranking) -> str:
    """Who is printed as 签发人 on the unit's report, issued or a draft."""
    with county.read() as session:
        found, setting = session.get_one(Ranking, row.id), county_context(session)
        unit_fact, content = written_reports.to_read(
            session, county.people[unit], setting, found, unit, MORNING + timedelta(days=9)
        )
        return written.compose(setting, found, unit_fact, content).signer


def handed_in(county: County, row: Ranking) -> set[str]:
    with county.read() as session:
        found, setting = session.get_one(Ranking, row.id), county_context(session)
        return {line.unit.code for line in written_reports.standing(session, setting, found, MORNING) if line.report}


def findings(county: County) -> list[Finding]:
    with county.read() as session:
        return verify(session, NOWHERE)


def test_a_leader_in_post_is_not_printed_as_signer_of_what_nobody_signed(county: County) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "clerk", row, "本期重点是饮水工程")
    assert signer(county, "water", row) == ""
    with pytest.raises(NotAllowed, match="signer_only"):
        done(county, written_reports.issue, "clerk", row)
    # What nobody signed is not handed in, and the roll says so.
    assert handed_in(county, row) == set()
    done(county, written_reports.issue, "water", row)
    assert signer(county, "water", row) == "water"
    assert handed_in(county, row) == {"water"}
    with county.write() as session:
        late = written_reports.call_roll(session, MORNING + timedelta(days=1), row.id).late
    assert county.units["power"] in late
    assert county.units["water"] not in late
    assert findings(county) == []


@pytest.mark.one_database("sqlite")
def test_no_format_of_a_draft_names_a_signer_and_each_of_the_signed_report_does(county: County) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "clerk", row, "本期重点是饮水工程")

    def named() -> bool:
        with county.read() as session:
            found, setting = session.get_one(Ranking, row.id), county_context(session)
            read_at = MORNING + timedelta(days=9)
            unit, content = written_reports.to_read(session, county.people["clerk"], setting, found, "water", read_at)
            document = written.compose(setting, found, unit, content)
            lines = read_docx(BytesIO(word.docx(document, HOUR))).paragraphs
            pdf = render_pdf("report", document.figures(), HOUR)
            # The form prints the line only where there is a name.
            unsigned = render_pdf("report", document.figures() | {"signer": ""}, HOUR)
            assert (pdf == unsigned) is not any("签发人" in line.text for line in lines)
            return pdf != unsigned

    assert not named()
    done(county, written_reports.issue, "water", row)
    assert named()


@pytest.mark.parametrize(
    ("signed", "dated"),
    [
        ("2018-12-02T19:29", "2018年12月3日"),
        ("2018-12-03T08:00", "2018年12月3日"),
        ("2018-12-03T17:29", "2018年12月3日"),
        ("2018-12-03T19:29", "2018年12月4日"),
        ("2018-12-31T20:00", "2019年1月2日"),
    ],
)
def test_a_signature_out_of_hours_stands_and_the_paper_bears_the_next_opening(
    county: County, signed: str, dated: str
) -> None:
    """Seen: a report was signed, numbered and dated on a Sunday at 19:29."""
    row, at = make_ranking(county), datetime.fromisoformat(signed).replace(tzinfo=SHANGHAI)
    done(county, responses.sign, "clerk", row, "本期重点是饮水工程")
    made: Report = done(county, written_reports.issue, "water", row, at=at)
    assert made.issued_at == at
    with county.read() as session:
        setting, found = county_context(session), session.get_one(Ranking, row.id)
        unit = setting.unit(county.units["water"])
        document = written.compose(setting, found, unit, session.get_one(Report, made.id).content)
    assert (document.day, made.number[:4]) == (dated, dated[:4])
    assert findings(county) == []


def test_a_unit_without_a_leader_hands_nothing_in(county: County) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "power", row)
    with pytest.raises(NotAllowed, match="signer_only"):
        done(county, written_reports.issue, "power", row)
    lead(county, "power", at=HOUR + timedelta(hours=1))
    done(county, written_reports.issue, "power", row, at=HOUR + timedelta(hours=2))
    assert signer(county, "power", row) == "power"


def test_who_is_authorised_signs_within_the_days_and_not_beyond(county: County) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "water", row)
    authorise(
        county, "water", user="clerk", from_day="2018-12-01", until_day="2018-12-03", document="五水授〔2018〕2号"
    )
    for late in (HOUR, datetime(2018, 12, 4, 0, 0, tzinfo=SHANGHAI)):
        with pytest.raises(NotAllowed, match="signer_only"):
            done(county, written_reports.issue, "clerk", row, at=late)
    last = datetime(2018, 12, 3, 23, 59, tzinfo=SHANGHAI)
    made: Report = done(county, written_reports.issue, "clerk", row, at=last)
    assert made.content["signed_off"] == {"name": "clerk", "document": "五水授〔2018〕2号"}
    assert (made.post_id, made.authorisation_id is not None) == (None, True)
    assert signer(county, "water", row) == "clerk"
    assert findings(county) == []


@pytest.mark.parametrize("how", ["ended", "left"])
def test_an_authorisation_ends_by_the_leaders_word_and_with_the_leader(county: County, how: str) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "water", row)
    given = authorise(county, "water", user="clerk")
    with county.write() as session:
        if how == "ended":
            authorisations.end(session, county.people["water"], HOUR, given.id)
    if how == "left":
        colleague(county, "successor", "water")
        lead(county, "successor", at=HOUR)
    with pytest.raises(NotAllowed, match="signer_only"):
        done(county, written_reports.issue, "clerk", row, at=HOUR + timedelta(hours=1))
    with county.read() as session:
        every = authorisations.listed(session, county.people["inspectorate"], HOUR + timedelta(hours=1))
        (line,) = [line for line in every if line.row.kind == "sign"]
        assert (line.whom, line.holds) == ("clerk", False)
    assert findings(county) == []


def test_the_compilation_too_is_signed_by_the_offices_leader(county: County) -> None:
    row = make_ranking(county)
    colleague(county, "office2", "office", "office")
    with pytest.raises(NotAllowed, match="signer_only"):
        done(county, written_reports.issue, "office2", row)
    done(county, written_reports.issue, "office", row)
    assert signer(county, "office", row) == "office"


def test_a_review_is_of_another_person_once_and_its_text_is_printed(county: County) -> None:
    row = make_ranking(county)
    with pytest.raises(WrongState, match="report_not_signed"):
        done(county, responses.review, "water", row)
    done(county, responses.sign, "clerk", row, "初稿")
    with pytest.raises(NotAllowed, match="review_needs_another"):
        done(county, responses.review, "clerk", row, "定稿")
    with pytest.raises(NotAllowed, match="signature_not_yours"):
        done(county, responses.review, "town", row, "定稿")
    done(county, responses.review, "water", row, "定稿")
    with pytest.raises(Duplicate, match="reviewed_already"):
        done(county, responses.review, "water", row, "再改")
    made: Report = done(county, written_reports.issue, "water", row)
    assert made.content["remark"] == "定稿"
    assert findings(county) == []
    # The constraint holds where a check before the write would not.
    with county.read() as session:
        drafted = session.scalars(select(ReportReview)).one().drafted_by_id
    with pytest.raises(IntegrityError, match="two_persons"), county.write() as session:
        one = {"sign_id": 999, "drafted_by_id": drafted, "by_id": drafted, "at": HOUR, "remark": ""}
        session.execute(ReportReview.__table__.insert(), one)


def test_a_signature_the_history_does_not_tell_of_is_found(county: County) -> None:
    row = make_ranking(county)
    done(county, responses.sign, "water", row)
    done(county, written_reports.issue, "water", row)
    authorise(county, "water", user="clerk")
    with county.write() as session:
        session.scalars(select(Authorisation).where(Authorisation.kind == "sign")).one().until_day = datetime(
            2030, 1, 1, tzinfo=SHANGHAI
        ).date()
    assert [found.code for found in findings(county)] == ["authorisation_differs"]


@pytest.mark.parametrize(
    ("who", "given", "refusal", "field"),
    [
        ("clerk", {"user": "water"}, NotAllowed, None),
        ("water", {"kind": "supervise"}, NotAllowed, None),
        ("water", {}, BadInput, "user"),
        ("water", {"user": "power"}, BadInput, "user"),
        ("water", {"user": "water"}, BadInput, "user"),
        ("water", {"user": "clerk", "document": ""}, BadInput, "document"),
        ("water", {"user": "clerk", "from_day": ""}, BadInput, "from_day"),
        ("water", {"user": "clerk", "until_day": "2018-10-01"}, BadInput, "until_day"),
        ("water", {"user": "clerk", "until_day": "soon"}, BadInput, "until_day"),
        ("water", {"user": "clerk", "kind": "decide"}, BadInput, "kind"),
    ],
)
def test_only_the_leader_authorises_and_says_whom_until_when_and_by_what(
    county: County, who: str, given: dict[str, Any], refusal: type[WorkflowError], field: str | None
) -> None:
    with pytest.raises(refusal) as told:
        authorise(county, who, **given)
    assert told.value.field == field


def test_another_units_authorisation_is_nobody_elses(county: County) -> None:
    made = authorise(county, "water", user="clerk")
    with pytest.raises(NotFound), county.write() as session:
        authorisations.end(session, county.people["office"], HOUR, made.id)
    with county.read() as session:
        assert authorisations.listed(session, county.people["town"], HOUR) == []
        with pytest.raises(NotAllowed):
            authorisations.listed(session, county.people["village"], HOUR)
        assert authorisations.in_force(session, county.units["water"], "sign", APPOINTED, None) is None
