"""Whether characters of a Chinese text can be a person's name: by surname, given name and the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.language.chinese_words import Token, is_ordinary, lists, tag, tokens
from pipeline.language.han import HAN

_HAN = re.compile(f"[{HAN}]")
_NUMBERED = re.compile("[一二三四五六七八九大小][娃狗妹姐哥弟毛丫妞柱蛋根宝牛虎丑]")
_READS_ON = set("来去在说的你您他她")
"""Single words that talk goes on with behind a name."""
_LONGEST_WORD = 6
NO_PET = frozenset("妈爸娃囡爷奶姥哥姐弟妹叔婶伯姑舅姨公婆太宝乖天常多年明刚慢好久")
"""What is said twice without being a name."""
_EXAMPLES = {"张三", "李四", "王五", "赵六"}
INSTITUTION = re.compile(
    r"(?:纪念|附属|第[一二三四五六]|人民|国际|国家|重点|中医|中西医|骨伤?科|眼科|口腔|肿瘤|专科|综合|妇产科?|妇幼|儿童|康复|医学|科技|科学"
    r"|文学|教育|师范|慈善|公益|大){0,3}(?:医院|医学院|大学|学院|奖(?!励)|诊所|药房|基金会|实验室|卫生院)"
    r"|(?:综合征|氏?病(?![了人历房情案友例床区号程倒重危况急假理种症])|征(?![求得集])|法则|理论|定律|改良|修订"
    r"|量表|评分|分[级型期]|试验|指数|反射)"
    r"|(?<=氏)(?:骨折|脱位|[管膜囊腺肌结孔线角]|综合|细胞|小体|体位|切口|入路|钳|针)"
)
"""What makes a person's name before it the name of something else; 王建国去医院 and 张伟的病 are still people."""


_DRUG = re.compile(
    "(?:(?<!卡)地尔|他汀|沙坦|洛尔|西林|[霉菌]素|替尼|单抗|普利|拉唑|地平|列汀|列净|格列.|唑仑|西泮|沙星|[洛西他]韦|司琼|替丁|他定"
    "|双胍|沙班|昔布|洛芬|膦酸|曲坦|安奈德|米松|泼尼松龙?|卡因|嘧啶|康唑|昔康|波糖)$"
)
"""What drugs end in, whose names are written with the characters of foreign ones; 卡地尔 is a person."""


