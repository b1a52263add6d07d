"""A transcript that lies beside the footage: SRT, VTT, or words JSON. Corrected by hand, it always wins.

JSON is `{"words": [{"start_s", "end_s", "text", "probability"?}]}`, `{"lines": [{"start_s", "end_s", "text"}]}`, or
what Whisper's programs write: `{"segments": [{"start", "end", "text", "words": [{"word", "start", "end"}]}]}`. A line
without times for its words is spread over them by length. Who speaks may be marked: `speaker` in JSON, `<v doctor>` in
VTT, `医生：` or `[patient]` before a line anywhere (pipeline/sound/speakers.py). Messages never name the file: it is
often called like the recording, and the recording like the patient.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.engines import Engine, Line, Task
from pipeline.errors import RecordingError
from pipeline.language import han
from pipeline.settings.forms import Model
from pipeline.sound import speakers
from pipeline.sound.guards import bare
from pipeline.values import Named, Word

VERSION = 6
NEEDS_SOUND = False
NEEDS_WEIGHTS = False
MAX_BYTES = 32 * 1024**2
SUFFIXES = (".srt", ".vtt", ".json")
TIMES, FORM = "correct its times: it starts first and ends later", "see docs/config.md, transcripts"
DIFFER = "correct each, or take the words away: then the text counts"
"""What is to be done about a line, or about what is no line."""
_DENSE = f"{han.SIGNS}\u3040-\u30ff{han.HAN}"
"""Characters of a script that is written without spaces."""

_OPENING = r"(\[{<\"'“‘「『《〈（【"
_UNIT = re.compile(rf"\s*[{_OPENING}]*(?:[{_DENSE}]|[^\s{_DENSE}{_OPENING}]+)(?:[^\w\s{_OPENING}]+)?")
"""One Chinese character, or one word or number with the space before it; punctuation stays with what it follows."""
_LATIN_WEIGHT = 0.35
"""Letters of a word take about a third of the time of a Chinese character, digits as much as one."""
_TAG = re.compile(
    r"</?(?:b|i|u|s|c|v|lang|ruby|rt|font|br)(?![^\W_])[^<>]*>|<(?:\d+:)?\d\d:\d\d[.,]\d{3}>|\{\\[ -z|~]*\}",
    re.IGNORECASE,
)
"""What the formats know for showing a text. All else in brackets was said: `<7`, `{他}`."""
_BREAK = re.compile(r"\\[Nn]|<br\s*/?>", re.IGNORECASE)
_NOTE = re.compile(r"\n[^\S\n]*\nNOTE(?=[ \t\n]|\Z)(?:.|\n(?![^\S\n]*(?:\n|\Z)))*")
"""A comment of WebVTT, up to the next blank line."""
_VOICE = re.compile(r"\s*<v(?:\.[^\s>]*)?\s+([^>]+)>")
_TIME = re.compile(
    r"\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
)


class Settings(Model):
    """Nothing to set."""


def build(settings: Settings) -> Engine:
    """The engine that reads instead of hearing."""
    return _Reader()


class _Reader:
    def recognise(self, path: Path, task: Task) -> tuple[Line, ...]:
        """The lines of a transcript; `path` is the transcript itself."""
        name = f"transcript{path.suffix.lower()}"
        text = _text(path, name)
        read = _from_json if path.suffix.lower() == ".json" else _from_subtitles
        lines = read(text, name, task.people)
        return tuple(sorted((line for line in lines if line.words), key=lambda line: line.start_s))


def spread(text: str, start_s: float, end_s: float, probability: float = 1.0) -> tuple[Word, ...]:
    """A line's words, one for a Chinese character, a number or a Latin word, with times by length."""
    units = [match.group() for match in _UNIT.finditer(text)]
    weights = [_weight(unit) for unit in units]
    whole = sum(weights)
    edges = [start_s]
    for weight in weights:
        edges.append(edges[-1] + (end_s - start_s) * weight / whole)
    return tuple(
        Word(round(start, 3), round(end, 3), unit, probability, is_timed=False)
        for unit, (start, end) in zip(units, pairwise(edges), strict=True)
    )


