"""Where a subtitle may break: pure text, no times.

Text is first cut into atoms that no line break may divide (an English word, a number with its unit, a character with
the punctuation and particles that cling to it), each with the cost of a break behind it. `wrap` then finds the best
lines. The rules are a subtitler's: Netflix's timed text style guide for Simplified Chinese, and the line-start and
line-end prohibitions of JLREQ, which Chinese typesetting shares (W3C, clreq 3.1.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Width = Callable[[str], float]
"""How wide a text is set, in ems; a Chinese character is 1."""

SENTENCE, CLAUSE, PHRASE, EDGE, HANGING, INSIDE = 0.0, 0.2, 1.0, 1.4, 3.0, 6.0
"""Cost of a break: after a sentence, after a clause, before or after a function word, at the edge of a recognised
word, after a word that leads on, inside a recognised word."""

_SENTENCE_END = "。！？!?…；;"
_CLAUSE_END = "，、：,:—"
NEVER_FIRST = set("。，、；：！？…—～·•）」』】》〉”’％%℃°‰,.;:!?)]}~々〕＞>/／")
NEVER_LAST = set("（「『【《〈“‘(［[{〔＜<￥¥$€#＃@")
_DROPPED_AT_END = "。，、；"
"""Chinese subtitles end a line without them; question and exclamation marks, colons and dashes stay."""
_PARTICLES = set("啊呀吧呢吗嘛呗啦哦噢哈哟咯嘞们了的")
_NOT_PARTICLES = ("了解", "了如", "了然", "的确", "的士", "哈哈", "呢喃")
_BEGINS = re.compile(
    "但是|可是|不过|所以|因为|如果|而且|或者|然后|就是|看看|再|先|等|也|还|都|不|没|把|被|在|和|跟|给|对|我|你|您|他|她|它|这|那|要|会|能|可以|"
    "应该|需要|就|(?:and|but|or|so|because|that|which|who|if|when|while|to|in|on|at|for|with|of|from|about|than)\\b"
)
"""Words that like to begin a line."""
_CLINGS = ("以上", "以下", "以内", "以后", "以前", "之间", "之后", "之前", "左右", "上下")
"""Words that belong to the number before them."""
_WORDS = re.compile(
    "有没有|是不是|能不能|要不要|会不会|好不好|看看|医生|大夫|护士|医院|门诊|急诊|病人|患者|家属|检查|复查|片子|报告|结果|结节|肿瘤|肿块|囊肿|良性|恶性|炎症|感染|发炎|发烧|"
    "咳嗽|血压|血糖|血脂|血管|心脏|心率|肺部|胸部|腹部|肝脏|肾脏|胃镜|肠镜|甲状腺|乳腺|前列腺|骨折|手术|化疗|放疗|治疗|药物|吃药|"
    "用药|剂量|副作用|过敏|疼痛|头痛|头晕|出血|糖尿病|高血压|冠心病|抑郁症|二甲双胍|阿司匹林|抗生素|维生素|变化|担心|紧张|放心|"
    "注意|饮食|睡眠|运动|身体|情况|问题|时候|现在|目前|以后|以前|大概|可能|一般|一定|一下|一次|一直|一点|建议|考虑|观察|需要|"
    "应该|可以|什么|怎么|这个|那个|这样|那样|我们|你们|他们|大家|没有|因为|所以|但是|如果|或者|而且|然后|就是|不是|还是|还有|"
    "已经|比较|非常|特别|谢谢|知道|明白|觉得|感觉|上午|下午|今天|明天|昨天|今年|去年|电话|名字|平时|开始|继续|控制|早期|晚期"
)
"""Words that recognition often leaves in pieces; a break inside one costs as much as inside a recognised word."""
_LEADS = re.compile(
    "(?:[我你您他她它咱](?:们)?|是|在|把|被|给|和|跟|与|或|及|不|没|没有|很|太|也|就|都|还|要|会|能|可以|这|那|每|再|又|更|最|从|对|"
    "向|为|由|让|因为|所以|但是|如果|而且|或者|然后|"
    r"\b(?:a|an|the|and|or|but|of|to|in|on|at|for|with|from|is|are|was|not|I|you|he|she|we|they|my|your|his|her|our))$"
)
"""Words that lead on to what follows and do not like to end a line."""
_ENDS = set("了的着地得过后时上下里中")
"""Characters that like to end one."""

_DIGITS = "零〇一二两三四五六七八九十百千万亿半几幺"
_UNITS = (
    "毫米汞柱|毫摩尔每升|毫米|厘米|公分|微米|公里|毫升|毫克|微克|公斤|千克|分钟|小时|个月|个小时|个星期|个半月|星期|礼拜|"
    "周岁|岁|年|月|日|号|天|周|秒|次|片|粒|颗|支|瓶|盒|种|位|例|度|级|期|型|倍|成|米|克|升|斤|元|块|个|点|楼|层|针|代|分|岁半"
)
_PER = rf"(?:[/／](?:{_UNITS}))*"
"""What an amount is told by: `毫升/小时`."""
_LATIN = r"[A-Za-z0-9À-ÖØ-öø-ÿµμα-ω]"
_ATOM = re.compile(
    # What was put instead of an identifier: `[手机号]`, `王*`.
    r"\[[^\[\]]{1,20}\]|[\u3400-\u9fff]{1,2}\*"
    rf"|(?:[{_DIGITS}0-9]+又)?[{_DIGITS}0-9]+分之[{_DIGITS}0-9.点]+|[ABX](?:超|光|线)"
    rf"|(?:第|约|±|≥|≤)?(?:[0-9]+(?:[.,:/×x*~-][0-9]+)*)(?:多|来|几|余)?\s?"
    rf"(?:(?:mm|cm|km|kg|mg|ml|mL|μg|µg|mmol|mmHg|min|bpm|Hu|HU|MHz|Hz|[mglLhs])(?:/[A-Za-z0-9²³]+)?[²³]?(?![A-Za-z])"
    rf"|[%％℃°‰]C?|{_UNITS}){_PER}"
    rf"|(?:第|约)?[{_DIGITS}]+(?:点[{_DIGITS}]+)?(?:多|来|余)?(?:{_UNITS}){_PER}"
    rf"|第[{_DIGITS}]+|[{_DIGITS}]{{2,}}(?:点[{_DIGITS}]+)?"
    rf"|{_LATIN}+(?:['’\-./_@&+×]{_LATIN}+)*[+²³]?",
)
_ABBREVIATION = re.compile(r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|No|e\.g|i\.e)|\b[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of the text, from `start` to `stop`, that stays whole; `cost` is that of a break behind it."""

    start: int
    stop: int
    cost: float
    ends_sentence: bool


