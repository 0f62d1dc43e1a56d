"""Picture child: the process that decodes pictures, with bounded memory, no environment and no files of its own.

Reads pictures from its input and writes what `images.develop` made of each, until the input ends.  Started by
`picture_process`, alone.
"""

import json
import os
import resource
import signal
import struct
import sys
from typing import BinaryIO

from workflow.errors import BadInput
from workflow.pictures.images import Picture, develop

#: The address space of the child, in bytes: 50 megapixels with transparency take 600 MB.
MEMORY = 768 * 1024 * 1024
#: After so many seconds without a picture the child ends; the next picture starts another.
IDLE = 600
LENGTH = struct.Struct(">Q")


def _confine(memory: int) -> None:
    """Take what a decoder that has been broken into could use."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answer(content: bytes) -> tuple[dict[str, object], tuple[bytes, bytes]]:
    try:
        picture = develop(content)
    except BadInput as refused:
        return {"code": refused.code, "params": refused.params}, (b"", b"")
    return _told(picture), (picture.content, picture.thumbnail)


def _told(picture: Picture) -> dict[str, object]:
    taken_at = picture.taken_at.isoformat() if picture.taken_at else None
    place = {"latitude": picture.latitude, "longitude": picture.longitude}
    return {"media_type": picture.media_type, "looks": picture.looks, "taken_at": taken_at, **place}


def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    # The first answer, empty: it is ready.
    sink.write(LENGTH.pack(0))
    sink.flush()
    signal.alarm(IDLE)
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        signal.alarm(0)
        # Out of memory it ends, and the caller reads the end: what is left in the heap is of no use to the next picture.
        told, parts = _answer(source.read(LENGTH.unpack(head)[0]))
        for part in (json.dumps(told).encode(), *parts):
            sink.write(LENGTH.pack(len(part)) + part)
        sink.flush()
        signal.alarm(IDLE)


if __name__ == "__main__":
    # Answers leave by a descriptor that no library knows; what one prints goes nowhere.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(int(sys.argv[1]))
    _serve(os.fdopen(0, "rb", closefd=False), answers)
