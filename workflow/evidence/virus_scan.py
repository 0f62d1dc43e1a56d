"""Virus scan: hands a file to ClamAV's daemon by its socket (INSTREAM of clamd's protocol).

Written here, some forty lines, since the library that is kept (clamav-client) is under the GPL, which this product's license
does not allow it to carry, and the older one (clamd) has not been kept since 2014.
"""

import re
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

#: Seconds for each exchange with the scanner; it unpacks archives.
SECONDS = 30.0
_PIECE = 64 * 1024
_ANSWER = re.compile(r"stream: (?:(?P<virus>.{1,200}) FOUND|OK)")


class ScannerDown(OSError):
    """The scanner cannot be reached, or does not judge the file."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """The scanner at an address: `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`."""

    address: str
    seconds: float = SECONDS

    def virus_in(self, stream: BinaryIO) -> str | None:
        """The name of the virus that the scanner finds, or None.  Raises ScannerDown."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                while piece := stream.read(_PIECE):
                    connection.sendall(struct.pack(">L", len(piece)) + piece)
                connection.sendall(struct.pack(">L", 0))
                answer = b""
                while len(answer) < 1000 and (piece := connection.recv(1000)):
                    answer += piece
        except OSError as error:
            raise ScannerDown(5, str(error)) from error
        said = _ANSWER.fullmatch(answer.decode("utf-8", "replace").strip("\0\n "))
        if said is None:
            # A file over the scanner's own limit, or an error of it: not judged.
            raise ScannerDown(5, "the scanner did not judge the file")
        return said["virus"]

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            made = socket.socket(socket.AF_UNIX)
            made.settimeout(self.seconds)
            try:
                made.connect(parts.path)
            except OSError:
                made.close()
                raise
            return made
        return socket.create_connection((parts.hostname or "", parts.port or 3310), self.seconds)