def atoms(text: str, edges: frozenset[int], width: Width, limit_em: float) -> list[Atom]:
    """Cuts a text into its atoms; together they are the whole text, in order.

    Args:
        text: one run of talk.
        edges: where in it the recognised words begin.
        width: how wide a text is set.
        limit_em: a longer atom (an address, a long number) is divided after all.
    """
    stops = [stop for stop in range(1, len(text)) if _may_break(text, stop)]
    whole = [range(match.start() + 1, match.end()) for match in _ATOM.finditer(text)]
    never = {at for run in whole for at in run}
    stops = [stop for stop in stops if stop not in never]
    edges = edges - {at for match in _WORDS.finditer(text) for at in range(match.start() + 1, match.end())}
    starts = [0, *stops] if text else []
    found: list[Atom] = []
    for start, stop in zip(starts, [*stops, len(text)], strict=True):
        for part_start, part_stop in _fitting(text, start, stop, width, limit_em):
            cost = _cost(text, part_stop, edges) if part_stop == stop else INSIDE
            found.append(Atom(part_start, part_stop, cost, part_stop == stop and _ends_sentence(text, stop)))
    return found


def _may_break(text: str, at: int) -> bool:
    """Whether a line may end before `at`, as far as the characters on both sides say."""
    before, after = text[:at].rstrip()[-1:], text[at]
    if after.isspace() or after in NEVER_FIRST or before in NEVER_LAST:
        return False
    if after in _PARTICLES and not text.startswith(_NOT_PARTICLES, at) and not text[at - 1].isspace():
        return before in _SENTENCE_END + _CLAUSE_END
    if text[at - 1].isspace():
        return True
    return _is_wide(before) or _is_wide(after)


