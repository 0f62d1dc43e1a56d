"""Setting up a county: names of the workbook's sheets and columns, the sentences of its errors, and what was left out."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.errors import sentence
from web.words.import_faults import fault_sentence
from web.words.labels import add, label, labels
from web.words.language import chinese
from workflow.errors import WorkflowError
from workflow.setup.county_workbook import BY_CODE
from workflow.setup.sheet_results import RowFault

add(
    {
        "event": {
            "assign_cadre": _l("Responsible cadre assigned"),
            "user_renamed": _l("Name of an account corrected"),
            "first_sign_in_made": _l("First sign-in slip made"),
            "first_sign_in_used": _l("Password set with a slip"),
            "apply_county_book": _l("County workbook applied"),
            "undo_county_book": _l("County workbook undone"),
            "place_withdrawn": _l("Unit or village taken back: entered by mistake"),
            "place_restored": _l("Unit or village entered again"),
        },
        "unit.type": {
            "town": _l("town"),
            "bureau": _l("county bureau"),
            "office": _l("county office"),
            "leaders": _l("leading group"),
            "inspectorate": _l("inspectorate"),
        },
        "unit.sort": {
            "position": _l("in the scheme's order"),
            "name": _l("by name of the unit"),
            "type": _l("by type"),
        },
        "cadre.sort": {
            "households": _l("most households first"),
            "name": _l("by name"),
            "town": _l("by town"),
        },
        "setup.count": {
            "new": _l("new"),
            "changed": _l("changed"),
            "unchanged": _l("unchanged"),
            "refused": _l("rejected"),
        },
        "error": {
            "county_import_not_yours": _l(
                "The county workbook is applied by the county office and the administrator. Contact one of them."
            ),
            "first_code": _l(
                "The code is wrong, used, replaced or no longer good. Check it, or ask the administrator for a new slip."
            ),
            "passwords_differ": _l("The two passwords differ. Type the same one twice."),
            "nobody_without_password": _l("Every account has a password. Choose a single account for a new slip."),
            "county_book_gone": _l("The workbook is no longer kept. Upload it again."),
            "no_county_sheets": _l("The file has none of the sheets %(sheets)s. Download the template and fill it in."),
            "county_book_is_text": _l(
                "A text file (CSV) holds one table without a name. Copy it into a workbook (.xlsx) with the sheets %(sheets)s, "
                "or download the template."
            ),
            "sheet_columns_missing": _l(
                "The sheet lacks these columns: %(columns)s. Copy the headings from the template."
            ),
            "cell_uncomputed": _l(
                "The formula has no value. Replace it with its value, or open and save the file first."
            ),
            "row_is_note": _l("A total, note or signature; left out."),
            "row_hidden": _l("A hidden row; read as well."),
            "row_twice": _l("Row %(first)s is about the same. Keep one of the two rows."),
            "name_near_unlisted": _l(
                "“%(name)s” is near: %(near)s. If that one is meant, write its name; if it is another, list that one in "
                "this sheet too."
            ),
            "village_renamed": _l(
                "The code belongs to the village “%(village)s”. Correct the code, or rename the village under “Reforms”."
            ),
            "village_code_differs": _l("This village has the code %(code)s. Correct the code or leave it empty."),
            "cell_yes_or_no": _l("“%(value)s” is neither yes nor no. Write 是 or 否."),
            "not_people": _l("The number of people must be a whole number from 0 to %(most)s."),
            "role_word": _l("There is no role “%(value)s”. Use one of: %(words)s."),
            "type_word": _l("There is no type of unit “%(value)s”. Use one of: %(words)s."),
            "post_word": _l("There is no post “%(value)s”. Use one of: %(words)s."),
            "account_closed": _l(
                "The account “%(name)s” is disabled. Enable it under “Accounts”, or choose another name."
            ),
            "account_elsewhere": _l(
                "The account “%(name)s” has another role, unit or village (%(unit)s). Move it under “Accounts”, where what "
                "the person holds is handed over."
            ),
            "household_unknown": _l("There is no household “%(household)s”. Check the code."),
            "nothing_to_hand_over": _l("This person has no households any more. %(again)s"),
            "cadre_account": _l("There is no open account “%(name)s” of a town or village. Check the user name."),
            "cadre_of_another_town": _l("%(name)s belongs to another town. Choose a person of the household's town."),
            "cadre_differs": _l("The account belongs to %(name)s. Correct the name or the user name."),
            "cadres_not_yours": _l(
                "Households are given to cadres by the county office and the towns. Contact one of them."
            ),
            "unit_renamed": _l("This is the unit “%(unit)s”. A unit is renamed under “Reforms”; keep its name here."),
            "unit_type_fixed": _l("The type of a unit that exists cannot change. Restore the former type."),
            "unit_name_taken": _l("“%(value)s” is a name of %(unit)s. Use another one, or remove it."),
            "unit_code_differs": _l(
                "This unit was entered before under the code %(code)s. Use it, or leave the code empty."
            ),
            "no_such_county_book": _l("There is no such workbook. Go back to the list."),
            "county_book_built_on": _l("Something was recorded on these rows meanwhile. Check the new preview."),
            "unit_code": _l("A code begins with a small letter and has small letters, digits and - only. Correct it."),
            "unit_mark": _l("A document mark has at most 12 characters, none of them a digit or sign. Correct it."),
            "unit_value": _l("This cannot be read. Correct it or leave it empty."),
            "units_refused": _l("The scheme does not hold with these units: %(says)s"),
        },
    }
)


def sheet_name(code: str) -> str:
    """A sheet by the name it has in the workbook."""
    form = BY_CODE[code]
    return form.zh if chinese() else form.en


def column_name(sheet: str, field: str) -> str:
    """A column by its heading in the workbook."""
    column = next(column for column in BY_CODE[sheet].columns if column.field == field)
    return column.zh if chinese() else column.en


def row_sentence(fault: RowFault) -> str:
    """A row or cell that was not taken: sheet, row, column, and the error with its remedy."""
    place = _("sheet %(sheet)s", sheet=sheet_name(fault.sheet))
    if fault.row:
        place = _("%(sheet)s, row %(row)s", sheet=place, row=fault.row)
    if fault.field:
        place = _("%(row)s, %(column)s", row=place, column=column_name(fault.sheet, fault.field))
    why = _why(fault.error, fault.sheet)
    if fault.left_out and fault.field:
        return _("%(place)s (cell left out): %(why)s", place=place, why=why)
    return _("%(place)s: %(why)s", place=place, why=why)


def left_to(role: str) -> str:
    """Who applies a sheet that is not the reader's."""
    return _("left to: %(role)s", role=label("role", role))


def _why(error: WorkflowError, sheet: str) -> str:
    if error.code in labels("import.fault") and error.code not in labels("error"):
        return fault_sentence(error.code, error.field or "", error.params)
    names = {column.field: column_name(sheet, column.field) for column in BY_CODE[sheet].columns}
    return sentence(error, names)
