"""English names by what is written of them: initials and a surname, letter by letter, as lists have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language.english_names import (
    follows_saint,
    is_any,
    is_given,
    is_surname,
    is_thing,
    lists,
    may_be_name,
    plainly,
)
from pipeline.values import Register

VERSION = 8
KINDS = ("name",)

_INITIALS = re.compile(
    r"\b(?i:(?:dr|mr|mrs|ms|prof)\.? )?(?:[A-Z]\.[ -]?){1,3}(?P<surname>[A-Z][a-z]{2,}(?:-[A-Z][a-z]+)?)\b"
)
_SPELLED_OUT = re.compile(
    r"(?:(?:spell\w*|spelt|name|letters)(?: (?:it|that|as|is|with|my|name|the|last|your"
    r"|first|surname|for|me|please))*[:,?]? )(?P<a>(?:[A-Za-z][ \-.,]{1,2}){2,}[A-Za-z])\b"
    r"|(?<![\w-])(?P<b>(?:[A-Z]-){3,}[A-Z]|(?:[a-z]-){3,}[a-z])(?![\w-])"
)
"""A name letter by letter."""
_LISTED_FIRST = re.compile(
    r"(?:^|[\n:;]\s*|\bpatient\s+)(?P<surname>[A-Z][A-Za-z'’\-]+),\s?(?P<given>[A-Z][A-Za-z'’\-]+)\b"
)
"""As lists have it: HENDERSON, Paul."""
_CAPITALS = re.compile(
    r"(?<![A-Za-z.'’,\-])(?P<surname>[A-Z][A-Z'’\-]+(?: [A-Z][A-Z'’\-]+)?), ?(?P<given>[A-Z][A-Za-z'’\-]+(?: [A-Z]\b)?)"
    r"(?![\w'’\-])(?P<person>[\s,/(]{1,3}(?:[MF]\b(?!\.)|\d{1,3}\s?[YyMF]\b|DOB\b|MRN\b))?"
)
"""The same in capitals, as films and lists have it, whatever stands before: chest PA HENDERSON, PAUL."""
_FILMED = re.compile(
    r"^(?P<surname>[A-Z][A-Z'’\-]{2,}|[A-Z][a-z]+(?:['’\-]?[A-Z][a-z]+)?) (?P<initial>[A-Z])"
    r"(?= [^A-Z\s]| (?:CT|MRI?|C?XR|USS?|DR|AP|PA)\b|$)",
    re.MULTILINE,
)
"""As films have it: a surname and an initial, at the beginning."""
_CLASSES = frozenset("ABCD")
"""Letters of classes that are called after somebody: Weber B."""
_SHAPED = re.compile(
    r"(?<![\w'’\-])(?:(?:[OD]['’]|Mc)(?!Clock)[A-Z][a-z]{2,}|(?:Ó|Ní|Nic|Uí|Mac) [A-ZÁÉÍÓÚ][a-záéíóú]{2,})(?![\w\-])"
)
"""Surnames by their shape: O'Brien, D'Souza, McAllister, Ó Briain."""
_LETTERS = re.compile(r"(?<![\w'’\-])(?:[A-Z](?:, ?|[ .\-]{1,2})){2,}[A-Z](?![\w'’])")
"""Letters one by one, of whatever."""
_SPELLED_AGAIN = re.compile(
    r"(?<![\w'’\-])(?P<word>[A-Za-z]{2,15})[,.:]? (?:(?:that['’]?s|it['’]?s|so|spelled|spelt),? )*"
    r"(?P<letters>(?:(?:double[ -])?[A-Z](?:, ?|[ .\-]{1,2})){1,14}(?:double[ -])?[A-Z])(?![\w'’])",
    re.IGNORECASE,
)
"""A name and then its letters, of two too: Ng, N-G."""
_BESIDE = re.compile(r"(?P<comma>,?) (?P<surname>[A-Z][a-z]+(?:[-'’][A-Z]?[a-z]+)?)(?![\w'’\-])")
"""A surname that is said behind a given name's letters: A-O-I-F-E Brennan."""
_DOUBLE = re.compile(r"double[ -]([a-z])", re.IGNORECASE)
_SAYS_LISTED = re.compile(
    r"\b(?:says?|reads?|is|for|under|as|by|it['’]s|have"
    r"|got)\s(?P<surname>[A-Z][a-z'’\-]+),\s(?P<given>[A-Z][a-z'’\-]+)\b"
)
"""The same where a chart or a list is read: the chart says Hernandez, Maria."""
_LETTERED = re.compile(
    r"\b(?:vitamins?|type|hepatitis|group|grade|stage|class|phase|figure|table|plan|option|part|appendix|influenza"
    r"|factor|protein)\s+$",
    re.IGNORECASE,
)
_BACTERIA = frozenset({"pylori", "coli", "difficile", "aureus", "influenzae", "pneumoniae", "albicans", "jejuni"})


