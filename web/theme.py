"""Theme of the pages: light, dark, or as the reader's device is, kept in a cookie of the browser.

Not an account's: which is read better depends on the screen and the place, and an office's desk is not a hillside.
"""

from flask import Response, current_app, request

COOKIE = "theme"
#: `auto` leaves it to the device.
THEMES = ("auto", "light", "dark")
#: In seconds.
_YEAR = 31536000


def theme() -> str:
    """The theme chosen in this browser, as the page's root names it."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else THEMES[0]


def choose(chosen: str, response: Response) -> None:
    """Keeps the theme in this browser; anything but a theme is left out."""
    if chosen in THEMES:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(COOKIE, chosen, max_age=_YEAR, secure=secure, httponly=True, samesite="Lax")
