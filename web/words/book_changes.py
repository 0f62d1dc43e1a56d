"""Changes of a county workbook in words: columns before and after, and why a row stays as it is when it is undone."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import BookChange
from web.words.labels import add, label, labels
from web.words.language import listing
from web.words.setup import column_name
from workflow.setup.books.book_obstacles import Why

add(
    {
        "book.sheet": {
            "units": _l("units"),
            "villages": _l("villages"),
            "accounts": _l("accounts"),
            "posts": _l("posts"),
            "cadres": _l("cadres of households"),
        },
        "book.obstacle": {
            "changed_since": _l("it was changed since"),
            "former_closed": _l("the account of %(name)s, who was there before, is closed by now"),
            "post_signed": _l("a paper was signed, or a case opened, under this post since"),
            "post_acted": _l("the person has acted for the unit since"),
            "signed_in": _l("the owner has set a password and can sign in"),
            "households": _l("there are households of it"),
            "tickets": _l("there are tickets of it"),
            "accounts": _l("there are accounts of it"),
            "villages": _l("there are villages of it"),
            "posts": _l("there are posts of it"),
            "acts": _l("acts are recorded of it"),
            "papers": _l("papers bear its name"),
            "records": _l("other records name it"),
            "scheme": _l("the scheme would not hold without it"),
            "scheme_waits": _l("a scheme that is adopted for a later day names it"),
        },
    }
)

#: Parts of a change that are not for reading.
_UNSHOWN = ("relieved", "cadre_id")


def change_lines(change: BookChange) -> list[tuple[str, str, str]]:
    """The columns of a change: which, before, after."""
    names = [name for name in {**change.after, **change.before} if name not in _UNSHOWN]
    return [
        (_name(change.sheet, name), _value(name, change.before.get(name)), _value(name, change.after.get(name)))
        for name in names
    ]


def why_sentence(why: Why) -> str:
    """Why a row stays as it is."""
    if why.code == "left_to":
        return _("left to: %(role)s", role=label("role", why.params["role"]))
    return labels("book.obstacle")[why.code] % dict(why.params)


def _name(sheet: str, name: str) -> str:
    return _("in post before") if name == "holder" else column_name(sheet, name)


def _value(name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return listing(value)
    kinds = {"type": "unit.type", "role": "role", "kind": "post"}
    return label(kinds[name], value) if name in kinds else str(value)
