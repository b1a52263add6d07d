"""Names in the names of files, where hyphens join the words and small letters say nothing: okafor_left_knee.mp4."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import is_any, lists, may_be_name, plainly
from pipeline.values import Register

VERSION = 2
KINDS = ("name",)

_FILE = re.compile(
    r"(?<![\w.\-])[\w.\-]+\.(?i:mp4|mov|m4v|avi|mkv|mts|webm|wmv|mpe?g|dcm|jpe?g|png|heic|tiff?|gif|pdf|docx?"
    r"|xlsx?|pptx?"
    r"|wav|mp3|m4a|srt|vtt|zip|nii|txt|csv|ya?ml)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIDES = frozenset("lrtcxvb")
"""Letters alone that tell a side, a spine, a film: l_knee, t_spine, x_ray."""
_SHORTEST = 4


def find(text: str, register: Register) -> Iterator[Found]:
    """Words of file names that are somebody's name, and what stands behind an initial."""
    del register
    for name in _FILE.finditer(text):
        words = list(_WORD.finditer(text, name.start(), text.rfind(".", name.start(), name.end())))
        for at, word in enumerate(words):
            if at and _is_behind_initial(text, words[at - 1], word):
                yield Found(words[at - 1].start(), word.end(), "name")
            elif _is_name(word[0]):
                yield Found(word.start(), word.end(), "name")


def _is_name(word: str) -> bool:
    """Whether a word is a given name or a surname and no word of everyday talk; capitals do not matter."""
    plain, known = plainly(word), lists()
    is_known = is_any(plain, known.given, known.surnames)
    things = known.everyday, known.eponyms, known.also_eponyms, known.no_person, known.ordinary
    return len(plain) >= _SHORTEST and is_known and not is_any(plain, *things)


def _is_behind_initial(text: str, initial: re.Match[str], word: re.Match[str]) -> bool:
    """Whether one letter stands before a word that may be a surname: j_okafor."""
    is_one = len(initial[0]) == 1 and word.start() - initial.end() == 1
    if is_one and _is_name(word[0]):
        return True
    is_one = is_one and initial[0].lower() not in _SIDES
    return is_one and len(word[0]) >= _SHORTEST and may_be_name(word[0]) and plainly(word[0]) not in lists().no_person
