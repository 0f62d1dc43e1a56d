"""Import faults: what is wrong with a row of a register's spreadsheet, and what its columns are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.labels import add, label, labels

add(
    {
        "register.column": {
            "code": _l("household code"),
            "head": _l("head's name"),
            "name": _l("person's name"),
            "id_number": _l("ID number"),
            "town": _l("town"),
            "village": _l("village"),
            "relation": _l("relation to the head"),
            "labour": _l("labour ability"),
            "phone": _l("phone"),
            "people": _l("people in the household"),
            "address": _l("address"),
            "income": _l("income a head"),
            "income_year": _l("year of the income"),
            "cause": _l("cause of poverty"),
            "cadre": _l("responsible cadre"),
            "schooling": _l("schooling"),
            "illness": _l("health"),
            "insured": _l("medical insurance"),
            "pension": _l("pension insurance"),
            "allowance": _l("minimum living allowance"),
            "beyond_help": _l("beyond help by work or farming"),
            "status": _l("register status"),
            "sex": _l("sex"),
            "born_on": _l("date of birth"),
            "longitude": _l("longitude"),
            "latitude": _l("latitude"),
        },
        "import.status": {
            "uploaded": _l("columns to be checked"),
            "reading": _l("being read"),
            "read": _l("preview is ready"),
            "queued": _l("being applied"),
            "applied": _l("applied"),
            "failed": _l("could not be read"),
        },
        "import.stage": {
            "read": _l("rows read"),
            "check": _l("rows checked"),
            "write": _l("households written"),
        },
        "import.notice": {
            "exit_only_by_gate": _l(
                "The file says it is out of poverty; only the exit gate says so here. Status kept."
            ),
            "exited_here": _l(
                "It is out of poverty here, the file says it is not; a relapse is filed as one. Status kept."
            ),
            "cleared_by_office": _l("Only the county office takes a household off the register. Status kept."),
            "cleared_with_tickets": _l(
                "It has open tickets here; clear it on its page, which cancels them with a reason. Status kept."
            ),
            "income_without_year": _l("The file does not say of which year the income is; it was not taken over."),
        },
        "import.fault": {
            "code_unusable": _l("“%(value)s” cannot be a household code: no strokes, and not only dots."),
            "code_rounded": _l("The household code was rounded by the spreadsheet; export it as text."),
            "code_twice": _l("The household stands in row %(row)s already; keep one of the two."),
            "code_other_head": _l(
                "Row %(row)s has the same household code with another head; one of the two is wrong."
            ),
            "code_other_village": _l(
                "Row %(row)s has the same household code in another village; one of the two is wrong."
            ),
            "companion": _l("Row %(row)s of the same household is refused; a household comes in whole or not at all."),
            "town_unknown": _l("The county has no town “%(town)s”; use its official name."),
            "village_unknown": _l("No village is called “%(village)s”; give the town as well."),
            "village_not_of_town": _l(
                "%(town)s has no village “%(village)s”; check the name, or have the county office add it."
            ),
            "village_ambiguous": _l("Several villages are called “%(village)s”; give the town or the village's code."),
            "village_of_other_town": _l(
                "The village with the code “%(village)s” lies in %(town)s; one of the two is wrong."
            ),
            "not_your_town": _l("The household is another town's; a town brings in its own only."),
            "other_town": _l("The register has this household in another town; ask the county office to look into it."),
            "other_household": _l("The register has another family under this code; check the code."),
            "name_signs": _l("“%(field)s” is not a name; check it."),
            "id_length": _l("The ID number has %(length)s signs instead of 18; check it."),
            "id_signs": _l("The ID number has a sign that no ID number has; check it."),
            "id_region": _l("The ID number begins with %(region)s, which is no region; check it."),
            "id_date": _l("The ID number's date of birth %(day)s is no possible day; check it."),
            "id_checksum": _l("The last sign of the ID number does not fit the others; check it."),
            "id_rounded": _l("The ID number was rounded by the spreadsheet and has lost digits; export it as text."),
            "id_old": _l("This is an ID number of 15 digits; give the one of 18."),
            "id_missing": _l("The head has no ID number; fill it in."),
            "id_twice": _l("Row %(row)s has the same ID number; one of the two is wrong."),
            "id_elsewhere": _l(
                "The register has a person with this ID number in another household; check where they belong."
            ),
            "two_heads": _l("Row %(row)s is the head of this household already; a household has one."),
            "no_head": _l("Nobody of this household is its head; say who is."),
            "sex_unknown": _l("“%(value)s” is no sex; write 男 or 女."),
            "sex_differs": _l("The sex is not that of the ID number; one of the two is wrong."),
            "birth_bad": _l("“%(value)s” is no possible date of birth; write it as 1990-01-31."),
            "birth_differs": _l("The date of birth is not that of the ID number; one of the two is wrong."),
            "age": _l("The person would be %(age)s years old; check it."),
            "phone": _l("This is no phone number; check it."),
            "phone_rounded": _l("The phone number was rounded by the spreadsheet; export it as text."),
            "labour_unknown": _l("“%(value)s” does not say whether somebody can work; use the register's words."),
            "status_unknown": _l("“%(value)s” is no status of the register; use the register's words."),
            "yes_no_unknown": _l("“%(field)s” says “%(value)s”, neither yes nor no; write 是 or 否."),
            "people_not_number": _l("“%(value)s” is no number of people from 1 to 30."),
            "people_differs": _l("The household should have %(said)s people but has %(rows)s rows; add or correct."),
            "income_not_number": _l("“%(value)s” is no amount; write yuan in figures."),
            "income_negative": _l("The income is below nought; check it."),
            "income_too_much": _l("The income is above ten million yuan a head; check it."),
            "income_year": _l("“%(value)s” is no year an income can be of; check it."),
            "place_not_number": _l("“%(value)s” is no degree; write figures such as 23.93."),
            "place_outside": _l("“%(value)s” degrees lie outside China; check longitude and latitude."),
            "place_half": _l("Longitude and latitude come together; fill in “%(field)s”."),
            "too_long": _l("“%(field)s” has %(length)s signs; keep it under %(most)s."),
            "control_signs": _l("“%(field)s” has signs that cannot be read; type it again."),
            "cell_error": _l("“%(field)s” holds a formula's error %(value)s; write the value."),
        },
        "error": {
            "may_not_import": _l("Only the county office and the towns bring in the register; ask the office."),
            "no_such_import": _l("There is no such import, or it is not yours to see."),
            "import_at_work": _l("The file is being read or applied; wait until that is over."),
            "import_applied": _l("The file has been applied; to bring it in once more, upload it again."),
            "import_not_read": _l("There is no preview to apply; load the page again."),
            "import_stopped": _l(
                "The file could not be read to its end; save it anew as XLSX or tell the administrator."
            ),
            "import_gone": _l("The uploaded file is no longer here; upload it again."),
            "register_moved": _l("The register changed meanwhile; look at the new counts and apply again."),
            "sheet_kind": _l("This is no spreadsheet that can be read; save it as XLSX, XLS or CSV and bring that."),
            "sheet_damaged": _l("The spreadsheet is damaged or under a password; save it anew and bring that."),
            "sheet_bounds": _l("The spreadsheet is too large or unpacks too far; divide it."),
            "sheet_entities": _l("The spreadsheet defines entities, which none needs; save it anew and bring that."),
            "sheet_empty": _l("The spreadsheet is empty; choose another."),
            "no_headings": _l("No row of headings was found among the first ten rows; put one there."),
            "columns_missing": _l("No column was recognised as “%(column)s”; say which it is, or name it in the file."),
            "heading_twice": _l("The heading “%(heading)s” stands twice; rename one in the file and upload it again."),
            "columns_alike": _l(
                "Both “%(one)s” and “%(other)s” are told to be “%(column)s”; leave one of them unread."
            ),
            "bad_income_year": _l("The year of the income must lie between %(first)s and this year."),
            "column_unknown": _l("There is no field “%(name)s”; choose one of the list."),
        },
    }
)


def fault_sentence(code: str, field: str, params: Mapping[str, Any]) -> str:
    """A fault and its remedy."""
    text = labels("import.fault").get(code)
    if text is None:
        unknown = _("This row is refused (%(code)s).", code=code)
        text = _("“%(field)s” is empty; fill it in.", field=label("register.column", field))
        return text if code.endswith("_missing") else unknown
    return text % {**params, "field": label("register.column", field)}
