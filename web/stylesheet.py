"""Style sheet: what pages use of Bootstrap, then the parts of static/css by subject, joined into one file.

It is joined when the process first needs it, without a build step.
"""

from functools import cache
from pathlib import Path

from web.style_subset import rules, subset, with_system_theme, without_unused_variables, words

#: Later parts override earlier ones.
PARTS = ("base", "lists", "worklist", "tickets", "register", "assessment", "boards", "today", "phone", "dark", "print")
_ROOT = Path(__file__).parents[1]
_STATIC = _ROOT / "static"
#: Where classes are written: the folder, and the files in it.
_SOURCES = (("templates", "*.html"), ("web", "*.py"), ("static", "*.js"))


@cache
def content() -> bytes:
    """All rules in their order."""
    used = words(
        path.read_text(encoding="utf-8")
        for folder, files in _SOURCES
        for path in sorted((_ROOT / folder).rglob(files))
        if path.parent.name != "vendor"
    )
    bootstrap = subset(rules((_STATIC / "vendor" / "bootstrap.min.css").read_text(encoding="utf-8")), used)
    own = rules("\n".join((_STATIC / "css" / f"{part}.css").read_text(encoding="utf-8") for part in PARTS))
    return without_unused_variables("".join(map(str, with_system_theme((*bootstrap, *own))))).encode()
