"""Doors: every route that names an object, by endpoint, with its rule from the rights oracle.

A route that is not here fails `tests/web/test_rights.py`; an endpoint may have several doors.
"""

from collections.abc import Mapping

from tests.support.rights import (
    ABOUT_ITS_UNIT,
    ACTIONS,
    ADMIN,
    ALL_BUT_ADMIN,
    BRINGS,
    BUNDLES,
    BUREAU,
    CASE_ACTIONS,
    CHECKER,
    HOME,
    INSPECTORATE,
    KEEPS_VIEW,
    LEAD,
    LEADERS,
    MEASURED,
    NOBODY,
    NOT_OWN,
    OFFICE,
    OVERSEER,
    OWN,
    OWN_UNIT,
    PAPER_ACTIONS,
    PROTECTS,
    READS,
    RECORDS,
    REVIEWER,
    SEES,
    SEES_FILE,
    SIGNER,
    TAKES_PART,
    TOWN,
    VILLAGE,
    WHO,
    WIDE,
    WORKED_ON,
    Door,
    of_roles,
)

_REASON = {"reason": "核对无误后再办"}
_TEXT = {"note": "核对无误后再办"}
_FAMILY = {"kind": "died", "on": "2018-11-22", "members": [999], **_REASON}
_VERSIONS = {"versions": {"2018-000002": 1}, **_TEXT}
_TIME = {"request": "suspension", "until": "2018-12-28", "ground": "flood", "plan": "雨停后修", **_REASON}
_WIDE_OR = {"ticket": f"{WIDE} OR {LEAD}"}


def _both(page: str, api: str, *doors: Door) -> dict[str, list[Door]]:
    """A page and an operation of the API with the same doors."""
    return {f"pages.{page}": list(doors), f"api.{api}": list(doors)}


def _acts(endpoint: str, of: str, acts: Mapping[str, str], name: str, some: str) -> dict[str, list[Door]]:
    """A form whose field `name` says what is done, with one act of each relation."""
    return {f"pages.{endpoint}": [Door(of, acts[act], {name: act, **_REASON}) for act in some.split()]}


