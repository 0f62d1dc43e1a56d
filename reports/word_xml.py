"""DOCX markup: the parts of WordprocessingML for which python-docx has no calls.

What stands at a fixed place of a page is a text box: a frame (`w:framePr`) or a floating table at the end of a document is
drawn within the text by LibreOffice, a text box is placed by Word, WPS and LibreOffice alike.
"""

from typing import Any

_SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
}
#: At the foot of the text area, as wide as the text, with the text kept above it.
_BOX = """
<w:drawing {spaces}>
  <wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0"
      layoutInCell="1" allowOverlap="0">
    <wp:simplePos x="0" y="0"/>
    <wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>
    <wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>
    <wp:extent cx="{wide}" cy="{high}"/>
    <wp:effectExtent l="0" t="0" r="0" b="0"/>
    <wp:wrapTopAndBottom/>
    <wp:docPr id="1" name="版记"/>
    <wp:cNvGraphicFramePr/>
    <a:graphic><a:graphicData uri="{wps}"><wps:wsp>
      <wps:cNvSpPr txBox="1"/>
      <wps:spPr>
        <a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>
        <a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln>
      </wps:spPr>
      <wps:txbx><w:txbxContent/></wps:txbx>
      <wps:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"><a:noAutofit/></wps:bodyPr>
    </wps:wsp></a:graphicData></a:graphic>
  </wp:anchor>
</w:drawing>
"""


class Box:
    """The inside of a box, to which paragraphs are added as to a document."""

    def __init__(self, inside: Any, body: Any) -> None:
        self._inside, self._body = inside, body

    def add_paragraph(self) -> Any:
        """An empty paragraph at the end of the box."""
        from docx.oxml import OxmlElement
        from docx.text.paragraph import Paragraph

        made = OxmlElement("w:p")
        self._inside.append(made)
        return Paragraph(made, self._body)


def foot_box(paragraph: Any, wide: int, high: int) -> Box:
    """A box at the foot of the page on which `paragraph` stands; sizes in EMU."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in _SPACES.items())
    drawing = parse_xml(_BOX.format(spaces=spaces, wide=int(wide), high=int(high), wps=_SPACES["wps"]))
    paragraph.add_run()._r.append(drawing)
    return Box(next(drawing.iter(qn("w:txbxContent"))), paragraph._parent)


def dress(run: Any, font: str, size: float) -> None:
    """Font and size of a run in points; without w:eastAsia a font's name is ignored for Chinese."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run.font.name, run.font.size = font, Pt(round(size * 2) / 2)
    fonts = run._element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:eastAsia", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), font)


def unspaced(style: Any) -> None:
    """No space between Chinese and letters or figures, as in the PDF; Word adds one by default."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        off = OxmlElement(name)
        off.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().insert_element_before(
            off, "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )


def rule(paragraph: Any, side: str, eighths: int, colour: str = "000000") -> None:
    """A line above (`top`) or below (`bottom`) a paragraph, its width in eighths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()
    border = properties.find(qn("w:pBdr"))
    if border is None:
        border = OxmlElement("w:pBdr")
        properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    border.append(line)


def table_margins(table: Any, points: int) -> None:
    """The room to the left and right of a cell's text, that of the PDF; Word's own is a third wider."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), str(points * 20))
        room.set(qn("w:type"), "dxa")
        margins.append(room)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription")


def page_number(run: Any) -> None:
    """The number of the page as a field of a run."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "text", "end"):
        part = OxmlElement("w:instrText" if kind == "text" else "w:fldChar")
        if kind == "text":
            part.text = "PAGE"
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)
