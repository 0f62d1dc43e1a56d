"""Style subset: of Bootstrap's style sheet the rules that some page can use, and its dark theme as the reader's system asks.

It is computed when the process starts, from the words of templates, pages and scripts, so that there is no list to keep:
a class that is written anywhere in them has its rules.  The whole sheet has nine rules in ten that no page uses.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_NEGATED = re.compile(r":not\([^)]*\)")
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_COMMA = re.compile(r",(?![^(]*\))")
_VARIABLE = re.compile(r"(--[\w-]+):[^;}]*;?")
#: A word of a template or a program that may be a class, and the beginning of one that a value completes.
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_BEGINNING = re.compile(r"([A-Za-z_][\w-]*-)[{'\"]")
_DARK = "[data-bs-theme=dark]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its selectors or what an at-rule says, and its declarations; of an at-rule with rules inside, these."""

    prelude: str
    body: str
    inner: tuple["Rule", ...] = ()

    def __str__(self) -> str:
        return f"{self.prelude}{{{self.body or ''.join(map(str, self.inner))}}}"


def rules(css: str) -> tuple[Rule, ...]:
    """The rules of a style sheet in their order, without comments; statements such as `@charset` are left out."""
    return tuple(_rules(_COMMENT.sub("", css)))


def _rules(css: str) -> Iterator[Rule]:
    at = 0
    while (opened := css.find("{", at)) >= 0:
        prelude = " ".join(css[at:opened].rsplit(";", 1)[-1].split())
        depth, end = 1, opened + 1
        while depth:
            brace = re.compile("[{}]").search(css, end)
            if brace is None:
                raise ValueError(f"{prelude}: a brace is missing")
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        body = " ".join(css[opened + 1 : end - 1].split())
        nested = prelude.startswith(("@media", "@supports"))
        yield Rule(prelude, "", tuple(_rules(body))) if nested else Rule(prelude, body)
        at = end


def words(sources: Iterator[str]) -> Callable[[str], bool]:
    """Whether a class may be used by these sources: it is written there, or begins as something does that is completed."""
    seen, beginnings = set[str](), set[str]()
    for source in sources:
        seen.update(_WORD.findall(source))
        beginnings.update(_BEGINNING.findall(source))
    return lambda name: name in seen or name.startswith(tuple(beginnings))


def subset(sheet: tuple[Rule, ...], used: Callable[[str], bool]) -> tuple[Rule, ...]:
    """The rules with a selector whose classes are all used."""
    kept = []
    for rule in sheet:
        if rule.inner:
            inner = subset(rule.inner, used)
            kept += [Rule(rule.prelude, "", inner)] if inner else []
        elif rule.prelude.startswith("@"):
            kept.append(rule)
        else:
            selectors = [
                one for one in _COMMA.split(rule.prelude) if all(map(used, _CLASS.findall(_NEGATED.sub("", one))))
            ]
            kept += [Rule(",".join(selectors), rule.body)] if selectors else []
    return tuple(kept)


def with_system_theme(sheet: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Dark rules on screens alone, since paper is white, and once more for a page that leaves the theme to the system."""
    turned: list[Rule] = []
    for rule in sheet:
        if _DARK not in str(rule):
            turned.append(rule)
            continue
        turned.append(Rule("@media screen", "", (rule,)))
        turned.append(Rule("@media screen and (prefers-color-scheme:dark)", "", (_renamed(rule),)))
    return tuple(turned)


def _renamed(rule: Rule) -> Rule:
    """The dark rule of a page that leaves the theme to the system, without the rule's other selectors."""
    if rule.inner:
        return Rule(rule.prelude, "", tuple(_renamed(one) for one in rule.inner if _DARK in str(one)))
    selectors = [one.replace(_DARK, "[data-bs-theme=auto]") for one in _COMMA.split(rule.prelude) if _DARK in one]
    return Rule(",".join(selectors), rule.body)


def without_unused_variables(css: str) -> str:
    """The style sheet without custom properties that nothing in it reads."""
    while (shorter := _read_variables(css)) != css:
        css = shorter
    return css


def _read_variables(css: str) -> str:
    read = set(re.findall(r"var\((--[\w-]+)", css))
    return _VARIABLE.sub(lambda found: found[0] if found[1] in read else "", css)
