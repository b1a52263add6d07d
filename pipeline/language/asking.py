"""Where an answer begins in Chinese talk: behind a question, its mark, and what people begin to answer with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.language.chinese_names import Talk

_PAUSES = r"[\s，。！？、,.!?：:…]*"
_OPENERS = "呃|嗯|额|啊|哦|噢|哎|那个|这个|就是|是|就|叫|我们|我家|我|俺|他|她|在|住|免贵|姓|对"
_BEGINS = rf"(?:(?:{_OPENERS}){_PAUSES})*"
"""What may stand between a question and what was asked for: 呃，我叫…"""
_ANSWER = rf"[呀啊呢吧嘛来着您你的]{{0,3}}{_PAUSES}{_BEGINS}"
_ENDS = re.compile(
    r"$|[\s，。！？、,.!?：:；;…]|的(?:$|[\s，。！？,.!?])|[啊呀吧呢嘛哦我男女]|今年|就[行好成]|那边|这边"
)


def answers(text: str, question: re.Pattern[str]) -> Iterator[int]:
    """Where in a text the answers to a question begin, which is a pattern for the question without its mark."""
    for asked in re.finditer(f"(?:{question.pattern}){_ANSWER}", text):
        yield asked.end()


def told(talk: Talk, question: re.Pattern[str], answer: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The answers to a question that are of this form, as far as a word ends with them."""
    for start in answers(talk.text, question):
        found = answer.match(talk.text, start)
        if found and talk.closes(found.end()):
            yield found


def ends(text: str, at: int) -> bool:
    """Whether an answer may end here: at a mark, or before what people end with."""
    return _ENDS.match(text, at) is not None
