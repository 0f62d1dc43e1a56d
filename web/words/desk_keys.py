"""Keys at a desk: what each does, as the help lists them; static/keys.js does it."""

from flask_babel import lazy_gettext as _

#: The keys of a line, and what they do.  The letters of pages after `g` are `web.navigation.LETTERS`.
DESK_KEYS = (
    (("j", "k"), _("Next or previous row; Enter opens it")),
    (("x",), _("Tick the row")),
    (("a",), _("Accept: the ticked rows, else the current row or the ticket")),
    (("e",), _("Endorse: the ticked rows, else the current row or the ticket")),
    (("r",), _("Send back or reject: opens the form for the reason")),
    (("c",), _("Comment")),
    (("/",), _("Search everything")),
    (("f",), _("Search this list")),
    (("?",), _("This list")),
)