def find(text: str, register: Register) -> Iterator[Found]:
    """Initials with a surname, names letter by letter, surnames before a comma."""
    for start, end in (*_initials(text), *_spelled(text)):
        if not follows_saint(text, start) and not is_thing(text, start, end):
            yield Found(start, end, "name")


def _initials(text: str) -> Iterator[tuple[int, int]]:
    """Initials and a surname: T. Whitfield, J. P. Hartley; not the end of vitamin D. and the like."""
    for found in _INITIALS.finditer(text):
        surname = plainly(found["surname"])
        may_be = may_be_name(found["surname"]) and surname not in lists().eponyms | _BACTERIA
        if may_be and not _LETTERED.search(text[max(0, found.start() - 30) : found.start()]):
            yield found.start(), found.end()


def _spelled(text: str) -> Iterator[tuple[int, int]]:
    """Names letter by letter, and surnames that stand before a comma."""
    for found in _SPELLED_OUT.finditer(text):
        start, end = found.span(str(found.lastgroup))
        yield start, _with_surname(text, end)
    for found in _LETTERS.finditer(text):
        end = _with_surname(text, found.end())
        if _spells(text, "".join(filter(str.isalpha, found[0])).lower(), has_surname=end > found.end()):
            yield found.start(), end
    for found in _SPELLED_AGAIN.finditer(text):
        letters = "".join(filter(str.isalpha, _DOUBLE.sub(r"\1\1", found["letters"])))
        is_name = (found["word"][0].isupper() or text.islower()) and may_be_name(found["word"])
        if is_name and letters.lower() == found["word"].lower():
            yield found.span("word")
            yield found.start("letters"), _with_surname(text, found.end("letters"))
    for found in _CAPITALS.finditer(text):
        is_either = is_given(found["given"]) or (is_surname(found["surname"]) and not text.isupper())
        if (is_either or found["person"]) and all(map(may_be_name, (found["surname"], found["given"].split()[0]))):
            yield found.start("surname"), found.end("given")
    for found in _FILMED.finditer(text):
        surname = plainly(found["surname"])
        is_other = is_any(surname, lists().everyday, lists().ordinary, lists().eponyms)
        is_class = found["initial"] in _CLASSES and is_any(surname, lists().also_eponyms, lists().also_things)
        is_talk = found["initial"] == "I" and not found["surname"].isupper()
        if is_surname(surname) and not (is_other or is_class or is_talk):
            yield found.span()
    for found in _SHAPED.finditer(text):
        if not is_any(plainly(found[0]), lists().eponyms, lists().also_eponyms, lists().also_things):
            yield found.span()
    for found in _LISTED_FIRST.finditer(text):
        if is_given(found["given"]) and may_be_name(found["surname"]):
            yield found.start("surname"), found.end()
    for found in _SAYS_LISTED.finditer(text):
        if is_given(found["given"]) and is_surname(found["surname"]):
            yield found.start("surname"), found.end()


def _with_surname(text: str, end: int) -> int:
    """Where a name ends whose given name was told letter by letter, with the surname that may follow."""
    beside = _BESIDE.match(text, end)
    if beside is None or not may_be_name(beside["surname"]) or plainly(beside["surname"]) in lists().no_person:
        return end
    return beside.end() if not beside["comma"] or is_surname(beside["surname"]) else end


def _spells(text: str, word: str, *, has_surname: bool) -> bool:
    """Whether letters make up a name, or a word of the text that has a capital: Aoife, that's A O I F E."""
    is_said = len(word) > 2 and re.search(rf"\b{word.capitalize()}\b", text) is not None
    is_name = is_given(word.capitalize()) or is_surname(word)
    is_known = len(word) > (2 if has_surname else 3) and is_name and word not in lists().everyday
    return (is_said or is_known) and may_be_name(word)
