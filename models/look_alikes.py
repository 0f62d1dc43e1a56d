"""Look-alikes: the folded form of a name, the same for names that people cannot tell apart.

Case, width, marks on letters, blanks and what has no shape do not count; a letter of another script counts as the one that it
looks like (Unicode's confusables, as the package `confusable-homoglyphs` has them), and so do `0` and `o`, or `1`, `l` and `i`.
Two Chinese characters stay two, however alike they are: 土 and 士 are different villages.
"""

import hashlib
import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import confusable_homoglyphs
from sqlalchemy import String
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, validates

#: Kinds of characters that have no shape, or are only marks on the one before: controls, formats, marks, blanks, surrogates.
_SHAPELESS = ("Cc", "Cf", "Cs", "Mn", "Me", "Zs", "Zl", "Zp")
#: Letters without a shape.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
#: Latin letters and digits that look like each other in one case or the other.
_SAME = str.maketrans("i1|0", "lllo")
#: As long as a folded name is kept as such; both databases index it.
_LONGEST = 300

#: The unique indexes of folded names.
NAMES_APART = (
    *("uq_user_account_name_key", "uq_unit_name_key"),
    *("uq_village_town_id_name_key", "uq_unit_alias_name_key"),
)


def folded_name(name: str) -> str:
    """The folded form of a name.

    >>> folded_name("Ａdmin") == folded_name("аdm1n") == folded_name("ad\u200bmin"), folded_name("土桥") == folded_name("士桥")
    (True, False)
    """
    plain = [each for each in unicodedata.normalize("NFKD", name) if has_shape(each)]
    latin = any(each.isascii() and each.isalpha() for each in plain)
    folded = "".join(_looks(each, latin) for each in plain).translate(_SAME).replace("rn", "m")
    return folded if len(folded) <= _LONGEST else hashlib.sha256(folded.encode()).hexdigest()


def name_key_of(column: str) -> MappedColumn[str]:
    """The column that holds the folded form of another."""
    return mapped_column(
        String(_LONGEST),
        default=lambda context: folded_name(context.get_current_parameters()[column]),
        server_default="",
        comment="folded form of the name: the same for names that look alike",
    )


class NamedApart:
    """A table whose names are kept with their folded form, which a unique index keeps apart.

    Names that looked alike before this was held have ` #` and the row's id behind it: no name that is folded has a blank.
    """

    name_key: Mapped[str] = name_key_of("name")

    @validates("name")
    def _fold(self, _attribute: str, name: str) -> str:
        self.name_key = folded_name(name)
        return name


def has_shape(character: str) -> bool:
    """Whether a character is seen by itself."""
    return character not in _BLANK and unicodedata.category(character) not in _SHAPELESS


@cache
def _looks(character: str, latin: bool) -> str:
    """What a character counts as; with `latin` one among Latin letters, which it may imitate in small letters."""
    if character.isascii() or _is_ideograph(character):
        return character.lower()
    own, upper, lower = (
        "".join(_prototypes().get(each, each) for each in form)
        for form in (character, character.upper(), character.lower())
    )
    # Without Latin letters beside it both cases of a letter count as one.
    forms = (own, upper, lower) if latin else (upper, lower, own)
    return next((each for each in forms if each.isascii()), upper).lower()


@cache
def _prototypes() -> dict[str, str]:
    """Characters with the one that stands for all that look like them, or the Latin letters that they look like.

    Read when a name first has a character that is neither Latin nor Chinese, since it takes a moment.
    """
    path = Path(confusable_homoglyphs.__file__).parent / "confusables.json"
    data: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    parents: dict[str, str] = {}

    def root(one: str) -> str:
        while parents.setdefault(one, one) != one:
            one = parents[one]
        return one

    letters: dict[str, str] = {}
    for key, others in data.items():
        one = _bare(key)
        for other in (_bare(str(each["c"])) for each in others):
            if len(one) == len(other) == 1 and not (_is_ideograph(one) and _is_ideograph(other)):
                first, second = sorted((root(one), root(other)), key=_plainness)
                parents[second] = first
            elif len(one) == 1 and other.isascii():
                letters.setdefault(one, other)
    classes = {one: root(one) for one in parents}
    # What is one of a class of its own may still look like several letters.
    return {**letters, **{one: top for one, top in classes.items() if top != one or one not in letters}}


def _bare(text: str) -> str:
    """A text of the table without the marks of direction around it."""
    return "".join(each for each in text if has_shape(each)) or text


def _is_ideograph(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def _plainness(character: str) -> tuple[bool, bool, bool, int]:
    """The order in which one of several stands for all: Latin letters, digits, ideographs, then by number."""
    plain = character.isascii()
    return not (plain and character.isalpha()), not plain, not _is_ideograph(character), ord(character)
