"""Manners: which kinds of message wait for the morning, go to a mobile number, cannot be switched off, or are of one person.

Written down kind by kind: what a county officer could rely on is changed nowhere but here.
"""

from notifications.rules import ALL_RULES, BY_LADDER, Manner, manner

KINDS = {*ALL_RULES, BY_LADDER, *(f"{BY_LADDER}/{rung}" for rung in range(1, 6))}
#: Papers and what is served on a unit: at once, to the mobile number too, and sent again only on a person's word.
PAPERS = {"issue_rung", "notify", "serve"}
SERIOUS = {f"{BY_LADDER}/{rung}" for rung in (3, 4, 5)}
RUNGS = {BY_LADDER, *(f"{BY_LADDER}/{rung}" for rung in range(1, 6))}
ACCOUNTS = {
    "appointed",
    "authorise",
    "end_authorisation",
    "first_sign_in_made",
    "first_sign_in_used",
    "password_set",
    "post_cancelled",
    "post_ended",
    "post_reinstated",
    *("passkey_added", "passkey_removed", "sign_on_link_made", "sign_on_bound", "sign_on_ended"),
    *("factor_enrolled", "factor_removed", "recovery_code_used", "recovery_codes_made"),
    *("reset_agreed", "reset_asked", "reset_in_emergency", "reset_refused"),
    "token_issued",
    "tokens_revoked",
    "user_closed",
    "user_created",
    "user_moved",
    "user_opened",
    "user_transferred",
    "took_over",
}

#: A history that does not hold is heard of at once, by everybody it concerns.
VERIFIED = ("verified", "verification_failed")


def having(**wanted: object) -> set[str]:
    """The kinds whose manner has these values."""

    def of(kind: str) -> Manner:
        name, _, rung = kind.partition("/")
        return manner(name, int(rung) if rung else None)

    return {kind for kind in KINDS if all(getattr(of(kind), name) == value for name, value in wanted.items())}


def test_papers_serious_rungs_and_a_new_password_wait_for_no_morning() -> None:
    assert having(waits=False) == PAPERS | SERIOUS | {"password_set", *VERIFIED}


def test_papers_and_serious_rungs_go_to_the_mobile_number_too() -> None:
    assert having(sms=True) == PAPERS | SERIOUS


def test_what_runs_against_a_unit_cannot_be_switched_off() -> None:
    steps = {"deem_received", "lapse_statement", "refer", "return_paper", "revoke_paper", "decide"}
    steps |= {"instruct", "return_instruction", "press_instruction"}
    # The head of the history is kept by those who oversee, whether they like it or not.
    assert having(mandatory=True) == PAPERS | RUNGS | steps | {"head_sent", *VERIFIED}


def test_papers_and_decisions_are_never_sent_twice_without_a_persons_word() -> None:
    assert having(weighty=True) == PAPERS | {"decide"}


def test_what_is_only_for_information_stands_in_the_morning_digest() -> None:
    assert having(how="digest") == {
        "accept",
        "close",
        "confirm",
        "endorse",
        "rank",
        "receive_report",
        "refuse",
        "register",
        "sign_paper",
        "view_entered",
        "withdraw",
    }
    assert having(how="at_once") == KINDS - having(how="digest")


def test_what_is_said_to_one_person_or_of_an_account_is_not_for_the_units_group() -> None:
    assert having(personal=True) == ACCOUNTS | {"handler", "view_entered"}
