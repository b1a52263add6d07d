"""Which names are ordinary words as well, so that hiding them would eat the talk: 高兴, 平安, 小雨, May, one letter."""

from __future__ import annotations

from functools import cache

MIN_WORD = 20
"""A dictionary word that is tagged as anything but a name counts from this frequency in jieba's corpora on."""
MIN_NAME = 100
"""One of two characters that is tagged as a name: 李娜 is one, but so are 小雨, 白雪 and 高峰. Of 71 plain names
that were tried 8 are asked about (李强, 李娜, 杜鹃, 苏醒, 丁香, 沈阳, 老周, 老王), of 63 that are words 52."""

_ENGLISH_WORDS = """
amber angel april art august autumn bill bishop black brown carol chance chase christian dawn dean drew faith
frank gene god grace grant green guy hall harmony heather hill holly hope hunter iris ivy jack jade joy june king
lane lily long mark mars may miles mercy miss olive page pat patience pearl penny prince ray rich rob rose ruby
sandy sue summer sunny victor violet ward white will wood young
"""
ENGLISH = frozenset(_ENGLISH_WORDS.split())


def is_one(name: str) -> bool:
    """Whether a name is said in ordinary talk without meaning anyone; a single character or letter always is."""
    if len(name) == 1 or name.lower() in ENGLISH:
        return True
    found = _dictionary().find(f"\n{name} ".encode())
    if found < 0:
        return False
    _, frequency, tag = _dictionary()[found + 1 : found + 200].decode("utf-8", "ignore").split("\n")[0].split(" ")
    if not tag.startswith("nr"):
        return int(frequency) >= MIN_WORD
    return len(name) == 2 and int(frequency) >= MIN_NAME


@cache
def _dictionary() -> bytes:
    """jieba's dictionary as it comes: `word frequency tag` lines."""
    import jieba

    with jieba.get_dict_file() as stream:
        return b"\n" + bytes(stream.read())
