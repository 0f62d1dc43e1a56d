"""Forms of a page as they open: which act each posts, and whether one click is enough for it.

One click is enough if nothing required is left to type or to choose, and the button is not behind another one.
"""

import html
import re
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.exceptions import HTTPException

#: The tags that matter, with their attributes; tags in a page are read in order, its text is not.
_TAG = re.compile(r"<(/?)(form|details|summary|button|input|textarea|select|option)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
#: Names of inputs and buttons whose value names the act, where the address does not.
_NAMES_ACT = ("act", "action")
#: Written beside what the server requires and the browser does not hold back.
_REQUIRED = ("必填", "(required)")


@dataclass
class Form:
    """A posting form as it opens: its address, the act of a hidden input, whether something required is still empty, and the
    buttons: the address and the act that each names itself, and whether it is behind another one."""

    address: str
    act: str = ""
    asks: bool = False
    buttons: list[tuple[str, str, bool]] = field(default_factory=list)

    def acts(self, app: Flask) -> dict[str, bool]:
        """Whether one click is enough, by act as `act_of` names it."""
        found: dict[str, bool] = {}
        for address, named, second in self.buttons:
            act = act_of(app, address or self.address, named or self.act)
            found[act] = found.get(act, False) or not (self.asks or second)
        return found


class _Reading:
    """A page that is being read."""

    def __init__(self, address: str) -> None:
        self.address, self.found = address, list[Form]()
        self._form: Form | None = None
        self._began = 0
        #: Of each open `details`, whether its summary is a button.
        self._folded: list[bool] = []
        #: Of an open required select, the values of its options, each with whether it is the chosen one.
        self._options: list[tuple[str, bool]] | None = None

    def opened(self, tag: str, given: dict[str, str], at: int) -> None:
        if tag == "form" and given.get("method") == "post":
            self._form, self._began = Form(given.get("action") or self.address), at
            self.found.append(self._form)
        elif tag == "details":
            self._folded.append(False)
        elif tag == "summary" and self._folded:
            self._folded[-1] = "btn" in given.get("class", "").split()
        elif self._form is not None:
            self._in_form(self._form, tag, given)

    def _in_form(self, form: Form, tag: str, given: dict[str, str]) -> None:
        names = given.get("name") in _NAMES_ACT
        if tag == "button" and given.get("type") != "button" and "hidden" not in given:
            act = given.get("value", "") if names else ""
            form.buttons.append((given.get("formaction", ""), act, any(self._folded)))
        elif tag == "input" and given.get("type") == "hidden":
            form.act = given.get("value", "") if names else form.act
        elif tag == "option" and self._options is not None:
            self._options.append((given.get("value", ""), "selected" in given))
        elif "required" in given and tag == "select":
            self._options = []
        elif "required" in given and given.get("type") in ("checkbox", "radio"):
            form.asks |= "checked" not in given
        elif "required" in given:
            form.asks |= tag == "textarea" or not given.get("value")

    def closed(self, tag: str, page: str, at: int) -> None:
        if tag == "details" and self._folded:
            self._folded.pop()
        elif tag == "form" and self._form is not None:
            self._form.asks |= any(words in page[self._began : at] for words in _REQUIRED)
            self._form = None
        elif tag == "select" and self._options is not None:
            # Without a chosen option it opens with the first.
            chosen = [value for value, is_it in self._options if is_it] or [
                self._options[0][0] if self._options else ""
            ]
            if self._form is not None:
                self._form.asks |= not chosen[0]
            self._options = None


def forms_of(address: str, page: str) -> list[Form]:
    """The posting forms of a page's text, which stands at the address."""
    reading = _Reading(address)
    for tag in _TAG.finditer(page):
        if tag[1]:
            reading.closed(tag[2], page, tag.start())
        else:
            given = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag[3])}
            reading.opened(tag[2], given, tag.start())
    return reading.found


def act_of(app: Flask, address: str, act: str = "") -> str:
    """The endpoint of a form's address, the act in the address, and the one that its button names: `change_post/end`.

    Raises AssertionError if nothing takes forms at the address.
    """
    try:
        endpoint, given = app.url_map.bind("localhost").match(address.partition("?")[0], method="POST")
    except HTTPException as error:
        raise AssertionError(address) from error
    named = [str(given[name]) for name in ("act", "action") if name in given]
    return "/".join([str(endpoint).removeprefix("pages."), *named, *([act] if act else [])])
