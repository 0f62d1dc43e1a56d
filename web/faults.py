"""What is wrong with a row of a register's spreadsheet, in one sentence; and what its columns are called."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _


def column_name(field: str) -> str:
    """What people call a column of the register."""
    return {
        "code": _("household code"),
        "head": _("head's name"),
        "name": _("person's name"),
        "id_number": _("ID number"),
        "town": _("town"),
        "village": _("village"),
        "relation": _("relation to the head"),
        "labour": _("labour ability"),
        "phone": _("phone"),
        "people": _("people in the household"),
        "address": _("address"),
        "income": _("income a head"),
        "income_year": _("year of the income"),
        "cause": _("cause of poverty"),
        "cadre": _("responsible cadre"),
        "schooling": _("schooling"),
        "illness": _("health"),
        "insured": _("medical insurance"),
        "pension": _("pension insurance"),
        "allowance": _("minimum living allowance"),
        "beyond_help": _("beyond help by work or farming"),
        "status": _("register status"),
        "sex": _("sex"),
        "born_on": _("date of birth"),
        "longitude": _("longitude"),
        "latitude": _("latitude"),
    }.get(field, field)


def fault_sentence(code: str, field: str, params: Mapping[str, Any]) -> str:
    """A fault and its remedy."""
    template = _faults().get(code) or (
        _("“{field}” is empty; fill it in.") if code.endswith("_missing") else _("This row is refused ({code}).")
    )
    for name, value in {**params, "field": column_name(field), "code": code}.items():
        template = template.replace("{" + name + "}", str(value))
    return template


def notice_sentence(code: str) -> str:
    """Something to know of a household that comes in all the same."""
    return {
        "exit_only_by_gate": _("The file says it is out of poverty; only the exit gate says so here. Status kept."),
        "exited_here": _("It is out of poverty here, the file says it is not; a relapse is filed as one. Status kept."),
        "cleared_by_office": _("Only the county office takes a household off the register. Status kept."),
        "cleared_with_tickets": _(
            "It has open tickets here; clear it on its page, which cancels them with a reason. Status kept."
        ),
        "income_without_year": _("The file does not say of which year the income is; it was not taken over."),
    }.get(code, code)


def _faults() -> dict[str, str]:
    return {
        "code_unusable": _("“{value}” cannot be a household code: no strokes, and not only dots."),
        "code_rounded": _("The household code was rounded by the spreadsheet; export it as text."),
        "code_twice": _("The household stands in row {row} already; keep one of the two."),
        "code_other_head": _("Row {row} has the same household code with another head; one of the two is wrong."),
        "code_other_village": _("Row {row} has the same household code in another village; one of the two is wrong."),
        "companion": _("Row {row} of the same household is refused; a household comes in whole or not at all."),
        "town_unknown": _("The county has no town “{town}”; use its official name."),
        "village_unknown": _("No village is called “{village}”; give the town as well."),
        "village_not_of_town": _(
            "{town} has no village “{village}”; check the name, or have the county office add it."
        ),
        "village_ambiguous": _("Several villages are called “{village}”; give the town or the village's code."),
        "village_of_other_town": _("The village with the code “{village}” lies in {town}; one of the two is wrong."),
        "not_your_town": _("The household is another town's; a town brings in its own only."),
        "other_town": _("The register has this household in another town; ask the county office to look into it."),
        "other_household": _("The register has another family under this code; check the code."),
        "name_signs": _("“{field}” is not a name; check it."),
        "id_length": _("The ID number has {length} signs instead of 18; check it."),
        "id_signs": _("The ID number has a sign that no ID number has; check it."),
        "id_region": _("The ID number begins with {region}, which is no region; check it."),
        "id_date": _("The ID number's date of birth {day} is no possible day; check it."),
        "id_checksum": _("The last sign of the ID number does not fit the others; check it."),
        "id_rounded": _("The ID number was rounded by the spreadsheet and has lost digits; export it as text."),
        "id_old": _("This is an ID number of 15 digits; give the one of 18."),
        "id_missing": _("The head has no ID number; fill it in."),
        "id_twice": _("Row {row} has the same ID number; one of the two is wrong."),
        "id_elsewhere": _(
            "The register has a person with this ID number in another household; check where they belong."
        ),
        "two_heads": _("Row {row} is the head of this household already; a household has one."),
        "no_head": _("Nobody of this household is its head; say who is."),
        "sex_unknown": _("“{value}” is no sex; write 男 or 女."),
        "sex_differs": _("The sex is not that of the ID number; one of the two is wrong."),
        "birth_bad": _("“{value}” is no possible date of birth; write it as 1990-01-31."),
        "birth_differs": _("The date of birth is not that of the ID number; one of the two is wrong."),
        "age": _("The person would be {age} years old; check it."),
        "phone": _("This is no phone number; check it."),
        "phone_rounded": _("The phone number was rounded by the spreadsheet; export it as text."),
        "labour_unknown": _("“{value}” does not say whether somebody can work; use the register's words."),
        "status_unknown": _("“{value}” is no status of the register; use the register's words."),
        "yes_no_unknown": _("“{field}” says “{value}”, neither yes nor no; write 是 or 否."),
        "people_not_number": _("“{value}” is no number of people from 1 to 30."),
        "people_differs": _("The household should have {said} people but has {rows} rows; add or correct."),
        "income_not_number": _("“{value}” is no amount; write yuan in figures."),
        "income_negative": _("The income is below nought; check it."),
        "income_too_much": _("The income is above ten million yuan a head; check it."),
        "income_year": _("“{value}” is no year an income can be of; check it."),
        "place_not_number": _("“{value}” is no degree; write figures such as 23.93."),
        "place_outside": _("“{value}” degrees lie outside China; check longitude and latitude."),
        "place_half": _("Longitude and latitude come together; fill in “{field}”."),
        "too_long": _("“{field}” has {length} signs; keep it under {most}."),
        "control_signs": _("“{field}” has signs that cannot be read; type it again."),
        "cell_error": _("“{field}” holds a formula's error {value}; write the value."),
    }
