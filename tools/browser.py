"""Headless Chromium with Chinese fonts, and a server for it on a loopback port, for screenshots and tests."""

import os
import shutil
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from settings import ROOT

#: Where a request's answer is kept until it is closed.
_ANSWER = "xiaohao.answer"
FONTS = ROOT / "var" / "fonts.conf"
#: The headless shell draws the same pages with half of the processor's time: it has no window to keep up.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: What every window would start a process of its own for (the suggestions under an address bar that nobody sees), and
#: what Playwright switches off: of two such lists the browser takes the last one only.
_WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying"),
    *("OptimizationHints", "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
#: Options under which the browser makes no requests of its own.
_ARGUMENTS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(_WITHOUT)}",
)


def find_chromium() -> Path | None:
    """The path of an installed Chromium, or None."""
    return next((Path(path) for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def chromium(path: Path) -> Iterator[Browser]:
    """A headless browser."""
    # Root may not use the sandbox; and without a fontconfig of ours every Chinese character would be a box.
    alone = ("--no-sandbox",) if os.geteuid() == 0 else ()
    surroundings: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(FONTS)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *alone], env=surroundings)
        try:
            yield browser
        finally:
            browser.close()


class _Answer:
    """A response of the app, closed exactly once."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = parts

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        parts, self._parts = self._parts, ()
        if hasattr(parts, "close"):
            parts.close()


class _Handler(WSGIRequestHandler):
    """Serves one connection without logging, and closes the app's response however the transfer ended.

    Werkzeug leaves a response open when the browser aborts: before closing it reads the rest of the request, which
    fails.
    """

    protocol_version = "HTTP/1.1"
    environ: dict[str, Any] = {}
    server: "_Server"

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        finally:
            if (answer := self.environ.get(_ANSWER)) is not None:
                answer.close()

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log(self, type: str, message: str, *args: object) -> None:
        """Logs nothing; the caller of the browser sees errors itself."""


class _Server(ThreadedWSGIServer):
    """A server that ends after all its threads, so none still reads a file or database that its test has removed."""

    daemon_threads = False

    def __init__(self, app: Any) -> None:
        def noted(environ: dict[str, Any], start_response: Any) -> _Answer:
            environ[_ANSWER] = answer = _Answer(app(environ, start_response))
            return answer

        super().__init__("127.0.0.1", 0, noted, _Handler)
        self.connections: set[socket.socket] = set()

    def server_close(self) -> None:
        # A browser opens connections in advance; these carry no further request.
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        super().server_close()


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serves a WSGI application from threads on a free loopback port; yields its address."""
    server = _Server(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
