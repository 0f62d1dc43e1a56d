"""Bulk lists in words: kinds, outcomes and results of lines, why a line is asked about or left out, and their errors."""

from typing import Any

from flask_babel import lazy_gettext as _l

from web.words.import_faults import fault_sentence
from web.words.labels import add, label, labels
from web.words.language import colon, say
from workflow.county.context import CountyContext
from workflow.register.bulk_lists.line_records import kind_named
from workflow.register.bulk_lists.list_views import LineView

add(
    {
        "bulk.outcome": {
            "waiting": _l("waits to be given out"),
            "check": _l("on the register, to be checked"),
            "candidate": _l("not registered, reported as a candidate"),
            "unknown": _l("not registered, to be reported"),
            "asked": _l("to be clarified"),
            "left_out": _l("left out"),
        },
        "bulk.tab": {
            "check": _l("checks"),
            "candidate": _l("candidates"),
            "asked": _l("to be clarified"),
            "left_out": _l("left out"),
        },
        "bulk.result": {
            "open": _l("to be looked at"),
            "overdue": _l("not looked at in time"),
            "lapsed": _l("lapsed, no longer on the register"),
            "met": _l("checked: no deficiency"),
            "unmet": _l("checked: deficiency found"),
            "seen": _l("visited"),
            "unanswered": _l("not clarified in time"),
        },
        "bulk.why": {
            "list_village": _l("The village is missing, or the county has none, or several, of this name."),
            "list_several": _l("Several households of the village have somebody of this name."),
            "list_number_differs": _l("Somebody of this name lives there, with another ID number."),
            "list_name_differs": _l("The ID number belongs to somebody of another name."),
            "list_gone": _l("The household is no longer on the register."),
            "list_name": _l("This is not a name of a person."),
            "list_not_registered": _l("Not registered; the scheme has no rule about such families."),
            "list_kind_gone": _l("The scheme in force no longer has this kind of list."),
            "list_failed": _l("This line could not be processed by itself. Say what it means."),
            "list_unanswered": _l("Nobody clarified this line in time; what it said was erased."),
            "list_unusable": _l("What the line says cannot be reported."),
            "list_by_person": _l("Left out for the reason given."),
            "id_length": _l("The ID number does not have 18 characters. Check it."),
            "id_date": _l("The date of birth in the ID number is not a valid date. Check it."),
        },
        "bulk.answer": {
            "household": _l("a household of the register"),
            "candidate": _l("a family that is not registered"),
            "left_out": _l("leave the line out"),
        },
        "error": {
            "no_lists_of_yours": _l("The scheme in force names no list of your unit. Ask the county office."),
            "lists_not_yours": _l("Lists of bureaus are read by the bureaus, the towns and the county."),
            "no_such_list": _l("There is no such list, or you do not have access to it."),
            "no_such_line": _l("There is no such line, or it is not yours to answer."),
            "line_not_yours": _l("The county office or the town says what a line means."),
            "line_answered": _l("This line has been answered already. %(again)s"),
            "list_taken": _l("This list has been taken already. %(again)s"),
            "list_taken_before": _l("This file was taken already as list %(number)s. Upload the new one."),
            "list_kind_gone": _l("The scheme in force no longer has this kind of list. Ask the county office."),
            "list_columns_missing": _l(
                "The list lacks columns: %(columns)s. It needs a name, an ID number or a village, and what the list is about."
            ),
            "list_too_long": _l("A list may have %(most)s lines. Split the file."),
            "list_empty": _l("The list names nobody. Choose another file."),
        },
    }
)


def kind_name(setting: CountyContext, code: str) -> str:
    """The name of a kind of list; its code where the scheme no longer has it."""
    kind = kind_named(setting, code)
    return say(kind.name) if kind is not None else code


def said_text(setting: CountyContext, line: LineView) -> list[str]:
    """What a line says, each column by its name."""
    kind = kind_named(setting, line.kind)
    names = {column.code: say(column.name) for column in kind.columns} if kind is not None else {}
    return [f"{names.get(code, code)}{colon()}{text}" for code, text in line.said.items()]


def why_text(code: str) -> str:
    """Why a line is asked about or left out: a reason of the list, or the fault of a cell."""
    known = labels("bulk.why").get(code)
    return str(known) if known is not None else fault_sentence(code, "id_number", {})


def result_text(line: LineView) -> str:
    """What came of a line."""
    if line.outcome == "check":
        return label("bulk.result", line.result)
    if line.outcome == "candidate":
        return label("ticket.state", line.result)
    if line.outcome == "asked" and line.result == "overdue":
        return label("bulk.result", "unanswered")
    return label("bulk.outcome", line.outcome)


#: The words that templates about lines use.
BULK_WORDS: dict[str, Any] = {
    "kind_name": kind_name,
    "said_text": said_text,
    "why_text": why_text,
    "result_text": result_text,
}
