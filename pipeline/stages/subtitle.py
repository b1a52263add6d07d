"""Words become subtitles: cut into cues as a subtitler would, for each format its own lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline import config, timing
from pipeline.errors import RecordingError
from pipeline.language import turns
from pipeline.language.line_breaking import NEVER_LAST, Atom, atoms, wrap
from pipeline.packing import fonts
from pipeline.packing.formats import SHAPES
from pipeline.results import timecode
from pipeline.values import Clip, Cue, CueSheet, Script, Span, Word

VERSION = 8

MAX_LINES = 2
CLOSED_GAP_S = 0.2
"""A shorter gap between two subtitles flickers: the first one stays until the second."""
GLIMPSE_S = 0.3
"""No subtitle is shown for less, unless the clip is too short for all of them."""
HURRY_S = 0.35
"""How long a subtitle may stay into the silence after its last word without being asked for."""
SECOND_LINE, CUE, TOO_SHORT, TOO_FAST, TOO_FEW = 0.4, 1.0, 3.0, 2.0, 2.0
"""Costs: one line reads better than two, few cues better than many; short, hurried and tiny ones are bad."""
FEW_UNITS = 4


@dataclass(frozen=True, slots=True)
class _Talk:
    """One person's talk without a long pause: its text, and when every character begins and ends in the clip's time."""

    text: str
    starts_s: tuple[float, ...]
    ends_s: tuple[float, ...]
    edges: frozenset[int]


def subtitle(
    script: Script, clip: Clip, fps: Fraction, formats: tuple[str, ...], settings: config.Subtitle
) -> tuple[CueSheet, ...]:
    """The subtitles of a clip, one sheet per format, in the clip's time, without overlaps.

    A word that a cut divides counts if its middle is in the clip.

    Raises:
        RecordingError: burned-in text holds characters that the bundled font cannot show.
    """
    talks = _talks(script, clip, fps, settings.pause_s)
    if settings.burn_in:
        _check_glyphs(word for word in script.words if _shown(word, clip, fps))
    duration_s = timing.frame_time_s(timing.frame_count(clip, fps), fps)
    return tuple(CueSheet(name, _timed(_cues(talks, name, settings), duration_s, settings)) for name in formats)


def line_limit_em(name: str, settings: config.Subtitle) -> float:
    """The longest line of a format in characters: what reads well, and what fits between the margins."""
    shape = SHAPES[name]
    size_px = settings.size * min(shape.width_px, shape.height_px)
    return min(shape.line_em, (shape.width_px - 2 * shape.side_px) / size_px)


def reading_units(text: str) -> float:
    """The length of a text for a reader: Latin letters, digits and spaces count half."""
    return sum(1.0 if char > "\u2e7f" else 0.5 for char in text)


def _check_glyphs(words: Iterable[Word]) -> None:
    missing: dict[str, float] = {}
    for word in words:
        for char in fonts.missing_glyphs(_printable(word.text)):
            missing.setdefault(char, word.start_s)
    if missing:
        told = ", ".join(f"{char} ({timecode(start_s)})" for char, start_s in missing.items())
        raise RecordingError(
            f"the subtitles hold characters that the font cannot show, with their time in the recording: {told}",
            "write them differently in the transcript beside the footage, or set `subtitle.burn_in: false`",
        )


def _talks(script: Script, clip: Clip, fps: Fraction, pause_s: float) -> list[_Talk]:
    """The clip's words, joined as long as one person goes on without a pause of `pause_s`; turn by turn."""
    runs: list[list[tuple[float, float, str]]] = []
    last_s, speaker, turn = float("-inf"), "", 0
    for word in turns.in_turn(script.words):
        shown = _shown(word, clip, fps)
        text = _printable(word.text)
        if shown is None or not text.strip():
            continue
        if runs and not any(char.isalnum() for char in text) and text.strip()[-1] not in NEVER_LAST:
            # A mark alone closes what was said, however late recognition puts it.
            runs[-1].append((runs[-1][-1][1], runs[-1][-1][1], text))
            continue
        is_at_once = word.turn != turn and word.start_s < last_s - turns.OVERLAP_S
        if word.start_s - last_s >= pause_s or word.speaker != speaker or is_at_once or not runs:
            runs.append([])
        runs[-1].append((shown.start_s, shown.end_s, text))
        last_s, speaker, turn = word.end_s, word.speaker, word.turn
    return [_talk(run) for run in runs]


def _shown(word: Word, clip: Clip, fps: Fraction) -> Span | None:
    """A word in the clip's time, as far as it is in the piece that its middle is in; None: it is said outside."""
    for piece, offset_s in timing.pieces(clip, fps):
        if piece.start_s <= (word.start_s + word.end_s) / 2 < piece.end_s:
            shift_s = offset_s - piece.start_s
            return Span(max(word.start_s, piece.start_s) + shift_s, min(word.end_s, piece.end_s) + shift_s)
    return None


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def _talk(run: Sequence[tuple[float, float, str]]) -> _Talk:
    text = ""
    starts: list[float] = []
    ends: list[float] = []
    edges: set[int] = set()
    for start_s, end_s, word in run:
        # A space that the engine put in front belongs to no word; two of them are one.
        piece = word.lstrip() if not text or text[-1].isspace() else word
        edges.add(len(text) + len(piece) - len(piece.lstrip()))
        start_s = max(start_s, starts[-1] if starts else 0.0)
        step_s = max(0.0, end_s - start_s) / len(piece)
        text += piece
        starts += [start_s + step_s * at for at in range(len(piece))]
        ends += [start_s + step_s * (at + 1) for at in range(len(piece))]
    return _Talk(text, tuple(starts), tuple(ends), frozenset(edges))


