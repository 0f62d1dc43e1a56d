"""DOCX rendering: an official document to edit, with the texts of the PDF, the measures of GB/T 9704, and the same
bytes for the same texts.
"""

import io
import math
import re
from datetime import UTC, datetime
from typing import Any

from reports import anchor, titles
from reports.document import Document, Section, Table
from reports.word_xml import dress, foot_box, page_number, rule, table_margins, unspaced
from reports.zip_files import packed_at

#: Named, not embedded: an office has the faces that GB/T 9704 asks for.
_BODY, _TITLE, _SECTION, _SECOND, _PAGE = "仿宋", "方正小标宋简体", "黑体", "楷体", "宋体"
_RED = "C8102E"
_UNBROKEN = re.compile(r"\w{24}", re.ASCII)
#: Characters of 16 points in a line; and of 14 in one of the colophon, one character from either edge.
_LINE, _FOOT = 27.0, 29


def docx(document: Document, made_at: datetime) -> bytes:
    """The document as DOCX; `made_at` (UTC) is the date its file carries."""
    pages = Pages()
    pages.head(document)
    pages.sections(document.sections)
    # The signature never stands on a page without text.
    if document.sections and not document.sections[-1].tables:
        pages.file.paragraphs[-1].paragraph_format.keep_with_next = True
    if document.closing:
        pages.line(document.closing, keep=True)
    if document.annex:
        pages.line("", indent=False, keep=True)
        pages.line(document.annex, keep=True)
    pages.signature(document)
    pages.proof(document)
    pages.footer()
    return pages.saved(document.title, document.issuer, made_at)


