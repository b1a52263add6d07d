"""What is read on the desk: lines to correct, and the words in them that must not be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.language import turns
from pipeline.values import Clip, Word

PAUSE_S = 0.7
"""A longer pause ends a line."""
MAX_CHARACTERS = 48
ENDS = "。！？!?；;"

MARKS: dict[str, str] = {
    "dose": r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百千半几]+)\s*(?:毫克|微克|毫升|国际单位|单位|片|粒|支|滴|袋|"
    r"(?:mg|ml|mcg|g|µg|IU|tablets?|pills?|drops?|units?)(?![A-Za-z]))",
    "number": r"\d+(?:[.,]\d+)*%?|[一二两三四五六七八九十百千万]{2,}|[一二两三四五六七八九十半]"
    r"(?=个?(?:月|天|周|年|岁|次|厘米|毫米|小时|分钟|期|级|度))"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|once|twice|half)\b",
    "negation": r"不(?!好意思)|没有?|无(?!论)|未|别(?!的|人)|勿|禁止?"
    r"|\b(?:not?|never|without|none|cannot)\b|n['’]t\b",
    "side": r"[左右](?:侧|边|肺|眼|耳|手|脚|腿|膝|肾|乳|肩|臂)?|双侧|两侧|\b(?:left|right|bilateral)\b",
    "drug": r"[\u4e00-\u9fff]{1,4}(?:霉素|西林|沙星|沙坦|他汀|洛尔|地平|普利|替尼|单抗|唑|列净|列汀|格雷|双胍)"
    r"|阿司匹林|布洛芬|对乙酰氨基酚|胰岛素|华法林|\b\w+(?:cillin|mycin|floxacin|sartan|statin|olol|dipine|pril|tinib|mab|"
    r"azole|gliflozin|gliptin|grel|sone|parin)\b|\b(?:aspirin|ibuprofen|metformin|insulin|warfarin)\b",
}
"""What a wrong character turns into a wrong treatment: kind -> regular expression, the same in Python and JavaScript.

Source: ISMP's list of error-prone abbreviations (doses, numbers, sides); WHO INN stems for the names of drugs.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of talk in the recording's time, as it was recognised and may be read."""

    start_s: float
    end_s: float
    text: str
    least: float
    """The lowest probability among its words."""


def lines(words: Sequence[Word], clip: Clip) -> Iterator[Line]:
    """The talk of a clip in lines: broken at the end of a sentence, at a pause, and where it would get too long.

    What two say at once is one line: a correction is for all that is said in the time of its line.
    """
    run: list[Word] = []
    for word in turns.in_turn(words):
        if not any(span.start_s <= (word.start_s + word.end_s) / 2 < span.end_s for span in clip.spans):
            continue
        if run and not _at_once(run, word) and _is_full(run, word):
            yield _line(run)
            run = []
        run.append(word)
    if run:
        yield _line(run)


def _is_full(run: Sequence[Word], word: Word) -> bool:
    """Whether a line ends before a word."""
    is_long = sum(len(one.text) for one in run) + len(word.text) > MAX_CHARACTERS
    return is_long or word.start_s - run[-1].end_s > PAUSE_S or run[-1].text.rstrip()[-1:] in ENDS


def _at_once(run: Sequence[Word], word: Word) -> bool:
    """Whether a word of another turn is said while a line is."""
    return word.turn != run[-1].turn and word.start_s < max(one.end_s for one in run) - turns.OVERLAP_S


def _line(run: Sequence[Word]) -> Line:
    start_s, end_s = run[0].start_s, max(one.end_s for one in run)
    text = "".join(word.text for word in run).strip()
    return Line(start_s, max(end_s, start_s + 0.01), text, min(word.probability for word in run))
