"""A task of the help pages: what one does, on which page, in short steps."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """`page`: an endpoint of `pages` without its blueprint; `picture`: a file of static/help without its ending, or empty.

    Texts are lazy: they are in the language of who reads them.
    """

    name: str
    page: str
    title: Any
    steps: tuple[Any, ...]
    picture: str = ""
