"""Relations to the head (与户主关系): what they become when somebody else is head, where that follows from the words.

What does not follow is left empty, to be asked: a grandchild may be the new head's own child or a nephew.
"""

HEAD = "户主"
_SPOUSES = ("配偶", "妻", "夫", "妻子", "丈夫")
_SONS = ("子", "儿子", "长子", "次子", "三子", "独生子", "养子", "继子")
_DAUGHTERS = ("女", "女儿", "长女", "次女", "三女", "独生女", "养女", "继女")
_BELOW = ("孙", "孙子", "孙女", "外孙", "外孙子", "外孙女", "儿媳", "儿媳妇", "女婿", "曾孙", "曾孙女")
_FATHERS, _MOTHERS = ("父", "父亲"), ("母", "母亲")
_OF_SPOUSE = {"岳父": "父", "岳母": "母", "公公": "父", "婆婆": "母"}


def plain(relation: str) -> str:
    """The bare word: 之子 and 户主之子 are 子."""
    return relation.strip().removeprefix(HEAD).removeprefix("之") or (HEAD if relation.strip() == HEAD else "")


def seen_from(head: str, head_sex: str | None, relation: str, sex: str | None) -> str:
    """What somebody is to the new head, who was `head` to the former one; empty where it does not follow.

    `relation` is what the person was to the former head, 户主 for the former head itself; sexes are m, f or None.

    >>> seen_from("配偶", "f", "之子", "m"), seen_from("之子", "m", "配偶", "f"), seen_from("之子", "m", "之孙女", "f")
    ('之子', '之母', '')
    """
    head, word = plain(head), plain(relation)
    if head in _SPOUSES:
        return _from_spouse(word, head_sex)
    if head in (*_SONS, *_DAUGHTERS):
        return _from_child(word, sex)
    if head in (*_FATHERS, *_MOTHERS):
        return _from_parent(word, sex)
    return ""


def _from_spouse(word: str, head_sex: str | None) -> str:
    if word == HEAD:
        return "配偶"
    if word in (*_SONS, *_DAUGHTERS, *_BELOW):
        return f"之{word}"
    if word in _OF_SPOUSE:
        return f"之{_OF_SPOUSE[word]}"
    in_law = {"f": ("公公", "婆婆"), "m": ("岳父", "岳母")}.get(head_sex or "")
    if in_law is not None and word in (*_FATHERS, *_MOTHERS):
        return f"之{in_law[word in _MOTHERS]}"
    return ""


def _from_child(word: str, sex: str | None) -> str:
    if word == HEAD or word in _SPOUSES:
        return {"m": "之父", "f": "之母"}.get(sex or "", "")
    if word in (*_SONS, *_DAUGHTERS):
        return "之兄弟姐妹"
    if word in _FATHERS or word in _MOTHERS:
        return {"m": "之祖父", "f": "之祖母"}.get(sex or "", "")
    return ""


def _from_parent(word: str, sex: str | None) -> str:
    if word in (*_FATHERS, *_MOTHERS):
        return "配偶"
    below = {"m": ("之子", "之女婿", "之孙子"), "f": ("之女", "之儿媳", "之孙女")}.get(sex or "")
    if below is None:
        return ""
    if word == HEAD:
        return below[0]
    if word in _SPOUSES:
        return below[1]
    return below[2] if word in (*_SONS, *_DAUGHTERS) else ""
