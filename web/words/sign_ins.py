"""Sign-ins: labels of resets, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "event": {
            "reset_asked": _l("Reset asked for"),
            "reset_agreed": _l("Reset agreed to by the inspectorate"),
            "reset_refused": _l("Reset refused by the inspectorate"),
            "reset_in_emergency": _l("Reset in an emergency, without agreement"),
            "factor_proposed": _l("Second factor begun to be set up"),
            "factor_enrolled": _l("Second factor set up"),
            "factor_given": _l("Second factor given"),
            "factor_removed": _l("Second factor removed"),
            "passkey_added": _l("Passkey added"),
            "passkey_removed": _l("Passkey removed"),
            "passkey_given": _l("Passkey given"),
            "recovery_code_used": _l("Recovery code used"),
            "recovery_codes_made": _l("Recovery codes made"),
            "sign_on_link_made": _l("Link for binding another sign-in made"),
            "sign_on_bound": _l("Bound to another sign-in"),
            "sign_on_ended": _l("Binding to another sign-in ended"),
            "session_ended": _l("Own session ended"),
            "sessions_ended": _l("All other sessions ended"),
        },
        "token.scope": {
            "full": _l("everything that the account may do"),
            "read": _l("read tickets, boards, rankings, papers and cases"),
            "tickets": _l("file tickets and work on them"),
            "register": _l("read and keep the register, with imports and lists"),
            "figures": _l("hand in figures and entries, draft reports"),
            "rulings": _l("decide and issue: rulings, papers, cases, reports"),
            "county": _l("units, posts, accounts and authorisations"),
            "trail": _l("audit trail and verification"),
        },
        "sign_in.way": {
            "password": _l("password"),
            "oidc": _l("one sign-on"),
            "wecom": _l("WeCom"),
            "dingtalk": _l("DingTalk"),
        },
        "reset.what": {"password": _l("password"), "factor": _l("second factor")},
        "error": {
            "factor_wrong": _l(
                "The code is wrong. Type the six digits that the phone shows now; if it still fails, check the phone's clock."
            ),
            "factor_used": _l("This code was used already. Wait for the next one, half a minute at most."),
            "factor_required": _l("Your role needs a second factor, so it is replaced and not removed."),
            "factor_not_set_up": _l("Your role needs a second factor. Set it up on the pages first, or use a token."),
            "factor_stale": _l("Give your second factor on the pages first, or use a token."),
            "passkey_wrong": _l(
                "The passkey's answer is not valid for this page. Try again, or use a code of your phone."
            ),
            "passkey_late": _l("The passkey was asked for too long ago, or its answer was used already. Try again."),
            "passkey_unknown": _l("This passkey is not one of your account. Use another, or a code of your phone."),
            "passkey_known": _l("This passkey is in use already. Use another device."),
            "passkey_copied": _l(
                "This passkey has signed out of turn, as a copy of it would. Use another factor, remove this one, and tell the "
                "administrator."
            ),
            "passkey_name": _l("Give the passkey a name of at most %(most)s characters, such as “office computer”."),
            "passkeys_enough": _l("An account has at most %(most)s passkeys. Remove one that you no longer use."),
            "passkeys_in_browsers": _l("Passkeys are used on the pages, not with a token."),
            "no_such_passkey": _l("There is no such passkey any more. %(again)s"),
            "sign_on_refused": _l(
                "The other system did not confirm who you are. Try again, or sign in with your password."
            ),
            "sign_on_unreachable": _l(
                "The other system cannot be reached. Try again later, or sign in with your password."
            ),
            "sign_on_state": _l("This sign-in was not begun in this browser, or is over. Begin again."),
            "sign_on_unbound": _l(
                "You are known there, but bound to no account here. Ask the administrator for a link, or sign in with your "
                "password."
            ),
            "sign_on_link": _l(
                "The link is no longer valid: it was used, replaced or is too old. Ask the administrator for another."
            ),
            "sign_on_link_of_another": _l(
                "The link is for another account than yours. Sign out first if it is yours too."
            ),
            "sign_on_link_signed_in": _l("Sign in first, then open the link again."),
            "identity_taken": _l(
                "Whom you signed in as there is bound to another account here. Tell the administrator."
            ),
            "password_none": _l(
                "The account has no password. Sign in again by the other system, then go on within %(minutes)s minutes."
            ),
            "no_such_way": _l("There is no such way of signing in here. Go back to the sign-in page."),
            "no_such_sign_on": _l("The account is not bound any more. %(again)s"),
            "no_factor": _l("The account has no second factor. %(again)s"),
            "no_factor_proposed": _l("The set-up took too long. Begin again."),
            "no_such_session": _l("This session has ended already, or is the one you are using. %(again)s"),
            "reset_asked": _l("The reset has been asked for already. Ask somebody of the inspectorate to agree."),
            "reset_asked_now": _l(
                "The inspectorate was asked to agree to the reset of “%(name)s”. Repeat the command when it has."
            ),
            "reset_settled": _l("This request is no longer open. %(again)s"),
            "reset_not_agreed": _l(
                "The account “%(name)s” is reset only after somebody of the inspectorate has agreed. Ask for it first."
            ),
            "scope_not_covered": _l(
                "This token does not cover the operation. It needs the scope “%(scope)s”; the token has: %(scopes)s. "
                "Make a token with that scope."
            ),
            "unknown_scope": _l("There is no scope “%(scope)s”. Choose among: %(scopes)s."),
            "no_scope": _l("Choose at least one scope."),
            "bad_token_days": _l("A token is good for 1 to %(most)s days. Choose a number of days."),
            "too_many_tokens": _l("An account has at most %(most)s tokens. Withdraw one that is no longer used."),
            "no_such_token": _l("This token has ended already. %(again)s"),
            "reset_own": _l("Nobody agrees to the reset of the own account. Ask a colleague."),
            "no_such_reset": _l("There is no such request. Go back to the list."),
            "resets_not_yours": _l("Resets are decided by the inspectorate. Contact the inspectorate."),
        },
    }
)
