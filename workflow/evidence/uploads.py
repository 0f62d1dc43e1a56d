"""Uploads: detects the type of a file, redraws pictures and stores the bytes, outside any transaction."""

import hashlib
from datetime import datetime
from typing import NotRequired, TypedDict

from workflow.errors import BadInput
from workflow.evidence.media_types import PICTURES, media_type_of, safe_name
from workflow.evidence.store import Place
from workflow.evidence.store_opening import store_at
from workflow.pictures.picture_process import develop

#: The largest file, in megabytes, where the caller names no other bound.
MEGABYTES = 20


class Kept(TypedDict):
    """Stored bytes: the columns of their row, and the perceptual hashes of a picture."""

    filename: str
    sha256: str
    size: int
    media_type: str
    taken_at: NotRequired[datetime | None]
    latitude: NotRequired[float | None]
    longitude: NotRequired[float | None]
    thumbnail: NotRequired[str | None]
    looks: NotRequired[tuple[str, ...]]


def take(files: Place, content: bytes, filename: str, *, megabytes: int = MEGABYTES, photo: bool = False) -> Kept:
    """Store an uploaded file: papers as they are, pictures redrawn with a thumbnail.

    Raises BadInput for an empty or too large file, a type that is not accepted, or an unreadable picture; with `photo`
    for anything but a photo, before anything is stored.
    """
    _bounded(content, megabytes)
    media_type = _photo(content) if photo else media_type_of(content)
    if media_type not in PICTURES:
        sha256 = keep(files, content, megabytes=megabytes)
        name = safe_name(filename, media_type)
        return Kept(filename=name, sha256=sha256, size=len(content), media_type=media_type)
    picture = develop(content)
    return Kept(
        filename=safe_name(filename, picture.media_type),
        sha256=keep(files, picture.content, megabytes=megabytes),
        size=len(picture.content),
        media_type=picture.media_type,
        taken_at=picture.taken_at,
        latitude=picture.latitude,
        longitude=picture.longitude,
        thumbnail=keep(files, picture.thumbnail),
        looks=picture.looks,
    )


def keep(files: Place, content: bytes, *, megabytes: int = MEGABYTES) -> str:
    """Store the bytes as they are, whole or not at all; returns their SHA-256.  Raises BadInput."""
    _bounded(content, megabytes)
    sha256 = hashlib.sha256(content).hexdigest()
    store_at(files).put(sha256, content)
    return sha256


def _photo(content: bytes) -> str:
    """The type of a picture.  Raises BadInput `photo_only` for anything else, BadInput for an unsupported kind of
    photo."""
    try:
        media_type = media_type_of(content)
    except BadInput as error:
        if error.code == "file_avif":
            raise
        raise BadInput("photo_only", "photo") from error
    if media_type not in PICTURES:
        raise BadInput("photo_only", "photo")
    return media_type


def _bounded(content: bytes, megabytes: int) -> None:
    if not content:
        raise BadInput("file_empty", "file")
    if len(content) > megabytes * 1024 * 1024:
        raise BadInput("file_too_large", "file", megabytes=megabytes)
