"""The compilation analyses item by item: what units wrote, the worst three, what turned, and who wrote nothing."""

import io
import re
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, select

from models import Ranking, Report
from reports import word, written
from reports.document import Document
from tests.reports.test_written import graded_scheme, issue, ranked, sign
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, live_a_month
from tests.support.signing import lead
from workflow.assessment import unit_words
from workflow.county.context import county_context


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, graded_scheme())
    lead(made, "water", "office")
    live_a_month(made)
    return made


def compiled(county: County, remark: str) -> Document:
    row = ranked(county)
    sign(county, "water", row, remark)
    issue(county, "water", row, HOUR)
    issue(county, "office", row, HOUR)
    with county.read() as session:
        ranking = session.get_one(Ranking, row)
        setting = county_context(session, ranking.scheme_version_id)
        report = session.scalars(select(Report).where(Report.unit_id == setting.office.id)).one()
        return written.compose(setting, ranking, setting.office, report.content)


def test_what_a_unit_wrote_of_an_item_stands_under_the_item(county: County) -> None:
    document = compiled(county, "第1项原因：泵房停电。\n整改落实：已抢修。\n请协调用电。")
    sections = {section.title: section for section in document.sections}
    (item,) = (section for title, section in sections.items() if "第1项：" in title)
    said = "".join(item.text)
    assert item.second
    assert "原因分析。县水务局：泵房停电。" in said
    assert "整改落实。县水务局：已抢修。" in said
    (other,) = (section for title, section in sections.items() if "第9项：" in title)
    assert "泵房停电" not in "".join(other.text), "it is about the first item"
    (rest,) = (section for title, section in sections.items() if "各单位意见" in title)
    assert rest.text == ["县水务局：请协调用电。"]
    headings = [title for title in sections if re.match("[一二三四五六七八九十]+、", title)]
    assert [title[0] for title in headings] == list("一二三四五六七八")[: len(headings)]


def test_the_labels_of_item_six_are_read_and_written(county: County) -> None:
    text = unit_words.written({"causes": "管网\n老化", "next_steps": " "}, "另议")
    assert text == "原因分析：管网 老化\n另议"
    found = unit_words.read("存在问题的原因分析：甲\n第10项下一步工作措施：乙")
    assert (found.on("原因分析", 3), found.on("下一步措施", 10), found.on("下一步措施", 3)) == ("甲", "乙", "")


def test_a_document_names_the_faces_of_the_standard_and_leaves_room_for_the_seal(county: County) -> None:
    document = compiled(county, "")
    parts = ZipFile(io.BytesIO(word.docx(document, HOUR)))
    text = parts.read("word/document.xml").decode()
    for face in ("仿宋", "方正小标宋简体", "黑体", "楷体"):
        assert f'w:eastAsia="{face}"' in text
    # 版记 in a box at the foot of the last page.
    assert '<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align>' in text
    assert f"{document.issuer}</w:t>" in text
    assert "区块" not in text
    assert "第" not in document.number
