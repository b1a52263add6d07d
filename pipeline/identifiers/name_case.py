"""Chinese names of the case's people: written, written as they sound, in part, in pinyin, broken by pauses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import is_ordinary, lists, tag
from pipeline.language.english_names import lists as english
from pipeline.language.homophones import sound_alike, spellings
from pipeline.values import Named, Register

VERSION = 8
KINDS = ("name",)

_GAP = r"[\W_嗯呃额啊哦]{0,4}"
"""What a pause, a line's end, a form or somebody who wants to be clever may put into a name."""
_LATIN_GAP = r"[\s,.·^_\-']{0,3}"
_ANNOUNCES = re.compile(r"(?:叫|姓名|名字(?:是|叫)?|[我您你他她]是|位是|患者|病人|家属|下一位|请)[\s：:，,]*$")
_EVERYDAY = set(
    "的了是在不我你他她它们这那有没和就都也还要会能可以说到去来跟很吧吗呢啊一二三四五六七八九十百两几个什么"
)
_TITLES_OF_PEOPLE = "(?:女士|先生|小姐|太太|阿姨|叔叔?|大爷|大妈|大娘|大姐|大哥|伯伯?|奶奶|爷爷|婆婆|姐|哥|师傅|同学)"
_IN_FRONT = re.compile("^(?:患者|病人|家属|姓名|名叫)")
_KIN = ("妈妈", "爸爸", "母亲", "父亲", "妈", "爸", "哥", "姐", "叔")


def find(text: str, register: Register) -> Iterator[Found]:
    """The people's names in every form, with whose they are."""
    talk = Talk(text)
    for person in register.people:
        for name in person.names:
            written = "".join(filter(is_han, name))
            if written and not re.search("[A-Za-z]", name):
                for form in dict.fromkeys((written, _untitled(written))):
                    for start, end in _forms(talk, form, _shares(person, form, register)):
                        yield Found(start, end, "name", person.id)


def _untitled(name: str) -> str:
    """What is left of a name that was written as somebody is called: 佟佳宁女士, 小雨妈妈, 患者佟佳宁."""
    left = _IN_FRONT.sub("", name)
    left = left.removesuffix(max(filter(left.endswith, ("", *_KIN, *lists().titles)), key=len))
    return left if len(left) > 1 else name


def _shares(person: Named, name: str, register: Register) -> bool:
    """Whether somebody else of the case has the same surname, so that the surname alone says nothing."""
    surname = name[: surname_length(name, 0)]
    return any(other.names and other.names[0].startswith(surname) for other in register.people if other != person)


def _forms(talk: Talk, name: str, is_shared: bool) -> Iterator[tuple[int, int]]:
    yield from _written(talk, name)
    length = surname_length(name, 0)
    surname, given = (name[:length], name[length:]) if 0 < length < len(name) else ("", name)
    if not is_ordinary(name):
        yield from _heard(talk, name, bool(surname))
    if surname:
        yield from _given(talk, given)
        yield from _called(talk, surname, given, is_shared)
        yield from _in_pinyin(talk, surname, given)


def _written(talk: Talk, name: str) -> Iterator[tuple[int, int]]:
    """The very characters; a name that is an everyday word only as a word of its own."""
    is_word = is_ordinary(name) or len(name) == 1
    gap = "" if is_word else _GAP
    for found in re.finditer(gap.join(map(re.escape, name)), talk.text):
        if not is_word or (talk.opens(found.start()) and talk.closes(found.end())):
            yield found.span()


def _runs(talk: Talk, length: int) -> Iterator[tuple[int, int, str]]:
    """Every row of so many Chinese characters, spaces and line ends between them left out."""
    at = [i for i, each in enumerate(talk.text) if not each.isspace()]
    for first in range(len(at) - length + 1):
        row = at[first : first + length]
        said = "".join(talk.text[i] for i in row)
        if all(map(is_han, said)):
            yield row[0], row[-1] + 1, said


