"""The notice, and the scheme file written from it, for tests that compare the two."""

from pathlib import Path

from tests.support.scheme_cast import shipped_scheme, whole_text

PATH = Path(__file__).parents[2] / "schemes" / "wuhua-2018.yaml"
TEXT = whole_text(PATH)
SCHEME = shipped_scheme(PATH)


# Item → (all towns?, county units).  人社局 stands twice under item 1; 扶贫开发局 is 县扶贫局.
NOTICE = {
    1: (True, "住建 水务 卫计 供电 文广新 科工商务 教育 人社 农业 交通运输 扶贫"),
    2: (True, "统计 扶贫"),
    3: (True, "县委办 县府办 扶贫"),
    4: (True, "县委办 扶贫"),
    5: (True, "县扶贫开发领导小组办公室"),
    6: (True, "县扶贫开发领导小组办公室"),
    7: (True, "教育 人社"),
    8: (True, "民政 社保"),
    9: (True, "社保"),
    10: (True, "住建"),
    11: (True, "农业"),
    12: (True, "人社 农业 林业 就业 对口帮扶办"),
    13: (True, "县委组织部 县扶贫开发领导小组办公室"),
    14: (False, "财政"),
    15: (True, "财政 审计 扶贫"),
    16: (True, "财政 扶贫 审计"),
    17: (True, "扶贫"),
    18: (True, "扶贫"),
}


def official(short: str) -> str:
    if short in ("对口帮扶办",):
        return f"县{short}"
    return short if short.startswith("县") else f"县{short}局"
