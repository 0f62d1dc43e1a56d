"""Phone words: what the script that keeps forms on a phone says; `{name}` stands for what it fills in."""

from flask_babel import gettext as _


def phone_words() -> dict[str, str]:
    """The sentences of static/phone, by name, in the reader's language."""
    return {
        "arrived": _("has arrived"),
        "camera": _("Take a photo"),
        "discard": _("Discard it"),
        "empty": _("No form waits on this phone."),
        "files": _("Choose files"),
        "full": _("The phone has no room left, so this form is not kept on it. Stay on the page until it is sent."),
        "gallery": _("From the gallery"),
        "keeping": _("Kept on the phone. Sending …"),
        "needsYou": _("%(n)s not accepted: open", n="{n}"),
        "onPhone": _("on the phone, waiting for a signal"),
        "photos": _("Choose photos"),
        "refused": _("Not accepted: %(why)s Correct it and send it again.", why="{why}"),
        "remove": _("Remove file"),
        "restored": _("Kept on this phone since %(at)s and not sent yet.", at="{at}"),
        "sending": _("Kept on the phone. Sending: %(part)s%%", part="{part}"),
        "sendingOne": _("Sending: %(title)s", title="{title}"),
        "signIn": _("Sign in"),
        "signOut": _(
            "%(n)s forms on this phone are not sent yet. They stay on it and are sent when you sign in again. "
            "Press again to sign out.",
            n="{n}",
        ),
        "signedOut": _("You were signed out. The form is kept on this phone; sign in, and it is here as it was."),
        "tooLarge": _("%(name)s is larger than %(most)s MB and was left out.", name="{name}", most="{most}"),
        "unreadable": _("%(name)s could not be read. Choose it again.", name="{name}"),
        "waiting": _("%(n)s waiting for a signal", n="{n}"),
        "waits": _("Kept on the phone, waiting for a signal. It is sent by itself; you may leave this page."),
    }