_TICKETS: dict[str, list[Door]] = {
    **{f"api.{name}_ticket": [Door("ticket", may)] for name, may in ACTIONS.items()},
    # One of each relation: that each act is refused alike by page and API is the desk's doing.
    "pages.act": [
        Door("ticket", ACTIONS[name], named={"action": name})
        for name in ("accept", "cancel", "confirm", "endorse", "extend_again", "resubmit", "send_back")
    ],
    **_both("ticket", "show_ticket", Door("ticket", SEES)),
    "api.show_history": [Door("ticket", SEES)],
    **_both("ticket_recipients", "list_told", Door("ticket", WIDE)),
    **_both("upload", "bring_evidence", Door("ticket", BRINGS, files=True)),
    **_both("ask_time", "ask_time", Door("ticket", LEAD, _TIME)),
    "pages.answer_time": [Door("request", OVERSEER, {"answer": "refuse", **_REASON}, inner="asked")],
    "api.grant_time": [Door("request", OVERSEER, _REASON, inner="id")],
    "api.refuse_time": [Door("request", OVERSEER, _REASON, inner="id")],
    "pages.answer_rung": [Door("rung", OVERSEER, {"answer": "decline", **_REASON}, inner="rung")],
    "api.issue_rung": [Door("rung", OVERSEER, _REASON, inner="id")],
    "api.decline_rung": [Door("rung", OVERSEER, _REASON, inner="id")],
    "pages.raise_case": [Door("ticket", OFFICE, {"custody": "1", "result": "1:task", "harm": "影响当期减贫人数"})],
    # This county's duty takes no entries: whoever sees it is told so.
    **_both("enter", "enter", Door("duty", SEES, {"on": "2018-12-19"})),
    **_both("withdraw_entry", "withdraw_entry", Door("duty", SEES, _REASON, {"entry": "1"})),
    "pages.draft_docx": [Door("duty", f"{OFFICE} OR {LEAD}")],
    "pages.download": [Door("file", SEES_FILE)],
    "pages.thumbnail": [Door("picture", SEES_FILE)],
    # Several tickets at once.
    **_both("matter", "show_matter", Door("matter", READS)),
    "api.accept_several": [Door("matter", LEAD, _VERSIONS)],
    # The files are looked for first; who may resolve is asked as for `accept_several`.
    "api.resolve_several": [Door("matter", READS, _VERSIONS | {"evidence": [1]})],
    "api.report_on_several": [Door("matter", f"{TAKES_PART} OR {LEADERS}", _VERSIONS)],
    "api.join_matter": [Door("matter", BUNDLES, {"tickets": ["2018-000005"]})],
    "api.split_matter": [Door("matter", BUNDLES, {"ticket": "2018-000002"})],
    "pages.act_on_matter": [
        Door("matter", BUNDLES, {"t": "2018-000005"}, {"action": "join"}),
        Door("matter", BUNDLES, {"ticket": "2018-000002"}, {"action": "split"}),
    ],
}
_CANDIDATES: dict[str, list[Door]] = {
    "api.show_candidate": [Door("candidate", READS)],
    **_both(
        "record_consent",
        "record_candidate_consent",
        Door(
            "candidate",
            RECORDS,
            {"consent_by": "欧阳大力", "consent_on": "2018-11-20", "consent_how": "written"},
        ),
    ),
    "api.judge_candidate": [Door("candidate", OFFICE, {"verdict": "refused", "ground": "not_eligible", **_REASON})],
}
_PAPERS: dict[str, list[Door]] = {
    **_both("paper", "show_paper", Door("paper", READS)),
    "pages.paper_course_file": [Door("paper", READS)],
    "pages.paper_file": [Door("paper", READS)],
    "api.get_paper_course": [Door("paper", READS, named={"kind": "docx"})],
    "api.get_paper_document": [Door("paper", READS, named={"kind": "docx"})],
    **_both("instruction", "show_instruction", Door("instruction", f"{READS} OR {ABOUT_ITS_UNIT}")),
    **_both(
        "instruct", "instruct", Door("ticket", LEADERS, {"unit": "office", "words": "请说明", "due_on": "2018-12-28"})
    ),
    "api.answer_instruction": [Door("instruction", ABOUT_ITS_UNIT, {"answer": "水管老化漏水，已查明位置"})],
    **{f"api.{act}_instruction": [Door("instruction", LEADERS, _REASON)] for act in ("accept", "return", "withdraw")},
    "pages.act_on_instruction": [
        Door("instruction", ABOUT_ITS_UNIT, {"act": "answer", "answer": "水管老化漏水，已查明位置"}),
        Door("instruction", LEADERS, {"act": "withdraw", **_REASON}),
    ],
    **_acts("act_on_paper", "paper", PAPER_ACTIONS, "act", "sign confirm"),
    **{
        f"api.{name}": [Door("paper", PAPER_ACTIONS[act])]
        for name, act in {
            "answer_paper": "answer",
            "confirm_revocation": "confirm",
            "keep_paper": "keep",
            "record_talk": "record",
            "return_paper": "return",
            "revoke_paper": "revoke",
            "sign_paper": "sign",
            "verify_paper": "verify",
        }.items()
    },
    **_both("case", "show_case", Door("case", f"{WIDE} OR {ABOUT_ITS_UNIT}")),
    "pages.dossier": [Door("case", f"{WIDE} OR {ABOUT_ITS_UNIT}")],
    **_acts("act_on_case", "case", CASE_ACTIONS, "action", "respond notify decide agree_withdrawal"),
    **{f"api.{name}_case": [Door("case", may)] for name, may in CASE_ACTIONS.items()},
    **_both("spot_check", "show_spot_check", Door("spot", f"{WIDE} OR {CHECKER}")),
    **_both("make_spot_check", "make_spot_check", Door("spot", f"{OFFICE} OR {CHECKER}", {"result": "holds"})),
    **_both("random_check", "show_random_check", Door("random", f"{WIDE} OR {CHECKER} OR {TOWN}")),
    **_both("make_random_check", "make_random_check", Door("random", f"{OFFICE} OR {CHECKER}")),
    "pages.signal": [Door("signal", of_roles("office", "inspectorate"), named={"code": "quick"})],
    "pages.unit": [Door("unit", f"{WIDE} OR u.role IN ('town', 'bureau') AND u.unit_id = o.id")],
}
_REGISTER: dict[str, list[Door]] = {
    **_both("household", "show_household", Door("household", HOME)),
    "pages.household_pdf": [Door("household", f"{WIDE} OR {VILLAGE} OR {TOWN}", named={"?": "ground=work"})],
    "pages.take_household_pdf": [Door("household", f"{WIDE} OR {VILLAGE} OR {TOWN}", {"ground": ""})],
    "pages.people": [Door("household", f"{TOWN} OR {WORKED_ON}", {"ground": ""})],
    "pages.status": [Door("household", f"{OFFICE} OR {TOWN}")],
    "pages.examination": [Door("household", f"{WIDE} OR {VILLAGE} OR {TOWN}")],
    **_both("leave", "leave_register", Door("household", f"{OFFICE} OR {TOWN}")),
    "pages.exit_dossier": [Door("dossier", f"{WIDE} OR {VILLAGE} OR {TOWN}")],
    "pages.checked": [Door("checkup", f"{WIDE} OR {VILLAGE} OR {TOWN}")],
    # A bureau reports what its data say of any household, by its code.
    "pages.checkup": [Door("household", f"{RECORDS} OR {BUREAU}")],
    **_both("record", "record_checkup", Door("household", f"{RECORDS} OR {BUREAU}")),
    "pages.family": [Door("household", RECORDS)],
    "api.list_family_events": [Door("household", RECORDS)],
    "pages.family_form": [Door("household", RECORDS, named={"kind": "died"})],
    "pages.record_family": [Door("household", RECORDS, named={"kind": "died"})],
    "api.record_family_event": [Door("household", RECORDS, _FAMILY)],
    "api.preview_family_event": [Door("household", RECORDS, _FAMILY)],
    "pages.household_change": [Door("change", f"{OFFICE} OR u.role = 'town'")],
    "pages.record_household_change": [Door("change", f"{OFFICE} OR u.role = 'town'")],
    "api.give_household": [Door("household", f"{OFFICE} OR {TOWN}", {"to": WHO})],
    **{
        name: [Door("import", f"{OFFICE} OR u.role = 'town' AND u.unit_id = o.unit_id", given)]
        for name, given in {
            "pages.one_import": {},
            "pages.apply_import": {},
            "pages.import_changes": {},
            "pages.tell_import_columns": {},
            "pages.refused_of_import": {},
            "pages.take_refused_of_import": {"ground": ""},
            "pages.answer_import_villages": {},
            "api.show_import": {},
            "api.list_import_changes": {},
            "api.list_asked_villages": {},
            "api.answer_asked_villages": {},
        }.items()
    },
    "pages.propose_erasure": [Door("gone", PROTECTS, {"document": "五扶〔2018〕9号"})],
    "pages.decide_erasure": [
        Door("erasure", f"{INSPECTORATE} AND u.id <> o.asked_by_id", named={"act": "agree"}),
        Door("erasure", f"{INSPECTORATE} OR {PROTECTS} AND u.id = o.asked_by_id", named={"act": "refuse"}),
    ],
    "pages.import_undoing": [Door("import", OFFICE)],
    "pages.undo_an_import": [Door("import", OFFICE)],
    **{f"api.{name}": [Door("import", OFFICE)] for name in ("preview_undo", "undo_register_import")},
    **_both(
        "bulk_list",
        "list_bulk_lines",
        Door(
            "list",
            f"{WIDE} OR {OWN_UNIT} OR u.role = 'town' AND EXISTS "
            "(SELECT 1 FROM bulk_line l WHERE l.list_id = o.id AND l.town_id = u.unit_id)",
        ),
    ),
    "pages.take_bulk_list": [Door("list", OWN_UNIT)],
    **_both(
        "answer_bulk_line",
        "answer_bulk_line",
        Door("line", f"{OFFICE} OR {TOWN}", {"answer": "left_out", "reason": ""}, {"list_id": "1"}),
    ),
}
_RANKINGS: dict[str, list[Door]] = {
    **{f"pages.{name}": [Door("ranking", ALL_BUT_ADMIN)] for name in ("one_ranking", "formula", "formula_pdf")},
    **{f"api.{name}": [Door("ranking", ALL_BUT_ADMIN)] for name in ("show_ranking", "show_draft", "get_formula")},
    "pages.item_of_town": [Door("ranking", ALL_BUT_ADMIN, named={"item": "1", "town": "town-a"})],
    **_both("figure", "show_figure", Door("ranked", MEASURED, named={"on": "2018-11-30", "measure": "water"})),
    **_both(
        "figure_file",
        "get_figure_file",
        Door("ranked_file", MEASURED, named={"on": "2018-11-30", "measure": "water", "town": "town-a"}),
    ),
    **_both(
        "ledger_file", "get_ledger", Door("ranking", f"{WIDE} OR u.role IN ('town', 'bureau')", named={"kind": "xlsx"})
    ),
    **_both("report_file", "get_report", Door("ranking", ALL_BUT_ADMIN, named={"unit": "water", "kind": "xlsx"})),
    **_both("unit_sheet", "get_sheet", Door("sheet", f"{WIDE} OR {OWN_UNIT}", named={"on": "2018-11-30"})),
    "pages.act_on_ranking": [
        Door("ranking", REVIEWER, {"act": "sign"}),
        Door("ranking", "u.role = 'town'", {"act": "object"}),
        Door("ranking", OFFICE, {"act": "correct"}),
    ],
    "pages.act_at_desk": [
        Door("ranking", OFFICE, {"act": "remind_reports"}),
        Door("ranking", OFFICE, {"act": "correct"}),
    ],
    **_both("checks_of_figures", "list_figure_checks", Door("ranking", ALL_BUT_ADMIN)),
    **_both("check_figure", "check_figure", Door("ranking", of_roles("office", "leaders"))),
    "api.save_draft": [Door("ranking", REVIEWER)],
    "api.sign_ranking": [Door("ranking", REVIEWER)],
    "api.review_ranking": [Door("ranking", f"{REVIEWER} AND {NOT_OWN}")],
    "api.issue_report": [Door("ranking", f"{SIGNER} AND u.role <> 'leaders'")],
    "api.object_to_ranking": [Door("ranking", "u.role = 'town'")],
    "api.answer_objection": [Door("objection", OFFICE, {"upheld": True, "reason": ""})],
    "api.receive_report": [Door("report", LEADERS)],
    **{
        f"pages.{name}": [Door("measure", "(SELECT code FROM unit WHERE id = u.unit_id) = 'water'")]
        for name in ("figures", "report_figures")
    },
    "pages.brought_file": [Door("proof", f"{WIDE} OR (SELECT code FROM unit WHERE id = u.unit_id) = 'water'")],
}
_COUNTY: dict[str, list[Door]] = {
    **_both("end_authorisation", "end_authorisation", Door("authorisation", f"{SIGNER} AND {OWN_UNIT}")),
    "pages.change_post": [
        Door("post", OFFICE, named={"act": "end"}),
        Door("post", OFFICE, named={"act": "cancel"}),
    ],
    "api.end_post": [Door("post", OFFICE)],
    "api.cancel_post": [Door("post", OFFICE)],
    **_both("withdraw_reform", "withdraw_reform", Door("planned", OFFICE)),
    **{
        f"pages.{name}": [Door("book", of_roles("office", "admin"))]
        for name in ("county_book", "county_book_undoing", "undo_county_book")
    },
    **{f"pages.{name}": [Door("workbook", OFFICE)] for name in ("county_preview", "apply_county")},
    # Accounts.
    **{f"pages.{name}": [Door("account", of_roles("office", "admin"))] for name in ("departure", "depart")},
    **{
        f"api.{name}": [Door("person", of_roles("office", "admin"))]
        for name in ("depart", "preview_departure", "list_holdings")
    },
    "pages.change_user": [Door("account", ADMIN, named={"act": act}) for act in ("open", "tokens", "ask-reset")],
    # This county has no sign-on set up.
    "pages.change_sign_on": [Door("account", NOBODY, {"link": "oidc"})],
    "pages.decide_reset": [Door("reset", INSPECTORATE, named={"act": act}) for act in ("agree", "refuse")],
    "pages.answer_feedback": [Door("feedback", OFFICE, {"answer": "下个版本合并"})],
    # One's own.
    "pages.end_session": [Door("session", OWN)],
    "pages.view": [Door("view", KEEPS_VIEW)],
    "pages.change_view": [Door("view", KEEPS_VIEW, {"act": "up"})],
    "pages.delete_wording": [Door("wording", f"{OWN_UNIT} OR o.unit_id IS NULL AND {OFFICE}", {"act": "delete"})],
    "pages.withdraw_token": [Door("token", OWN)],
    "api.read_one": [Door("message", "u.id = o.recipient_id")],
    # Messages.
    "pages.decide": [Door("delivery", OFFICE)],
    "pages.end_robot": [Door("robot", ADMIN)],
}
DOORS = _TICKETS | _CANDIDATES | _PAPERS | _REGISTER | _RANKINGS | _COUNTY
#: Routes whose argument names nothing that is kept.
NO_OBJECT = {
    "pages.bring_slice": "the hash of what is being sent",
    "pages.save_address": "a channel of one's own",
    "pages.sign_on": "a way to sign in, before anybody has",
    "pages.sign_on_back": "a way to sign in, before anybody has",
    "pages.sign_on_link": "a code that only its owner knows",
    "pages.agree_to_link": "a code that only its owner knows",
    "stylesheet": "a file of the product",
    "static": "a file of the product",
}
