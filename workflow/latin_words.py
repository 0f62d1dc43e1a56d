"""Latin words: which runs of letters can be a word, and which are keys hit at random.

Judged by shape alone, in English and in pinyin: a vowel, a beginning and an end that words have, no run of neighbouring
keys.  An abbreviation in capitals (TV, PVC) is a word.
"""

import re

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Neighbouring keys in both directions, and the alphabet (backwards it holds a word: fed).
_RUNS = (*_ROWS, *(row[::-1] for row in _ROWS), "abcdefghijklmnopqrstuvwxyz")
_RUN = 3
_VOWELS = "aeiouy"
#: The first two consonants that a word begins with, and the last two that it ends with; ll, ss and the like always do.
_BEGINS = re.compile(
    "b[lr]|c[hlrz]|d[rwy]|f[jlr]|g[hlnr]|k[hlnr]|lh|mn|p[hlnrs]|qi|rh|s[chklmnpqrtvw]|t[hrsw]|vl|w[hr]|zh|[a-z]"
)
_ENDS = re.compile(
    "bs|c[hkst]|[dg]h|ds|f[st]|g[mns]|h[mnst]|k[hs]|l[bcdfkmnpstv]|m[bnpst]|n[cdgkstxz]|p[hst]|r[bcdfgklmnpstv]|s[chkmpt]"
    "|t[chsz]|w[dklns]|xt|b[ht]|([a-z])\\1|[a-z]"
)
_BEGINNING = re.compile(f"[^{_VOWELS}]*")
_ENDING = re.compile(f"[^{_VOWELS}]*$")
#: One piece again and again: dasdas, jkjkjk.
_AGAIN = re.compile(r"(.{3,})\1+|(.{1,2})\2{2,}")


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
