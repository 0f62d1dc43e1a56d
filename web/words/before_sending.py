"""Words before sending: what the page's script says of an input that lacks something, as the server would."""

from flask_babel import gettext as _


def refusal_words() -> dict[str, str]:
    """The sentences of static/refusals.js, by name, in the reader's language; `{name}` stands for what it fills in."""
    return {
        "missing": _("Fill in “%(field)s”.", field="{field}"),
        "choose": _("Choose “%(field)s”.", field="{field}"),
        "tick": _("Tick “%(field)s”.", field="{field}"),
        "file": _("Choose a file for “%(field)s”.", field="{field}"),
        "early": _("“%(field)s” must be %(min)s or later.", field="{field}", min="{min}"),
        "late": _("“%(field)s” must be %(max)s or earlier.", field="{field}", max="{max}"),
        "least": _("“%(field)s” must be at least %(min)s.", field="{field}", min="{min}"),
        "most": _("“%(field)s” must be at most %(max)s.", field="{field}", max="{max}"),
        "number": _("“%(field)s” must be a number.", field="{field}"),
        "day": _("“%(field)s” must be a day of the calendar.", field="{field}"),
        "short": _("“%(field)s” needs at least %(n)s characters.", field="{field}", n="{n}"),
        "form": _("“%(field)s” is not written as it is asked for. Check it.", field="{field}"),
    }
