"""English addresses: house and street, flat, postcode, PO box, and towns that are said to be someone's home."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.english_names import lists
from pipeline.identifiers import Found
from pipeline.values import Register

VERSION = 1
KINDS = ("address",)

_STREET = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|close|crescent|boulevard|blvd|terrace|place|pl"
    r"|way|square|sq|gardens|grove|parkway|highway"
    r"|hwy|row|mews|hill|circle)"
)
_UNIT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|oh|zero)"
)
_HOUSE = rf"(?:\d{{1,5}}[A-Za-z]?|{_UNIT}(?:[ -]{_UNIT}){{0,3}})"
_FLAT = r"(?:(?:apartment|apt|flat|unit|suite|house)\.? (?:no\.? |number )?#?(?:\d{1,4}[A-Za-z]?|[A-Z]\d{0,3}\b))"
_NAME = r"[A-Za-z][A-Za-z'’.\-]*"
_REST = (
    r"(?:,? (?:[A-Z][A-Za-z'’\-]+(?: [A-Z][A-Za-z'’\-]+){0,2}\b(?!\d)))?(?:,? [A-Z]{2}\b)?(?:,? (?:[A-Z]{1,2}"
    r"\d[\dA-Z]? ?\d[A-Z]{2}|\d{5}(?:-\d{4})?)\b)?"
)
_ADDRESS = re.compile(
    rf"(?:{_FLAT},? )?\b{_HOUSE},? (?:{_NAME} ){{1,3}}?(?i:{_STREET})\b\.?(?:,? {_FLAT})?{_REST}"
    rf"|\b{_FLAT}\b"
    r"|\b(?i:p\.? ?o\.? box) \d+" + _REST + r"|\b[A-Z]{1,2}\d[\dA-Z]? \d[A-Z]{2}\b|\b[A-Z]{2} \d{5}(?:-\d{4})?\b",
    0,
)
_SPOKEN = re.compile(
    rf"\b{_HOUSE},? (?:[a-z'’\-]+ ){{1,2}}?(?:street|road|avenue|lane|drive|court|close|crescent|boulevard|terrace"
    rf"|square|grove)\b",
    re.IGNORECASE,
)
_NOT_A_STREET = {
    "a",
    "an",
    "the",
    "to",
    "of",
    "on",
    "in",
    "at",
    "before",
    "after",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "times",
    "people",
    "or",
    "and",
    "for",
}
_HOME = re.compile(
    r"\b(?:(?:i|we|he|she|they|you|who|patient)(?:['’](?:ve|re|s|m))? ?(?:also |now |still |currently |have |has "
    r"|had |used to |both |all |just |was |were |am |are |is )*"
    r"(?:liv(?:e|es|ed|ing)|grew up|grown up|mov(?:e|ed|ing)|reside[sd]?|stay(?:s|ed|ing)?|born(?: and raised)?"
    r"|settled|raised|come|comes|came|drove|travell?ed|flew)"
    r"(?: here| all the way| over| down| up| out| alone| away)* (?:in|at|on|to|from|near|outside|around)"
    r"|(?:i['’]?m|i am|we['’]re|we are|he['’]s|he is|she['’]s|she is|they['’]re|you['’]re)(?: originally| both"
    r"| all)? (?:from|a native of)"
    r"|(?:my|our|his|her|their|your) (?:\w+ )?(?:home|house|flat|apartment|hometown|home town|place|farm|address"
    r"|village)(?: address)? (?:is|was)(?: just)?(?: in| on| at| near)?"
    r"|(?:home |mailing |postal |street )?address(?: is)?\s*:?|hometown(?: is|:)?|resident of|lives? (?:in|at|on"
    r"|near))\s+(?:the (?:town|village|city) of |a (?:small )?(?:town|village) called )?",
    re.IGNORECASE,
)
_TOWN = re.compile(
    r"(?:[A-Z][A-Za-z'’\-]+)(?:(?: (?:upon|on|under|le|by"
    r"|of))? [A-Z][A-Za-z'’\-]+){0,3}(?:, [A-Z][A-Za-z'’\-]+(?: [A-Z][a-z]+)?)?"
)
_SMALL_TOWN = re.compile(
    r"[a-z][a-z'’\-]{3,}(?: (?:city|town|village|heights|falls|springs|beach|park|hill|hills|valley|county|rapids))?\b"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Addresses with a number, and homes."""
    for found in (*_ADDRESS.finditer(text), *_SPOKEN.finditer(text)):
        if not _NOT_A_STREET & set(found[0].lower().replace(",", " ").split()):
            yield Found(found.start(), found.end(), "address")
    for lead in _HOME.finditer(text):
        town = _TOWN.match(text, lead.end()) or _small_town(text, lead.end())
        if town and town[0].split()[0].lower() not in lists().no_town | lists().ordinary:
            yield Found(town.start(), town.end(), "address")


def _small_town(text: str, at: int) -> re.Match[str] | None:
    """A town in small letters, as recognition writes it where it writes no capitals at all."""
    return _SMALL_TOWN.match(text, at) if text.islower() else None
