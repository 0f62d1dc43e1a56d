"""Media types: detects the type of a file from its bytes, never from its name, and makes the name it may be
downloaded as.

Text of any kind is text/plain, an HTML page and an SVG drawing included: nothing is served under a type that a
browser would execute.  Archives are accepted only as office documents without macros.
"""

import io
import unicodedata
import zipfile

from workflow.errors import BadInput

PICTURES = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/heic")
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
#: Accepted types with the allowed endings; the first is added if none fits.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    _OPEN_XML + "wordprocessingml.document": (".docx",),
    _OPEN_XML + "spreadsheetml.sheet": (".xlsx",),
    _OPEN_XML + "presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    "application/vnd.ms-powerpoint": (".ppt", ".dps"),
    "text/plain": (".txt", ".csv"),
}
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
#: The main part of an office document's archive, and the type it implies.
_PARTS = {
    "word/document.xml": _OPEN_XML + "wordprocessingml.document",
    "xl/workbook.xml": _OPEN_XML + "spreadsheetml.sheet",
    "ppt/presentation.xml": _OPEN_XML + "presentationml.presentation",
}
#: The same for compound files of older office versions, by the name of the main stream.
_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
#: Brands of ISO media files with pictures: as iPhones write them, which are redrawn as JPEG, and those that are not read.
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")


def media_type_of(content: bytes) -> str:
    """The type shown by the bytes.  Raises BadInput for a type that is not accepted."""
    for beginning, media_type in _BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        return "image/heic"
    if content[4:8] == b"ftyp" and content[8:12] in _AVIF:
        raise BadInput("file_avif", "file")
    shown: str | None = None
    if content.startswith(b"PK\x03\x04"):
        shown = _archive(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        shown = _compound(content)
    elif _is_text(content):
        shown = "text/plain"
    if shown is None:
        raise BadInput("file_type_refused", "file")
    return shown


def _archive(content: bytes) -> str | None:
    """The office document type of a zip archive; only its list of names is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except Exception:
        # A broken or hostile directory may raise anything; then it is no document.
        return None
    if any(name.rsplit("/", 1)[-1].lower() == "vbaproject.bin" for name in names):
        return None
    if "[Content_Types].xml" in names:
        return next((media_type for part, media_type in _PARTS.items() if part in names), None)
    # OpenDocument names its own type in the first entry, uncompressed, at a fixed place.
    for ending in ("text", "spreadsheet"):
        named = f"application/vnd.oasis.opendocument.{ending}"
        if content[30 : 38 + len(named)] == b"mimetype" + named.encode() and "content.xml" in names:
            return named
    return None


def _compound(content: bytes) -> str | None:
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        return None
    for stream, media_type in _STREAMS.items():
        if stream.encode("utf-16-le") + b"\x00\x00" in content:
            return media_type
    return None


def _is_text(content: bytes) -> bool:
    return charset_of(content) is not None


def charset_of(content: bytes) -> str | None:
    """UTF-8, or GB18030 as Chinese editors save text; None for other bytes.

    GB18030 decodes nearly anything; control, private and unassigned characters reveal other files.
    """
    try:
        return None if "\x00" in content.decode("utf-8") else "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    odd = ("Cc", "Cn", "Co", "Cs")
    return None if any(unicodedata.category(sign) in odd for sign in set(text) - set("\t\r\n\f")) else "gb18030"


def safe_name(filename: str, media_type: str) -> str:
    """The download name of a file: its last part without control characters, with an ending of its type.

    >>> safe_name("C:\\\\photos\\\\page.html", "text/plain")
    'page.html.txt'
    """
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    # Unprintable characters (line ends, direction marks) must not enter a header or a list.
    name = "".join(letter for letter in last if letter.isprintable()).strip(" .")[:190] or "file"
    endings = ENDINGS.get(media_type, ("",))
    return name if name.lower().endswith(endings) else name + endings[0]
