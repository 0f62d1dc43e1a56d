"""What a person may choose to be told of: the kinds that a person of the role can be told of, and no others."""

import pytest

from notifications.event_preferences import options_for
from notifications.rules import ALL_RULES, BY_LADDER

ROLES = ("village", "town", "bureau", "office", "leaders", "inspectorate", "admin")
ACCOUNTS = {
    *(
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
    ),
    *("user_closed", "user_created", "user_moved", "user_opened", "user_transferred", "took_over"),
}


def kinds(role: str) -> set[str]:
    return {kind for kind, _, _ in options_for(role)}


def test_who_only_files_chooses_among_what_becomes_of_it_and_who_keeps_accounts_among_accounts() -> None:
    filed = {"accept", "cancel", "confirm", "endorse", "refuse", "register", "send_back", "withdraw"}
    assert kinds("village") == filed | {"give_checks", "late_checks", "view_entered"}
    assert kinds("admin") == ACCOUNTS | {"verified", "verification_failed"}
    for role in ("office", "leaders", "inspectorate"):
        assert kinds(role) > ACCOUNTS, role
    for role in ("town", "bureau"):
        assert not kinds(role) & ACCOUNTS, role


def test_whatever_anybody_is_told_of_somebody_chooses() -> None:
    told = {kind for kind, roles in ALL_RULES.items() if roles} | {BY_LADDER}
    assert {kind for role in ROLES for kind in kinds(role)} >= told
    for role in ("bureau", "office"):
        assert {"sign_ranking", "review_report"} <= kinds(role), role


@pytest.mark.parametrize("role", ROLES)
def test_what_cannot_be_turned_off_stands_first_and_the_ladder_is_told_to_all_who_hold_tickets(role: str) -> None:
    options = options_for(role)
    assert options == sorted(options, key=lambda option: (not option[2], option[0]))
    assert len({kind for kind, _, _ in options}) == len(options)
    assert ((BY_LADDER, "at_once", True) in options) == (role not in ("village", "admin"))
