"""State table: one table of actions per lifecycle.

State machine, permissions, buttons and diagram are generated from it.

Triggers are verbs, states adjectives.  Relations are of units to the subject, never of persons.  An action may lead to
several targets from one state; then the caller names the target.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from transitions import Machine, MachineError

from workflow.errors import WrongState
from workflow.policy.scheme.model import Text

logging.getLogger("transitions").setLevel(logging.ERROR)

#: Sources, target and relations of a move, each as one code or several.
Row = tuple[tuple[str, ...] | str, str, tuple[str, ...] | str]


@dataclass(frozen=True, slots=True)
class Move:
    """From one of `sources` to `target`, by an actor in one of the relations `by`."""

    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A verb: its moves, its required and optional input, the label of its button, and what else follows from it."""

    name: str
    moves: tuple[Move, ...]
    label: Text
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    by_system: bool = False
    #: Brings the subject on its way: its button is offered first and stands out.
    advances: bool = False
    #: Takes the subject back or ends it unfinished: its button warns.
    undoes: bool = False
    #: May end papers of a unit that does not hold the ticket at that moment.
    ends_papers: bool = False
    #: A unit's answer to what was asked of it, as the dossier of a case lists it.
    answers: bool = False
    #: Gives a unit time, or ends the time given.
    grants_time: bool = False

    @property
    def relations(self) -> frozenset[str]:
        return frozenset(relation for move in self.moves for relation in move.by)


def define_action(
    name: str,
    zh: str,
    en: str,
    rows: Iterable[Row],
    needs: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
    **facts: Any,
) -> Action:
    """An action of a table; `facts` are the remaining fields of `Action`."""

    def several(value: tuple[str, ...] | str) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else value

    moves = tuple(Move(several(sources), target, several(by)) for sources, target, by in rows)
    return Action(name, moves, Text(zh=zh, en=en), needs, optional, **facts)


class _Adapter:
    """The object the machine moves instead of a row, so that it can never overwrite a loaded one."""

    def __init__(self, state: str) -> None:
        self.state = state


@dataclass(frozen=True)
class StateTable:
    """A lifecycle: its states, its actions by name, and the machine made from them.

    `refusal` is the code of the WrongState error raised for a move that the table does not have.
    """

    states: tuple[str, ...]
    actions: dict[str, Action]
    refusal: str
    _machine: Machine = field(init=False, repr=False)

    def __post_init__(self) -> None:
        machine = Machine(
            model=None, states=list(self.states), initial=None, auto_transitions=False, send_event=True, queued=False
        )
        for each in self.actions.values():
            for move in each.moves:
                machine.add_transition(each.name, list(move.sources), move.target, conditions=_is_target(move.target))
        object.__setattr__(self, "_machine", machine)

    @classmethod
    def of(cls, states: tuple[str, ...], actions: Iterable[Action], refusal: str = "wrong_state") -> "StateTable":
        """The table of these actions, in the order in which pages offer them."""
        return cls(states, {each.name: each for each in actions}, refusal)

    def fire(self, name: str, state: str, target: str | None = None) -> str:
        """The state that the action leads to from `state`; `target` chooses where it has two.

        Raises WrongState when the machine refuses.
        """
        adapter = _Adapter(state)
        try:
            moved = self._machine.events[name].trigger(adapter, target=target)
        except MachineError as error:
            raise WrongState(self.refusal, action=name, state=state) from error
        if not moved:
            raise WrongState(self.refusal, action=name, state=state)
        return adapter.state

    def available(self, state: str, related: frozenset[str], refused: Callable[[Action], bool]) -> tuple[str, ...]:
        """The names of the actions an actor so related may do in `state`, in the table's order.

        Actions of the system are never offered; `refused` says of an action whether something beyond the state
        forbids it.
        """
        return tuple(
            each.name
            for each in self.actions.values()
            if not each.by_system and allowed_now(each, state, related) and not refused(each)
        )


def _is_target(target: str) -> Callable[[Any], bool]:
    def condition(event: Any) -> bool:
        wanted = event.kwargs.get("target")
        return wanted is None or wanted == target

    return condition


def ever_allowed(action: Action, related: frozenset[str]) -> bool:
    """Whether some state of the subject would let an actor so related do this."""
    return bool(action.relations & related)


def allowed_now(action: Action, state: str, related: frozenset[str]) -> bool:
    """Whether the table lets an actor so related do this while the subject is in `state`."""
    return any(state in move.sources and related & set(move.by) for move in action.moves)
