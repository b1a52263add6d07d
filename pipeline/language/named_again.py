"""A name that was found once, wherever else a text says it or explains how it is written: 章敏, 敏捷的敏."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from pipeline.identifiers import Found
from pipeline.language import english_again, person_places
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import ORDINARY, frequency, is_ordinary, tag
from pipeline.language.chinese_words import lists as chinese
from pipeline.language.english_names import is_any, lists, plainly
from pipeline.language.han import HAN

VERSION = 6
_FURTHEST = 16
"""Characters before a name in which somebody may have begun to say it."""

_RARE, _COMMON = 500, 1000
"""How often jieba's dictionary has met a word that is hidden wherever it is said once somebody was called
so (小满), and one of which only a sure place makes somebody's name (高兴)."""
_ALIKE, _SURE = 2, 4
"""What the place of a word must say, as `person_places` counts: of a thing's name, and of a common word or one that
tells how, when or what is done."""
_NOT_NOUNS = ("t", "d", "c", "p", "r", "m", "q", "f", "u", "y", "e", "v", "a", "b", "z")
"""Tags of words that stand for nobody by themselves."""
_ITSELF = re.compile(f"(?:就?是|叫)(?P<name>[{HAN}]{{2}})的(?P=name)")
"""A word that tells how the name is written that it is: 我叫高兴，就是高兴的高兴."""

_EXPLAINED = re.compile(f"(?P<word>[{HAN}]{{2}})的(?P<character>[{HAN}])")
"""A character told by a word in which it is."""
_WRITTEN = re.compile("名字|[那这]个字|字[是念叫]")
"""What tells that a character of a name is explained next, whatever the name is."""
_PARTS = (
    "一三十八口日月目田土山石水火木禾米竹草女子人王玉金刀力弓文言立早章贝马牛羊虫鱼鸟车门耳手"
    "心古何广白又寸工夕走足风雨云双丰干赤且东西青朱"
)
_COMPOSED = re.compile(
    f"(?:^|(?<=[\\s，。、,.]))(?P<parts>[{_PARTS}]{{2}})(?P<character>[{HAN}])(?=[\\s，。、！？,.!?的]|$)"
)
"""A character told by what it is made of: 山风岚, 弓长张."""
_TOLD_APART = re.compile(
    f"(?:^|(?<=[\\s，。；、,.;]))(?P<how>(?:(?![你您他她着了过])[{HAN}]){{1,12}}?)(?:的(?:那个|这个)?|那个|这个)"
    f"(?P<character>[{HAN}])(?=[吧嘛啊呀哈呢]?(?:[\\s，。；、！？,.;!?]|$))"
)
"""A character at the end of a clause that tells how it is written: 三个木的森, 草字头的芳, 三点水那个洋."""
_CLAUSE_END = re.compile(r"[，。；、！？,.;!?]")
_STAMMER = r"[\s，。、,.…]*(?:[嗯呃额啊哦哎]|那个|这个|就是|叫|姓|[\s，。、,.…])*$"
"""What may stand between the surname that somebody begins with and the whole name: 陈，嗯，陈建华."""
_MENDED = re.compile(
    r"[\s，。、,.…]*(?:[啊哦呃嗯][\s，。、,.…]*)?(?:(?:不对|不是|[说写搞叫弄记听]错了|应该是|应该叫|是叫)[啊哦呃嗯，。、,.…\s]*)+(?:是|叫)?"
)
"""How somebody corrects a name that was just said."""


def again(text: str, names: Sequence[Found]) -> Iterator[Found]:
    """Further places of names, of the given names of whole Chinese ones, and words that tell how one is written.

    Words of everyday talk are no names there.

    Args:
        text: the whole text.
        names: what of it was found to be a name.
    """
    itself = [Found(told.start("name"), told.end(), "name") for told in _ITSELF.finditer(text) if _is_name_itself(told)]
    yield from itself
    known = {spoken: one for one in names for spoken in _spoken(text[one.start : one.end])}
    talk = Talk(text)
    for spoken, one in sorted(known.items()):
        for place in re.finditer(re.escape(spoken), text):
            if _is_whole(talk, *place.span()):
                yield Found(*place.span(), one.kind, one.person)
    yield from _words_again(talk, [*names, *(Found(one.start, one.start + 2, one.kind) for one in itself)])
    yield from _around(talk, names)
    for explained in (*_EXPLAINED.finditer(text), *_COMPOSED.finditer(text)):
        character = explained["character"]
        whose = next((one for one in names if character in text[one.start : one.end]), None)
        is_asked = whose is None and _WRITTEN.search(text, max(0, explained.start() - _FURTHEST), explained.start())
        if is_asked and "word" in explained.groupdict() and character in explained["word"]:
            yield Found(*explained.span(), "name")
        if whose is None or not talk.closes(explained.end()):
            continue
        if "parts" in explained.groupdict():
            yield Found(*explained.span(), whose.kind, whose.person)
        elif character in explained["word"]:
            yield Found(talk.word(explained.start()).start, explained.end(), whose.kind, whose.person)
    yield from _told_apart(talk, names)


def _is_name_itself(told: re.Match[str]) -> bool:
    """Whether a word explains itself, and is not only said twice: 就是慢慢的慢慢的."""
    return is_ordinary(told["name"]) and told["name"][0] != told["name"][1]