def _is_wide(char: str) -> bool:
    return char > "\u2e7f" or char in "“”‘’…—·"


def _fitting(text: str, start: int, stop: int, width: Width, limit_em: float) -> list[tuple[int, int]]:
    """The atom itself, or, when it is wider than a line, the pieces that fit; no piece begins with punctuation."""
    parts = []
    while width(text[start:stop].strip()) > limit_em:
        cut = start + 1
        while cut < stop - 1 and width(text[start : cut + 1].strip()) <= limit_em:
            cut += 1
        best = cut
        while best > start + 1 and (text[best] in NEVER_FIRST or text[best - 1] in NEVER_LAST):
            best -= 1
        cut = best if best > start + 1 else cut
        parts.append((start, cut))
        start = cut
    return [*parts, (start, stop)]


def _cost(text: str, at: int, edges: frozenset[int]) -> float:
    before = text[:at].rstrip()
    bare = before.rstrip("”’」』）》)\"'")
    if at == len(text) or _ends_sentence(text, at):
        return SENTENCE
    if bare[-1:] in _CLAUSE_END or before[-1:] in _CLAUSE_END:
        return CLAUSE
    if before != text[:at] and _is_wide(before[-1:]) and _is_wide(text[at]):
        return CLAUSE  # Chinese has no spaces between words: who writes one parts two phrases.
    if text.startswith(_CLINGS, at) and (before[-1:].isalnum() or before[-1:] in "%％℃"):
        return INSIDE
    if at not in edges and not text[at - 1].isspace() and _is_wide(text[at - 1]) and _is_wide(text[at]):
        return INSIDE
    if _LEADS.search(before):
        return HANGING
    if _BEGINS.match(text, at) or before[-1:] in _ENDS:
        return PHRASE
    return EDGE


def _ends_sentence(text: str, at: int) -> bool:
    bare = text[:at].rstrip().rstrip("”’」』）》)\"'")
    if bare[-1:] in _SENTENCE_END:
        return True
    return bare.endswith(".") and (at == len(text) or text[at - 1].isspace()) and not _ABBREVIATION.search(bare)


def clean(line: str) -> str:
    """A line as it is shown: no space around it, and without the marks that Chinese subtitles leave out at the end."""
    line = line.strip()
    bare = line.rstrip(_DROPPED_AT_END).rstrip()
    return line if not bare or bare[-1] in NEVER_LAST else bare


def wrap(text: str, pieces: Sequence[Atom], width: Width, limit_em: float, max_lines: int) -> tuple[float, list[str]]:
    """The best way to set these atoms on lines.

    Returns:
        The cost (breaks taken, and how uneven the lines are) and the lines; infinite and empty when they do not fit.
    """
    whole = clean(text[pieces[0].start : pieces[-1].stop])
    if width(whole) <= limit_em:
        return 0.0, [whole]
    best: tuple[float, list[str]] = (float("inf"), [])
    if max_lines == 1:
        return best
    for at in range(1, len(pieces)):
        first = clean(text[pieces[0].start : pieces[at - 1].stop])
        if width(first) > limit_em:
            break
        cost, rest = wrap(text, pieces[at:], width, limit_em, max_lines - 1)
        if rest:
            uneven = abs(width(first) - width(rest[0])) / limit_em
            cost += pieces[at - 1].cost / 2 + uneven
            if cost < best[0]:
                best = (cost, [first, *rest])
    return best
