"""Names that no list knows: words with capitals where a person is spoken of (Kwame Nkrumah needs a scan)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import follows_saint, is_any, is_contraction, lists, plainly
from pipeline.values import Register

VERSION = 7
KINDS = ("name",)

_WORD = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?:['’\-][A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*"
_ROW = re.compile(rf"(?<![\w.'’\-]){_WORD}(?: {_WORD}){{1,2}}(?![\w'’\-])")
_DOES = re.compile(
    r"(?:['’]s)? (?:is (?:a|an|here|ready|waiting|allergic|on|in|coming"
    r"|complaining|due|booked|back|scheduled|having|not|still|\d)"
    r"|was (?:admitted|discharged|seen|born|here|referred|given"
    r"|told|brought|diagnosed)|has (?:a|an|been|had|no|pain|come)"
    r"|had|needs|wants|came|comes|says|said|complains|complained"
    r"|reports|reported|presents|presented|underwent|fell|called|takes"
    r"|lives|works|signed|feels|felt|would like|cannot|can['’]t|did not|didn['’]t|does not|doesn['’]t|your)\b"
    r"|, (?:\d{1,3}|aged?|a \d|an? (?:man|woman|boy|girl))\b"
)
"""What follows a person's name, seldom that of a thing."""
_ADDRESSED = re.compile(
    r"\b(?:spoke (?:to|with)|told|tell|ask(?:ed)?|thank(?:s| you)?"
    r"|meet|met|call(?:ed)?|phoned|rang|remind|bring|brought|saw|seen"
    r"|signed by|patient|named|for|with|wife|husband|son|daughter|mother|father|brother|sister|partner|carer"
    r"|caregiver|contact is|kin is|hello|hi|dear|morning|afternoon|evening),? $",
    re.IGNORECASE,
)
_TOLD = re.compile(
    rf"(?:^|[.!?]\s+)(?P<name>{_WORD}),? (?:please )?(?:bend|lift|raise"
    rf"|turn|hold|push|pull|sit|stand|lie|come|take|open|close|look|try"
    r"|keep|put|move|roll|relax|breathe|show|tell|give|can you"
    r"|could you|would you|do you|are you|how (?:is|are)|your)\b"
)
"""Somebody who is told to do something: Kasia bend your knee."""
_TERM = re.compile(
    r"(?:tion|ment|ness|itis|osis|oma|emia|aemia|pathy|ology|ism|ical|cillin|mycin|cycline|statin|sartan|prazole"
    r"|olol|pril|idine|ine|ectomy|scopy|gram|graphy|ing|ous|ive|ate|ide|ium|gel|forte|ly|ed)$"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Rows of words with capitals of which none is ordinary, beside what speaks for a person."""
    if not re.search("[a-z]", text):
        return
    for row in _ROW.finditer(text):
        start, end = _without_lead(row)
        name = text[start:end]
        speaks = _DOES.match(text, end) or _ADDRESSED.search(text[max(0, start - 30) : start])
        if " " in name and speaks and not follows_saint(text, start) and not any(map(_is_thing, name.split())):
            yield Found(start, end, "name")
    for told in _TOLD.finditer(text):
        plain = plainly(told["name"])
        is_many = plain.endswith("s") and plain not in lists().given
        if (
            len(plain) > 2
            and not is_many
            and not _is_thing(told["name"])
            and not is_any(plain, lists().everyday, lists().titles)
        ):
            yield Found(*told.span("name"), "name")


def _without_lead(row: re.Match[str]) -> tuple[int, int]:
    """A row without an ordinary word that begins the sentence: Tell Kwame Mensah."""
    first = plainly(row[0].split()[0])
    is_lead = first in lists().ordinary or first in lists().titles or _ADDRESSED.search(first + " ")
    return (row.start() + len(row[0].split()[0]) + 1 if is_lead else row.start()), row.end()


def _is_thing(word: str) -> bool:
    if is_contraction(word):
        return True
    plain = plainly(word)
    known = plain in lists().given or plain in lists().surnames or plain in lists().chinese_surnames
    if plain in lists().ordinary or plain in lists().eponyms or plain in lists().no_person:
        return True
    return not known and _TERM.search(plain) is not None
