"""Heading words: the usual spellings of headings, by the register's field.

Spellings come from exports of the provincial and the national system and from towns' tables.
"""

import re

from workflow import folding
from workflow.register.cells.monitoring import MONITORING

#: The year that a heading begins with: 2017年人均纯收入.
YEAR = re.compile(r"^(20\d\d)年?度?")
_NOT_LETTERS = re.compile(r"[\s›()\[\]【】<>*:、,.;/\\\"'“”_\-]")


def normalised(heading: str) -> str:
    """A heading without width, spaces, line breaks, punctuation, brackets and a leading year.

    >>> normalised(" 乡（镇）\\n"), normalised("2017年人均纯收入（元）*")
    ('乡镇', '人均纯收入元')
    """
    return _without_year(_NOT_LETTERS.sub("", folding.key(heading)))


def _without_year(text: str) -> str:
    return YEAR.sub("", text) or text


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: Field → its spellings, already in the form that `normalised` gives.
FIELDS: dict[str, tuple[str, ...]] = {
    "code": _words(
        "户编号 家庭编号 户号 户编码 贫困户编号 建档立卡户编号 householdcode code 建档立卡编号 "
        "建档立卡户编码 贫困户编码 农户编号 农户编码 户id 家庭户号"
    ),
    "head": _words("户主姓名 户主 户主名称 贫困户户主姓名 headofhousehold head"),
    "name": _words("姓名 家庭成员姓名 成员姓名 人员姓名 name"),
    "id_number": _words(
        "身份证号码 身份证号 身份证 证件号码 证件号 公民身份号码 户主身份证号码 户主身份证号 户主证件号码 居民身份证号码 "
        "idnumber 公民身份证号 公民身份证号码 身份证件号码 身份证件号 有效证件号 有效证件号码 本人身份证号 "
        "成员身份证号 成员身份证号码 家庭成员身份证号 家庭成员身份证号码 户主身份证"
    ),
    "id_kind": _words("证件类型 证件种类 证件类别 身份证件类型 idkind"),
    "town": _words("镇 乡镇 乡 乡镇名称 镇名称 所在镇 所在乡镇 镇街 town 乡镇街道 镇乡 所属乡镇 所属镇"),
    "village": _words(
        "村 行政村 村名 行政村名称 村委会 所在村 所在行政村 村居 建制村 village 所属村 所属行政村 村委 村社区 "
        "行政村社区"
    ),
    "relation": _words("与户主关系 关系 与户主的关系 家庭关系 relation 与户主之关系 户主关系 成员关系 家庭成员关系"),
    "labour": _words(
        "劳动能力 劳动技能 劳动力 劳动能力情况 有无劳动能力 劳动力情况 labour 劳动力状况 劳动能力状况 劳动力类型 "
        "有无劳动力 是否有劳动能力 是否有劳动力 是否具有劳动能力"
    ),
    "phone": _words(
        "联系电话 手机号码 电话 手机 手机号 电话号码 联系方式 户主联系电话 户联系电话 户主电话 本人联系电话 phone "
        "本人电话 户主手机 户主手机号 户主手机号码 户主联系方式"
    ),
    "people": _words(
        "家庭人口 人口数 人数 家庭人口数 户人口数 家庭人数 家庭成员数 户内人口 people 家庭总人口 家庭总人数 总人口 "
        "人口 户内人数"
    ),
    "address": _words(
        "家庭住址 地址 住址 家庭地址 详细地址 居住地址 address 家庭详细地址 居住地 现住址 现居住地址 常住地址"
    ),
    "income": _words(
        "人均纯收入 人均可支配收入 家庭人均可支配收入 家庭人均纯收入 年人均纯收入 年人均可支配收入 income 人均收入 "
        "年人均收入 人均年收入 家庭人均收入 家庭年人均收入 家庭年人均纯收入 人均年纯收入"
    ),
    "income_year": _words("收入年度 收入年份 年度 年份 收入所属年度 incomeyear"),
    "cause": _words("致贫原因 主要致贫原因 贫困原因 cause 主要困难原因 致贫主要原因 致贫返贫原因 主要致贫返贫原因"),
    "cadre": _words(
        "包户责任人 帮扶责任人 帮扶干部 帮扶责任人姓名 包户干部 帮扶人 cadre 帮扶干部姓名 结对帮扶干部 结对帮扶责任人 "
        "挂钩帮扶干部 包保责任人 包保干部"
    ),
    "schooling": _words("文化程度 学历 受教育程度 教育程度 文化水平 schooling"),
    "enrolment": _words("在校生状况 在校生情况 在校状况 在校情况 就学情况 就读情况 enrolment"),
    "illness": _words("健康状况 身体状况 健康情况 患病情况 illness 健康 健康状态"),
    "insured": _words(
        "是否参加医疗保险 是否参加城乡居民基本医疗保险 是否参加新型农村合作医疗 医疗保险 是否参保 城乡居民基本医疗保险 "
        "是否参加基本医疗保险 insured 医保 医保情况 参保情况 医保参保情况 医疗保险情况 医疗保险参保情况 参加医保情况 "
        "基本医疗保险 城乡居民医保 居民医保 新农合 是否参加医保 是否参加基本医保 是否参加居民医保 是否参加城乡居民医保 "
        "是否参加新农合"
    ),
    "pension": _words(
        "养老保险 是否参加养老保险 是否参加城乡居民基本养老保险 是否参加城乡居民社会养老保险 城乡居民基本养老保险 pension "
        "养老保险情况 养老保险参保情况 居民养老保险 城乡居民养老保险 是否参加居民养老保险 是否参加城乡居民养老保险"
    ),
    "allowance": _words(
        "是否低保 低保 是否享受低保 是否低保户 低保户 是否享受最低生活保障 享受低保政策情况 是否享受低保政策 "
        "allowance 低保情况 低保对象 最低生活保障 是否为低保户 是否低保对象 是否纳入低保 享受低保情况"
    ),
    "beyond_help": _words("无法依靠产业就业帮扶脱贫 是否无法依靠产业就业帮扶脱贫 beyondhelp 无法依靠产业就业增收"),
    "status": _words("脱贫属性 脱贫状态 户状态 脱贫情况 贫困户状态 是否脱贫 status 档案状态 脱贫标识"),
    "sex": _words("性别 sex"),
    "born_on": _words("出生日期 出生年月日 出生年月 生日 born 出生时间 出生年份"),
    **{name: (normalised(kept.heading), *map(normalised, kept.spellings)) for name, kept in MONITORING.items()},
    "longitude": _words("经度 longitude"),
    "latitude": _words("纬度 latitude"),
}
#: Columns that number the rows, or name what lies above the town.
PASSED_OVER = frozenset(_words("序号 no 省 省自治区直辖市 市 市州 市地区州盟 县 县区 区县 县市区 县市区旗"))
