"""Monitoring columns: what the monitoring system's export has of a household and the register keeps as written, so that it
goes out under the same headings again.

Source: headings of the export of the national system of monitoring and assistance (全国防返贫监测信息系统).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Kept:
    """One column: its heading in the export, further spellings, and whether a cell is words, a month or yuan."""

    heading: str
    reads: Literal["words", "month", "yuan"] = "words"
    spellings: tuple[str, ...] = ()


#: Field → column, in the order of the export.  The first risk is the register's own cause.
MONITORING: Mapping[str, Kept] = {
    "hamlet": Kept("自然村"),
    "household_type": Kept("户类型"),
    "was_poor": Kept("是否脱贫户"),
    "resettled": Kept("居住在易地扶贫搬迁集中安置区"),
    "monitored_as": Kept("监测对象类别", spellings=("易返贫致贫户(监测对象)类型", "监测对象类型", "易返贫致贫户类型")),
    "risk_2": Kept("致贫/返贫风险2"),
    "risk_3": Kept("致贫/返贫风险3"),
    "risk_4": Kept("致贫/返贫风险4"),
    "risk_5": Kept("致贫/返贫风险5"),
    "risk_note": Kept("其他备注"),
    "without_labour": Kept("整户无劳动能力兜底保障户"),
    "found_month": Kept("识别监测时间", "month", ("首次识别时间", "风险识别时间")),
    "removed_month": Kept("消除监测时间", "month", ("风险消除时间",)),
    "removed_how": Kept("风险消除方式"),
    "wages": Kept("工资性收入", "yuan"),
    "business_income": Kept("生产经营性收入", "yuan"),
    "property_income": Kept("财产性收入", "yuan"),
    "transfers": Kept("转移性收入", "yuan"),
    "business_costs": Kept("生产经营性支出", "yuan"),
    "net_income": Kept("家庭纯收入", "yuan"),
    "claims_paid": Kept("理赔收入", "yuan"),
    "rigid_expenses": Kept("合规自付支出", "yuan"),
}

#: Columns of the export that are left out on purpose, by the notice that gives the reason.
NOT_KEPT: Mapping[str, tuple[str, ...]] = {
    # No work of the register needs them, and what is not needed of a person is not stored.
    "columns_unneeded": ("民族", "政治面貌", "宗教信仰"),
    # People are matched by the number of their document, or by name and date of birth.
    "columns_numbered": ("人编号", "人员编号", "个人编号"),
    # What is done for a household is a ticket here, with who does it and until when.
    "columns_measures": ("帮扶措施", "采取措施", "落实帮扶措施", "帮扶措施名称"),
}

#: These columns as a page names them.
NOT_EXPORTED = ("人编号", "民族", "政治面貌", "帮扶措施")
