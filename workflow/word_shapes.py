"""Word shapes: which runs of letters are keys hit at random, and which pieces of a text are only names of units, documents,
tickets and persons; judged by shape alone.

A word, in English and in pinyin, has a vowel, a beginning and an end that words have, and no run of neighbouring keys; an
abbreviation in capitals (TV, PVC) is one.  A name states nothing: 县地震局 and 某府办〔2018〕16号 are sources, but no reasons.  No
county's own names are known; a name of another shape is not found, which errs towards passing.
"""

import re
from functools import cached_property

from workflow import folding


class LatePattern:
    """A regular expression of a long word list, compiled at its first use; its methods are those of `re.Pattern`.

    Compiling the lists costs a good part of the start, and most processes of a command read no free text.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(text)

    def sub(self, by: str, text: str) -> str:
        return self._compiled.sub(by, text)


_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Neighbouring keys in both directions, and the alphabet (backwards it holds a word: fed).
_RUNS = (*_ROWS, *(row[::-1] for row in _ROWS), "abcdefghijklmnopqrstuvwxyz")
_RUN = 3
_VOWELS = "aeiouy"
#: The first two consonants that a word begins with, and the last two that it ends with; ll, ss and the like always do.
_BEGINS = LatePattern(
    "b[lr]|c[hlrz]|d[rwy]|f[jlr]|g[hlnr]|k[hlnr]|lh|mn|p[hlnrs]|qi|rh|s[chklmnpqrtvw]|t[hrsw]|vl|w[hr]|zh|[a-z]"
)
_ENDS = LatePattern(
    "bs|c[hkst]|[dg]h|ds|f[st]|g[mns]|h[mnst]|k[hs]|l[bcdfkmnpstv]|m[bnpst]|n[cdgkstxz]|p[hst]|r[bcdfgklmnpstv]|s[chkmpt]"
    "|t[chsz]|w[dklns]|xt|b[ht]|([a-z])\\1|[a-z]"
)
_BEGINNING = re.compile(f"[^{_VOWELS}]*")
_ENDING = re.compile(f"[^{_VOWELS}]*$")
#: One piece again and again: dasdas, jkjkjk.
_AGAIN = re.compile(r"(.{3,})\1+|(.{1,2})\2{2,}")
_HAN = r"\u4e00-\u9fff"
#: Characters that stand in a sentence and hardly in a name: before a place they make one (回河东村, 转县地震局).
_OF_SENTENCES = "不未没无在到回离出搬住迁属归转进返外去已由困脱本该全各整因等找请给送报缺有是的了户将换一个行"
_NO_SENTENCE = rf"(?![{_HAN}]{{0,3}}[{_OF_SENTENCES}])"
_DEPARTMENTS = (
    "水务|水利|民政|教育|财政|扶贫|农业|农业农村|农村工作|林业|交通|交通运输|公路|住建|住房和城乡建设|住房城乡建设|卫计|卫生|卫生健康"
    "|卫生和计划生育|医保|医疗保障|人社|社保|社会保险基金管理|人力资源和社会保障|人力资源社会保障|发改|发展和改革|发展改革|自然资源|国土"
    "|国土资源|审计|统计|公安|司法|环保|环境保护|生态环境|文广新|文化广电新闻出版|文化广电旅游体育|广播电视|广电|旅游|体育|科技|商务"
    "|地震|档案|经信|经济和信息化|科工商务|工商|市场监督管理|税务|信访|气象|供电|烟草|邮政|残疾人联合|机构编制|民族宗教|外事|金融|金融工作|督查"
    "|党政|综合|综治|党建"
)
_OFFICES = "局|委员会|委|办公室|办|办事处|中心|站|所|科|室|会"
_GOVERNMENTS = "人民政府|政府|党委|县委|党政办公室|党政办|办事处|村民委员会|村委会|委会|民委员会|党支部|两委|居委会"
_UNIT = (
    rf"(?:(?:{_NO_SENTENCE}[{_HAN}]{{2}})?(?:省|市|县|区|镇|乡)委?)?(?:{_DEPARTMENTS})(?:开发)?(?:{_OFFICES})"
    rf"|{_NO_SENTENCE}[{_HAN}]{{2,4}}?(?:镇|乡|街道|村|社区|县)(?:{_GOVERNMENTS})?"
    rf"|(?:县|镇|乡|村|市|省)(?:{_GOVERNMENTS})|县?[残妇侨工文]联"
)
#: Units at the head of a clause or after what follows them (按照), one or several; elsewhere they are part of a sentence
#: (已上报县地震局).
_UNITS = LatePattern(rf"^\s*(?:(?:已经?)?(?:按照?|根据|依据|遵照))?(?:(?:{_UNIT})[、和与及]?)+")
#: 某府办〔2018〕16号, with the issuer's characters before the year; [2018] No 16, with the issuer's words.
_DOCUMENT = LatePattern(
    rf"(?:(?![已了不未没无在换修装停漏来去是的户管按见照据])[{_HAN}]){{0,6}}[〔\[(（【]\d{{4}}[〕\])）】]第?\d+号"
    r"|(?:\b[A-Z][a-z]+\s+){0,5}[\[(〔（]\d{4}[\])〕）]\s*No\b"
)
_TITLE = re.compile("《[^》]{1,60}》")
_TICKET = re.compile(r"\d{4}-\d{4,}|\b[Nn]o\s*\d+")
_UNIT_IN_ENGLISH = LatePattern(
    r"^\s*(?:[Tt]he\s+)?(?!(?:Wrong|Other|Not|No|Call|Ask|See)\b)(?:[A-Z][a-z]+\s+(?:(?:and|of|for)\s+)?){1,6}"
    r"(?:Bureau|Office|Commission|Committee|Government|Department)\b"
)

#: Surnames that hardly begin a sentence: any one or two characters that no sentence needs make a name with them.
_SURNAMES = (
    "王李张刘陈杨赵吴徐孙朱郭罗郑谢宋唐许邓冯韩曹曾彭萧蔡潘董袁蒋杜苏魏吕丁沈姚卢傅钟崔谭廖汪戴贾韦邱侯邹孟秦阎薛尹黎陶贺顾"
    "郝龚邵覃赖樊葛邢庞倪聂鲁岳翟殷詹欧耿俞阮柯凌裴霍翁骆靳鲍祁滕牟缪褚娄窦戚岑卜晏瞿佟臧闵苟邬卞栾隋刁巫甄虞敖巩佘邝"
)
_COMPOUND = (
    "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|令狐|慕容|司徒|端木|南宫|宇文|长孙|独孤|澹台|濮阳|淳于|单于|申屠|钟离"
)
#: Surnames that are also words of sentences (高血压, 白内障, 万元, 周三): a name only with characters that names have.
_WORDLIKE = (
    "黄周胡林何高马梁叶田石姜范方金陆江白段雷史龙毛万钱严武莫孔向常温康施文安易乔伍颜齐庄章申关兰焦左柳甘祝包宁尚符舒"
    "纪梅童毕单季涂成谷盛曲古冉蓝游辛柴蒙华喻蒲屈饶解尤阳时穆农司卓吉简项连芦麦景宫费冷席柏宗桂全应丛郎洪余于任程邬熊夏汤"
)
_GIVEN = (
    "伟明芳娜秀英敏静丽强磊军洋勇艳杰娟涛超兰霞平刚桂华建国志文辉玲梅红春荣玉珍凤莲云翠香美珠宝福贵财富祥瑞龙虎彪豪俊峰波浩宇轩"
    "涵欣怡佳琪思晨阳鹏飞翔宏鸿庆兴旺昌茂松柏清泉海德仁义礼信忠孝贤良善才学诚元永恒世家胜康健威武斌彬锋钢铭锦绣琴琳琼瑶瑛莹萍"
    "芬芝菊菲蓉蕾薇燕莺婷婉娇娥媛嫦惠慧淑贞洁雪梦妹娣嫂仔嘉雄辰旭东亮光耀焕炳坤培基增権权林伯仲叔伦纯达远展拔劲奇运金银友勤"
    "俭冬秋夏小大某"
)
#: Characters that a name hardly has: with them even a surname begins a sentence (孙女病, 张贴了, 陈旧, 谢绝).
_NO_NAME = (
    "不没未无已了的是在有到被给把去来回出入住搬走死病亡故残伤断停缺漏坏烂倒塌裂堵干枯旱涝淹欠差少多低旧绝谢贴榜述家户人村镇县局所院校厂店房屋路桥"
    "水井电网线管泵塔表灯门窗墙田地树苗猪羊鸡鸭鱼账款钱孙女父母妻夫说要想等找打签交领诉别难色晨醒围转边里乱椒子可上下外内前后也都还又就吃喝种养缴修"
    "换装通拆"
)
_TITLES = (
    "(?:副?(?:主任|书记|镇长|局长|村长|县长|乡长|科长|所长|站长|股长|校长|院长|队长|组长|经理|会计|支书|文书)|医生|老师|老板|同志|先生|女士|干部"
    "|阿姨|阿婆|大爷|大叔|师傅)"
)
_ROLES = r"(?:经办人|负责人|责任人|承办人|联系人|包户干部|帮扶干部|驻村干部|村干部|镇干部)?[:\s]*"
_GIVEN_NAME = {longest: rf"(?:(?![{_NO_NAME}])[{_HAN}]){{1,{longest}}}" for longest in (1, 2)}
#: A name at the head of a clause, in its longest and its shortest form, with what the person is in the matter, or a title.
_PERSON = [
    LatePattern(
        rf"^[\s、,和与及]*{_ROLES}(?:(?:{_COMPOUND}|[{_SURNAMES}]){_GIVEN_NAME[longest]}{_TITLES}?|[{_WORDLIKE}][{_GIVEN}]{{1,{longest}}}"
        rf"{_TITLES}?|(?:[{_SURNAMES}{_WORDLIKE}]|{_COMPOUND}){_TITLES}|[老小阿][{_SURNAMES}])"
    )
    for longest in (2, 1)
]
_AND = re.compile(r"[\s、,和与及]")
#: A name in pinyin: surnames that are no English words.
_PERSON_IN_ENGLISH = LatePattern(
    r"^\s*(?:(?:Mr|Mrs|Ms|Dr)\.?\s+)?(?:Zhang|Wang|Li|Liu|Chen|Yang|Zhao|Huang|Zhou|Wu|Xu|Zhu|Guo|Luo|Zheng|Liang|Xie|Deng|Feng|Cao"
    r"|Peng|Zeng|Xiao|Cai|Dong|Yuan|Jiang|Wei|Lin|Zhong|Liao|Qiu|Hou|Ouyang)\s+[A-Z][a-z]{1,9}\b"
)


def is_mash(word: str) -> bool:
    """Whether a run of Latin letters is no word.

    >>> [is_mash(word) for word in ("asdf", "xyz", "sadf", "aaa", "dasdas", "TV", "pipe", "strength", "Zhang")]
    [True, True, True, True, True, False, False, False, False]
    """
    low = word.lower()
    if len(set(low)) == 1 or _in_rows(low) or _AGAIN.fullmatch(low):
        return True
    if word.isupper():
        return False
    return not set(low) & set(_VOWELS) or not _pronounceable(low)


def _pronounceable(word: str) -> bool:
    begins, ends = _BEGINNING.match(word), _ENDING.search(word)
    assert begins is not None
    assert ends is not None
    first, last = begins[0][:2], ends[0][-2:]
    return not ((first and _BEGINS.fullmatch(first) is None) or (last and _ENDS.fullmatch(last) is None))


def _in_rows(word: str) -> bool:
    """Whether a word consists of runs of three or more neighbouring keys or letters of the alphabet."""
    reached = {0}
    for at in range(len(word)):
        if at in reached:
            reached.update(end for end in range(at + _RUN, len(word) + 1) if any(word[at:end] in row for row in _RUNS))
    return len(word) in reached


def without_names(text: str) -> str:
    """A clause without the documents and tickets it names, and without the units at its head.

    >>> [without_names(text).strip() for text in ("见某府办〔2018〕16号文件", "某某县地震局", "县地震局已落实", "回河东村")]
    ['见 文件', '', '已落实', '回河东村']
    """
    bare = _TICKET.sub(" ", _TITLE.sub(" ", _DOCUMENT.sub(" ", folding.narrow(text))))
    bare = _UNIT_IN_ENGLISH.sub(" ", _UNITS.sub(" ", bare))
    return text if bare == folding.narrow(text) else bare


def names_document(text: str) -> bool:
    """Whether a text holds the full number of a document, with year and running number: 受理〔2018〕12号."""
    return _DOCUMENT.search(folding.narrow(text)) is not None


def after_person(text: str) -> list[str]:
    """What follows a person's name at the head of a clause, for each place where the name can end; empty if none begins it.

    >>> [after_person(text) for text in ("李伟明", "负责人：张三、李四", "王主任已落实", "张三家漏雨", "高血压", "水管")]
    [[''], [''], ['已落实'], [], [], []]
    """
    rests, left = [], [folding.narrow(text)]
    while left:
        begun = left.pop()
        for match in filter(None, (pattern.match(begun) for pattern in (*_PERSON, _PERSON_IN_ENGLISH))):
            rest = begun[match.end() :]
            # A household is called by its head's name.
            if rest not in rests and rest[:1] not in ("家", "户"):
                rests.append(rest)
                left += [rest] if _AND.match(rest) else []
    return rests
