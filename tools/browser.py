"""Debian's Chromium with real Chinese glyphs, and a server for it on a loopback port: for screenshots and tests."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from settings import ROOT

FONTS = ROOT / "var" / "fonts.conf"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: A browser on nobody's behalf: it asks nothing of the network but the pages it is sent to.
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> Path | None:
    """Where Chromium is installed, if it is."""
    return next((Path(found) for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def chromium(path: Path) -> Iterator[Browser]:
    """A headless browser."""
    # Root may not use the sandbox; and without a fontconfig of ours every Chinese character would be a box.
    alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
    surroundings = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *alone], env=surroundings)
        try:
            yield browser
        finally:
            browser.close()


class _Quiet(WSGIRequestHandler):
    """Keeps connections open, and its own counsel."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing: who runs the browser sees what went wrong."""


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve a WSGI application from threads on a free loopback port; yields its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
