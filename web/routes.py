"""Routes: a route's address is assembled by code that is compiled when an address of it is first built."""

from collections.abc import Callable

from werkzeug.routing import Rule


class Route(Rule):
    """A rule whose two builders are compiled at first use.

    Werkzeug compiles both when the rule is bound; for all rules that was the largest single part of the start, and most
    processes build the addresses of a few.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: Callable[..., tuple[str, str]] | None = None

        # A function, since the rule binds it to itself; a value of the address may have any name.
        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = Rule._compile_builder(self, append_unknown)
            return compiled(rule, **values)

        return build
