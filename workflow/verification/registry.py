"""Registry of proofs: all proofs of `verify`; for each table its proofs, or why it has none.

A new table is entered here with its proofs or with a reason; tests/verification/test_registry.py fails until it is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflow.evidence import Place
from workflow.verification import (
    address_and_count_proofs,
    case_proofs,
    counted_proofs,
    county_proofs,
    event_proofs,
    random_proofs,
    ranking_proofs,
    report_proofs,
    scheme_proofs,
)
from workflow.verification.findings import Finding

Proof = Callable[[Session, Place], Iterable[Finding]]


def _of_database(proof: Callable[[Session], Iterator[Finding]]) -> Proof:
    """The proof of what is in the database alone."""
    return lambda session, files: proof(session)


#: All proofs in the order in which `verify` reports their findings.
PROOFS: Mapping[str, Proof] = {
    "events": _of_database(event_proofs.chains),
    "tickets_without_history": _of_database(event_proofs.without_history),
    "blocks": _of_database(event_proofs.blocks),
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
    "evidence": county_proofs.evidence,
    "rankings": _of_database(ranking_proofs.rankings),
    "reports": _of_database(report_proofs.reports),
    "report_reviews": _of_database(report_proofs.reviews),
    "posts": _of_database(county_proofs.posts),
    "authorisations": _of_database(county_proofs.authorisations),
    "addresses": _of_database(address_and_count_proofs.addresses),
    "first_sign_ins": _of_database(address_and_count_proofs.first_sign_ins),
    "day_counts": _of_database(address_and_count_proofs.day_counts),
    "villages": _of_database(counted_proofs.villages),
    "village_surveys": _of_database(counted_proofs.surveys),
    "reforms": _of_database(scheme_proofs.reforms),
    "planned_reforms": _of_database(scheme_proofs.planned_reforms),
    "quota_houses": _of_database(counted_proofs.houses),
    "lives": _of_database(counted_proofs.lives),
    "candidates": _of_database(counted_proofs.candidates),
    "import_changes": _of_database(counted_proofs.import_changes),
    "bulk_lists": _of_database(random_proofs.lists),
    "county_books": _of_database(address_and_count_proofs.county_books),
}


@dataclass(frozen=True, slots=True)
class Proved:
    """A table whose rows are compared with the history; `unproved` names the columns that are not, keys aside."""

    proofs: tuple[str, ...]
    unproved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passing:
    """A table that needs no proof, because nothing is decided by it later."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotYetProved:
    """A table that a proof should cover and none does today."""

    reason: str


def _proved(*proofs: str, unproved: str = "") -> Proved:
    return Proved(proofs, tuple(unproved.split()))


_QUEUE = Passing("a queue: a row is deleted or settled when it has been handled")
_REGISTER = NotYetProved("the register of the county: imports and edits are not folded")
_MASTER_DATA = NotYetProved("units as they were set up: no event records them")