def _heard(talk: Talk, name: str, has_surname: bool) -> Iterator[tuple[int, int]]:
    """What sounds like the name, unless it is ordinary talk that nothing announces as a name."""
    if len(name) < 2:
        return
    for start, end, said in _runs(talk, len(name)):
        if said == name or not sound_alike(said, name, loosely=True) or not (talk.opens(start) and talk.closes(end)):
            continue
        if _ANNOUNCES.search(talk.text[max(0, start - 30) : start]) or (
            not is_ordinary(said) and _may_be_name(said, name, has_surname)
        ):
            yield start, end


def _may_be_name(said: str, name: str, has_surname: bool) -> bool:
    """Whether what sounds like a name also looks like one."""
    everyday = len(set(said) & _EVERYDAY)
    if len(name) > 2:
        is_surname = not has_surname or surname_length(said, 0) > 0
        is_exact = sound_alike(said, name, loosely=False) and not any(map(is_ordinary, (said[:2], said[1:])))
        return everyday == 0 and (is_surname or is_exact or set(said[1:]) <= lists().given)
    if everyday:
        return False
    if has_surname:
        alike = said[0] == name[0] or (said[0] in lists().surnames and sound_alike(said, name, loosely=False))
        return alike and (said[1] in lists().given or tag(said).startswith("nr"))
    return _looks_given(said, name)


def _looks_given(said: str, name: str) -> bool:
    usual = set(said) <= lists().given and bool(set(said) & lists().sure_given)
    return sound_alike(said, name, loosely=False) and (usual or tag(said).startswith("nr"))


def _given(talk: Talk, given: str) -> Iterator[tuple[int, int]]:
    """The given name alone, of two characters or more, as written or as heard."""
    if len(given) < 2 or is_ordinary(given):
        return
    for start, end, said in _runs(talk, len(given)):
        if not (talk.opens(start) and talk.closes(end)):
            continue
        if said == given or (sound_alike(said, given, loosely=False) and _sounds_given(talk, start, said, given)):
            yield start, end


def _sounds_given(talk: Talk, start: int, said: str, given: str) -> bool:
    if _ANNOUNCES.search(talk.text[max(0, start - 30) : start]) and not set(said) & _EVERYDAY:
        return True
    return not is_ordinary(said) and not set(said) & _EVERYDAY and _looks_given(said, given)


def _called(talk: Talk, surname: str, given: str, is_shared: bool) -> Iterator[tuple[int, int]]:
    """What people are called by: 阿明, 小明, 明明, 明哥; 小王 and 王阿姨 where nobody else has that surname."""
    last = given[-1]
    calls = [f"[阿小]{last}", f"{last}{last}", f"{last}[哥姐叔姨爷]", f"{re.escape(given)}{_TITLES_OF_PEOPLE}"]
    if not is_shared:
        calls += [f"[小老]{surname}", f"{surname}{_TITLES_OF_PEOPLE}"]
    for found in re.finditer("|".join(calls), talk.text):
        if talk.opens(found.start()) and talk.closes(found.end()) and not is_ordinary(found[0]):
            yield found.span()


def _in_pinyin(talk: Talk, surname: str, given: str) -> Iterator[tuple[int, int]]:
    """The name in Latin letters, either part first, and the given name alone where it is long enough."""
    if not re.search("[A-Za-z]", talk.text):
        return
    for way in spellings(surname + given):
        first, last = _LATIN_GAP.join(way[len(surname) :]), _LATIN_GAP.join(way[: len(surname)])
        forms = [f"{last}{_LATIN_GAP}{first}", f"{first}{_LATIN_GAP}{last}"]
        if len(given) > 1 and sum(map(len, way[len(surname) :])) > 4:
            forms.append(first)
        looks_everyday = set(way) <= english().everyday
        for found in re.finditer(rf"(?<![a-z])(?:{'|'.join(forms)})(?![a-z])", talk.text, re.IGNORECASE):
            if not looks_everyday or found[0][:1].isupper():
                yield found.span()
        letters = r"\.?[\s\-]?".join(syllable[0].upper() for syllable in way[len(surname) :])
        family = "".join(way[: len(surname)]).capitalize()
        for found in re.finditer(rf"\b(?:{letters}\.?\s{family}|{family},?\s{letters})\b", talk.text):
            yield found.span()
