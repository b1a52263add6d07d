"""How much of what identifies someone is found in the lines of tests/corpus/, and how often a clean line is let be.

A span is found when every letter, digit and Chinese character of it is covered. A kind's false alarms are its finds in
clean lines; a stray is a find that touches nothing of what its line has to hide.
`python -m tests.bench.identify` turns lines with their spans in brackets into those of the corpus.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.identifiers import Found
from pipeline.language import identifying
from pipeline.values import Named, Register

CORPUS = Path(__file__).parents[1] / "corpus"
NUMBERS = (
    *("resident_id", "phone", "bank_card", "plate", "passport", "email", "wechat", "record_number"),
    *("date", "age", "number"),
)
HEAD = "| kind | found | recall | false alarms | strays |"
_BRACKET = re.compile(r"\[([a-z_]+) ([^\]]*)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the corpus, with what must not be told of it."""

    text: str
    register: Register
    spans: tuple[tuple[int, int, str], ...]


@dataclass
class Score:
    """What was found in some lines, counted by kind."""

    lines: int = 0
    clean: int = 0
    spans: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    strays: Counter[str] = field(default_factory=Counter)
    alarmed: int = 0
    faults: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        """The share of the spans of these kinds that were found; 1.0 where there are none."""
        there = sum(self.spans[kind] for kind in kinds)
        return sum(self.hit[kind] for kind in kinds) / there if there else 1.0

    def alarms_in_100(self) -> float:
        """Clean lines with a find, in a hundred."""
        return 100 * self.alarmed / self.clean if self.clean else 0.0


def corpus(pattern: str = "*.jsonl") -> tuple[Line, ...]:
    """The lines of every file of the corpus whose name matches."""
    paths = sorted(CORPUS.glob(pattern))
    return tuple(_line(json.loads(row)) for path in paths for row in path.read_text("utf-8").splitlines())


def _line(row: dict[str, object]) -> Line:
    given = {"people": [], "keep": [], "also": [], **row}
    people = tuple(Named(one["id"], one["role"], tuple(one["names"])) for one in given["people"])  # type: ignore[attr-defined]
    register = Register(given["language"], people, tuple(given["keep"]), tuple(given["also"]))  # type: ignore[arg-type]
    return Line(given["text"], register, tuple(map(tuple, given["spans"])))  # type: ignore[arg-type]


def score(lines: tuple[Line, ...]) -> Score:
    """Looks for identifiers in every line and compares."""
    total = Score()
    for line in lines:
        _count(line, identifying.find(line.text, line.register), total)
    return total


def _count(line: Line, found: tuple[Found, ...], total: Score) -> None:
    covered = {at for one in found for at in range(one.start, one.end)}
    total.lines += 1
    for start, end, kind in line.spans:
        total.spans[kind] += 1
        left = [at for at in range(start, end) if line.text[at].isalnum() and at not in covered]
        if left:
            total.faults.append(f"missed {kind}: {line.text[start:end]!r} in {line.text!r}")
        else:
            total.hit[kind] += 1
    loose = [one for one in found if not any(one.start < end and start < one.end for start, end, _ in line.spans)]
    total.faults += [f"stray {one.kind}: {line.text[one.start : one.end]!r} in {line.text!r}" for one in loose]
    if not line.spans:
        total.clean += 1
        total.alarmed += bool(found)
        total.alarms.update(one.kind for one in found)
    else:
        total.strays.update(one.kind for one in loose)


def rows() -> Iterator[str]:
    """The figures as rows of a Markdown table, then the lines that failed."""
    total = score(corpus())
    for kind in sorted({*total.spans, *total.alarms, *total.strays}):
        share = f"{total.recall(kind):.3f}" if total.spans[kind] else ""
        found = f"{total.hit[kind]} / {total.spans[kind]}"
        yield f"| {kind} | {found} | {share} | {total.alarms[kind]} | {total.strays[kind]} |"
    others = tuple(total.spans.keys() - set(NUMBERS))
    yield f"| all numbers | | {total.recall(*NUMBERS):.3f} | | target: >= 0.98 |"
    yield f"| all names and places | | {total.recall(*others):.3f} | | target: >= 0.95 |"
    yield from _parted()
    yield f"| clean lines | {total.clean} of {total.lines} | | {total.alarms_in_100():.1f} in 100 | target: <= 3 |"
    print(*total.faults, sep="\n", file=sys.stderr)


def _parted() -> Iterator[str]:
    """The Chinese lines as programs write them that put a space behind every character, or behind every word."""
    import jieba

    lines = corpus("*_zh.jsonl")
    for what, cut in (("character", list), ("word", jieba.lcut)):
        total = score(tuple(_spaced(line, cut(line.text)) for line in lines))
        alarms = f"{total.alarms_in_100():.1f} in 100 clean lines"
        yield f"| names, a space behind every {what} | | {total.recall('name'):.3f} | {alarms} | |"


def _spaced(line: Line, pieces: Sequence[str]) -> Line:
    """A line with a space behind each of its pieces, and its spans moved."""
    before = [number for number, piece in enumerate(pieces) for _ in piece]
    places = [at + spaces for at, spaces in enumerate(before)]
    spans = tuple((places[start], places[end - 1] + 1, kind) for start, end, kind in line.spans)
    return Line(" ".join(pieces), line.register, spans)


def unbracketed(marked: str, language: str) -> dict[str, object]:
    """A line of the corpus from one with its spans in brackets: `电话是[phone 幺三八零零]`."""
    text, spans, at = "", [], 0
    for match in _BRACKET.finditer(marked):
        text += marked[at : match.start()]
        spans.append([len(text), len(text) + len(match[2]), match[1]])
        text += match[2]
        at = match.end()
    return {"text": text + marked[at:], "language": language, "spans": spans}


if __name__ == "__main__":
    for marked in filter(None, sys.stdin.read().splitlines()):
        language = "zh" if re.search(r"[\u4e00-\u9fff]", marked) else "en"
        print(json.dumps(unbracketed(marked, language), ensure_ascii=False))
