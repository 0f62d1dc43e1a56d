"""Phone words: what the script that keeps forms on a phone says; `{name}` stands for what it fills in."""

from flask_babel import gettext as _


def phone_words() -> dict[str, str]:
    """The sentences of static/phone, by name, in the reader's language: all of them, for where pages are taken along."""
    return {**form_words(), **_of_pages()}


def form_words() -> dict[str, str]:
    """Those about forms that are kept and sent, which every page carries."""
    return {
        "another": _("Fill in another"),
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
        "noLongerOffered": _("The page does not offer this form any more. What you wrote is still on this phone:"),
        "refused": _("Not accepted: %(why)s Correct it and send it again.", why="{why}"),
        "reload": _("Load this page again"),
        "remove": _("Remove file"),
        "renewed": _("A new version has come. What you typed is kept."),
        "restored": _("Kept on this phone since %(at)s and not sent yet.", at="{at}"),
        "sending": _("Kept on the phone. Sending: %(part)s%%", part="{part}"),
        "sendingOne": _("Sending: %(title)s", title="{title}"),
        "signIn": _("Sign in"),
        "storing": _("Being kept on the phone …"),
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


def _of_pages() -> dict[str, str]:
    """Those about pages taken along."""
    return {
        "asOf": _("No signal: this page is as of %(at)s.", at="{at}"),
        "leftOut": _("%(n)s households were left out: take fewer villages along.", n="{n}"),
        "needsLine": _("Needs a signal"),
        "noLine": _("There is no signal just now. Try again when there is one."),
        "noRoom": _("The phone has no room left for the pages. Make some, and take them along again."),
        "noWorker": _(
            "This browser opens no pages without a signal. Open Xiaohao in the phone's own browser (Safari, Chrome), not "
            "in a private window."
        ),
        "nobody": _("Nobody is signed in on this phone. Sign in where there is a signal."),
        "notTaken": _("This page is not on the phone; it needs a signal."),
        "nothingOnPhone": _("No pages are on this phone."),
        "nothingTaken": _(
            "No pages are on this phone. Where there is a signal, take them along under “On this phone”; what you have "
            "sent waits here."
        ),
        "oldPage": _("No signal: this page is as of %(at)s, more than a day ago. Much may have changed.", at="{at}"),
        "onPhoneNow": _(
            "%(n)s pages on this phone (%(size)s KB), as of %(at)s, kept until %(until)s.",
            n="{n}",
            size="{size}",
            at="{at}",
            until="{until}",
        ),
        "pinDiffers": _("The two PINs differ. Type them again."),
        "pinGone": _(
            "Ten wrong PINs: the pages were deleted from this phone. Take them along again where there is a signal."
        ),
        "pinShort": _("The PIN has 6 to 12 digits."),
        "pinWait": _("Five wrong PINs. Wait a minute."),
        "pinWrong": _("The PIN is wrong."),
        "taking": _("Taking along: %(part)s%%", part="{part}"),
    }
