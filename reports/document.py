"""Official document: the texts that every format prints."""

from dataclasses import asdict, dataclass, field
from typing import Any

from reports import anchor, titles

#: What stands on a draft in the place of a number.
DRAFT = "（草稿）"


@dataclass(slots=True)
class Table:
    """A table of texts; `numbers` are the columns set in the middle."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    widths: list[int]
    numbers: list[int]
    #: Notes under the table.
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    title: str
    text: list[str]
    tables: list[Table] = field(default_factory=list)
    #: Whether its heading is of the second level, （一）.
    second: bool = False


@dataclass(slots=True)
class Document:
    """An official document as texts, for any format."""

    issuer: str
    number: str
    #: The title in phrases: a line of it ends only between two of them.
    phrases: list[str]
    to: str
    sections: list[Section]
    closing: str
    day: str
    copied_to: str
    proof: str
    hashes: list[list[str]]
    qr_text: str
    #: The signer of a document that goes upward (签发人); empty where none is named.
    signer: str = ""
    #: 附件说明, under the text; the annex's own title and tables.
    annex: str = "附件：数据校验"
    annex_title: str = "数据校验"
    annex_tables: list[Table] = field(default_factory=list)

    #: 印发机关 in the colophon, by default the issuer; the day it was printed is the document's.
    printed_by: str = ""
    #: A draft is nobody's paper yet: it has no number, no room for a seal and no 印发 line.
    draft: bool = False

    @property
    def title(self) -> str:
        """The title in one line."""
        return titles.whole(self.phrases)

    @property
    def lines(self) -> list[str]:
        """The title broken by meaning."""
        return titles.lines(self.phrases)

    @property
    def printer(self) -> str:
        """印发机关; empty for a draft, which nobody has printed."""
        return "" if self.draft else self.printed_by or self.issuer

    def figures(self) -> dict[str, Any]:
        """The data of the Typst form."""
        own = {"title": self.title, "lines": self.lines, "printer": self.printer, "qr": anchor.svg(self.qr_text)}
        return {**asdict(self), **own}
