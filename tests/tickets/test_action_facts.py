"""Facts of actions, written by hand: button, papers they end, whose answer they are."""

from workflow.accountability.cases.case_lifecycle import CASE_ACTIONS
from workflow.accountability.cases.dossiers import ANSWERED, GRANTED
from workflow.tickets.actions.lifecycle import ACTIONS
from workflow.tickets.consequences.paper_outcomes import may_end_papers
from workflow.tickets.views.timeline import BESIDE


def test_the_button_one_looks_for_brings_a_ticket_on_and_a_warning_one_takes_it_back() -> None:
    assert {action.name for action in ACTIONS.values() if action.advances} == {
        *("endorse", "resubmit", "accept", "resolve", "confirm", "register", "resume")
    }
    assert {action.name for action in ACTIONS.values() if action.undoes} == {"withdraw", "cancel"}
    assert {action.name for action in CASE_ACTIONS.values() if action.undoes} == {"seek_withdrawal", "agree_withdrawal"}


def test_papers_of_a_former_holder_end_when_the_ticket_does_or_goes_elsewhere() -> None:
    ends = {action for action in ACTIONS if may_end_papers(action)}
    assert ends == {
        "confirm",
        "register",
        "refuse",
        "cancel",
        "withdraw",
        "reassign",
        "send_back",
        "hand_over",
        "follow",
    }
    assert not may_end_papers("comment")


def test_a_dossier_lists_every_answer_of_a_unit_and_all_time_it_was_given() -> None:
    assert set(ANSWERED) == {
        *("accept", "decline", "reclassify", "resolve", "endorse", "send_back", "resubmit", "confirm", "reject"),
        *("register", "refuse"),
        *("uphold", "reassign", "ask_time", "comment", "refuse_time", "sign_paper", "answer_paper"),
    }
    assert set(GRANTED) == {"suspend", "resume", "extend", "extend_again"}


def test_no_action_of_a_ticket_or_a_case_is_something_beside_its_course() -> None:
    assert not BESIDE & (ACTIONS.keys() | CASE_ACTIONS.keys())
