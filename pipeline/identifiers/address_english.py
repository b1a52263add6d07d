"""English addresses: house and street, flat, postcode behind them, PO box, and towns that are somebody's home."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import lists
from pipeline.values import Register

VERSION = 10
KINDS = ("address",)

_STREET = r"(?:street|road|rd|avenue|ave|lane|crescent|boulevard|blvd|terrace|parkway|highway|hwy|mews)"
_DOUBTFUL_STREET = (
    "(?:St|Ln|Drive|Dr|Court|Ct|Close|Place|Pl|Way|Square|Sq|Gardens|Grove|Row|Hill|Circle|Green"
    "|Walk|Rise|Vale|Croft|Quay|Wharf|Parade|Esplanade|Circuit|Meadows?|Fields|Orchard|Paddock|Wynd|Brae|Glade"
    "|ST|DR|CT|CLOSE|DRIVE|COURT|WAY)"
)
"""Words of everyday talk as well: only with a capital."""
_UNIT = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|oh|zero)"
)
_HOUSE = rf"(?:\d{{1,5}}[A-Za-z]?|{_UNIT}(?:[ -]{_UNIT}){{0,3}})"
_FLAT = r"(?:(?i:apartment|apt|flat|unit|suite|house)\.? (?i:no\.? |number )?#?(?:\d{1,4}[A-Za-z]?|[A-Z]\d{0,3}\b))"
_NAME = r"[A-Za-z][A-Za-z'’.\-]*"
_REST = (
    r"(?:,? (?:[A-Z][A-Za-z'’\-]+(?: [A-Z][A-Za-z'’\-]+){0,2}\b(?!\d)))?(?:,? [A-Z]{2}\b)?(?:,? (?:[A-Z]{1,2}"
    r"\d[\dA-Z]? ?\d[A-Z]{2}|\d{5}(?:-\d{4})?)\b)?"
)
_STATE = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_NUMBERED_STREET = (
    r"(?:(?:(?i:north|south|east|west)(?i:east|west)?|[NSEW]\.?|[NS]\.?[EW]\.?) )?\d{1,3}(?:st|nd|rd|th)"
    rf" (?:(?i:{_STREET})|{_DOUBTFUL_STREET})"
)
"""A street that is called by its number, with the side of the town on which it lies: West 19th Street, N. 3rd St."""
_ADDRESS = re.compile(
    rf"(?:{_FLAT},? )?\b{_HOUSE},? (?:(?:{_NAME} ){{1,3}}?(?i:{_STREET})"
    rf"|(?:[A-Z][A-Za-z'’.\-]* ){{1,3}}?{_DOUBTFUL_STREET})\b\.?(?:,? {_FLAT})?{_REST}"
    rf"|\b{_FLAT}\b"
    r"(?:, (?:Block|Tower|Wing|Building) [A-Z\d]{1,3}\b)?(?:, (?:[A-Z][a-z]+ ){1,3}(?:Apartments|Residency"
    r"|Society|Towers|Heights|Complex|Villas|Enclave|Condo|House))?"
    + rf"|\b{_HOUSE},? {_NUMBERED_STREET}\b\.?(?:,? {_FLAT})?{_REST}"
    + r"|\b\d{1,3}(?:st|nd|rd|th) (?i:street|avenue|ave)\b|\b(?i:p\.? ?o\.? box) \d+"
    + _REST
    + rf"|\b[A-Z]{{1,2}}\d[\dA-Z]? \d[A-Z]{{2}}\b|\b(?:{_STATE}) \d{{5}}(?:-\d{{4}})?\b"
)
_BLOCK = re.compile(
    r"\b(?i:(?:blk|block) \d{1,4}[A-Za-z]?|h\.? ?no\.?:? ?\d[\w/\-]*|house no\.?:? ?\d[\w/\-]*"
    r"|plot (?:no\.? ?)?\d+)(?:,? (?:#\d+-\d+"
    rf"|(?:[A-Z][A-Za-z'’.\-]*,? ){{0,4}}?(?i:{_STREET}|drive|close"
    rf"|place|way|park|link|walk|view|lorong|nagar|colony|enclave|vihar"
    r"|marg|chowk|jalan|gardens?|road)(?: \d{1,3})?))+|#\d{2}-\d{2,4}\b"
    r"|(?:\b\d{1,4}[A-Z]?,? )?\bSector[ -]\d{1,3}(?:,? [A-Z][a-z]+)?|(?:\b\d{1,4}[A-Z]?,? )?\b(?:Jalan|Lorong"
    r"|Taman|Kampung) [A-Z][a-z]+(?: [A-Z\d][a-z\d/]*)*"
)
"""A block of flats or a numbered plot with its street, as in Singapore and India, and the flat in it."""
_RESIDENCE = re.compile(
    r"\b(?!(?:The|A|An|Our|My|This|That)\b)[A-Z][a-z'’]+(?: [A-Z][a-z'’]+){0,2} (?:Trailer Park|Mobile Home Park|Estate"
    r"|Apartments|Towers|(?:Retirement|Assisted Living|Holiday) (?:Village|Home|Community)"
    r"|(?:Care|Nursing) Home|Housing)\b"
)
"""Where people live together, by its name."""
_AT_HOME = re.compile(
    rf"\b(?:(?:live|lives|lived|living|stay|staying) (?:at|on|in)|address(?: is|:)?"
    rf"|house is)(?: number)? (?P<house>{_HOUSE} (?:[a-z'’\-]+ ){{1,2}}?"
    r"(?:close|court|drive|way|place|hill|grove|gardens|row|square|green|circle|crescent|park|walk|rise|view|st))\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    rf"\b{_UNIT}(?:[ -]{_UNIT}){{0,3}},? (?:[a-z'’\-]+ ){{1,2}}?(?:street|road|avenue|lane|drive|court|close"
    r"|crescent|boulevard|terrace|square|grove)\b",
    re.IGNORECASE,
)
_NOT_A_STREET = re.compile(
    r"\b(?:a|an|the|to|of|on|in|at|before|after|minutes?|hours?"
    r"|miles?|met(?:re|er)s?|days?|weeks?|months?|years?|times|people|or|and|for)\b",
    re.IGNORECASE,
)
_BETWEEN_HOME = (
    r" (?:here|in(?= by| from)|all the way|over|down|up|out|alone|away|together|just|back|around"
    r"|on (?:my|her|his|their|our|your) own"
    r"|by (?:myself|herself|himself|themselves)|(?:this|yesterday|last) (?:morning|week|month|year)|by (?:bus"
    r"|train|car|ferry)|with (?:my|his|her|their|our|the) (?:\w+ ){0,2}?\w+|most of (?:my|her|his) life|for \w+ years)"
)
"""What may stand between living and where: she lives on her own in ..."""
_HOME = re.compile(
    r"(?:(?:^|\b(?:and|then|only|just|recently) )(?:moved|came|grew up|born)"
    rf"(?:{_BETWEEN_HOME})* (?:from|to(?! theatre)|in)"
    rf"|[,;] ?(?:came(?:{_BETWEEN_HOME})* from|grew up in|born in)"
    r"|\b(?:i|we|he|she|they|you|who|patient)(?:['’](?:ve|re|s|m))? ?(?:also |now |still |currently |have |has "
    r"|had |used to |both |all |just |was |were |am |are |is )*"
    r"(?:liv(?:e|es|ed|ing)|grew up|grown up|mov(?:e|ed|ing)|reside[sd]?|stay(?:s|ed|ing)?|born(?: and raised)?"
    r"|settled|raised|come|comes|came|drove|travell?ed|flew)"
    rf"(?:{_BETWEEN_HOME})* (?:in|at|on|to|from|near|outside|around|past|beyond)"
    r"|(?:i['’]?m|i am|we['’]re|we are|he['’]s|he is|she['’]s|she is|they['’]re|you['’]re)(?:"
    r"(?: originally| both| all| just| calling| phoning| ringing"
    r"| joining(?: you)?| speaking(?: to you)?| over| down| up)*"
    r" (?:from|a native of)|(?: only| just| still| based| living| all the way)*(?: out| over| way out| out west"
    r"| back home| up north| based| living) (?:in|at|near|around))"
    r"|(?:my|our|his|her|their|your) (?:\w+ )?(?:home|house|flat|apartment|hometown|home town|place|farm|address"
    r"|village)(?: address)? (?:is|was)(?: just)?(?: in| on| at| near)?"
    r"|(?:home |mailing |postal |street )?address(?: is)?\s*:?|hometown(?: is|:)?"
    r"|(?:have|own|bought|rent) (?:a|an|our) (?:small )?(?:farm|house|flat|home|place|cottage|apartment)"
    r" (?:in|near|on|at|outside)"
    r"|(?:back home|based|(?:all the way|over) from|commut(?:e|es|ing) from|hometown of)(?: in)?|resident of"
    rf"|(?:lives?|lived|living)(?:{_BETWEEN_HOME})* (?:in|at|on|near))"
    r"\s+(?:the (?:town|village|city) of |a (?:small )?(?:town|village) called )?",
    re.IGNORECASE,
)
_BORN = re.compile(r"\bborn(?: on)?(?: the)?(?: (?:of |the )*(?:\d[\w/.\-]*|[A-Za-z]+),?){1,4}? in ", re.IGNORECASE)
"""What stands before a birthplace where the day was told first: born on the third of May in ..."""
_TOWN = re.compile(
    r"(?:[A-Z][A-Za-z'’\-]+)(?:(?: (?:upon|on|under|le|by"
    r"|of))? [A-Z][A-Za-z'’\-]+){0,3}(?:, [A-Z][A-Za-z'’\-]+(?: [A-Z][a-z]+)?)?"
)
_SMALL_TOWN = re.compile(
    r"[a-z][a-z'’\-]{3,}(?: (?:city|town|village|heights|falls|springs|beach|park|hill|hills|valley|county|rapids))?\b"
)


_SECTION = re.compile(
    r",? (?i:section|sector|zone|phase|block|ext(?:ension)?|unit|stage|ward|precinct) (?:[A-Z]{1,2}|\d{1,3}[A-Z]?)\b"
)
"""The part of a township that stands behind it: Umlazi section V."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Addresses with a number, and homes."""
    for found in (
        *_ADDRESS.finditer(text),
        *_BLOCK.finditer(text),
        *_RESIDENCE.finditer(text),
        *_SPOKEN.finditer(text),
    ):
        if not _NOT_A_STREET.search(found[0]):
            yield Found(found.start(), found.end(), "address")
    for found in _AT_HOME.finditer(text):
        yield Found(*found.span("house"), "address")
    for lead in (*_HOME.finditer(text), *_BORN.finditer(text)):
        town = _town(text, lead.end())
        if town:
            section = _SECTION.search(text, town.start())
            has_section = section is not None and section.start() <= town.end()
            yield Found(town.start(), section.end() if section and has_section else town.end(), "address")
            further = re.compile(r" (?:to|and then|and) (?=[A-Z])").match(text, town.end())
            if further and (second := _town(text, further.end())):
                yield Found(second.start(), second.end(), "address")


def _town(text: str, at: int) -> re.Match[str] | None:
    """What is written like a town at a place of the text, unless it is an ordinary word."""
    town = _TOWN.match(text, at) or _small_town(text, at)
    if not town:
        return None
    words = town[0].lower().replace(",", " ").split()
    is_ordinary = words[0] in lists().no_town or (len(words) == 1 and words[0] in lists().ordinary)
    is_region = any(" ".join(words[:count]) in lists().regions for count in (1, 2, 3))
    return None if is_ordinary or is_region else town


def _small_town(text: str, at: int) -> re.Match[str] | None:
    """A town in small letters, as recognition writes it where it writes no capitals at all."""
    return _SMALL_TOWN.match(text, at) if text.islower() else None
