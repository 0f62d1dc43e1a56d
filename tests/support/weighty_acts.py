"""Acts of weight: every act that a form of the pages posts, by what keeps a single click from doing it, or why one may.

Each page that a test opens is held to it.
"""

import re

from flask import Flask, Response, request

from tests.support.forms_at_once import forms_of


def _each(acts: str, why: str) -> dict[str, str]:
    return dict.fromkeys(acts.split(), why)


#: Acts of weight: their forms ask for a reason or a choice, or their button is behind another one.
ASKED = frozenset(
    _each(
        """
    act/cancel act/confirm act/decline act/deem_accepted act/disprove act/extend act/extend_again
    act/follow act/hand_in act/hand_over act/reassign act/reclassify act/refuse act/register act/reject act/relapse
    act/reopen act/resolve act/resubmit act/send_back act/suspend act/uphold act/withdraw
    act_on_matter/accept act_on_matter/join act_on_matter/resolve
    act_on_paper/answer act_on_paper/confirm act_on_paper/keep act_on_paper/record act_on_paper/return act_on_paper/revoke
    act_on_instruction/accept act_on_instruction/answer act_on_instruction/return act_on_instruction/withdraw instruct
    act_on_paper/sign act_on_paper/verify act_on_ranking/answer act_on_ranking/correct act_on_ranking/issue
    act_on_ranking/object act_on_ranking/receive add_user add_village answer_rung answer_time ask_time authorise
    change_factor/codes change_factor/drop-passkey change_factor/remove
    change_password change_sign_on change_post/cancel change_post/end change_user/ask-factor
    change_user/ask-reset change_user/drop-factor
    change_user/open change_user/tokens change_view/delete delete_wording/delete
    decide_reset/agree decide_reset/refuse end_authorisation end_other_sessions end_session end_robot
    make_token withdraw_token decide_erasure/agree decide_erasure/refuse propose_erasure
    give_households hand_over_households leave
    look_at_scheme/revoke make_spot_check open_matter
    people print_slips raise_case record_consent record_family register_in_full release_sweep report_candidate set_robot
    settle_quota/confirm-all settle_quota/drop status
    take_candidates_xlsx take_household_pdf take_households_xlsx take_refused_of_import take_register_xlsx
    take_tickets_xlsx trail_export undo_an_import undo_county_book withdraw_entry withdraw_reform
        """,
        "",
    )
)
#: Acts of weight whose form stands on the page that shows what it will do, by that page's path; without one the page is the
#: answer to another form.
SHOWN: dict[str, str] = {
    "apply_import": r"/imports/\d+",
    "apply_county": r"/setup/[0-9a-f]{64}",
    "take_bulk_list": r"/bulk-lists/\d+",
    "move_tickets/apply": "/schemes/move",
    "turn_year/turn": "/schemes/year",
    **dict.fromkeys(
        (
            *("bring_figures/record", "change_calendar/apply", "depart/apply", "enter_post/apply"),
            *("look_at_scheme/adopt", "record_household_change/record", "reform/apply"),
        ),
        "",
    ),
}
_OWN = "one's own settings and session"
_LOOKS = "leads to a page that shows what it will do"
_TYPED = "records what was typed; as the form opens nothing changes"
_CHOSEN = "without a tick the server refuses it"
_BACK = "taken back by the same people on the same page"
#: What one click may do, and why.
LIGHT: dict[str, str] = {
    **_each(
        "agree_to_link give_factor passkey_options "
        "change_factor/begin change_factor/confirm change_factor/passkey change_factor/add-passkey "
        "sign_in sign_out set_first_password language choose_theme save_preferences save_address/enter save_address/confirm "
        "save_address/drop read_inbox plan_pack bring_pages save_view "
        "change_view/up change_view/follow change_view/unfollow change_view/rename add_wording",
        _OWN,
    ),
    **_each(
        "change_calendar/days change_calendar/notice change_calendar/library depart/look enter_post/look reform/look "
        "record_household_change/look look_at_scheme/look move_tickets/look bring_import bring_bulk_list upload_county "
        "bring_figures bring_figures/look report_figures/look report_figures/fill act/resolve/look tell_import_columns "
        "answer_import_villages",
        _LOOKS,
    ),
    **_each(
        "send_feedback answer_feedback "
        "file act/comment act_on_matter/comment describe_villages describe_villages/fill survey_villages "
        "survey_villages/fill define_unit record enter report_figures make_random_check check_figure upload "
        "act_on_ranking/save act_on_ranking/sign act_on_ranking/review settle_quota settle_quota/add answer_bulk_line",
        _TYPED,
    ),
    **dict.fromkeys(
        ("act_at_desk/remind_figures", "act_at_desk/remind_reports"), "a unit is reminded at most once a day"
    ),
    "act_at_desk/make": "makes what the worker makes by itself once the hour has come",
    **dict.fromkeys(("settle_quota/confirm", "settle_quota/return"), _CHOSEN),
    **dict.fromkeys(
        (
            *("act_on_tickets/endorse", "act_on_tickets/accept", "act_on_tickets/resume", "act_on_tickets/confirm"),
            *("act_on_tickets/send_back", "act_on_tickets/extend", "act_on_tickets/extend_again"),
            *("act_on_tickets/suspend", "act_on_tickets/cancel", "act_on_tickets/comment", "act_on_tickets/handler"),
            # The button of one row: it accepts or endorses that ticket.
            "act_on_tickets",
        ),
        _CHOSEN,
    ),
    **dict.fromkeys(
        ("act/accept", "act/endorse", "act/resume"),
        "the page shows what it does; nothing can be entered but a note, and nothing ends by it",
    ),
    **dict.fromkeys(("act/handler", "act/assist", "act/unassist", "act_on_matter/split"), _BACK),
    **dict.fromkeys(
        ("verify", "verify/whole", "search_households"),
        "reads and changes nothing; the worker verifies once for all who ask",
    ),
    **dict.fromkeys(
        ("decide/resend", "decide/arrived", "decide/tell"), "sends a message again, or notes that it arrived"
    ),
}
# The ranking desk shows the forms of the ranking's own page.
ASKED |= {act.replace("act_on_ranking", "act_at_desk") for act in ASKED if act.startswith("act_on_ranking/")}
LIGHT |= {act.replace("act_on_ranking", "act_at_desk"): why for act, why in LIGHT.items() if "act_on_ranking/" in act}
REGISTERED = frozenset((*ASKED, *SHOWN, *LIGHT))


def too_easy(app: Flask, path: str, page: str, answers_a_form: bool = False) -> list[str]:
    """The acts of a page's forms that are not registered, or that are of weight and done by one click."""
    found = []
    for form in forms_of(path, page):
        for act, at_once in form.acts(app).items():
            if act.startswith("act_on_case/"):
                # Each step of a case is behind the button that opens its form.
                weighty = at_once
            elif act in SHOWN:
                weighty = not re.fullmatch(SHOWN[act], path) if SHOWN[act] else not answers_a_form
            else:
                weighty = (at_once and act in ASKED) or act not in REGISTERED
            if weighty:
                found.append(act)
    return found


def held(app: Flask) -> Flask:
    """The app, whose pages fail if a form does something of weight on one click.

    A page that comes back with a refusal has its boxes filled and is not judged.
    """

    def judged(answer: Response) -> Response:
        if answer.status_code == 200 and answer.mimetype == "text/html" and not answer.is_streamed:
            easy = too_easy(app, request.path, answer.get_data(as_text=True), request.method == "POST")
            assert easy == [], (request.path, easy)
        return answer

    app.after_request(judged)
    return app
