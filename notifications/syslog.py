"""Syslog: the channel by which block heads go to a log server, one line each, over UDP, TCP or the machine's socket."""

import logging
import logging.handlers
import socket
import sys
from datetime import UTC
from urllib.parse import urlsplit

from notifications.channels import Refused
from notifications.letters import Letter, one_line, title
from workflow.policy.worktime import SHANGHAI

#: How a line begins: RFC 5424, or the older RFC 3164 for servers that know nothing else.
FORMATS = ("rfc5424", "rfc3164")
_PORTS = {"udp": 514, "tcp": 601}
_TIMEOUT = 5.0
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Syslog:
    """The channel `syslog`; `url` is udp://host:port, tcp://host:port or unix:///dev/log."""

    name = "syslog"

    def __init__(self, url: str, host: str, form: str = "rfc5424") -> None:
        self._target, self._kind = target_of(url)
        self._host, self._form = host, form
        self._open: LogServer | None = None

    def send(self, letter: Letter) -> None:
        try:
            if self._open is None:
                self._open = LogServer(self._target, self._kind)
            self._open.say(self._line(letter))
        except OSError as error:
            self.close()
            raise Refused("timeout" if isinstance(error, TimeoutError) else "connection") from error

    def _line(self, letter: Letter) -> str:
        said = one_line(title(letter.kind, letter.params, letter.language))
        at = letter.created_at.astimezone(UTC)
        if self._form == "rfc3164":
            # The older form has the time of the place, without a zone.
            at = at.astimezone(SHANGHAI)
            return f"{_MONTHS[at.month - 1]} {at.day:>2} {at:%H:%M:%S} {self._host} xiaohao: {said}"
        # Version, time, machine, program, no process, the kind as the message's id, no structured data; a BOM marks UTF-8.
        return f"1 {at:%Y-%m-%dT%H:%M:%SZ} {self._host} xiaohao - {letter.kind} - \ufeff{said}"

    def close(self) -> None:
        handler, self._open = self._open, None
        if handler is not None:
            handler.close()


class LogServer(logging.handlers.SysLogHandler):
    """The handler of the standard library, which raises OSError instead of printing what went wrong."""

    append_nul = False

    def __init__(self, target: str | tuple[str, int], kind: int) -> None:
        super().__init__(target, self.LOG_AUTHPRIV, socket.SocketKind(kind))

    def createSocket(self) -> None:
        if self.socktype != socket.SOCK_STREAM or isinstance(self.address, str):
            super().createSocket()
            return
        # The library would wait for as long as the machine does.
        self.unixsocket = False
        self.socket = socket.create_connection(self.address, _TIMEOUT)

    def say(self, line: str) -> None:
        # Over a stream a line ends with its break.
        ended = line + "\n" if self.socktype == socket.SOCK_STREAM else line
        self.emit(logging.LogRecord("xiaohao", logging.INFO, "", 0, ended, None, None))

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if error is not None:
            raise error


def target_of(url: str) -> tuple[str | tuple[str, int], int]:
    """The address and the kind of socket of a log server.  Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "unix" and parts.path:
        return parts.path, socket.SOCK_DGRAM
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("give the log server as udp://host:514, tcp://host:601 or unix:///dev/log")
    kind = socket.SOCK_DGRAM if parts.scheme == "udp" else socket.SOCK_STREAM
    return (parts.hostname, parts.port or _PORTS[parts.scheme]), kind
