"""Sealed store: keeps evidence encrypted in a folder or a bucket, and reads pieces stored in clear as well.

A piece keeps the SHA-256 of its plain bytes as its name.  Sealed, it is a header (mark, key, random salt) and chunks of 64 KiB,
each encrypted with AES-256-GCM under a key derived for this piece alone; the nonce holds the chunk's number and whether
it is the last one (the STREAM construction: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).  So a chunk that was altered,
moved, repeated or left out does not open, nor does a piece that was cut off or put under another name.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import IO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.sealing import KeyMissing, derived, parted
from workflow.evidence.store import Damaged, Store

#: What a sealed piece begins with.  No accepted upload does: text holds no zero byte, other types have beginnings of their own.
MARK = b"\0xiaohao sealed 1"
#: Plain bytes of a chunk, and the bytes by which it grows.
CHUNK, TAG = 64 * 1024, 16
_KEY_ID, _SALT = 4, 32
_HEADER = len(MARK) + _KEY_ID + _SALT


class SealedStore:
    """A store under the county's data keys: the newest key seals, all of them open."""

    def __init__(self, inner: Store, keys: str | Sequence[str], *, sealing: bool) -> None:
        """`inner` holds the bytes; `sealing` says whether new pieces are sealed.  Raises ValueError for no key."""
        self.inner, self.sealing, self._keys = inner, sealing, keys
        secrets = [derived(key, "file") for key in parted(keys)]
        self._secrets = {hashlib.sha256(secret).digest()[:_KEY_ID]: secret for secret in secrets}
        self._newest = next(iter(self._secrets))

    def put(self, sha256: str, content: bytes) -> None:
        self.inner.put(sha256, self._sealed(sha256, content) if self.sealing else content)

    def replace(self, sha256: str, content: bytes) -> None:
        self.inner.replace(sha256, self._sealed(sha256, content) if self.sealing else content)

    def open(self, sha256: str) -> IO[bytes]:
        """A stream of the plain bytes, opened chunk by chunk.  Raises FileNotFoundError, KeyMissing, Damaged."""
        stream = self.inner.open(sha256)
        try:
            header = _read(stream, _HEADER)
            if not header.startswith(MARK):
                return cast(IO[bytes], _Pieces(stream, _plain(stream, header)))
            cipher = self._cipher(sha256, header)
            pieces = _Pieces(stream, _opened(stream, cipher, sha256))
            # The first chunk is read now, so that most damage is known before a response begins.
            pieces.fill(1)
        except BaseException:
            stream.close()
            raise
        return cast(IO[bytes], pieces)

    def listing(self) -> Iterator[tuple[str, datetime]]:
        yield from self.inner.listing()

    def drop(self, name: str, before: datetime) -> bool:
        return self.inner.drop(name, before)

    def read_mark(self) -> str | None:
        return self.inner.read_mark()

    def write_mark(self, mark: str) -> None:
        self.inner.write_mark(mark)

    def beside(self, inner: Store) -> "SealedStore":
        """Another store under the same keys."""
        return SealedStore(inner, self._keys, sealing=self.sealing)

    def is_newest(self, name: str) -> bool:
        """Whether the piece is stored as a new one would be.  Raises FileNotFoundError."""
        with self.inner.open(name) as stream:
            header = _read(stream, _HEADER)
        if not header.startswith(MARK):
            return not self.sealing
        return header[len(MARK) : -_SALT] == self._newest

    def seal_again(self, name: str) -> None:
        """Store a piece again, sealed under the newest key.  Raises FileNotFoundError, KeyMissing, Damaged."""
        with self.open(name) as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != name:
            raise Damaged(5, "its bytes are not those of its name", name)
        self.inner.replace(name, self._sealed(name, content))

    def _sealed(self, name: str, content: bytes) -> bytes:
        header = MARK + self._newest + os.urandom(_SALT)
        cipher = self._cipher(name, header)
        sealed, view = BytesIO(header), memoryview(content)
        sealed.seek(0, os.SEEK_END)
        last = max(len(content) - 1, 0) // CHUNK
        for number in range(last + 1):
            chunk = view[number * CHUNK : (number + 1) * CHUNK]
            sealed.write(cipher.encrypt(_nonce(number, is_last=number == last), chunk, None))
        return sealed.getvalue()

    def _cipher(self, name: str, header: bytes) -> AESGCM:
        """The cipher of one piece.  Raises KeyMissing, Damaged for a header that was cut off."""
        if len(header) < _HEADER:
            raise Damaged(5, "the stored file is cut off", name)
        secret = self._secrets.get(header[len(MARK) : -_SALT])
        if secret is None:
            raise KeyMissing(f"file {name}")
        kdf = HKDF(algorithm=SHA256(), length=32, salt=header[-_SALT:], info=f"xiaohao file {name}".encode())
        return AESGCM(kdf.derive(secret))


def seal_stored(store: SealedStore, progress: Callable[[int], None] = lambda count: None) -> tuple[int, int]:
    """Seal every stored piece that is not under the newest key; pieces in clear only where the store seals.

    Returns how many were sealed, and how many are damaged and stay as they are, for `verify` to find.  Done again, it goes on where
    it was stopped.  Raises KeyMissing for a piece whose key is gone.
    """
    count = damaged = 0
    for name, _ in store.listing():
        # The remains of a crash have longer names; cleanup removes them.
        if len(name) != hashlib.sha256().digest_size * 2:
            continue
        try:
            if store.is_newest(name):
                continue
            store.seal_again(name)
        except FileNotFoundError:
            continue
        except Damaged:
            damaged += 1
            continue
        count += 1
        progress(count)
    return count, damaged


def stored_as_is(store: Store) -> Store:
    """The store of the bytes as they are on disk, for a backup: sealed pieces stay sealed."""
    return store.inner if isinstance(store, SealedStore) else store


class _Pieces:
    """A readable stream over pieces of bytes."""

    def __init__(self, stream: IO[bytes], pieces: Iterator[bytes]) -> None:
        self._stream, self._pieces, self._rest = stream, pieces, b""

    def fill(self, size: int) -> None:
        """Holds `size` bytes ready, or what is left."""
        parts, held = [self._rest], len(self._rest)
        while held < size and (piece := next(self._pieces, b"")):
            parts.append(piece)
            held += len(piece)
        self._rest = b"".join(parts)

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            content = b"".join((self._rest, *self._pieces))
            self._rest = b""
            return content
        self.fill(size)
        content, self._rest = self._rest[:size], self._rest[size:]
        return content

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> "_Pieces":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _plain(stream: IO[bytes], beginning: bytes) -> Iterator[bytes]:
    piece = beginning
    while piece:
        yield piece
        piece = stream.read(CHUNK)


def _opened(stream: IO[bytes], cipher: AESGCM, name: str) -> Iterator[bytes]:
    """The plain chunks; the last one is known only by what follows it, so one is read ahead."""
    number, sealed = 0, _read(stream, CHUNK + TAG)
    while True:
        following = _read(stream, CHUNK + TAG) if len(sealed) == CHUNK + TAG else b""
        try:
            chunk = cipher.decrypt(_nonce(number, is_last=not following), sealed, None)
        except (InvalidTag, ValueError):
            raise Damaged(5, "the stored file was altered or is cut off", name) from None
        yield chunk
        if not following:
            return
        number, sealed = number + 1, following


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _read(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end: a bucket's stream may give fewer at once."""
    parts, missing = [], size
    while missing and (part := stream.read(missing)):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
