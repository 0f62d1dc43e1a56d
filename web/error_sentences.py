"""What is said of a refusal that belongs to no room of its own, by its code."""

from flask_babel import gettext as _


def errors() -> dict[str, str]:
    """The sentences by code."""
    return {
        "no_such_ticket": _("There is no such ticket, or it is not yours to see; check the number."),
        "no_such_evidence": _("There is no such evidence, or it is not yours to see."),
        "no_such_action": _("There is no action “{action}”; choose one of those the ticket lists."),
        "no_such_subject": _("No {field} “{code}” is yours to file for; check the code."),
        "not_allowed": _("“{action}” is not yours to do on this ticket; ask the unit that holds it."),
        "only_the_holder": _("Only the unit that holds the ticket may do this; ask it."),
        "only_the_administrator": _("Only the administrator may do this; ask them."),
        "account_not_yours": _(
            "A unit's account is for the unit itself and for who reads the county; ask your own unit."
        ),
        "unknown_figure": _("There is no figure “{figure}” here; follow one of the links of the account."),
        "signals_not_yours": _("Signals are for the office and the inspectorate; use your own list."),
        "unknown_signal": _("There is no signal “{signal}”; follow one of the links of the signals' page."),
        "board_not_yours": _("Each unit and village sees its own board; the county's readers see every one."),
        "trail_not_yours": _("The audit trail is for the inspectorate; ask it."),
        "too_much_to_verify": _("There are more than {most} events; run `flask --app wsgi verify` instead."),
        "may_not_file": _("Only village and town cadres file tickets; ask the town to file it."),
        "not_what_was_shown": _("Where it goes has changed; look at bureau and dates below, then send it."),
        "may_not_comment": _("You may read this ticket but not comment on it."),
        "may_not_bring_evidence": _("You may read this ticket but not add evidence to it."),
        "stale": _("The ticket has moved since you looked at it; load it again and decide anew."),
        "wrong_state": _("“{action}” is not open while the ticket is “{state}”; load it again to see what is."),
        "ticket_ended": _("The ticket is ended; nothing more is done on it."),
        "may_not_decline": _("This ticket can no longer be declined; accept it."),
        "may_not_reclassify": _("The rounds of declining and reclassifying are used up; resolve the ticket."),
        "done_by_reporting": _(
            "A written report is done by issuing it on the ranking’s page, and what was issued stays so."
        ),
        "not_for_duties": _("A duty cannot be passed on; resolve it."),
        "reopen_too_late": _("The days for reopening are over; file a new ticket, it will name this one."),
        "duplicate_open_ticket": _("An open ticket for the same {field} exists; add to that one."),
        "clock_ran_back": _(
            "The clock here shows an earlier time than the ticket's last step; have the clock set right."
        ),
        "unknown_field": _("“{field}” is not asked for here; leave it out."),
        "missing": _("Fill in “{field}”."),
        "not_text": _("“{field}” must be text; write words."),
        "too_long": _("“{field}” is too long; keep it under {most} characters."),
        "not_yes_or_no": _("“{field}” must be true or false."),
        "not_a_list": _("“{field}” must be a list; give the ids of the evidence."),
        "not_ticket_numbers": _("“{field}” must be a list of ticket numbers."),
        "not_versions": _("“{field}” must give each ticket's number with the version it was shown with."),
        "not_a_date": _("“{field}” must be a date such as 2018-11-20."),
        "date_in_future": _("“{field}” lies in the future; give the day it happened."),
        "date_not_in_future": _("“{field}” must lie in the future; give a later day."),
        "visit_before_resolved": _(
            "The visit must not be before {day}, when the work was said to be done; visit again."
        ),
        "suspension_too_long": _("“{field}” is too far off; choose a day within {days} working days."),
        "evidence_unknown": _("Evidence {id} does not belong to this ticket; upload it here first."),
        "evidence_of_another_unit": _("Evidence {id} is another unit's; bring your own."),
        "evidence_not_new": _("Everything named was brought before this stage began; bring something new."),
        "too_many_files": _("Bring at most {most} files at once; send the others after."),
        "too_much_evidence": _("Your unit has brought {most} pieces of evidence here; that is the most."),
        "file_heic": _(
            "HEIC photos are not taken; set the phone's camera to “most compatible” (JPEG), or send it as JPEG."
        ),
        "photo_only": _("A checkup takes photos only (JPEG, PNG, WebP, GIF); bring papers to the ticket."),
        "picture_too_large": _("The picture has too many pixels; take it with fewer than {megapixels} megapixels."),
        "picture_unreadable": _("The picture is damaged or cut off; take it or send it again."),
        "file_type_refused": _("This type of file is not taken; bring a photo, a PDF, an office document or text."),
        "may_not_import": _("Only the county office and the towns bring in the register; ask the office."),
        "may_not_export": _("The administrator sees no business, so there is nothing to export."),
        "no_such_import": _("There is no such import, or it is not yours to see."),
        "import_at_work": _("The file is being read or applied; wait until that is over."),
        "import_applied": _("The file has been applied; to bring it in once more, upload it again."),
        "import_not_read": _("There is no preview to apply; load the page again."),
        "import_stopped": _("The file could not be read to its end; save it anew as XLSX or tell the administrator."),
        "import_gone": _("The uploaded file is no longer here; upload it again."),
        "register_moved": _("The register changed meanwhile; look at the new counts and apply again."),
        "sheet_kind": _("This is no spreadsheet that can be read; save it as XLSX, XLS or CSV and bring that."),
        "sheet_damaged": _("The spreadsheet is damaged or under a password; save it anew and bring that."),
        "sheet_bounds": _("The spreadsheet is too large or unpacks too far; divide it."),
        "sheet_entities": _("The spreadsheet defines entities, which none needs; save it anew and bring that."),
        "sheet_empty": _("The spreadsheet is empty; choose another."),
        "no_headings": _("No row of headings was found among the first ten rows; put one there."),
        "columns_missing": _("No column was recognised as “{column}”; say which it is, or name it in the file."),
        "heading_twice": _("The heading “{heading}” stands twice; rename one in the file and upload it again."),
        "columns_alike": _("Both “{one}” and “{other}” are told to be “{column}”; leave one of them unread."),
        "bad_income_year": _("The year of the income must lie between {first} and this year."),
        "column_unknown": _("There is no field “{name}”; choose one of the list."),
        "file_empty": _("The file is empty; choose another."),
        "file_too_large": _("The file is too large; keep it under {megabytes} MB."),
        "unit_unknown": _("No unit is called “{unit}”; use its code, name or alias."),
        "unit_cannot_hold": _("“{unit}” cannot hold this ticket; name a bureau, the office or the ticket's own town."),
        "unit_is_the_same": _("“{unit}” already has this ticket; uphold it, or name another unit."),
        "unit_cannot_assist": _("“{unit}” cannot assist here; invite another unit."),
        "assists_already": _("“{unit}” assists already."),
        "does_not_assist": _("“{unit}” does not assist."),
        "kind_unknown": _("There is no kind “{kind}”; choose one of the scheme's."),
        "cause_unknown": _("The kind has no cause “{cause}”; choose one of its own or leave it open."),
        "cause_decides_the_date": _("Choose the cause: it decides whether the fixed last day applies."),
        "kind_is_the_same": _("The ticket is already of this kind; choose another."),
        "kind_not_for_subject": _("This kind is not filed for a {subject}; choose another kind or subject."),
        "one_subject": _("Give either a household or a village, not both and not neither."),
        "unknown_state": _("There is no state “{state}”; choose one of the listed ones."),
        "bad_cursor": _("The place in the list is not known; start from the first page."),
        "bad_version": _("The version must be the number the ticket was shown with; load it again and decide anew."),
        "bad_body": _("The request must be a JSON object; check what was sent."),
        "bad_limit": _("“limit” must be a whole number from 1 to 200."),
        "idempotency_conflict": _("This key was used for another request; use a new key."),
        "signed_out": _("Sign in first."),
        "county_not_installed": _("The county is not set up yet; run `flask --app wsgi init`."),
        "database_of_0_1": _("This database is of version 0.1; the last version that reads it is {version}."),
        "database_newer": _(
            "This database is of a newer version (schema {revision}) than this program; install that version."
        ),
        "database_behind": _(
            "This database is of an earlier version (schema {revision}); run `flask --app wsgi init`."
        ),
        "database_foreign": _("This database holds tables that are not Xiaohao's; name an empty one of its own."),
        "county_not_empty": _("The county has villages already; the demo fills an empty one only."),
        "backup_of_other_database": _("The backup is of a {dialect} database; restore it into one of that kind."),
        "backup_unreadable": _("The file is no backup of this system, or only half of one; choose another."),
        "backup_does_not_verify": _(
            "The backup does not verify ({findings} findings, first: {first}); nothing was changed."
        ),
        "no_such_colleague": _("Nobody called “{name}” works in your unit; check the sign-in name."),
        "user_unknown": _("There is no account “{name}”; check the sign-in name."),
        "user_exists": _("The sign-in name “{name}” is taken; choose another."),
        "bad_user_name": _("A sign-in name has 1 to 64 characters and no spaces; choose another."),
        "unknown_role": _(
            "There is no role “{role}”; use village, town, bureau, office, leaders, inspectorate or admin."
        ),
        "role_not_in_unit": _("The role “{role}” does not belong to “{unit}”; choose another unit."),
        "unit_needed": _("The role “{role}” needs a unit; name it."),
        "village_for_village_role": _(
            "A village is named for a village cadre, and only for one; add it or leave it out."
        ),
        "village_exists": _("“{town}” has a village of this name or code already; choose another."),
        "village_unknown": _("No village is called “{village}”; use its code or name."),
        "village_ambiguous": _("Several villages are called “{village}”; use its code, or name the town as the unit."),
        "not_oneself": _("Nobody closes their own account; ask another administrator."),
        "password_wrong": _("The present password is wrong; type it again."),
        "password_short": _("A password has at least {least} characters; choose a longer one."),
        "no_such_post": _("There is no such post; choose leader or duty, for somebody of a unit."),
        "bad_moment": _("“{value}” is not a moment; write it like 2018-11-20T10:00."),
        "bad_within": _("“Overdue in … working days” must be a whole number from 1 to {most}."),
        "bad_days": _("The limit must be a whole number of working days, from 1 to {most}."),
        "no_such_matter": _("There is no such matter, or it is not yours to see."),
        "may_not_bundle": _("Tickets are bundled by their town, the responsible unit or the office; ask one of them."),
        "not_one_matter": _(
            "{number} is of another village, kind or unit, or not yet with its unit; leave it out of this matter."
        ),
        "in_a_matter": _("{number} is in a matter already; split it off there first."),
        "too_few_tickets": _("Choose at least {least} tickets."),
        "too_many_tickets": _("A matter takes at most {most} tickets at a time; choose fewer."),
        "matter_ended": _("The matter is ended; open a new one."),
        "not_in_this_matter": _("{number} is not in this matter any more; load it again."),
        "number_in_text": _(
            "“{field}” holds an ID number or a mobile number; leave it out: the register keeps it under lock."
        ),
        "number_doubtful": _(
            "This is no ID number or phone as it stands; check each digit and look for the number alone."
        ),
        "may_not_reveal": _(
            "Full numbers are shown to the household's town and to the unit that handles its ticket; ask one of them."
        ),
        "register_not_yours": _("The register is not open to the administrator."),
        "unknown_status": _("There is no register status “{status}”; choose one of the listed ones."),
        "key_missing": _(
            "Some personal data is sealed under a key that is not given; name all keys in XIAOHAO_DATA_KEY."
        ),
        "future_sweep": _("A sweep in the future that writes is refused in production; add --dry-run."),
    }