def _weight(unit: str) -> float:
    letters = [letter for letter in unit if letter.isalnum()]
    wide = sum(1 for letter in letters if letter.isdigit() or not letter.isascii())
    return max(wide + _LATIN_WEIGHT * (len(letters) - wide), _LATIN_WEIGHT)


def _text(path: Path, name: str) -> str:
    if path.suffix.lower() not in SUFFIXES:
        raise RecordingError(f"{name}: not a transcript", f"one of {', '.join(SUFFIXES)}")
    if path.stat().st_size > MAX_BYTES:
        raise RecordingError(f"{name}: larger than {MAX_BYTES // 1024**2} MB")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecordingError(f"{name}: byte {error.start}: not UTF-8", "save it as UTF-8") from error


def _from_subtitles(text: str, name: str, people: Sequence[Named]) -> list[Line]:
    lines = ["", *text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    starts = [number for number, line in enumerate(lines) if "-->" in line]
    if not starts:
        raise RecordingError(f"{name}: no subtitle in it", "fill it in, or take it away: then the talk is recognised")
    times = [_pair(lines[number], f"{name}:{number}") for number in starts]
    is_counted = lines[starts[0] - 1].strip().isdecimal()
    ends = [number - _is_label(lines, number, name, is_counted=is_counted) for number in starts[1:]]
    read = []
    for (start_s, end_s), first, end in zip(times, starts, [*ends, len(lines)], strict=True):
        said = _broken(_NOTE.sub("", "\n".join(lines[first + 1 : end])))
        read.append(_line(said, start_s, end_s, people, _voiced(said, people)))
    return read


def _pair(line: str, place: str) -> tuple[float, float]:
    match = _TIME.match(line)
    if not match:
        raise RecordingError(f"{place}: not a pair of times", "00:00:01,000 --> 00:00:02,500")
    start_s, end_s = _seconds(match.groups()[:4]), _seconds(match.groups()[4:])
    if end_s <= start_s:
        raise RecordingError(f"{place}: the line ends before it starts", TIMES)
    return start_s, end_s


def _is_label(lines: Sequence[str], number: int, name: str, *, is_counted: bool) -> bool:
    """Whether the line before a pair of times is a counter or, in WebVTT, what the subtitle is called.

    Figures that end a subtitle were said, unless a blank parts them from it or the file counts its subtitles.
    """
    label, is_apart = lines[number - 1].strip(), not lines[number - 2].strip()
    return (label.isdecimal() and (is_apart or is_counted)) or (bool(label) and is_apart and name.endswith(".vtt"))


def _broken(text: str) -> str:
    """The text of a subtitle with its line ends."""
    return _BREAK.sub("\n", text).replace("\\h", " ")


def _voiced(text: str, people: Sequence[Named]) -> str:
    """Who speaks by WebVTT's voice tags; the whole subtitle is `unknown`'s if that is not one person."""
    voices = _VOICE.findall(text)
    if not voices:
        return ""
    return speakers.who(voices[0], people) if len(voices) == 1 and _VOICE.match(text) else speakers.UNKNOWN


def _line(text: str, start_s: float, end_s: float, people: Sequence[Named], speaker: str = "") -> Line:
    """A line as words that share its time, said by whom it is marked with."""
    plain = html.unescape(_TAG.sub("", text)).replace("\xa0", " ")
    marked, bare = speakers.marked(plain, people)
    who = speakers.agreed(speaker, marked)
    return Line(tuple(replace(word, speaker=who) for word in spread(_joined(bare), start_s, end_s)))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _joined(text: str) -> str:
    """The lines of a subtitle as one, with a space only where both sides are written with spaces."""
    return re.sub(rf"(?<=[{_DENSE}，。！？；：、])\s*\n\s*|\s*\n\s*(?=[{_DENSE}])", "", text).replace("\n", " ").strip()


def _from_json(text: str, name: str, people: Sequence[Named]) -> list[Line]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise RecordingError(f"{name}:{error.lineno}: no valid JSON: {error.msg}") from error
    except RecursionError as error:
        raise RecordingError(f"{name}: nested too deeply") from error
    keys = [key for key in ("words", "segments", "lines") if isinstance(data, dict) and isinstance(data.get(key), list)]
    read = {key: list(_entries(data[key], key, name, people)) for key in keys}
    if not read:
        raise RecordingError(f"{name}: neither words, lines nor segments in it", FORM)
    said = {bare("".join(word.text for line in lines for word in line.words)) for lines in read.values()}
    if len(said) > 1:
        raise RecordingError(f"{name}: words, segments and lines in it say different things", DIFFER)
    return read[keys[0]]


def _entries(entries: list[Any], key: str, name: str, people: Sequence[Named]) -> Iterator[Line]:
    if key == "words":
        yield Line(_words(entries, key, name, None, people))
        return
    for number, entry in enumerate(entries):
        place = f"{name}: {key}[{number}]"
        start_s, end_s = _times(entry, place)
        speaker = _speaker(entry, people)
        if isinstance(entry.get("words"), list) and entry["words"]:
            words = _words(entry["words"], f"{key}[{number}].words", name, (start_s, end_s), people, speaker)
            if "text" in entry and bare(_string(entry, place)) != bare("".join(word.text for word in words)):
                raise RecordingError(f"{place}: its text and its words say different things", DIFFER)
            yield Line(words)
        else:
            yield _line(_string(entry, place).strip(), start_s, end_s, people, speaker)


def _words(
    entries: list[Any],
    key: str,
    name: str,
    bounds: tuple[float, float] | None,
    people: Sequence[Named],
    speaker: str = "",
) -> tuple[Word, ...]:
    """Words with their times; those that have none (numbers, in some programs) share the gap that they lie in."""
    places = [f"{name}: {key}[{number}]" for number in range(len(entries))]
    times = [
        None if isinstance(entry, dict) and _pick(entry, "start") is None and bounds else _times(entry, place)
        for entry, place in zip(entries, places, strict=True)
    ]
    words: list[Word] = []
    for number, (entry, place) in enumerate(zip(entries, places, strict=True)):
        start_s, end_s = times[number] or _shared(times, number, bounds or (0.0, 0.0))
        text = _string(entry, place)
        if text.strip():
            probability = entry.get("probability", entry.get("score", 1.0))
            sure = float(probability) if _is_number(probability) else 1.0
            who = _speaker(entry, people) or speaker
            words.append(Word(start_s, end_s, text, sure, who, is_timed=times[number] is not None))
    return tuple(words)


def _speaker(entry: dict[str, Any], people: Sequence[Named]) -> str:
    """Who says an entry, if it is marked at all. A number is a mark too, of somebody whom nobody knows."""
    mark = entry.get("speaker")
    return speakers.who(mark if isinstance(mark, str) else str(mark), people) if mark is not None else ""


def _shared(
    times: Sequence[tuple[float, float] | None], number: int, bounds: tuple[float, float]
) -> tuple[float, float]:
    first = number
    while first > 0 and times[first - 1] is None:
        first -= 1
    last = number
    while last + 1 < len(times) and times[last + 1] is None:
        last += 1
    before, after = (times[first - 1] if first else None), (times[last + 1] if last + 1 < len(times) else None)
    start_s, end_s = before[1] if before else bounds[0], after[0] if after else bounds[1]
    step_s = max(0.0, end_s - start_s) / (last - first + 1)
    return round(start_s + (number - first) * step_s, 3), round(start_s + (number - first + 1) * step_s, 3)


def _pick(entry: dict[str, Any], side: str) -> Any:
    return entry.get(f"{side}_s", entry.get(side))


def _times(entry: Any, place: str) -> tuple[float, float]:
    if not isinstance(entry, dict):
        raise RecordingError(f"{place}: not an object", FORM)
    start, end = _pick(entry, "start"), _pick(entry, "end")
    if not _is_number(start) or not _is_number(end):
        raise RecordingError(f"{place}: no start_s and end_s in seconds", FORM)
    if start < 0 or end < start:
        raise RecordingError(f"{place}: it ends before it starts", TIMES)
    return float(start), float(end)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6


def _string(entry: dict[str, Any], place: str) -> str:
    text = entry.get("text", entry.get("word"))
    if not isinstance(text, str):
        raise RecordingError(f"{place}: no text", FORM)
    return text