def is_drug(name: str) -> bool:
    """Whether four characters or more are a drug by their end: 米诺地尔; 王西林 and 欧阳西林 are people."""
    return len(name) > 3 and name[:2] not in lists().compound_surnames and _DRUG.search(name) is not None


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one; False for the empty text."""
    return bool(_HAN.fullmatch(character))


def _is_tagged_name(word: Token) -> bool:
    """Whether the dictionary's tag says a name; jieba's says it of longer phrases as well (梅雨季节)."""
    longest = 3 if word.text[:2] not in lists().compound_surnames else 4
    return word.tag.startswith("nr") and word.end - word.start <= longest


def surname_length(text: str, at: int) -> int:
    """How many characters from `at` are a surname: 2, 1 or 0."""
    if text[at : at + 2] in lists().compound_surnames:
        return 2
    return int(text[at : at + 1] in lists().surnames and at < len(text))


def _is_doubled(given: str) -> bool:
    """Whether a given name is one character twice (丹丹) and no adverb, time or measure (常常, 天天)."""
    return len(given) == 2 and given[0] == given[1] and not tag(given).startswith(("d", "t", "m", "q"))


@dataclass(frozen=True)
class Talk:
    """A Chinese text with its words."""

    text: str

    @cached_property
    def words(self) -> tuple[Token, ...]:
        return tokens(self.text)

    @cached_property
    def _word_at(self) -> list[Token]:
        """The word that every character belongs to."""
        return [word for word in self.words for _ in range(word.start, word.end)]

    def opens(self, at: int) -> bool:
        """Whether a name can begin here: no ordinary word runs across."""
        return at == 0 or at >= len(self.text) or not self._runs_across(at)

    def closes(self, at: int) -> bool:
        """Whether a name can end before `at`: no ordinary word runs across."""
        return at >= len(self.text) or not self._runs_across(at)

    def _runs_across(self, at: int) -> bool:
        word = self._word_at[at]
        return word.start < at and not _is_tagged_name(word)

    def word(self, at: int) -> Token:
        """The word to which a character belongs."""
        return self._word_at[at]

    def begins_ordinary_word(self, start: int) -> bool:
        """Whether the surname at `start` is the first character of an ordinary word of at least two."""
        word = self._word_at[start]
        if word.start != start or word.end - start < 2 or _is_tagged_name(word):
            return False
        return word.text not in lists().compound_surnames and word.tag != ""

    def is_full_name(self, start: int, end: int, *, is_set_off: bool) -> bool:
        """Whether surname and given name lie here, by their characters and their borders.

        A short name, or one whose surname is an everyday word, must have the surer characters, unless the words around
        set it off from what is said.
        """
        text, surname = self.text[start:end], surname_length(self.text, start)
        if text in lists().known_to_all or self.leads_to_place(start, end):
            return False
        is_usual = text[surname:] in lists().given_names and text not in lists().never
        if surname and is_usual and self._holds_usual(start, end, is_set_off=is_set_off):
            return True
        if not surname or not self.opens(start) or not self.closes(end) or self.begins_ordinary_word(start):
            return False
        given = text[surname:]
        if text in _EXAMPLES or (_NUMBERED.fullmatch(given) and text[0] not in lists().everyday_surnames):
            return True
        if text in lists().never or not given or len(given) > 2 or any(each not in lists().given for each in given):
            return False
        sure = [each for each in given if each in lists().sure_given]
        if text[0] in lists().plain_surnames and (is_set_off or _is_doubled(given)):
            return not is_ordinary(text)
        if surname == 2:
            return bool(sure) or len(given) == 2 or (is_set_off and (tag(text) != "" or not is_ordinary(given)))
        if text[0] in lists().words_before_titles:
            return len(sure) == 2
        if text[0] in lists().everyday_surnames:
            is_given = given in lists().plain_given or not is_ordinary(given)
            return len(sure) >= (1 if is_set_off and is_given else 2) or tag(text).startswith("nr")
        return bool(sure) or tag(text).startswith("nr") or (is_set_off and len(given) == 2 and not is_ordinary(given))

    def _holds_usual(self, start: int, end: int, *, is_set_off: bool) -> bool:
        """Whether a surname and a usual given name lie here, though the dictionary may cut them otherwise (范志|强)."""
        surname = self.text[start]
        if surname in lists().words_before_titles or not self.opens(start):
            return False
        is_free = is_set_off or surname not in lists().everyday_surnames
        if self.begins_ordinary_word(start) and (not is_free or self.word(start).tag == "t"):
            return False
        return self.closes(end) or (is_free and self._resumes(end))

    def _resumes(self, at: int) -> bool:
        """Whether talk reads on as a word from here, though the dictionary has one across: 国良|家属."""
        rest = tokens(self.text[at : at + _LONGEST_WORD])[0]
        return rest.end > 1 or rest.text in _READS_ON

    def is_sure_pair(self, start: int, end: int) -> bool:
        """Whether a surname and a single character lie here that are hardly ever anything but a name: 王芳."""
        text = self.text[start:end]
        if len(text) != 2 or text[0] not in lists().plain_surnames or text[1] not in lists().plain_given:
            return False
        is_whole = self.word(start).start == start and self.word(end - 1).end == end
        return is_whole and not is_ordinary(text) and not self.names_something_else(end + 1)

    def leads_to_place(self, start: int, end: int) -> bool:
        """Whether what could be a surname is a preposition or an `and` before a place: 从德国."""
        lead = self.word(start)
        is_whole = lead.end == start + 1 < end and self.word(start + 1).end == end
        return is_whole and lead.tag in ("p", "c") and self.word(start + 1).tag == "ns"

    def names_something_else(self, end: int) -> bool:
        """Whether the name that ends here goes on as that of a hospital, a prize or a disease."""
        return INSTITUTION.match(self.text, end) is not None
