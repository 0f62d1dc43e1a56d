"""Changes of an import in words: columns before and after, and why a household stays as it is when the import is undone."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from web.words.dates import moment
from web.words.labels import add, label, labels
from web.words.register import status_name, yuan
from workflow.register.undoing.built_on import Obstacle
from workflow.register.undoing.change_lines import FieldChange

add(
    {
        "import.obstacle": {
            "import": _l("imported again since (%(at)s)"),
            "undo_import": _l("put back by the undoing of another import since (%(at)s)"),
            "family": _l("a change in the family was recorded since (%(at)s)"),
            "checkup": _l("a checkup was recorded since (%(at)s)"),
            "assign_cadre": _l("another responsible cadre was entered since (%(at)s)"),
            "exit": _l("its exit was recorded since (%(at)s)"),
            "status": _l("its status was changed since (%(at)s)"),
            "taken_back": _l("it was taken back onto the register since (%(at)s)"),
            "quota": _l("its house was entered on the list since (%(at)s)"),
            "move_household": _l("it came to another village by a reform since (%(at)s)"),
            "other": _l("something was recorded on it since (%(at)s)"),
            "ticket": _l("ticket %(number)s was filed since"),
            "random_check": _l("it was drawn for a random check since"),
            "bulk_check": _l("a list of a bureau named it since"),
            "not_kept": _l("what was there before is not kept"),
            "key_missing": _l("a number of before is encrypted under a key that the system no longer has"),
            "number_elsewhere": _l("the former ID number belongs to somebody else by now"),
        },
        "error": {
            "undoing_import_is_the_offices": _l("Only the county office can undo an import. Contact the office."),
            "nothing_to_undo": _l("This import changed nothing that could still be undone."),
            "import_built_on": _l("Something was recorded on these households meanwhile. Check the new preview."),
        },
    }
)

#: The columns that the register's headings name otherwise.
_HEADINGS = {
    "head_name": "head",
    "phone_masked": "phone",
    "id_masked": "id_number",
    "village_id": "village",
    "cadre_name": "cadre",
    "income_fen": "income",
}


def field_name(name: str) -> str:
    """What a changed column is called, as the columns of a file are."""
    if name == "income_people":
        return _("people the income was entered for")
    return label("register.column", _HEADINGS.get(name, name))


def shown_value(name: str, value: Any, villages: dict[int, str]) -> str:
    """A value before or after, as pages write it; a dash for none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    said = {
        "labour": lambda: label("household.labour", value),
        "status": lambda: status_name(value),
        "income_fen": lambda: yuan(value),
        "village_id": lambda: villages.get(value, "–"),
        "sex": lambda: _("male") if value == "m" else _("female"),
    }
    return said[name]() if name in said else str(value)


def change_text(change: FieldChange, villages: dict[int, str]) -> tuple[str, str, str]:
    """A changed column: whose and which, before, after."""
    name = field_name(change.name)
    return (
        f"{change.person} {name}" if change.person else name,
        shown_value(change.name, change.before, villages),
        shown_value(change.name, change.after, villages),
    )


def obstacle_sentence(obstacle: Obstacle) -> str:
    """Why a household stays as it is."""
    params = dict(obstacle.params)
    if "at" in params:
        params["at"] = moment(datetime.fromisoformat(params["at"]))
    said = labels("import.obstacle")
    return said.get(obstacle.code, said["other"]) % params
