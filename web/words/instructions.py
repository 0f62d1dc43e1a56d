"""Instructions of the leading group: their states, the acts on them, and the sentences of their errors."""

from flask_babel import lazy_gettext as _l

from web.words.labels import add

add(
    {
        "event": {
            "instruct": _l("Instruction of the leading group"),
            "answer_instruction": _l("Instruction answered"),
            "return_instruction": _l("Answer to an instruction returned"),
            "accept_instruction": _l("Answer to an instruction accepted"),
            "withdraw_instruction": _l("Instruction withdrawn"),
            "press_instruction": _l("Pressed for the answer to an instruction"),
        },
        "instruction.state": {
            "waiting": _l("awaiting the answer"),
            "answered": _l("answered, not yet accepted"),
            "accepted": _l("answer accepted"),
            "withdrawn": _l("withdrawn"),
        },
        "instruction.filter": {
            "waiting": _l("Awaiting an answer"),
            "late": _l("Answer overdue"),
            "answered": _l("Answered, not yet accepted"),
            "accepted": _l("Answer accepted"),
            "withdrawn": _l("Withdrawn"),
        },
        "instruction.act": {
            "answer": _l("Answer of the unit"),
            "return": _l("Answer returned"),
            "accept": _l("Answer accepted"),
            "withdraw": _l("Withdrawn"),
            "press": _l("Pressed for the answer"),
        },
        "field.instruction": {
            "words": _l("text of the instruction"),
            "unit": _l("unit that answers"),
            "due_on": _l("answer due on"),
            "answer": _l("answer"),
            "reason": _l("remark"),
        },
        "error": {
            "no_such_instruction": _l(
                "There is no such instruction, or you do not have access to it. Check the number."
            ),
            "instructions_not_yours": _l("Instructions are visible to units and to county-level users. Ask your town."),
            "only_leaders_instruct": _l(
                "Only the leading group gives an instruction, accepts or returns its answer, or withdraws it."
            ),
            "instruction_of_another_unit": _l("The instruction is addressed to another unit. Leave it to that unit."),
            "unit_not_on_ticket": _l(
                "%(unit)s has no part in this ticket and cannot answer for it. Choose a unit of the list, or have it invited"
                " to assist first."
            ),
            "instruction_too_far": _l("An instruction is answered within %(days)s working days, by %(last)s."),
            "instruction_day_past": _l("%(day)s is over. Choose a later working day for the answer."),
            "instruction_waiting": _l("The answer is not in yet. The unit answers first."),
            "instruction_answered": _l("The instruction was already answered. %(again)s"),
            "instruction_accepted": _l("The answer was already accepted. %(again)s"),
            "instruction_withdrawn": _l("The instruction was withdrawn. %(again)s"),
            "unknown_instruction_state": _l("Choose one of the states of the list."),
        },
    }
)
