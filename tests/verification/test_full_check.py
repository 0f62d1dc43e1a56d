"""Tampering with the past: refused by triggers, or, where those were removed, found by `verify`."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from models import (
    AccountabilityCase,
    CaseDossier,
    Checkup,
    Custody,
    DutyEntry,
    DutyForm,
    Evidence,
    ExitDossier,
    FigureCheck,
    FigureProof,
    Finding,
    Household,
    ObjectionAnswer,
    PaperAct,
    PaperCommitment,
    Ranking,
    RankingObjection,
    RankingReminder,
    RankingSign,
    Report,
    ReportedFigure,
    ReportReceipt,
    ReportReview,
    ReportRoll,
    Ticket,
    VillageSurvey,
)
from models.schema import APPEND_ONLY
from tests.support.factories import County, day
from tests.support.lived_county import lived_county
from tests.support.random_checks import recorded
from tests.support.reforms import reform
from tests.support.texts import SENTENCE
from tests.support.verify import erase_all_words, findings, findings_after, findings_after_each
from workflow.accountability.instructions import instruction_desk
from workflow.accountability.oversight import monthly_draw
from workflow.evidence import FolderStore


@pytest.fixture
def county(engine: Engine, tmp_path: Path) -> County:
    return lived_county(engine, tmp_path)


FIRST = "subject_type = 'ticket' AND subject_id = 1"
LAST_OF_FIRST = f"(SELECT max(id) FROM event WHERE {FIRST})"

#: Tamperings with the history or the rows, and the findings.
TAMPERINGS: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "an event's actor": ((f"UPDATE event SET actor_role = 'office' WHERE {FIRST} AND seq = 3",), {"event_altered"}),
    "an event's moment": (
        ("UPDATE event SET at = (SELECT max(at) FROM event) WHERE action = 'file' AND subject_id = 1",),
        {"event_altered"},
    ),
    "an event's figures": (
        (f"""UPDATE event SET given = '{{"rung": 1}}' WHERE {FIRST} AND action = 'escalate'""",),
        {"event_altered"},
    ),
    "an event's effect": (
        (f"UPDATE event SET effect = '{{}}' WHERE {FIRST} AND action = 'accept'",),
        {"event_altered"},
    ),
    "a record of rows": (
        (
            """UPDATE event SET effect = '{"member": 5, "unit": [1]}' """
            "WHERE id = (SELECT max(id) FROM event WHERE action = 'rows')",
        ),
        {"event_altered", "event_unreadable", "row_unrecorded"},
    ),
    "an event's hash": ((f"UPDATE event SET hash = prev_hash WHERE {FIRST} AND seq = 4",), {"chain_broken"}),
    "an event in the middle removed": ((f"DELETE FROM event WHERE {FIRST} AND seq = 4",), {"chain_broken"}),
    "the last event removed": ((f"DELETE FROM event WHERE id = {LAST_OF_FIRST}",), {"block_altered", "row_differs"}),
    "the whole history removed": ((f"DELETE FROM event WHERE {FIRST}",), {"history_missing", "block_altered"}),
    "an event that was never sealed into its block": (
        (f"UPDATE event SET block_id = NULL WHERE {FIRST} AND seq = 2",),
        {"block_altered"},
    ),
    "words": (
        (
            """UPDATE event_secret SET body = '{"reason": "x"}' WHERE event_id IN """
            f"(SELECT id FROM event WHERE {FIRST} AND action = 'uphold')",
        ),
        {"words_altered"},
    ),
    "a block's moment": (
        ("UPDATE block SET sealed_at = (SELECT max(sealed_at) FROM block) WHERE number = 1",),
        {"block_altered"},
    ),
    "a block's hash": (("UPDATE block SET hash = prev_hash WHERE number = 1",), {"block_chain_broken"}),
    "the first block removed": (
        ("UPDATE event SET block_id = NULL WHERE block_id = 1", "DELETE FROM block WHERE number = 1"),
        # The next one counts its events too.
        {"block_altered", "block_chain_broken"},
    ),
    "a ticket's due date": (("UPDATE ticket SET due_at = cap_at WHERE id = 1",), {"row_differs"}),
    "a ticket's description": (("UPDATE ticket SET description = '没事' WHERE id = 1",), {"row_differs"}),
    "who filed a ticket": (("UPDATE ticket SET filed_by_id = 9 WHERE id = 1",), {"row_differs"}),
    "a ticket removed": (
        (
            "DELETE FROM ticket WHERE id = 2",
            "DELETE FROM custody WHERE ticket_id = 2",
            "DELETE FROM tenure WHERE ticket_id = 2",
            "DELETE FROM escalation WHERE ticket_id = 2",
        ),
        {"row_missing"},
    ),
    "a verdict": (
        ("UPDATE custody SET verdict = 'on_time', late_minutes = 0 WHERE ticket_id = 2 AND verdict = 'late'",),
        {"custody_differs"},
    ),
    "a custody's minutes": (("UPDATE custody SET minutes = 1 WHERE ticket_id = 1 AND seq = 2",), {"custody_differs"}),
    "the account of a due date": (
        ("""UPDATE custody SET account = '{"lines": [], "flags": []}' WHERE ticket_id = 1 AND seq = 1""",),
        {"custody_differs"},
    ),
    "who led the unit": (("UPDATE custody SET leader_id = 1 WHERE ticket_id = 1 AND seq = 2",), {"custody_differs"}),
    "who handled it": (("UPDATE custody SET handler_id = NULL WHERE ticket_id = 1",), {"custody_differs"}),
    "when a custody ended": (
        ("UPDATE custody SET ended_at = began_at WHERE ticket_id = 1 AND seq = 1",),
        {"custody_differs", "custody_gap"},
    ),
    "a custody removed": (("DELETE FROM custody WHERE ticket_id = 1 AND seq = 2",), {"custodies_differ"}),
    "the open custody removed": (
        ("DELETE FROM custody WHERE ticket_id = 1 AND ended_at IS NULL",),
        {"custodies_differ", "holder_missing", "timer_differs"},
    ),
    "a custody under another tenure": (
        ("UPDATE custody SET tenure_id = (SELECT max(id) FROM tenure) WHERE ticket_id = 1 AND seq = 1",),
        {"custody_differs"},
    ),
    "time given back to a tenure": (
        ("UPDATE tenure SET used_minutes = 0 WHERE ticket_id = 1 AND purpose = 'mend'",),
        {"tenure_differs", "timer_differs"},
    ),
    "a tenure's budget": (
        ("UPDATE tenure SET budget_minutes = budget_minutes + 390 WHERE purpose = 'mend'",),
        {"tenure_differs", "timer_differs"},
    ),
    "a tenure's rung": (("UPDATE tenure SET rung = 0 WHERE rung > 0",), {"tenure_differs", "timer_differs"}),
    "a tenure's acceptance": (
        ("UPDATE tenure SET accept_used_minutes = 0 WHERE purpose = 'mend'",),
        {"tenure_differs"},
    ),
    "a tenure forged": (
        (
            "INSERT INTO tenure (ticket_id, episode, unit_id, purpose, round, budget_minutes, used_minutes,"
            " accept_budget_minutes, accept_used_minutes, rung, accept_rung)"
            " SELECT ticket_id, episode, unit_id, purpose, 9, 1, 0, 0, 0, 0, 0 FROM tenure WHERE id = 1",
        ),
        {"tenures_differ"},
    ),
    "a charge removed": (("DELETE FROM charge",), {"charge_missing"}),
    "a charge lightened": (("UPDATE charge SET minutes = 1",), {"charge_missing", "charge_forged"}),
    "a charge forged": (
        (
            "INSERT INTO charge (custody_id, unit_id, minutes, ground, at)"
            " SELECT custody_id, NULL, 60, 'downtime', at FROM charge",
        ),
        {"charge_forged"},
    ),
    "downtime lengthened": (
        ("UPDATE downtime SET ended_at = (SELECT max(at) FROM event)",),
        {"downtime_differs"},
    ),
    "downtime removed": (("DELETE FROM downtime",), {"downtime_differs"}),
    "a rung removed": (("DELETE FROM escalation WHERE status <> 'missed' AND ticket_id = 1",), {"escalation_missing"}),
    "a missed rung removed": (("DELETE FROM escalation WHERE status = 'missed'",), {"escalation_missing"}),
    "a rung of another unit's": (
        ("UPDATE escalation SET unit_id = unit_id + 1 WHERE ticket_id = 1",),
        {"escalation_forged"},
    ),
    "a rung under another custody": (
        ("UPDATE escalation SET custody_id = 1 WHERE ticket_id = 1",),
        {"escalation_differs"},
    ),
    "a rung forged": (
        (
            "INSERT INTO escalation (ticket_id, tenure_id, custody_id, unit_id, stage, rung, due_at,"
            " detected_at, status) SELECT ticket_id, tenure_id, id, unit_id, stage, 5, began_at, began_at,"
            " 'issued' FROM custody WHERE ticket_id = 1 AND seq = 1",
        ),
        {"escalation_forged"},
    ),
    "an answer to a proposal removed": (
        ("DELETE FROM rung_answer WHERE issued",),
        {"rung_answers_differ", "paper_gap"},
    ),
    "the reason of an answer": (("UPDATE rung_answer SET reason = 'x' WHERE issued",), {"rung_answer_differs"}),
    "a decline made an issue": (
        ("UPDATE rung_answer SET issued = true, paper = '2018:4:2' WHERE NOT issued",),
        {"rung_answer_differs", "paper_gap"},
    ),
    "a paper's number": (
        ("UPDATE escalation SET paper = '2018:华扶办:9' WHERE paper = '2018:华扶办:1'",),
        {"paper_gap"},
    ),
    "a paper's grounds": (("UPDATE paper SET content = '{}' WHERE number = '2018:华扶办:1'",), {"paper_altered"}),
    "a paper's grounds with their hash": (
        ("UPDATE paper SET content = '{}', hash = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a'",),
        {"paper_altered"},
    ),
    "a paper's demand": (("UPDATE paper SET demand_due_at = deemed_at",), {"paper_altered"}),
    "a paper's addressee": (("UPDATE paper SET unit_id = unit_id + 1",), {"paper_altered", "paper_pending_differs"}),
    "a paper's reason": (("UPDATE paper SET reason = 'x' WHERE reason IS NOT NULL",), {"paper_altered"}),
    "a paper removed": (("DELETE FROM paper_act", "DELETE FROM paper_pending", "DELETE FROM paper"), {"papers_differ"}),
    "an act on a paper removed": (("DELETE FROM paper_act WHERE act = 'end'",), {"paper_acts_differ"}),
    "a receipt made earlier": (
        ("UPDATE paper_act SET effective_at = '2018-11-01T00:00:00.000000+00:00' WHERE act = 'receipt'",),
        {"paper_act_altered"},
    ),
    "who asked for a revocation": (
        ("UPDATE paper_act SET asked_by_id = 1 WHERE how = 'revoked'",),
        {"paper_act_altered"},
    ),
    "an answer to a paper": (("UPDATE paper_act SET words = 'x' WHERE act = 'answer'",), {"paper_act_altered"}),
    "a paper no longer open": (("DELETE FROM paper_pending",), {"paper_pending_differs"}),
    "a day's count": (
        ("""UPDATE day_count SET content = '{"0": [9, 9, 9]}'""",),
        {"day_count_differs", "day_miscounted"},
    ),
    "a day's count removed": (("DELETE FROM day_count WHERE day = '2018-11-21'",), {"row_missing"}),
    "a counter": (("UPDATE counter SET last = last + 1",), {"paper_gap"}),
    "evidence of another unit": (("UPDATE evidence SET unit_id = unit_id + 1",), {"evidence_differs"}),
    "evidence of another name": (("UPDATE evidence SET filename = 'x.txt'",), {"evidence_differs"}),
    "evidence removed": (("DELETE FROM evidence",), {"evidence_missing", "row_missing"}),
    "an assisting unit": (
        ("UPDATE party SET unit_id = unit_id + 1 WHERE standing = 'assisting'",),
        {"party_differs", "row_differs"},
    ),
    "an account's role": (("UPDATE user_account SET role = 'town' WHERE name = 'li'",), {"account_differs"}),
    "an account closed": (("UPDATE user_account SET active = false WHERE name = 'li'",), {"account_differs"}),
    "a post removed": (("DELETE FROM post",), {"posts_differ"}),
    "a scheme's text": (
        ("""UPDATE scheme_version SET content = replace(content, '"mend":10', '"mend":99')""",),
        {"scheme_altered"},
    ),
    "the scheme in force": (
        ("UPDATE county SET scheme_version_id = NULL", "UPDATE county SET scheme_version_id = 99"),
        {"scheme_not_adopted"},
    ),
}


#: Further findings that follow from the alteration; other subjects have none.
FOLLOWS: dict[str, set[str]] = {
    "an event's moment": {"day_miscounted"},
    "an event's figures": {"event_unreadable"},
    "an event's effect": {
        "custodies_differ",
        "custody_differs",
        "escalation_forged",
        "escalation_missing",
        "tenure_differs",
    },
    "an event's hash": {"block_altered", "event_altered"},
    "an event in the middle removed": {
        "block_altered",
        "charge_forged",
        "custodies_differ",
        "custody_differs",
        "escalation_forged",
        "row_differs",
        "tenure_differs",
    },
    "the last event removed": {"custodies_differ", "custody_differs"},
    "the whole history removed": {"day_miscounted", "evidence_differs"},
    "a block's hash": {"block_altered"},
    "a ticket removed": {"day_miscounted", "paper_gap"},
    "a custody removed": {"custody_gap", "day_miscounted"},
    "the open custody removed": {"day_miscounted"},
    "a rung forged": {"rung_without_paper"},
    "a rung removed": {"paper_altered", "paper_gap"},
    "a rung of another unit's": {"escalation_missing", "paper_altered"},
    "a rung under another custody": {"escalation_missing", "paper_altered"},
    "an answer to a proposal removed": {"paper_altered", "rung_waiting_differs"},
    "a paper's number": {"escalation_forged", "escalation_missing", "paper_altered"},
    "a paper removed": {"document_number_differs", "paper_acts_differ"},
    "an act on a paper removed": {"paper_pending_differs"},
    "a post removed": {"custody_differs"},
}


def test_a_county_nobody_tampered_with_verifies(county: County, tmp_path: Path) -> None:
    assert findings(county, tmp_path) == set()


def test_whatever_is_tampered_with_is_found(county: County, tmp_path: Path) -> None:
    found = findings_after_each(county.engine, tmp_path, {what: done for what, (done, _) in TAMPERINGS.items()})
    assert found == {what: codes | FOLLOWS.get(what, set()) for what, (_, codes) in TAMPERINGS.items()}
    assert findings_after(county.engine, tmp_path, ()) == set()


@pytest.mark.parametrize("how", ["altered", "missing"])
def test_evidence_whose_bytes_are_gone_or_changed_is_found(county: County, tmp_path: Path, how: str) -> None:
    with county.read() as session:
        path = FolderStore(tmp_path).path(session.scalars(select(Evidence.sha256)).one())
    if how == "altered":
        path.write_bytes(b"another pump")
    else:
        path.unlink()
    assert findings(county, tmp_path) == {"bytes_missing"}


def test_erasing_a_persons_words_leaves_the_history_whole(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        assert erase_all_words(session, day(60))
        session.execute(text("UPDATE ticket SET description = ''"))
    assert findings(county, tmp_path) == set()


def test_words_that_were_erased_are_not_replaced_by_others(county: County, tmp_path: Path) -> None:
    with county.write() as session:
        assert erase_all_words(session, day(60))
        session.execute(text("UPDATE ticket SET description = '没有困难' WHERE id = 1"))
    assert findings(county, tmp_path) == {"row_differs"}


def refused(county: County, statement: str) -> bool:
    try:
        with county.write() as session:
            session.execute(text(statement))
    except DBAPIError as error:
        return "append-only" in str(error.orig)
    return False


def test_the_database_refuses_to_rewrite_what_is_only_added_to(county: County) -> None:
    with county.write() as session:
        person, home = county.people["town"], session.get_one(Ticket, 1)
        common = {"household_id": home.household_id}
        seen = Checkup(
            **common,
            source="visit",
            seen_on=day(1).date(),
            recorded_at=day(1),
            by_id=person.user_id,
            unit_id=person.unit_id,
            present="",
            note="",
        )
        session.add(seen)
        session.flush()
        recorded(session, seen, county.people["other_town"].own_unit_id, person.account_id)
        village = session.get_one(Household, home.household_id).village_id
        survey: dict[str, Any] = {"village_id": village, "year": 2018, "income_fen": 1, "source": SENTENCE}
        session.add(VillageSurvey(**survey, unit_id=person.unit_id, by_id=person.user_id, at=day(1)))
        session.add(Finding(**common, checkup_id=seen.id, seen_on=seen.seen_on, have="water", result="met"))
        session.add(
            ExitDossier(
                **common,
                passed_at=day(1),
                passed_by_id=person.user_id,
                unit_id=person.unit_id,
                content={},
                hash="0" * 64,
            )
        )
        of: dict[str, Any] = {"ticket_id": home.id, "by_id": person.user_id, "at": day(1), "fields": {}}
        session.add(DutyEntry(**of, on=day(1).date(), evidence=[], unit_id=person.unit_id, void=False, reason=""))
        session.add(DutyForm(**of, missing=""))
        held = session.scalars(select(Custody).where(Custody.ticket_id == home.id).limit(1)).one()
        at = {"at": day(1), "by_id": person.user_id}
        case = AccountabilityCase(
            scheme_version_id=home.scheme_version_id,
            ticket_id=home.id,
            custody_id=held.id,
            unit_id=held.unit_id,
            state="proposed",
            proposed_at=day(1),
        )
        ranking = Ranking(
            on=day(1).date(),
            edition=1,
            scheme_version_id=home.scheme_version_id,
            as_of=day(1),
            known_at=day(1),
            made_at=day(1),
            content={},
            hash="0" * 64,
        )
        session.add_all([case, ranking])
        session.flush()
        session.add(CaseDossier(case_id=case.id, seq=1, action="open", made_at=day(1), content={}, hash="0" * 64))
        figure = ReportedFigure(
            **at,
            measure="x",
            town_id=person.unit_id,
            up_to=day(1).date(),
            numerator=1,
            denominator=1,
            source=SENTENCE,
            unit_id=person.unit_id,
        )
        session.add(figure)
        session.flush()
        session.add(
            FigureProof(
                figure_id=figure.id,
                figures=[figure.id],
                sha256="0" * 64,
                size=1,
                media_type="text/plain",
                filename="x.txt",
            )
        )
        session.add(RankingSign(**at, ranking_id=ranking.id, unit_id=person.unit_id))
        session.add(RankingReminder(**at, on=day(1).date(), unit_id=person.unit_id, what="figures", day=day(1).date()))
        checked = {"said_of": 1, "said_to": 1, "found_of": 1, "found_to": 1, "source": SENTENCE}
        units = {"reporter_unit_id": county.units["water"], "checker_unit_id": county.units["office"]}
        town = county.units["town-b"]
        session.add(FigureCheck(**at, **checked, **units, ranking_id=ranking.id, measure="x", town_id=town))
        objection = RankingObjection(**at, ranking_id=ranking.id, town_id=person.unit_id, measure="x", reason=SENTENCE)
        session.add(objection)
        session.flush()
        session.add(ObjectionAnswer(**at, objection_id=objection.id, upheld=True, reason=SENTENCE))
        report = Report(
            ranking_id=ranking.id,
            unit_id=person.unit_id,
            number="2018:report:1",
            issued_at=day(1),
            by_id=person.user_id,
            content={},
            hash="0" * 64,
        )
        session.add_all([report, ReportRoll(ranking_id=ranking.id, due_at=day(1), at=day(1), late=[])])
        session.flush()
        session.add(ReportReceipt(**at, report_id=report.id))
        act = session.scalars(select(PaperAct).limit(1)).one()
        (drafted,) = session.scalars(select(RankingSign))
        session.add(ReportReview(drafted_by_id=person.user_id, sign_id=drafted.id, by_id=1, at=day(1)))
        leaders = county.people["leaders"]
        told = instruction_desk.instruct(session, leaders, day(1), home.id, "office", SENTENCE, "2018-11-23")
        instruction_desk.withdraw(session, leaders, day(1), told.id, SENTENCE)
        promised = {"paper_id": act.paper_id, "act_id": act.id, "unit_id": person.unit_id}
        session.add(PaperCommitment(**promised, position=1, words="x", due_at=day(9)))
    # Closed in December, drawn on 1 January and reopened before the check.
    ticket = county.file(household="A3", kind="power", at=day(27))
    county.do("power", "accept", ticket, day(27))
    county.resolve(ticket, day(27), "power")
    county.confirm(ticket, day(27))
    monthly_draw.run(county.read, county.write, day(45))
    county.do("office", "reopen", ticket, day(45), reason=SENTENCE)
    reform(county, day(45), kind="rename", sources=["water"], name="县水利局", from_day="2018-12-31")
    for table in APPEND_ONLY:
        with county.read() as session:
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0, table
        key = "day" if table == "waiting_reminder" else "id"
        assert refused(county, f"UPDATE {table} SET {key} = {key}"), table
        assert refused(county, f"DELETE FROM {table}"), table
        if county.engine.dialect.name == "sqlite":
            assert refused(county, f"REPLACE INTO {table} SELECT * FROM {table}"), table
        else:
            assert refused(county, f"TRUNCATE {table} CASCADE"), table


def test_words_may_be_erased_but_not_changed(county: County) -> None:
    assert refused(county, "UPDATE event_secret SET salt = 'x'")
    if county.engine.dialect.name == "postgresql":
        assert refused(county, "TRUNCATE event_secret")
    with county.write() as session:
        session.execute(text("DELETE FROM event_secret"))


def test_an_event_is_sealed_once_and_nothing_else_of_it_changes(county: County) -> None:
    assert refused(county, "UPDATE event SET block_id = NULL")
    county.file(household="A3", at=day(30))
    assert refused(county, "UPDATE event SET block_id = 1, actor_role = 'office' WHERE block_id IS NULL")