def _words_again(talk: Talk, names: Sequence[Found]) -> Iterator[Found]:
    """Names that are words of everyday talk as well, where they are said again and a person is due."""
    edges = {edge for one in names for edge in (one.start, one.end)}
    called = {word: one for one in names for word in _words(talk.text[one.start : one.end])}
    for word, whose in sorted(called.items()):
        for place in re.finditer(re.escape(word), talk.text):
            start, end = place.span()
            is_chinese = is_han(word[0])
            is_meant = (
                _is_person_again(talk, start, end, edges)
                if is_chinese
                else english_again.is_person(talk.text, start, end)
            )
            if is_meant and _is_whole(talk, start, end):
                yield Found(start, end, whose.kind, whose.person)


def _words(name: str) -> Iterator[str]:
    """What of a name may be said again and is a word as well; of an English one the first and the last part.

    A title behind a surname, and what a name was only taken to be, is not made of what given names are.
    """
    if all(map(is_han, name)):
        given = name[surname_length(name, 0) :]
        is_usual = set(given) <= chinese().given or given in chinese().pet_names
        yield from (one for one in {name, given} if is_usual and len(one) > 1 and is_ordinary(one))
        return
    parts = name.split(" ")
    yield from (one for one in {parts[0], parts[-1]} if len(one) > 2 and one[0].isupper() and _is_called_so(one))


def _is_called_so(word: str) -> bool:
    """Whether an everyday word is a given name, and no title (Sister)."""
    plain, known = plainly(word), lists()
    return _is_word(word) and plain in known.given and not is_any(plain, known.titles, known.doubtful_titles)


def _is_person_again(talk: Talk, start: int, end: int, edges: Container[int]) -> bool:
    """Whether both sides of a word that somebody is called speak for a person rather than for the word."""
    word = talk.text[start:end]
    if talk.text.endswith("叫", 0, start):
        return True
    before = person_places.before(talk.text, start) or int(start in edges)
    after = person_places.after(talk.text, end) or int(end in edges)
    is_noun = not tag(word).startswith(_NOT_NOUNS) or tag(word) == ORDINARY
    if is_noun and frequency(word) <= _RARE:
        return True
    is_common = frequency(word) >= _COMMON or not is_noun
    return before > 0 and after > 0 and before + after >= (_SURE if is_common else _ALIKE)


def _told_apart(talk: Talk, names: Sequence[Found]) -> Iterator[Found]:
    """A character of a name told just before, with the clause that explains it."""
    for told in _TOLD_APART.finditer(talk.text):
        start, end = told.span()
        near = (one for one in names if one.end <= start and _is_near(talk.text[one.end : start]))
        whose = next((one for one in near if told["character"] in talk.text[one.start : one.end]), None)
        if whose is not None and talk.opens(told.start("character")) and talk.closes(end):
            yield Found(start, end, whose.kind, whose.person)


def _is_near(between: str) -> bool:
    """Whether no more than one whole clause stands between a name and what explains it."""
    return len(_CLAUSE_END.findall(between)) < 3 and len(between) <= _FURTHEST


def _around(talk: Talk, names: Sequence[Found]) -> Iterator[Found]:
    """What was said of a Chinese name before it was said whole, and what it was corrected to."""
    for one in names:
        name = talk.text[one.start : one.end]
        length = surname_length(name, 0)
        if not 0 < length < len(name) or not all(map(is_han, name)):
            continue
        first = max(0, one.start - _FURTHEST)
        begun = re.search(f"(?:{name[:length]}|{name[0]})(?={_STAMMER})", talk.text[first : one.start])
        if begun is not None and talk.opens(first + begun.start()):
            yield Found(first + begun.start(), first + begun.end(), one.kind, one.person)
        mended = _MENDED.match(talk.text, one.end)
        if mended is not None and (end := _name_end(talk, mended.end(), name)):
            yield Found(mended.end(), end, one.kind, one.person)


def _name_end(talk: Talk, start: int, name: str) -> int:
    """Where what a name was corrected to ends: as long as it, and alike in one place; 0 if there is none."""
    said = talk.text[start : start + len(name)]
    is_alike = any(one == other for one, other in zip(said, name, strict=False))
    is_name = is_alike and len(said) == len(name) and surname_length(said, 0) > 0 and all(map(is_han, said))
    return start + len(said) if is_name and talk.closes(start + len(said)) else 0


def _spoken(name: str) -> Iterator[str]:
    """A name as it may be said again: a Chinese one without its surname, an English one without all before it."""
    if all(map(is_han, name)):
        surname = surname_length(name, 0)
        yield from (one for one in {name, name[surname:]} if len(one) > 1 and not is_ordinary(one))
        if surname > 1:
            yield name[:surname]
        return
    *_, last = name.split(" ")
    yield from (one for one in {name, last} if len(one) > 2 and one[0].isupper() and not _is_word(one))


def _is_word(name: str) -> bool:
    """Whether an English name is a word as well (Rose, May), or tells a kind of people (Sister)."""
    plain, known = plainly(name).rstrip("."), lists()
    return is_any(plain, known.everyday, known.no_one, known.ordinary, known.titles, known.doubtful_titles)


def _is_whole(talk: Talk, start: int, end: int) -> bool:
    """Whether no longer word runs across its borders."""
    if is_han(talk.text[start]):
        return talk.opens(start) and talk.closes(end)
    return not (talk.text[start - 1 : start].isalnum() or talk.text[end : end + 1].isalnum())
