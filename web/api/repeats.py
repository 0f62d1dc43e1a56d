"""Repeats: what is kept of an answer for a request that comes again, and how the answer is made from it.

Under an idempotency key no answer is kept that shows people.  What a request made is read again, by the operation that shows
it, with the rights that the caller has now; kept is only the reference by which it is found.  An answer of codes, numbers,
moments and sign-in names alone is its own reference.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from workflow.errors import Conflict, NotAllowed, NotFound


class Operating(Protocol):
    """What is needed of an operation (`web.api.operations`); its handler takes a `Call` and the parameters of its path."""

    @property
    def method(self) -> str:
        """Its method of HTTP."""

    @property
    def path(self) -> str:
        """Its path, with its parameters in braces."""

    @property
    def handler(self) -> Callable[..., Any]:
        """The function that carries it out."""

    @property
    def links(self) -> Mapping[str, str]:
        """Pointers into its answer by the path that takes what is there."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def names(self) -> list[str]:
        """The parameters of its path."""

    @property
    def hints(self) -> Mapping[str, Any]:
        """The types of its parameters and of its answer."""

    @property
    def shape(self) -> Any:
        """The type of its answer."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """How an operation answers a repeat: the fields of its answer that are kept, and what makes the answer from them.

    `again` takes the context, the parameters of the path and the kept fields; None: they are the answer.
    """

    keeps: tuple[str, ...] = ()
    again: Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Any] | None = None

    def kept(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept of an answer."""
        return dict(answer) if self.again is None else {name: answer[name] for name in self.keeps}

    def answer(self, call: Any, path: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
        """The answer to a repeat.  Raises Conflict where the caller may not see any more what the request made."""
        if self.again is None:
            return kept
        try:
            return self.again(call, path, kept)
        except (NotAllowed, NotFound) as error:
            raise Conflict("repeat_out_of_sight", "Idempotency-Key") from error


#: The answer has nothing but codes, numbers, moments, sign-in names and names of units, and is kept whole.
WHOLE = Repeat()


def shown_by(shown: Operating, names: Mapping[str, str]) -> Repeat:
    """A repeat answered by the operation that shows what was made; `names`: its parameters that the path does not give, and
    the field of the answer that does."""

    def again(call: Any, path: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
        found = {name: path[name] if name not in names else kept[names[name]] for name in shown.names}
        return shown.handler(call, **found)

    return Repeat(tuple(names.values()), again)


def found_for(operation: Operating, operations: Iterable[Operating]) -> Repeat:
    """The repeat of an operation that names none: by the one that reads the same shape.

    Raises LookupError where there is no such operation, so that each that is added says how it answers a repeat.
    """
    for shown in operations:
        if shown.method == "GET" and shown.hints["return"] == operation.shape and "query" not in shown.hints:
            pointer = operation.links.get(shown.path)
            missing = [name for name in shown.names if name not in operation.names]
            if not missing:
                return shown_by(shown, {})
            if pointer is not None and len(missing) == 1:
                return shown_by(shown, {missing[0]: pointer.removeprefix("/")})
    raise LookupError(f"{operation.id}: say how it answers a repeat")
