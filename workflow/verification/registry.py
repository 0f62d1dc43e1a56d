"""Registry of proofs: all proofs of `verify`; for each table its proofs, or why it has none.

A new table is entered here with its proofs or with a reason; tests/verification/test_registry.py fails until it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.row_changes import RECORDED
from models.sealing import unreadable_allowed
from models.verification_run import SUBJECTS
from workflow.evidence import Place
from workflow.verification.chain import block_proofs, erased_words, recorded_rows
from workflow.verification.checkpoint import quick_proofs
from workflow.verification.checkpoint.lots import Checkpoint
from workflow.verification.proofs import (
    case_proofs,
    counted_proofs,
    county_book_proofs,
    county_proofs,
    derived_proofs,
    erasure_proofs,
    event_proofs,
    random_proofs,
    ranking_proofs,
    report_proofs,
    scheme_proofs,
)
from workflow.verification.proofs.findings import Finding

Proof = Callable[[Session, Place], Iterable[Finding]]


def _of_database(proof: Callable[[Session], Iterator[Finding]]) -> Proof:
    """The proof of what is in the database alone.  A sealed value that does not open is a difference like another."""

    def findings(session: Session, _files: Place) -> Iterator[Finding]:
        with unreadable_allowed():
            yield from proof(session)

    return findings


#: All proofs in the order in which `verify` reports their findings.
PROOFS: Mapping[str, Proof] = {
    "events": _of_database(event_proofs.chains),
    "tickets_without_history": _of_database(event_proofs.without_history),
    "erasures": _of_database(erased_words.erasures),
    "blocks": _of_database(block_proofs.blocks),
    "named_blocks": _of_database(block_proofs.named_blocks),
    "schemes": _of_database(scheme_proofs.schemes),
    "paper_numbers": _of_database(event_proofs.paper_numbers),
    "document_numbers": _of_database(event_proofs.document_numbers),
    "calendar": _of_database(county_proofs.calendar),
    "reminders": _of_database(county_proofs.reminders),
    "downtimes": _of_database(county_proofs.downtimes),
    "matters": _of_database(county_proofs.matters),
    "exit_dossiers": _of_database(county_proofs.dossiers),
    "spot_checks": _of_database(county_proofs.draws),
    "random_checks": _of_database(random_proofs.checks),
    "cases": _of_database(case_proofs.cases),
    "instructions": _of_database(case_proofs.instructions),
    "evidence": county_proofs.evidence,
    "rankings": _of_database(ranking_proofs.rankings),
    "ranking_reminders": _of_database(report_proofs.reminders),
    "figure_checks": _of_database(random_proofs.figure_checked),
    "reports": _of_database(report_proofs.reports),
    "report_reviews": _of_database(report_proofs.reviews),
    "posts": _of_database(county_proofs.posts),
    "authorisations": _of_database(county_proofs.authorisations),
    "day_counts": _of_database(derived_proofs.day_counts),
    "villages": _of_database(counted_proofs.villages),
    "village_surveys": _of_database(counted_proofs.surveys),
    "reforms": _of_database(scheme_proofs.reforms),
    "planned_reforms": _of_database(scheme_proofs.planned_reforms),
    "quota_houses": _of_database(counted_proofs.houses),
    "lives": _of_database(counted_proofs.lives),
    "candidates": _of_database(counted_proofs.candidates),
    "household_erasures": _of_database(erasure_proofs.household_erasures),
    "import_changes": _of_database(counted_proofs.import_changes),
    "bulk_lists": _of_database(random_proofs.lists),
    "county_books": _of_database(county_book_proofs.county_books),
    "rows": _of_database(recorded_rows.rows),
    "timers": _of_database(derived_proofs.timers),
    "looks": _of_database(derived_proofs.looks),
    "former_codes": _of_database(event_proofs.former_codes),
    "name_parts": _of_database(derived_proofs.name_parts),
    "name_keys": _of_database(derived_proofs.name_keys),
    "reset_codes": _of_database(event_proofs.reset_codes),
    "data_key": _of_database(derived_proofs.data_key),
}


#: What is proved from a checkpoint instead, where there is one.
SINCE: Mapping[str, Callable[[Session, Checkpoint], Iterator[Finding]]] = {
    "events": quick_proofs.chains_since,
    "rows": recorded_rows.rows_since,
}
#: The kinds of lots that each of these proves, by which a later run goes on from there.
LOTS_OF: Mapping[str, tuple[str, ...]] = {"events": tuple(SUBJECTS), "rows": tuple(RECORDED)}


def findings(name: str, session: Session, files: Place, checkpoint: Checkpoint | None) -> Iterator[Finding]:
    """What a proof finds, from a checkpoint on where it can be."""
    if checkpoint is None or name not in SINCE:
        yield from PROOFS[name](session, files)
        return
    with unreadable_allowed():
        yield from SINCE[name](session, checkpoint)


@dataclass(frozen=True, slots=True)
class Proved:
    """A table whose rows are compared with the history; `passing` names the columns that are not, keys aside, and `reason`
    says why they need not be."""

    proofs: tuple[str, ...]
    passing: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Passing:
    """A table that needs no proof, because nothing is decided by it later."""

    reason: str


def _proved(*proofs: str, passing: str = "", reason: str = "") -> Proved:
    return Proved(proofs, tuple(passing.split()), reason)


_READINGS = "readings of the name that help to find it; a later list of readings may have others"
_QUEUE = Passing("a queue: a row is deleted or settled when it has been handled")

#: Every table once, by the file of its model.
TABLES: Mapping[str, Proved | Passing] = {
    # The history itself.
    "event": _proved("events", "blocks"),
    "event_secret": _proved("events", "erasures"),
    "block": _proved("blocks", "named_blocks"),
    # The county.
    "county": _proved("schemes", "calendar", "rows"),
    "scheme_version": _proved("schemes", "rows"),
    "scheme_adoption": _proved("schemes", "rows"),
    "working_day_override": _proved("calendar", "rows"),
    "unit": _proved("reforms", "rows", "name_keys"),
    "unit_alias": _proved("rows", "name_keys"),
    "reform": _proved("reforms"),
    "planned_reform": _proved("planned_reforms"),
    "former_name": _proved("reforms"),
    "village": _proved("villages", "reforms", "rows", "name_keys"),
    "village_survey": _proved("village_surveys", "rows"),
    "post": _proved("posts"),
    "authorisation": _proved("authorisations", "rows"),
    # Accounts.
    "user_account": _proved("events", "rows", "name_keys"),
    "former_password": _proved("rows"),
    "user_session": _proved("rows", passing="seen_at silent_from back_at", reason="last seen"),
    "api_token": _proved("rows", passing="used_at used_from", reason="last used"),
    "first_sign_in": _proved("rows", "reset_codes"),
    "reset_request": _proved("rows"),
    "second_factor": _proved("rows"),
    "recovery_code": _proved("rows"),
    "passkey": _proved("rows"),
    "passkey_challenge": Passing("good for ten minutes of one session, deleted by the first answer"),
    "sign_on": _proved("rows"),
    "sign_on_link": _proved("rows"),
    "factor_use": Passing("a used code counts for the minutes in which it could be typed again, then it is deleted"),
    "guess": Passing("counted for a short span only"),
    "refused_access": Passing("counted for an hour, then told by an event and deleted"),
    # Tickets.
    "ticket": _proved("events", "tickets_without_history"),
    "custody": _proved("events"),
    "tenure": _proved("events", "timers"),
    "charge": _proved("events"),
    "escalation": _proved("events", "paper_numbers"),
    "rung_answer": _proved("events", "paper_numbers"),
    "rung_waiting": _proved("events", "rows"),
    "waiting_reminder": _proved("reminders"),
    "party": _proved("events", "rows"),
    "time_request": _proved("events"),
    "evidence": _proved("evidence", "rows", "looks"),
    "look_band": _proved("looks"),
    "matter": _proved("matters", "rows"),
    "duty_entry": _proved("events", "rows"),
    "duty_form": _proved("events"),
    "duty_opening": _proved("rows"),
    # Papers, cases, spot checks and random checks.
    "paper": _proved("events"),
    "paper_act": _proved("events"),
    "paper_commitment": _proved("events"),
    "document_number": _proved("document_numbers", "rows"),
    "paper_pending": _proved("events"),
    "accountability_case": _proved("cases"),
    "instruction": _proved("instructions"),
    "instruction_act": _proved("instructions"),
    "case_dossier": _proved("cases", "rows"),
    "spot_draw": _proved("spot_checks"),
    "spot_check": _proved("spot_checks"),
    "spot_pending": _proved("spot_checks"),
    "spot_result": _proved("events"),
    "random_draw": _proved("random_checks"),
    "random_check": _proved("random_checks"),
    "random_result": _proved("random_checks"),
    # The register.
    # Of a household its code, status, village, cadre, successor and origin are folded.
    "household": _proved("events", "rows", passing="initials", reason=_READINGS),
    "household_erasure": _proved("household_erasures", "rows"),
    "former_code": _proved("former_codes"),
    "quota_house": _proved("quota_houses"),
    "member": _proved("lives", "rows"),
    "name_part": _proved("name_parts"),
    "candidate": _proved("candidates", "rows", passing="initials", reason=_READINGS),
    "candidate_person": _proved("candidates", "rows"),
    "register_import": _proved("rows"),
    "bulk_list": _proved("bulk_lists", "rows"),
    "bulk_line": _proved("bulk_lists", "rows"),
    "import_change": _proved("import_changes", "rows"),
    "county_book": _proved("county_books", "rows"),
    "book_change": _proved("county_books"),
    "heading_choice": Passing("a suggestion for the next file, which a person confirms"),
    "checkup": _proved("rows"),
    "finding": _proved("rows"),
    "exit_dossier": _proved("exit_dossiers", "rows"),
    # Rankings and reports.
    "ranking": _proved("rankings", "rows"),
    "reported_figure": _proved("rankings"),
    "figure_check": _proved("figure_checks"),
    "figure_proof": _proved("rankings", "evidence"),
    "ranking_sign": _proved("rankings"),
    "ranking_reminder": _proved("ranking_reminders"),
    "ranking_objection": _proved("rankings"),
    "objection_answer": _proved("rankings"),
    "report": _proved("reports", "paper_numbers"),
    "report_draft": Passing("unfinished words that nobody has handed on; deleted with the draft"),
    "report_review": _proved("report_reviews"),
    "report_receipt": _proved("reports"),
    "report_roll": _proved("reports", "rows"),
    "day_count": _proved("day_counts", "rows"),
    # Messages.
    "address": _proved("rows", passing="guesses fault fault_at", reason="how the last codes and messages fared"),
    "outbox": _QUEUE,
    "message": _proved("rows", passing="status read_at", reason="read-marks"),
    "delivery": _proved(
        "rows", passing="lead_id status next_at tries claimed_at claim sent_at error", reason="the state of a queue"
    ),
    "digest_run": Passing("keeps a digest from being made twice on one day"),
    "preference": _proved("rows"),
    "robot": _proved("rows"),
    # What people say about the system itself.
    "feedback": _proved("rows"),
    # What people keep for themselves.
    "saved_view": Passing("an address of the list under a name: it shows what its reader may see anyway"),
    "view_watch": Passing("what a view showed last; the event of what entered it is in the history"),
    "wording": Passing("a sentence that is offered to be put in; what is sent is in the history of its act"),
    # Operation.
    "installation_mark": _proved(
        "data_key", passing="store", reason="compared with the mark in the evidence store at every use of it"
    ),
    "counter": _proved("paper_numbers", "document_numbers"),
    "downtime": _proved("downtimes"),
    "held_file": Passing("an upload that waits for its form; deleted with the form's act, or after 30 days"),
    "held_slice": Passing("part of an upload that has not arrived whole"),
    "idempotency_key": Passing("the answer to a repeated request; ages out"),
    "last_look": Passing("what is shown as new to one person depends on it, and nothing else"),
    "worker_heartbeat": Passing("last seen"),
    "web_heartbeat": Passing("last seen"),
    "sweep_report": Passing("only the last run of a job"),
    "verification_lot": Passing(
        "believed as far as the sealed event of its run names it; without it, events prove its rows"
    ),
    "verification_run": _proved(
        "rows", "named_blocks", passing="so_far claim claimed_until", reason="how far a run at work has come"
    ),
}
