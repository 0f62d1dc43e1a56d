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
            "head": _l("name of the head"),
            "name": _l("name of the person"),
            "id_number": _l("ID number"),
            "id_kind": _l("type of document"),
            "town": _l("town"),
            "village": _l("village"),
            "relation": _l("relation to the head"),
            "labour": _l("labour ability"),
            "phone": _l("phone"),
            "people": _l("people in the household"),
            "address": _l("address"),
            "income": _l("income per person"),
            "income_year": _l("year of the income"),
            "cause": _l("cause of poverty"),
            "cadre": _l("responsible cadre"),
            "schooling": _l("schooling"),
            "enrolment": _l("at school"),
            "illness": _l("health"),
            "insured": _l("medical insurance"),
            "pension": _l("pension insurance"),
            "allowance": _l("minimum living allowance"),
            "beyond_help": _l("beyond help by work or farming"),
            "status": _l("register status"),
            "sex": _l("sex"),
            "born_on": _l("date of birth"),
            "hamlet": _l("hamlet"),
            "household_type": _l("type of household"),
            "was_poor": _l("formerly poor household"),
            "resettled": _l("lives in a resettlement area"),
            "monitored_as": _l("monitored as"),
            "risk_2": _l("second risk"),
            "risk_3": _l("third risk"),
            "risk_4": _l("fourth risk"),
            "risk_5": _l("fifth risk"),
            "risk_note": _l("note on the risks"),
            "without_labour": _l("secured household without labour force"),
            "found_month": _l("month of identification"),
            "removed_month": _l("month in which the risk was removed"),
            "removed_how": _l("how the risk was removed"),
            "wages": _l("wages"),
            "business_income": _l("income from farming and business"),
            "property_income": _l("income from property"),
            "transfers": _l("transfers"),
            "business_costs": _l("costs of farming and business"),
            "net_income": _l("net income of the household"),
            "claims_paid": _l("insurance claims paid"),
            "rigid_expenses": _l("own payments for treatment and the like"),
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
            "undoing": _l("being undone"),
            "undone": _l("undone"),
        },
        "import.stage": {
            "read": _l("rows read"),
            "check": _l("rows checked"),
            "write": _l("households written"),
        },
        "import.notice": {
            "exit_only_by_gate": _l(
                "The file says the household has exited. Here, only the exit gate decides this. Status unchanged."
            ),
            "exited_here": _l("Exited here, but not in the file. File a relapse as a relapse. Status unchanged."),
            "cleared_by_office": _l("Only the county office clears households from the register. Status unchanged."),
            "cleared_with_tickets": _l(
                "The household has open tickets here. Clear it on its page; the tickets are cancelled with a "
                "reason. Status unchanged."
            ),
            "ended_named": _l("This person is no longer a member here. The row was left out; the others were taken."),
            "people_absent": _l(
                "The file does not name everybody who lives there. They stay members; if they died or left, record it on "
                "the household’s page “Family changes”."
            ),
            "ended_here": _l("The household has ended here. Status unchanged."),
            "income_without_year": _l("The file does not give the year of the income. The income was not imported."),
            "sheet_unread": _l("The sheet “%(sheet)s” was not read: it lacks headings of the register."),
            "sheet_no_village": _l("“%(sheet)s” was not read: no village column. Name it as its village (…村)."),
            "columns_unread": _l("These columns were not read: %(columns)s. Say on the import’s page what they are."),
            "columns_unneeded": _l(
                "“%(columns)s” is not kept: no work of the register needs it, and what is not needed of a person is not stored."
            ),
            "columns_numbered": _l(
                "“%(columns)s” is not kept: people are matched by the number of their document, or by name and birth."
            ),
            "columns_measures": _l(
                "“%(columns)s” is not kept: what is done for a household is a ticket here, with its unit and deadline."
            ),
            "sheet_hidden": _l("The hidden sheet “%(sheet)s” was not read."),
            "rows_hidden": _l("Hidden rows were read as well: %(n)s (%(rows)s)."),
            "rows_left_out": _l(
                "Rows that are no household (totals, notes, signatures) were left out: %(n)s (%(rows)s)."
            ),
            "many_cells": _l(
                "“%(field)s” was left out or read in another way in %(n)s rows. Check the whole column before importing."
            ),
            "rows_continued": _l(
                "Rows without a household code were counted to the household above them: %(n)s (%(rows)s)."
            ),
            "id_15": _l("The ID number has 15 digits. It was converted to the one of 18 characters."),
            "id_region": _l("The ID number begins with a region code that is not in the list. It was imported."),
            "id_disability": _l(
                "This is the number of a disability certificate. Its first 18 characters were imported as the ID number."
            ),
            "id_other": _l("This is the number of another document than the ID card. It was imported as it is."),
            "no_document": _l("“%(value)s”: the person was imported without an ID number."),
            "number_masked": _l("The number is masked: the one on the register stays."),
            "id_missing": _l("The head of the household has no ID number. The household was imported without it."),
            "person_twice": _l(
                "Row %(row)s names the same person. Both rows were imported as one; if they are two people, state "
                "an ID number or a date of birth for each."
            ),
            "phone_first": _l("The cell contains several phone numbers. The first was imported."),
            "phone_words": _l("Only the phone number of the cell was imported, not the words beside it."),
            "kind_is_yes": _l("“%(field)s”: “%(value)s” was read as yes."),
            "birth_century_read": _l("“%(value)s” was read as %(year)s, the only century that is possible."),
            "birth_month_unclear": _l(
                "“%(value)s” may be January or October. Only the year was imported; write the month with two digits."
            ),
        },
        "import.fault": {
            "code_unusable": _l("“%(value)s” is not a valid household code: no slashes, and not only dots."),
            "code_rounded": _l("The household code was rounded by the spreadsheet. Export it as text."),
            "code_twice": _l("The household is already in row %(row)s. Keep one of the two."),
            "code_other_head": _l(
                "Row %(row)s has the same household code with another head. One of the two is wrong."
            ),
            "code_other_village": _l(
                "Row %(row)s has the same household code in another village. One of the two is wrong."
            ),
            "companion": _l("Row %(row)s of the same household was rejected. A household is imported as a whole."),
            "town_unknown": _l("The county has no town “%(town)s”. Use its official name."),
            "village_unknown": _l("There is no village called “%(village)s”. Give the town as well."),
            "village_not_of_town": _l(
                "%(town)s has no village “%(village)s”. Check the name, or ask the county office to add the village."
            ),
            "village_asked": _l(
                "%(town)s has no village “%(village)s”. Is %(near)s meant? The household waits for the answer."
            ),
            "village_several": _l(
                "“%(village)s” may be several villages: %(near)s. Which is meant? The household waits for the answer."
            ),
            "village_of_sheet": _l("The sheet is called “%(village)s”. Is %(near)s meant? Its households wait."),
            "village_of_other_town": _l(
                "The village with the code “%(village)s” is in %(town)s. One of the two is wrong."
            ),
            "not_your_town": _l("The household belongs to another town. A town can import only its own households."),
            "moved_asked": _l(
                "The register has household %(household)s in another village than %(where)s. Did it move? Record it, then "
                "read the file again."
            ),
            "other_household": _l("In the register, this code belongs to another family. Check the code."),
            "erased_code": _l("The household with this code was erased. A family registered again gets another code."),
            "name_signs": _l("“%(field)s” is not a name. Check it."),
            "id_length": _l("The ID number has %(length)s characters instead of 18. Check it."),
            "id_signs": _l("The ID number contains an invalid character. Check it."),
            "id_date": _l("The date of birth %(day)s in the ID number is not a valid date. Check it."),
            "id_checksum": _l("The check digit of the ID number is wrong. Check the number."),
            "id_rounded": _l("The ID number was rounded by the spreadsheet and has lost digits. Export it as text."),
            "id_twice": _l("Row %(row)s has the same ID number. One of the two is wrong."),
            "id_elsewhere": _l(
                "The register has this person in household %(household)s. Moved or married? Record it on that household’s "
                "page “Family changes”, then import the file again."
            ),
            "id_in_other_town": _l(
                "The register has this person in a household of another town. That town or the county office records the "
                "move; then import the file again."
            ),
            "head_asked": _l(
                "The file no longer names the head of %(household)s. Died, left, or no longer head? Record it on the "
                "household’s page “Family changes”, then import the file again."
            ),
            "ended_asked": _l(
                "The household has ended here. Does somebody live there again? Record it on the household’s page “Family "
                "changes”, then import the file again."
            ),
            "two_heads": _l("Row %(row)s is already the head of this household. A household has one head."),
            "no_head": _l("The household has no head. Mark one member as its head."),
            "sex_unknown": _l("“%(value)s” is not a valid sex. Use 男 or 女."),
            "sex_differs": _l("The sex does not match the ID number. One of the two is wrong."),
            "month_bad": _l("“%(value)s” is not a month. Write year and month, as 202106 or 2021-06."),
            "birth_bad": _l("“%(value)s” is not a valid date of birth. Use the form 1990-01-31."),
            "birth_century": _l("“%(value)s”: the century is unclear. Write the year with four digits."),
            "birth_lunar": _l(
                "“%(value)s” is a date of the lunar calendar, which is not converted. Use the date on the ID card or "
                "household book."
            ),
            "birth_differs": _l("The date of birth does not match the ID number. One of the two is wrong."),
            "age": _l("The person would be %(age)s years old. Check it."),
            "phone": _l("This is not a valid phone number. Check it."),
            "phone_rounded": _l("The phone number was rounded by the spreadsheet. Export it as text."),
            "labour_unknown": _l("“%(value)s” is not a labour ability. Use the words of the register."),
            "status_unknown": _l("“%(value)s” is not a register status. Use the words of the register."),
            "yes_no_unknown": _l("“%(field)s” is “%(value)s”, which is neither yes nor no. Use 是 or 否."),
            "people_not_number": _l("“%(value)s” is not a number of people from 1 to 30."),
            "people_differs": _l(
                "The household should have %(said)s people but has %(rows)s rows. Add or correct rows."
            ),
            "income_not_number": _l("“%(value)s” is not an amount. Enter yuan in digits."),
            "income_negative": _l("The income is negative. Check it."),
            "income_too_much": _l("The income is above ten million yuan per person. Check it."),
            "income_year": _l("“%(value)s” is not a valid year of income. Check it."),
            "place_not_number": _l("“%(value)s” is not a number of degrees. Use a number such as 23.93."),
            "place_outside": _l("“%(value)s” degrees is outside China. Check longitude and latitude."),
            "place_half": _l("Longitude and latitude belong together. Fill in “%(field)s”."),
            "too_long": _l("“%(field)s” has %(length)s characters. The maximum is %(most)s."),
            "control_signs": _l("“%(field)s” contains unreadable characters. Enter it again."),
            "cell_error": _l("“%(field)s” contains the formula error %(value)s. Enter the value."),
            "formula_uncomputed": _l(
                "“%(field)s” is a formula without a computed value. Open the file in a spreadsheet program, save it "
                "and upload it again."
            ),
        },
        "error": {
            "may_not_import": _l("Only the county office and the towns can import the register. Contact the office."),
            "no_such_import": _l("There is no such import, or you do not have access to it."),
            "import_at_work": _l("The file is being read or imported. Wait until this is finished."),
            "import_applied": _l("The file has already been imported. To import it again, upload it again."),
            "import_not_read": _l("There is no preview to import. %(again)s"),
            "import_stopped": _l(
                "The file could not be read completely. Save it again as XLSX, or contact the administrator."
            ),
            "import_gone": _l("The uploaded file is no longer available. Upload it again."),
            "register_moved": _l("The register has changed meanwhile. Check the new counts and import again."),
            "sheet_kind": _l("This file cannot be read as a spreadsheet. Save it as XLSX, XLS or CSV and upload it."),
            "sheet_html": _l(
                "This is a web page (HTML) under the name of a spreadsheet. Open it in Excel or WPS, save it as XLSX and "
                "upload that file."
            ),
            "sheet_xml": _l(
                "This is an XML table of Excel 2003. Open it in Excel or WPS, save it as XLSX and upload that file."
            ),
            "sheet_pdf": _l("This is a PDF. Upload the spreadsheet it was made from."),
            "sheet_word": _l("This is a Word document. Copy its table into a spreadsheet and upload that file."),
            "sheet_damaged": _l("The spreadsheet is damaged or protected by a password. Save it again and upload it."),
            "sheet_bounds": _l("The spreadsheet is too large, also when unpacked. Split it."),
            "sheet_entities": _l("The spreadsheet contains entity definitions. Save it again and upload it."),
            "sheet_empty": _l("The spreadsheet is empty. Choose another."),
            "no_headings": _l("No column headings were found in the first ten rows. Add them."),
            "columns_missing": _l(
                "No column was recognised as “%(column)s”. Choose the column, or name it in the file."
            ),
            "heading_twice": _l(
                "The column heading “%(heading)s” appears twice. Rename one in the file and upload it again."
            ),
            "columns_alike": _l(
                "Both “%(one)s” and “%(other)s” are assigned to “%(column)s”. Set one of them to “not read”."
            ),
            "village_answer": _l(
                "Row %(row)s of the villages does not name a town, the village as the file has it, and a village of the county "
                "or 新增."
            ),
            "bad_income_year": _l("The year of the income must be between %(first)s and this year."),
            "column_unknown": _l("There is no field “%(name)s”. Choose one from the list."),
        },
    }
)


def fault_sentence(code: str, field: str, params: Mapping[str, Any]) -> str:
    """A fault and its remedy."""
    text = labels("import.fault").get(code)
    if text is None:
        unknown = _("This row was rejected (%(code)s).", code=code)
        text = _("“%(field)s” is empty. Fill it in.", field=label("register.column", field))
        return text if code.endswith("_missing") else unknown
    return text % {**params, "field": label("register.column", field)}


def notice_sentence(code: str, field: str = "", params: Mapping[str, Any] | None = None) -> str:
    """A notice on an accepted household or on the file; for a cell that was left out its fault."""
    text = labels("import.notice").get(code)
    if text is not None:
        return text % {**(params or {}), "field": label("register.column", field)} if params or field else text
    return _(
        "“%(field)s” was not imported: %(why)s",
        field=label("register.column", field),
        why=fault_sentence(code, field, params or {}),
    )
