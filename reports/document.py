"""Official document: the texts that every format prints."""

from dataclasses import asdict, dataclass, field
from typing import Any

from reports import anchor


@dataclass(slots=True)
class Table:
    """A table of texts; `numbers` are the columns set in the middle."""

    caption: str
    head: list[str]
    rows: list[list[str]]
    widths: list[int]
    numbers: list[int]


@dataclass(slots=True)
class Section:
    title: str
    text: list[str]
    tables: list[Table] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """An official document as texts, for any format."""

    issuer: str
    number: str
    title: str
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
    #: 附件说明, under the text.
    annex: str = "附件：数据校验"

    def figures(self) -> dict[str, Any]:
        """The data of the Typst form."""
        return {**asdict(self), "qr": anchor.svg(self.qr_text)}
