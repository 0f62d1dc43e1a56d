"""Case proofs: each accountability case equals the fold of its events, and every dossier is as it was frozen; each instruction is
as the last event of its ticket recorded it, and every act on it has its event.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AccountabilityCase, CaseDossier, Event, EventSecret, Instruction, InstructionAct
from workflow.accountability.cases.case_record import FOLDED, folded
from workflow.accountability.instructions import instruction_record
from workflow.verification.proofs.findings import ANYTHING, Finding, RowComparison, is_intact

_DOSSIERS = RowComparison[CaseDossier, tuple[int, int]](
    key=lambda row: (row.case_id, row.seq),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"case {row.case_id} #{row.seq}",
    differs="dossier_altered",
    missing="dossier_missing",
    missing_subject=lambda key: f"case {key[0]} #{key[1]}",
)
_OF_INSTRUCTIONS = (
    *("instruct", "answer_instruction", "return_instruction", "accept_instruction"),
    *("withdraw_instruction", "press_instruction"),
)
_INSTRUCTIONS = RowComparison[Instruction, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ticket_id, instruction_record.folded(row), row.words),
    subject=lambda row: f"instruction {row.id}",
    differs="instruction_differs",
    missing="row_missing",
    missing_subject=lambda key: f"instruction {key}",
)
_ACTS = RowComparison[InstructionAct, int](
    key=lambda row: row.id,
    actual=lambda row: (row.ticket_id, instruction_record.payload(row), row.words),
    subject=lambda row: f"act {row.id} on instruction {row.instruction_id}",
    differs="instruction_act_differs",
    missing="row_missing",
    missing_subject=lambda key: f"act {key} on an instruction",
)


def cases(session: Session) -> Iterator[Finding]:
    """All differences between cases and their history."""
    recorded: dict[int, dict[str, Any]] = {}
    hashes: dict[tuple[int, int], Any] = {}
    for event in session.scalars(
        select(Event).where(Event.subject_type == "case").order_by(Event.subject_id, Event.seq)
    ):
        recorded.setdefault(event.subject_id, {}).update(event.effect.get("case") or {})
        hashes[event.subject_id, event.seq] = event.effect.get("dossier")
    rows = {case.id: case for case in session.scalars(select(AccountabilityCase).order_by(AccountabilityCase.id))}
    for key, case in rows.items():
        if key not in recorded:
            yield Finding("history_missing", f"case {key}")
            continue
        actual = folded(case)
        for name in FOLDED:
            if recorded[key].get(name) != actual[name]:
                yield Finding("row_differs", f"case {key} {name}")
    for key in sorted(recorded.keys() - rows.keys()):
        yield Finding("row_missing", f"case {key}")
    dossiers = select(CaseDossier).order_by(CaseDossier.id).execution_options(yield_per=500)
    yield from _DOSSIERS.findings(session.scalars(dossiers), hashes)


def instructions(session: Session) -> Iterator[Finding]:
    """Rows of instructions and of their acts that differ from the events of the ticket, have none, or are missing."""
    events = session.execute(
        select(Event, EventSecret.body)
        .outerjoin(EventSecret, EventSecret.event_id == Event.id)
        .where(Event.subject_type == "ticket", Event.action.in_(_OF_INSTRUCTIONS))
        .order_by(Event.id)
    )
    words: dict[int, Any] = {}
    states: dict[int, Any] = {}
    acts: dict[int, Any] = {}
    for event, body in events:
        told = event.effect["instruction"]
        states[told["id"]] = (event.subject_id, told)
        if event.action == "instruct":
            words[told["id"]] = ANYTHING if body is None else body["instruction"]
            continue
        act = event.effect["instruction_act"]
        said = (
            None if act["act"] == "press" else ANYTHING if body is None else body[instruction_record.WORDS[act["act"]]]
        )
        acts[act["id"]] = (event.subject_id, act, said)
    recorded = {number: (*told, words.get(number)) for number, told in states.items()}
    yield from _INSTRUCTIONS.findings(session.scalars(select(Instruction).order_by(Instruction.id)), recorded)
    yield from _ACTS.findings(session.scalars(select(InstructionAct).order_by(InstructionAct.id)), acts)