def _cues(talks: Sequence[_Talk], name: str, settings: config.Subtitle) -> list[Cue]:
    limit_em = line_limit_em(name, settings)
    found: list[Cue] = []
    for talk in talks:
        pieces = atoms(talk.text, talk.edges, fonts.width_em, limit_em)
        first = 0
        for at, piece in enumerate(pieces):
            if piece.ends_sentence or at == len(pieces) - 1:
                found += _best_cues(talk, pieces[first : at + 1], limit_em, settings)
                first = at + 1
    return [cue for cue in found if any(cue.lines)]


def _best_cues(talk: _Talk, pieces: Sequence[Atom], limit_em: float, settings: config.Subtitle) -> list[Cue]:
    """Divides one sentence into cues at the least total cost (shortest path over the places where it may break)."""
    best: list[tuple[float, list[Cue]]] = [(0.0, [])]
    for stop in range(1, len(pieces) + 1):
        choices: list[tuple[float, list[Cue]]] = []
        for start in range(stop - 1, -1, -1):
            cost, lines = wrap(talk.text, pieces[start:stop], fonts.width_em, limit_em, MAX_LINES)
            if not lines:
                break
            cue = Cue(talk.starts_s[pieces[start].start], talk.ends_s[pieces[stop - 1].stop - 1], tuple(lines))
            if cue.end_s - cue.start_s > settings.max_s and start < stop - 1:
                break
            before, cues = best[start]
            choices.append((before + cost + pieces[stop - 1].cost + _cost(cue, settings), [*cues, cue]))
        best.append(min(choices, key=lambda choice: choice[0]))
    return best[-1][1]


def _cost(cue: Cue, settings: config.Subtitle) -> float:
    duration_s = cue.end_s - cue.start_s
    short = max(0.0, 1 - duration_s / settings.min_s) * TOO_SHORT
    fast = max(0.0, reading_units("".join(cue.lines)) / settings.characters_per_s / max(duration_s, 0.1) - 1) * TOO_FAST
    few = max(0.0, 1 - min(map(reading_units, cue.lines)) / FEW_UNITS) * TOO_FEW
    return CUE + SECOND_LINE * (len(cue.lines) - 1) + short + fast + few


def _timed(cues: Sequence[Cue], duration_s: float, settings: config.Subtitle) -> tuple[Cue, ...]:
    """Lets each cue stay as long as reading it takes, never into the next one; closes gaps that would flicker."""
    timed = []
    cues = _made_room(_one_after_another(cues, settings), duration_s)
    for at, cue in enumerate(cues):
        next_s = cues[at + 1].start_s if at + 1 < len(cues) else duration_s
        reading_s = reading_units("".join(cue.lines)) / settings.characters_per_s
        wanted_s = cue.start_s + min(settings.max_s, max(settings.min_s, reading_s))
        end_s = min(max(wanted_s, cue.end_s + HURRY_S), next_s)
        if next_s - end_s < CLOSED_GAP_S:
            end_s = next_s
        timed.append(replace(cue, start_s=round(cue.start_s, 3), end_s=round(end_s, 3)))
    return tuple(timed)


def _one_after_another(cues: Sequence[Cue], settings: config.Subtitle) -> list[Cue]:
    """What two say at once can only be read one after the other: they share the time in which both are said.

    What would come up only after it was said joins the subtitle before, if that has a line left.
    """
    apart: list[Cue] = []
    free_s = 0.0
    for cue in sorted(cues, key=lambda cue: cue.start_s):
        start_s = cue.start_s
        if free_s - start_s > turns.OVERLAP_S:
            start_s = max(start_s, min(free_s, cue.end_s - settings.min_s), apart[-1].start_s + settings.min_s)
        if apart:
            start_s = max(start_s, apart[-1].start_s + GLIMPSE_S)
        free_s = max(free_s, cue.end_s)
        is_late = start_s > cue.start_s and start_s >= cue.end_s
        if is_late and len(apart[-1].lines) + len(cue.lines) <= MAX_LINES:
            last = apart[-1]
            apart[-1] = replace(last, end_s=max(last.end_s, cue.end_s), lines=last.lines + cue.lines)
        else:
            apart.append(replace(cue, start_s=start_s, end_s=max(cue.end_s, start_s)))
    return apart


def _made_room(cues: Sequence[Cue], duration_s: float) -> list[Cue]:
    """Lets those at the end of the clip begin earlier, as far as those after them need its last moments."""
    found: list[Cue] = []
    next_s = duration_s
    for cue in reversed(cues):
        next_s = min(cue.start_s, next_s - min(GLIMPSE_S, duration_s / len(cues)))
        found.append(replace(cue, start_s=next_s))
    return found[::-1]
