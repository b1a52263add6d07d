"""How words sound: recognition writes a name it does not know with other characters, or another spelling."""

from __future__ import annotations

import functools
import itertools
import re

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"))
"""What many speakers of Mandarin do not tell apart."""
_SPELLINGS = (("ph", "f"), ("ck", "k"), ("th", "t"), ("gh", ""), ("c", "k"), ("q", "k"), ("v", "f"), ("z", "s"))
"""English spellings of one sound; vowels fall away behind the first letter."""
_MOST_READINGS = 12


@functools.lru_cache(maxsize=8192)
def readings(character: str) -> frozenset[str]:
    """Every way to read a Chinese character, in pinyin without tones; empty for anything else."""
    from pypinyin import Style, pinyin

    (found,) = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore") or [[]]
    return frozenset(found)


@functools.lru_cache(maxsize=8192)
def sounds(character: str) -> frozenset[str]:
    """The readings of a character, as those say them who confuse z and zh, n and l, in and ing and the like."""
    return frozenset(map(_folded, readings(character)))


def _folded(syllable: str) -> str:
    for initial, plain in _INITIALS:
        if syllable.startswith(initial) and len(syllable) > 1:
            syllable = plain + syllable[len(initial) :]
            break
    for final, plain in _FINALS:
        if syllable.endswith(final) and not syllable.endswith(("iang", "uang")):
            return syllable.removesuffix(final) + plain
    return syllable


def sound_alike(one: str, other: str, *, loosely: bool) -> bool:
    """Whether two rows of Chinese characters sound the same but for the tones.

    Args:
        loosely: z is zh, n is l, in is ing and so on.
    """
    said = sounds if loosely else readings
    return len(one) == len(other) and all(said(a) & said(b) for a, b in zip(one, other, strict=True))


def spellings(name: str) -> list[tuple[str, ...]]:
    """The ways to write a Chinese name in pinyin, a syllable for each character, at most 12 of them."""
    ways = itertools.product(*(sorted(readings(each)) for each in name))
    plain = (tuple(syllable.replace("ü", "v") for syllable in way) for way in ways)
    return list(itertools.islice(plain, _MOST_READINGS))


def consonants(word: str) -> str:
    """What two English spellings of one name have in common (Katherine, Kathryn): their consonants by sound."""
    word = word.lower()
    for spelling, sound in _SPELLINGS:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", word[:1] + re.sub("[^bdfgjklmnprstwx]", "", word[1:]))
