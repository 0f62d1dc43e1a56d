"""Compression of answers: Brotli where the browser takes it, which over plain HTTP none does, else gzip.

A page holds secrets (a form's token, personal data) beside words from its address, so its length tells something (BREACH).
The token is masked anew for each page (`web/form_tokens.py`); the rest rests on the session's cookie, which is `SameSite=Lax`:
another site cannot have pages loaded with it except by leading the whole window there, in view of the reader.
"""

import gzip
from typing import Literal

import brotli
from flask import Response, request
from werkzeug.http import parse_accept_header

Encoding = Literal["br", "gzip"]
_TEXTS = ("text/html", "application/json", "application/problem+json")
#: In bytes: what fits into one packet of the network is not sped up by being smaller.
_WORTH_IT = 1000


def accepted(header: str) -> Encoding | None:
    """The encoding for a client with this Accept-Encoding header, or None if it takes neither."""
    offered = parse_accept_header(header)
    if offered.quality("br") > 0:
        return "br"
    return "gzip" if offered.quality("gzip") > 0 else None


def compressed(content: bytes, encoding: Encoding, small: bool = False) -> bytes:
    """The content in this encoding; `small` takes ten times as long, for what is kept."""
    if encoding == "br":
        # The window of a page, in place of 4 MB a request.
        shrunk: bytes = brotli.compress(content, quality=11) if small else brotli.compress(content, quality=5, lgwin=18)
        return shrunk
    return gzip.compress(content, 9 if small else 5, mtime=0)


def of_answers(response: Response) -> Response:
    """A page or an answer of the API, compressed for its client."""
    if response.mimetype not in _TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    encoding = accepted(request.headers.get("Accept-Encoding", ""))
    if encoding is None or response.direct_passthrough or len(response.get_data()) <= _WORTH_IT:
        return response
    response.set_data(compressed(response.get_data(), encoding))
    response.headers["Content-Encoding"] = encoding
    return response