#: Every table once, by the file of its model.
TABLES: Mapping[str, Proved | Passing | NotYetProved] = {
    # The history itself.
    "event": _proved("events", "blocks"),
    "event_secret": _proved("events"),
    "block": _proved("blocks"),
    # The county.
    "county": _proved("schemes", "calendar", unproved="code name name_en"),
    "scheme_version": _proved("schemes", unproved="code version loaded_at"),
    "scheme_adoption": _proved("schemes", unproved="settled_at"),
    "working_day_override": _proved("calendar", unproved="document"),
    "unit": _proved("reforms", unproved="code name name_en type ruled_by_leaders position"),
    "unit_alias": _MASTER_DATA,
    "reform": _proved("reforms"),
    "planned_reform": _proved("planned_reforms"),
    "former_name": _proved("reforms"),
    "village": _proved("villages", "reforms", unproved="town_id code name"),
    "village_survey": _proved("village_surveys", unproved="unit_id at"),
    "post": _proved("posts"),
    "authorisation": _proved("authorisations", unproved="doubled"),
    # Accounts.
    "user_account": _proved("events", unproved="name display_name password_hash language created_at"),
    "user_session": NotYetProved("sign-ins are not recorded in the history"),
    "api_token": NotYetProved("no proof compares the tokens in use with events"),
    "first_sign_in": _proved("first_sign_ins", unproved="code_hash made_at made_by_id expires_at"),
    "sign_in_failure": Passing("counted for a short span only"),
    # Tickets.
    "ticket": _proved("events", "tickets_without_history"),
    "custody": _proved("events"),
    "tenure": _proved("events", unproved="next_at next_what"),
    "charge": _proved("events"),
    "escalation": _proved("events", "paper_numbers"),
    "rung_answer": _proved("events", "paper_numbers"),
    "rung_waiting": _proved("events", unproved="issue_at"),
    "waiting_reminder": _proved("reminders"),
    "party": _proved("events", unproved="since"),
    "time_request": _proved("events"),
    "evidence": _proved("evidence", unproved="ticket_id look resembles"),
    "look_band": NotYetProved("an index of the perceptual hashes of the evidence, not derived again"),
    "matter": _proved("matters", unproved="title began_at began_by_id"),
    "duty_entry": _proved("events", unproved="once"),
    "duty_form": _proved("events"),
    "duty_opening": NotYetProved("no proof compares the day through which duties are open with the duties"),
    # Papers, cases, spot checks and random checks.
    "paper": _proved("events"),
    "paper_act": _proved("events"),
    "paper_commitment": _proved("events"),
    "document_number": _proved("document_numbers", unproved="unit_id"),
    "paper_pending": _proved("events", unproved="tenure_id unit_id"),
    "accountability_case": _proved("cases"),
    "case_dossier": _proved("cases", unproved="action made_at"),
    "spot_draw": _proved("spot_checks"),
    "spot_check": _proved("spot_checks"),
    "spot_pending": _proved("spot_checks"),
    "spot_result": _proved("events"),
    "random_draw": _proved("random_checks"),
    "random_check": _proved("random_checks"),
    "random_result": _proved("random_checks"),
    # The register.
    # Of a household its status, village, cadre, successor and origin are folded.
    "household": _proved(
        "events",
        unproved="code head_name initials labour address latitude longitude people income_fen income_year "
        "income_people cause phone_sealed phone_index phone_masked visited_on version "
        "monitoring",
    ),
    "quota_house": _proved("quota_houses"),
    # Beginnings and ends; the facts of a person are not folded.
    "member": _proved(
        "lives",
        unproved="position name relation id_sealed id_index id_masked sex born_on labour beyond_help schooling illness "
        "insured pension allowance",
    ),
    "candidate": _proved("candidates", unproved="initials phone_sealed phone_index phone_masked"),
    "candidate_person": _proved("candidates", unproved="id_sealed id_index id_masked"),
    "register_import": _REGISTER,
    "bulk_list": _proved("bulk_lists", unproved="filename have"),
    "bulk_line": _proved("bulk_lists", unproved="row"),
    "import_change": _proved("import_changes", unproved="row"),
    "county_book": _proved("county_books", unproved="filename"),
    "book_change": _proved("county_books"),
    "heading_choice": Passing("a suggestion for the next file, which a person confirms"),
    "checkup": NotYetProved("no proof compares checkups with the events of the household"),
    "finding": NotYetProved("no proof compares findings of checkups with the events of the household"),
    "exit_dossier": _proved("exit_dossiers", unproved="household_id passed_at passed_by_id unit_id"),
    # Rankings and reports.
    "ranking": _proved("rankings", unproved="scheme_version_id known_at"),
    "reported_figure": _proved("rankings"),
    "figure_proof": _proved("rankings", "evidence"),
    "ranking_sign": _proved("rankings"),
    "ranking_objection": _proved("rankings"),
    "objection_answer": _proved("rankings"),
    "report": _proved("reports", "paper_numbers"),
    "report_draft": Passing("unfinished words that nobody has handed on; deleted with the draft"),
    "report_review": _proved("report_reviews"),
    "report_receipt": _proved("reports"),
    "report_roll": _proved("reports", unproved="due_at"),
    "day_count": _proved("day_counts", unproved="at"),
    # Messages.
    "address": _proved(
        "addresses", unproved="value_sealed value_index code_hash code_until guesses created_at fault fault_at"
    ),
    "outbox": _QUEUE,
    "message": NotYetProved("messages are derived from events, but not derived again"),
    "delivery": NotYetProved("deliveries and what was decided about failed ones are not recorded in the history"),
    "digest_run": Passing("keeps a digest from being made twice on one day"),
    "preference": NotYetProved("how a person wants to be notified is not recorded in the history"),
    "robot": NotYetProved("no proof compares the group bots in use with events"),
    # Operation.
    "counter": _proved("paper_numbers", "document_numbers"),
    "downtime": _proved("downtimes"),
    "idempotency_key": Passing("the answer to a repeated request; ages out"),
    "worker_heartbeat": Passing("last seen"),
    "web_heartbeat": Passing("last seen"),
    "sweep_report": Passing("only the last run of a job"),
}
