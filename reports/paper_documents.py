"""Papers of the ladder as DOCX: the texts of the PDF (`papers.figures`) in the measures of GB/T 9704, from frozen content
alone, so that the same bytes come each time.
"""

from models import Paper
from reports import papers, word
from reports.document import Document, Section, Table
from workflow.accountability.paper_timeline import Course

#: The columns of the account day by day, with their widths and those set in the middle.
_HEAD, _WIDTHS, _MIDDLE = ["日期", "说明", "计时", "其中逾期", "累计"], [46, 46, 20, 24, 20], [2, 3, 4]


def docx(paper: Paper) -> bytes:
    """The paper as DOCX."""
    return word.docx(document(paper), paper.issued_at)


def document(paper: Paper) -> Document:
    """The paper as the texts that DOCX prints, those of the PDF."""
    said = papers.figures(paper)
    headings = said["headings"]
    counted = f"本环节期限为{said['due']}。计时为办公时间，以时:分计。"
    counted += f"时限{said['budget']}，已用{said['used']}，逾期{said['late']}。"
    sections = [Section(headings["why"], said["why"])]
    if said["talk"]:
        sections.append(Section(headings["talk"], said["talk"]))
    sections += [Section(headings["demand"], [said["demand"]]), Section(headings["receipt"], [])]
    return Document(
        issuer=said["issuer"],
        number=said["number"],
        phrases=papers.phrases(paper),
        to=said["to"],
        sections=sections,
        closing=said["receipt"],
        day=said["day"],
        copied_to=said["copied_to"],
        proof="",
        hashes=[["内容校验值（SHA-256）", said["hash"]]],
        qr_text="",
        annex=f"附件：{papers.ANNEX}",
        annex_title=papers.ANNEX,
        annex_tables=[Table("", _HEAD, said["rows"], _WIDTHS, _MIDDLE, [counted])],
        printed_by=said["printer"],
    )


def course_docx(course: Course) -> bytes:
    """The timeline sheet of a paper (办理情况) as DOCX."""
    sheet = papers.course_sheet(course)
    pages = word.Pages()
    pages.title([sheet.title], size=18)
    pages.line(sheet.under, size=12, align="center", indent=False)
    pages.sections(sheet.sections)
    pages.footer()
    return pages.saved(sheet.title, papers.issuer(course.paper), course.at)