class Pages:
    """A DOCX being written, paragraph by paragraph, on A4 with the margins of GB/T 9704."""

    def __init__(self) -> None:
        # Imported here, so that a web worker that writes none does not load it.
        from docx import Document as new_file
        from docx.shared import Mm

        self.file: Any = new_file()
        page = self.file.sections[0]
        page.page_width, page.page_height = Mm(210), Mm(297)
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
        dress(self.file.styles["Normal"], _BODY, 16)
        unspaced(self.file.styles["Normal"])

    def saved(self, title: str, author: str, made_at: datetime) -> bytes:
        """The file; the same bytes for the same paragraphs."""
        core, moment = self.file.core_properties, made_at.astimezone(UTC).replace(microsecond=0)
        core.created = core.modified = core.last_printed = moment.replace(tzinfo=None)
        core.title, core.author, core.last_modified_by, core.revision = title, author, author, 1
        core.comments, core.language = "", "zh-CN"
        stream = io.BytesIO()
        self.file.save(stream)
        return packed_at(stream.getvalue(), made_at)

    def sections(self, sections: list[Section]) -> None:
        """Headings, paragraphs and tables."""
        for part in sections:
            if part.title:
                self.line(part.title, font=_SECOND if part.second else _SECTION, keep=True)
            for text in part.text:
                self.line(text)
            for table in part.tables:
                self.table(table)

    def title(self, lines: list[str], size: float = 22) -> None:
        """A title in its lines."""
        self.line("\n".join(lines), font=_TITLE, size=size, align="center", indent=False, leading=34)

    def line(
        self,
        text: str,
        *,
        font: str = _BODY,
        size: float = 16,
        align: str = "",
        indent: bool = True,
        bold: bool = False,
        colour: str = "",
        keep: bool = False,
        where: Any = None,
        leading: float = 28,
    ) -> Any:
        """A paragraph of one run, its first line two characters in."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
        from docx.shared import Pt, RGBColor

        paragraph = (where or self.file).add_paragraph()
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.keep_with_next = keep
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(max(leading, size * 1.3))
        if indent:
            shape.first_line_indent = Pt(2 * size)
        named = {
            "left": WD_ALIGN_PARAGRAPH.LEFT,
            "center": WD_ALIGN_PARAGRAPH.CENTER,
            "right": WD_ALIGN_PARAGRAPH.RIGHT,
        }
        # Justified, the words before a hash that goes to the next line would be spread over the whole line.
        otherwise = WD_ALIGN_PARAGRAPH.LEFT if _UNBROKEN.search(text) else WD_ALIGN_PARAGRAPH.JUSTIFY
        paragraph.alignment = named.get(align, otherwise)
        run = paragraph.add_run()
        for number, part in enumerate(text.split("\n")):
            if number:
                run.add_break()
            run.add_text(part)
        dress(run, font, size)
        run.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        return paragraph

    def head(self, document: Document) -> None:
        """Red head over its line, number, title, addressee."""
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Mm

        # A very long name goes on in the next line, since a head of ten points is none.
        size = max(min(36.0, 425 / max(titles.width(document.issuer), 1)), 20.0)
        self.line(document.issuer, font=_TITLE, size=size, align="center", indent=False, colour=_RED)
        self.line("", indent=False)
        self.line("", indent=False)
        if document.signer:
            # Upward: the number to the left, the signer to the right, each one character from the edge, the name in 楷体.
            ruled = self.line(f"　{document.number}\t签发人：", align="left", indent=False)
            ruled.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
            dress(ruled.add_run(f"{document.signer}　"), _SECOND, 16)
        else:
            ruled = self.line(document.number, align="center", indent=False)
        rule(ruled, "bottom", 12, _RED)
        self.line("", indent=False)
        self.title(document.lines)
        self.line("", indent=False)
        self.line(document.to, indent=False)

    def signature(self, document: Document) -> None:
        """Two lines of room for the seal of 42 mm, whose top stands within a line below the text (a draft needs one), the issuer
        centred over the day, the day four characters from the edge.
        """
        from docx.shared import Pt

        for _ in range(1 if document.draft else 2):
            self.line("", indent=False, keep=True)
        issuer, day = min(titles.width(document.issuer), _LINE), titles.width(document.day)
        wider = max(0.0, (issuer - day) / 2)
        for text, edge, keep in (
            (document.issuer, max(0.0, 4 + (day - issuer) / 2), True),
            (document.day, max(4.0, wider), False),
        ):
            line = self.line(text, align="right", indent=False, keep=keep)
            line.paragraph_format.right_indent = Pt(16 * edge)

    def table(self, table: Table) -> None:
        """Caption, a head that repeats on every page, rows that break over none."""
        from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
        from docx.oxml import OxmlElement
        from docx.shared import Mm

        if table.caption:
            self.line(table.caption, font=_SECTION, size=12, align="center", indent=False, keep=True)
        made = self.file.add_table(rows=0, cols=len(table.head), style="Table Grid")
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        whole = sum(table.widths)
        made.autofit = False
        table_margins(made, 4)
        # In the grid as well, since not every program uses the widths of cells.
        for column, width in zip(made.columns, table.widths, strict=True):
            column.width = Mm(156 * width / whole)
        for number, texts in enumerate([table.head, *table.rows]):
            row = made.add_row()
            marks = ["w:cantSplit", "w:tblHeader"] if number == 0 else ["w:cantSplit"]
            for mark in marks:
                row._tr.get_or_add_trPr().append(OxmlElement(mark))
            for column, text in enumerate(texts):
                cell = row.cells[column]
                cell.width = Mm(156 * table.widths[column] / whole)
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                cell._tc.remove(cell.paragraphs[0]._p)
                middle = number == 0 or column in table.numbers
                self.line(
                    text,
                    font=_SECTION if number == 0 else _BODY,
                    size=12,
                    indent=False,
                    where=cell,
                    leading=18,
                    align="center" if middle else "left",
                )
        for note in table.notes:
            self.line(note, size=10.5, indent=False, align="left", leading=16)
        self.line("", indent=False)

    def proof(self, document: Document) -> None:
        """The last pages: the annex with its tables, the anchor as text and, where there is one, as QR, and the colophon."""
        from docx.shared import Mm

        self.file.add_page_break()
        self.line("附件", font=_SECTION, indent=False)
        self.line("", indent=False)
        self.title([document.annex_title])
        self.line("", indent=False, leading=14)
        for table in document.annex_tables:
            self.table(table)
        if document.proof:
            self.line(document.proof, size=12)
        for label, value in document.hashes:
            self.line(f"{label}：", size=12, indent=False, keep=True, leading=18)
            self.line(value, size=10, indent=False, align="left", leading=18)
        if document.qr_text:
            self.file.add_picture(io.BytesIO(anchor.png(document.qr_text)), width=Mm(42))
        self._colophon(document)

    def _colophon(self, document: Document) -> None:
        """版记 at the foot of the last page: between lines, the copied recipients, the printing unit and the date; a draft has
        none.
        """
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Mm, Pt

        if document.draft:
            return
        holder = self.line("", size=1, indent=False, leading=1)
        copied = f"抄送：{document.copied_to}。" if document.copied_to else ""
        # Lines of the recipients after the first are three characters in, under the first name.
        lines = 1 + max(0, math.ceil((titles.width(copied) - _FOOT) / (_FOOT - 3))) if copied else 0
        end, own_line = f"{document.day}印发　", ""
        printer = math.ceil(titles.width(document.printer) / _FOOT)
        if titles.width(document.printer + end) > _FOOT:
            # A long name has the day in a line of its own.
            own_line, printer = "\n", printer + 1
        lines += printer
        box = foot_box(holder, Mm(156), Pt(28 * lines + 20))
        # The lines are as wide as the text (7.4.1), so that its one character from the edge is no indent.
        if copied:
            shape = self.line(f"　{copied}", size=14, align="left", indent=False, where=box)
            shape.paragraph_format.left_indent, shape.paragraph_format.first_line_indent = Pt(56), Pt(-56)
            rule(shape, "top", 8)
        last = self.line(f"　{document.printer}{own_line}\t{end}", size=14, align="left", indent=False, where=box)
        last.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        rule(last, "top", 6 if copied else 8)
        rule(last, "bottom", 8)

    def footer(self) -> None:
        """The number of the page between dashes, at the outer foot: right on odd pages, left on even ones."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        self.file.settings.odd_and_even_pages_header_footer = True
        section = self.file.sections[0]
        for foot, side in (
            (section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT),
            (section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT),
        ):
            foot.alignment = side
            foot.paragraph_format.left_indent = foot.paragraph_format.right_indent = Pt(14)
            for text in ("— ", "", " —"):
                run = foot.add_run(text)
                dress(run, _PAGE, 14)
                if not text:
                    page_number(run)
