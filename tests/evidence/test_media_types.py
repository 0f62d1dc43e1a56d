"""Media types: read from the bytes; a file that a browser would run is never sent under its own type or name."""

import io
import zipfile

import pytest

from tests.support.camera import photo, screenshot
from workflow.errors import BadInput
from workflow.evidence import media_type_of, safe_name
from workflow.evidence.media_types import PICTURES

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def archive(*names: str, first: tuple[str, str] | None = None) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for name, text in ([first] if first else []) + [(name, "x") for name in names]:
            made.writestr(name, text)
    return sink.getvalue()


def stream(name: str) -> bytes:
    return OLE + bytes(600) + name.encode("utf-16-le") + bytes(600)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (photo(), "image/jpeg"),
        (screenshot(), "image/png"),
        (b"%PDF-1.7\n<script>alert(1)</script>", "application/pdf"),
        (archive("[Content_Types].xml", "word/document.xml"), WORD),
        (
            archive("[Content_Types].xml", "xl/workbook.xml"),
            WORD.replace("wordprocessingml.document", "spreadsheetml.sheet"),
        ),
        (
            archive("content.xml", first=("mimetype", "application/vnd.oasis.opendocument.text")),
            "application/vnd.oasis.opendocument.text",
        ),
        (stream("WordDocument"), "application/msword"),
        (stream("Workbook"), "application/vnd.ms-excel"),
        ("户编号,户主\n1,张三\n".encode(), "text/plain"),
        ("户编号,户主\r\n1,张三\r\n".encode("gb18030"), "text/plain"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
    ],
    ids=["jpeg", "png", "pdf", "docx", "xlsx", "odt", "doc", "xls", "csv", "gb18030", "html", "svg"],
)
def test_the_bytes_say_what_a_file_is(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00\x04",
        b"text\x00with a nought",
        archive("readme.txt"),
        archive("META-INF/MANIFEST.MF", "AndroidManifest.xml"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        archive("[Content_Types].xml", "word/document.xml")[:60],
        OLE + bytes(2000),
        stream("WordDocument") + "_VBA_PROJECT".encode("utf-16-le"),
        b"GIF8-not-quite\xff",
    ],
    ids=["program", "nought", "zip", "app", "macros", "cut off", "compound", "old macros", "half a gif"],
)
def test_what_is_neither_picture_nor_paper_is_refused(content: bytes) -> None:
    with pytest.raises(BadInput) as refusal:
        media_type_of(content)
    assert refusal.value.code == "file_type_refused"


def test_a_photo_of_an_iphone_is_a_picture_and_a_newer_kind_is_refused_with_what_to_do() -> None:
    assert media_type_of(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic") in PICTURES
    with pytest.raises(BadInput) as refusal:
        media_type_of(b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00avif")
    assert refusal.value.code == "file_avif"


@pytest.mark.parametrize(
    ("brought", "media_type", "name"),
    [
        ("照片.JPG", "image/jpeg", "照片.JPG"),
        ("page.html", "text/plain", "page.html.txt"),
        ("drawing.svg", "text/plain", "drawing.svg.txt"),
        ("run.exe", "application/pdf", "run.exe.pdf"),
        ("screen.png", "image/jpeg", "screen.png.jpg"),
        ("C:\\照片\\一.pdf", "application/pdf", "一.pdf"),
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("a\r\nSet-Cookie: b=1.txt", "text/plain", "aSet-Cookie: b=1.txt"),
        ("abc\u202etxt.pdf", "application/pdf", "abctxt.pdf"),
        ("", "image/png", "file.png"),
        ("长" * 300 + ".jpg", "image/jpeg", "长" * 190 + ".jpg"),
    ],
)
def test_a_file_leaves_under_a_name_that_fits_its_type(brought: str, media_type: str, name: str) -> None:
    assert safe_name(brought, media_type) == name
