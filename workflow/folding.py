"""Folding: the one comparable form of people's text, for names, numbers, words, headings and search.

Text reaches the system from spreadsheets, keyboards and old databases: full width, private-use characters of GBK fonts,
invisible marks, a dozen interpuncts, traditional characters.  `tidy` is the form that is stored, `name` that of a
person's name, `narrow` that of numbers and words, `key` that of comparison and search.  No other module folds text.

Traditional to simplified: OpenCC's table of single characters, as its package ships it.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

#: Private-use characters of GBK fonts which GB18030-2005 and -2022 place in Unicode; the rest of the run U+E815–E864
#: follows from the codes FE50–FEA0.
_PLACED = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16,
    0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE7C7: 0x1E3F, 0xE7C8: 0x01F9, 0xE5E5: 0x3000,
    0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4, 0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7,
    0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9, 0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_TRAILS = [trail for trail in range(0x50, 0xA1) if trail != 0x7F]
_PRIVATE = {
    **{0xE815 + number: bytes((0xFE, trail)).decode("gb18030") for number, trail in enumerate(_TRAILS)},
    **{0xE7E7 + number: chr(code) for number, code in enumerate((0x303E, *range(0x2FF0, 0x2FFC)))},
    **{private: chr(placed) for private, placed in _PLACED.items()},
}
#: Without a shape: zero-width characters, direction marks, soft hyphens, byte order marks, variation selectors.
_SHAPELESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
)
_SHAPELESS += "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
_INVISIBLE = re.compile(f"[{_SHAPELESS}]")
#: Anything that `tidy` would change.
_UNTIDY = re.compile(f"[{_SHAPELESS}\\s\ue000-\uf8ff]")
_SPACES = re.compile(r"\s+")
_DOTS = (
    "·\u02d9\u0387\u1427\u16eb\u2022\u2023\u2024\u2027\u2043\u2218"
    "\u2219\u22c5\u25cf\u25aa\u25e6\u26ab\u2981\u2e30\u2e31\u2e33\u30fb\u318d\ua78f\uff65"
)
_INTERPUNCT = re.compile(rf"(?<=[^\W\d_])\s*[{_DOTS}]+\s*(?=[^\W\d_])")
#: A full stop between two Chinese characters stands for an interpunct; between Latin letters it is one of an initial.
_HAN = "\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_STOP = re.compile(rf"(?<=[{_HAN}])\s*[.．。｡]\s*(?=[{_HAN}])")
_BETWEEN_CHARACTERS = re.compile(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])")
_LETTER = re.compile(r"[^\W_]|[\u2e80-\u2fdf]")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"))
_PLAIN = re.compile(r"[\x20-\x7e\u3007\u4e00-\u9fff]*")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


def tidy(text: str) -> str:
    """The text as it is stored: private-use characters in their Unicode places, nothing invisible, single spaces.

    >>> tidy(" 陈\\ue863\\u200b　\\n三 ")
    '陈䶮 三'
    """
    # Most cells of a sheet are digits or a word: half a million of them pass here.
    if (text.isascii() and text.isprintable() and " " not in text) or _UNTIDY.search(text) is None:
        return text
    text = _INVISIBLE.sub("", text.translate(_PRIVATE))
    return _SPACES.sub(" ", text).strip()


@lru_cache(maxsize=8192)
def name(text: str) -> str:
    """A person's name as it is stored: letters in their usual width, · for every interpunct, no space between Chinese
    characters.

    >>> name("阿依古丽 • 买买提"), name("Ｊohn Ｓmith"), name("张 三")
    ('阿依古丽·买买提', 'John Smith', '张三')
    """
    text = tidy(text)
    if _PLAIN.fullmatch(text) is None:
        # The interpuncts first: one of them is a letter to Unicode.
        text = _LETTER.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), _INTERPUNCT.sub("·", text))
        text = _STOP.sub("·", _INTERPUNCT.sub("·", unicodedata.normalize("NFC", text)))
    text = _BETWEEN_CHARACTERS.sub("", text) if " " in text else text
    return _STOP.sub("·", text) if "." in text else text


def plain_number(text: str) -> str:
    """A typed number without its thousands' commas, full-width digits in half width; all else stays as it is.

    Not `narrow`, which would read 5² as 52.

    >>> plain_number(" １，０４２．５ "), plain_number("5²")
    ('1042.5', '5²')
    """
    return text.strip().translate(_FULL_WIDTH).replace(",", "")


def narrow(text: str) -> str:
    """The text in half width (NFKC), hyphens and spaces alike: the form of numbers, codes, amounts and words.

    >>> narrow("４４１４２４—ｘ\\u200b")
    '441424-x'
    """
    text = tidy(text)
    return text if text.isascii() else tidy(unicodedata.normalize("NFKC", text).translate(_HYPHENS))


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The form in which texts are compared and searched: as `name`, narrow, lower case, simplified, without spaces
    between Chinese characters.

    >>> key("張 三") == key("张三"), key("ＡＢ・Ｃ")
    (True, 'ab·c')
    """
    text = name(text)
    if text.isascii():
        return text.lower()
    return name(narrow(text)).lower().translate(_simplified())


def in_place(text: str) -> str:
    """The text with each full-width character in half width, at its own position: for masks and patterns.

    >>> in_place("（１３８）—")
    '(138)-'
    """
    return text if text.isascii() else "".join(map(_one_for_one, text))


def is_invisible(character: str) -> bool:
    """Whether a character has no shape of its own, so that it may hide within a number."""
    return _INVISIBLE.match(character) is not None


def pinyin_key(text: str) -> str:
    """Typed pinyin as it is stored: without tones and spaces, ü as v (lü, lǚ, lyu and lu: are lv); empty if it is none.

    >>> pinyin_key("Lǚ Guóhuá"), pinyin_key("lyu"), pinyin_key("nü"), pinyin_key("吕")
    ('lvguohua', 'lv', 'nv', '')
    """
    marks = unicodedata.normalize("NFD", narrow(text).lower().replace("u:", "v"))
    marks = re.sub("u([\u0300-\u036f]*)\u0308", r"v\1", marks)
    word = re.sub("[\u0300-\u036f\\s'’·-]", "", marks)
    return re.sub("([ln])yu(?!a)", r"\1v", word) if word.isascii() and word.isalpha() else ""


@cache
def _one_for_one(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).translate(_HYPHENS)
    return folded if len(folded) == 1 else character


@cache
def _simplified() -> dict[int, str]:
    shipped = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    # One character, then its simplified ones, the usual one first.
    table = {ord(character): simple for character, simple, *_ in map(str.split, shipped.splitlines())}
    return {code: table.get(ord(simple), simple) for code, simple in table.items()}
