"""Chinese full names without anything that announces them, and names of China's other peoples."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import han
from pipeline.language.chinese_names import Talk, is_han, surname_length
from pipeline.language.chinese_words import Token, lists, tag
from pipeline.values import Register

VERSION = 12
KINDS = ("name",)

_DOTTED = re.compile(f"[{han.HAN}]{{2,7}}(?:[·•・‧∙･⋅][{han.HAN}]{{2,8}})+")
_COUNTED = re.compile(r"[一两三四五六七八九十几这那每半多0-9]$")
"""Before 张, 段, 包 and the like: a measure word, not a surname."""
_MEASURES = set("张段包支节项门路方席束管层周")
_LISTED = re.compile(
    r"$|[\s，。！？、,.!?：:；;…（）()的你您他她来说去在是也又今昨先到已住签有没同和跟呢吧啊吗刚做要还就陪给把让带量开抽]"
    r"|家属|[上下中]午|[早晚]上|打电话|女士|先生|护士|医生|大夫"
)
_WHOSE_KIN = re.compile("的?(?:家属|妈妈|爸爸|爱人|老伴|女儿|儿子|丈夫|妻子|老公|老婆|家长|奶奶|爷爷)")
"""What speaks for a name before it as much as words on both sides do."""
_CHILD = re.compile("儿(?![子女童科媳孙歌])")
"""The end of a name such as 林婉儿."""
_LONGEST_REST = 5
_SUFFIXED = re.compile(
    f"(?:^|(?<=[^{han.HAN}])|(?<=[是叫找给跟请问和让])|(?<=下一[个位]))[{han.HAN}]{{1,3}}(?:古丽|买提|麦提|尼沙|妮萨|其其格|卓玛|拉姆|措姆)"
)
"""Names of China's other peoples by their end, where they begin is told by what stands before: 海日古丽."""
_KIN_SUFFIX = re.compile("(?:古丽|尼沙|别克|江|汗|罕|木)")
"""What names of Xinjiang's peoples end in."""
_PEOPLE = {"患者", "病人", "家属", "姓名", "医生", "护士", "大夫", "老师", "同学", "女士", "先生", "阿姨", "大叔"}
_LEADS = set("是叫和跟与给的在找请让问我你他她这那了也有从")
_VERBS = set("来在说去")
"""At the end of three characters rather what a person of two does (王芳来了)."""
_AFTER = re.compile(
    r"(?:^|[\s，。！？、,.!?：:；;（）()/的和跟与给找请让叫问是说等把替帮对位号了]|医生|护士|患者|病人|家属|师傅"
    r"|同学|先生|女士|一下"
    r"|同事|邻居|朋友|闺蜜|战友|室友|老乡|昨[天晚]|今天|刚才|上次|那个|这个|还有|就诊人|本人|签个?字|签名"
    r"|(?:^|[\s，。！？,.!?])那"
    r"|[爸妈爷婆公奶哥姐弟妹叔姨舅儿女孙媳妇夫]|[儿孙妻]子|孩子|爱人|老伴|主任|教授|老师)$"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Full names by surname and given name; dotted names; single names of other peoples."""
    if not han.is_in(text):
        return
    talk = Talk(text)
    for start, end in (*_full(talk), *_dotted(talk), *_single(talk)):
        yield Found(start, end, "name")


def _full(talk: Talk) -> Iterator[tuple[int, int]]:
    text, end = talk.text, 0
    for start in range(len(text)):
        surname = surname_length(text, start) if start >= end else 0
        lengths = (surname + 2, surname + 1) if surname else ()
        for length in lengths:
            if start + length <= len(text) and _stands_alone(talk, start, start + length):
                end = start + length
                end += _CHILD.match(text, end) is not None
                yield start, end
                break


def _stands_alone(talk: Talk, start: int, end: int) -> bool:
    """Whether a full name lies here for which its surroundings speak."""
    text = talk.text
    before, after = _AFTER.search(text[max(0, start - 30) : start]), _LISTED.match(text, end)
    is_kin = text[start] in lists().plain_surnames and _WHOSE_KIN.match(text, end) is not None
    is_set_off = is_kin or (before is not None and after is not None)
    is_pair = talk.is_sure_pair(start, end)
    is_name = talk.is_full_name(start, end, is_set_off=is_set_off) or is_pair
    if not is_name or talk.names_something_else(end):
        return False
    is_usual = text[start + 1 : end] in lists().given_names
    if text[start] in _MEASURES and not is_usual and _COUNTED.search(text[max(0, start - 30) : start]):
        return False
    if end - start > 2:
        return text[end - 1] not in _VERBS or tag(text[start:end]).startswith("nr")
    return is_set_off or is_pair


def _transliterated_to(talk: Talk, end: int) -> int:
    """Where the rest of a name ends that the dictionary does not know: 次仁旺堆."""
    first = end
    while end < len(talk.text) and talk.text[end] in lists().transliterated and end - first < _LONGEST_REST:
        word = talk.word(end)
        if word.end - word.start > 1 and word.tag[:1] not in ("", "n"):
            break
        end += 1
    return end if end - first > 1 else first


def _dotted(talk: Talk) -> Iterator[tuple[int, int]]:
    """Names with a dot; the words before the first part that are surely none of it are left."""
    for found in _DOTTED.finditer(talk.text):
        dots = [at for at in range(*found.span()) if not is_han(talk.text[at])]
        start, end = found.start(), dots[-1] + 1
        while talk.word(start).end < dots[0] and _is_before(talk.word(start)):
            start = talk.word(start).end
        known = _peoples().match(talk.text, end)
        end = known.end() if known else min(end + 2, found.end())
        while end < found.end() and not _is_around(talk.word(end)):
            end = talk.word(end).end
        yield start, end


def _is_before(word: Token) -> bool:
    """The same before a name, whose first part may hold anything but what announces it."""
    return word.text in _PEOPLE or word.text in _LEADS or (len(word.text) > 1 and _is_around(word))


def _is_around(word: Token) -> bool:
    """Whether a word beside a dotted name is surely none of it."""
    return word.tag[:1] in tuple("rpvcudt") or word.text in _PEOPLE


@functools.cache
def _peoples() -> re.Pattern[str]:
    return re.compile("|".join(sorted(lists().minority_names, key=len, reverse=True)))


def _single(talk: Talk) -> Iterator[tuple[int, int]]:
    for found in _SUFFIXED.finditer(talk.text):
        start = found.start()
        while _is_before(talk.word(start)) and talk.word(start).end < found.end():
            start = talk.word(start).end
        if start < found.end() and talk.closes(found.end()):
            yield start, found.end()
    for found in _peoples().finditer(talk.text):
        if talk.opens(found.start()) and (talk.closes(found.end()) or _KIN_SUFFIX.match(talk.text, found.end())):
            suffix = _KIN_SUFFIX.match(talk.text, found.end())
            yield found.start(), _transliterated_to(talk, suffix.end() if suffix else found.end())
