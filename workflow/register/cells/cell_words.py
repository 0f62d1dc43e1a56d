"""Cell words: what the provincial and the national system, and people, write in cells for the register's codes."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, ...]]


def _table(**words: str) -> Words:
    return {code: tuple(text.split()) for code, text in words.items()}


#: Written after the name of a cadre whose account is closed; no part of the name when it is read.
ACCOUNT_CLOSED = "（已停用）"
LABOUR = _table(
    **{
        "with": "普通劳动力 技能劳动力 全劳动力 整劳动力 有 有劳动能力 有劳动力 劳动力 普通劳动能力 技能劳动能力 是 with"
    },
    partly="弱劳动力或半劳动力 弱劳动力 半劳动力 弱劳动力半劳动力 弱半劳动力 弱劳力半劳力 弱劳动能力 半劳动能力 部分丧失 "
    "部分丧失劳动能力 部分丧失劳动力 部分劳动能力 部分劳动力 部分 partly",
    none="丧失劳动力 丧失劳动能力 完全丧失劳动能力 完全丧失劳动力 完全丧失 无劳动力 无劳动能力 无 丧失 否 none",
)
STATUS = _table(
    new="新增 新增户 新增贫困户 新识别 新致贫 new",
    **{"in": "在档 在册 未脱贫 未脱贫户 贫困户 一般贫困户 返贫 返贫户 否 in"},
    pre_exit="预脱贫 预脱贫户 拟脱贫 拟脱贫户 pre_exit",
    exited="已脱贫 脱贫 脱贫户 已脱贫户 已退出 稳定脱贫 稳定脱贫户 正常脱贫 脱贫享受政策 脱贫不享受政策 脱贫不再享受政策 "
    "已脱贫享受政策 已脱贫不享受政策 已脱贫不再享受政策 已脱贫继续享受政策 是 exited",
    cleared="清退 清退户 已清退 cleared",
)
SEX = _table(m="男 男性 m 1", f="女 女性 f 2")
YES_NO = _table(
    yes="是 有 已参加 参加 已参保 参保 正常参保 参保缴费 已缴 已缴费 正常缴费 享受 已享受 已领取 领取 农村低保 城市低保 低保 "
    "低保户 √ 1 y yes true",
    no="否 无 未参加 不参加 没参加 未参保 停保 断保 未缴 未缴费 未缴纳 不享受 未享受 未享受低保 非低保 无低保 未领取 × 0 n "
    "no false",
)
#: The kind of insurance where yes or no is asked: whoever has a kind is insured.
KINDS_OF_INSURANCE = frozenset(
    word
    for text in (
        "城乡居民 居民 城镇职工 职工 城乡居民医保 居民医保 职工医保 城镇职工医保 城乡居民基本医疗保险 城镇职工基本医疗保险",
        "职工基本医疗保险 新农合 新型农村合作医疗 公费医疗 城乡居民养老保险 城乡居民基本养老保险 城乡居民社会养老保险",
        "城镇职工养老保险 城镇职工基本养老保险 职工养老保险 职工基本养老保险 新农保 居保",
    )
    for word in text.split()
)
