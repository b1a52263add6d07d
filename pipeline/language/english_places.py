"""Places in English talk where a person is named: behind kin and greetings, where somebody acts or is called upon."""

from __future__ import annotations

import re

_LONGEST = 40
_KIN = re.compile(
    r"\b(?:my|his|her|our|your|their) (?:\w+ )?(?:husband|wife|son|daughter|brother|sister|mother|father|mum|mom|dad"
    r"|friend|neighbou?r|colleague|cousin|niece|nephew|partner|boyfriend|girlfriend|fianc[eé]e?|grandson|granddaughter"
    r"|grandmother|grandfather|aunt|uncle|caregiver|carer|boss|roommate|flatmate|assistant|student|resident),? $",
    re.IGNORECASE,
)
"""What a given name often follows, an everyday word as well: my daughter Grace."""
_SPOKEN = re.compile(
    r"\b(?:see you(?: again| soon| later| tomorrow)?|(?:spoke|speak|speaking|talked|talk|talking) (?:to|with)|told|tell"
    r"|ask|asked|hi|hello|hey|dear|meet|met|remind|spelled|spelt|thanks|thank you|bye"
    r"|(?:good )?(?:morning|afternoon|evening)),? $",
    re.IGNORECASE,
)
_OLD = re.compile(r" (?:is|was)(?: only| just| now| about)? [\w-]+ (?:and a half )?(?:days|weeks|months|years) old\b")
_SPEAKS = re.compile(
    r"['’]s (?:brother|sister|parents|partner|mother|father|mom|mum|dad|wife|husband|daughter|son"
    r"|results?|scan|chart|blood|pain|test|file|notes?"
    r"|family|knee|hip|back|heart|mri|ct|x-ray|appointment|here|ready|waiting|in)\b"
    r"| (?:said|says|told|thinks|feels|complained|complains|asked|called|needs|wants)\b"
    r"| is (?:my|our|his|her|their) (?:wife|husband|son|daughter|mother|father|mom|mum|dad|sister|brother|friend)\b"
    r"|, (?:can|could|how|please|your?|i|let|are|do|did|have|take|tell|come|we|she|he|it['’]s|what|would)\b"
)
"""What is said of a person or to one, where a sentence begins with the name."""
_ACTS = re.compile(
    r" (?:said|says|told|thinks|thought|asked|called|phoned|rang|drove|fell|cried|screamed|insisted|complained"
    r"|complains|lives|was born|woke|slept|threw up|came (?:in|by|over|back|home|to see)|went (?:home|back|to)|picked"
    r"|brought (?:me|him|her|us)"
    r"|(?:is|was) (?:waiting|coming|sitting|sleeping|crying|worried|complaining|here|my|our|his|her|their)"
    r"|(?:has|had) been (?:coughing|vomiting|complaining|crying|sick|waiting|limping|sleeping|seeing|taking)"
    r"|(?:hasn|hadn|doesn|didn|isn|wasn)['’]t (?:slept|eaten|been|had|want|like|sleep|eat|feel|remember|sleeping"
    r"|eating)|and (?:i|me|my)\b|who (?:noticed|said|told|found|drove|called|brought))\b",
    re.IGNORECASE,
)
"""What hardly anything but a person does."""
_CALLS = re.compile(
    r"(?:^|[.?!,;]\s?)(?:so|okay|ok|alright|all right|right|well|good|great|perfect|lovely|sorry|come on|listen|relax"
    r"|there you go|now|yes|yeah|no|and|oh),? $",
    re.IGNORECASE,
)
"""What somebody begins with who then calls another by name: okay Frank, ..."""
_CALLED_UPON = re.compile(
    r",? (?:can|could|would|will) you\b|,? (?:how|what|when|where|let['’]?s|let me|are you|do you|did you|have you"
    r"|any|your|you|i['’]m|i|please|take|squeeze|lift|raise|bend|straighten|breathe|deep|lie|sit|stand|push|pull|turn|roll"
    r"|hold|open|close|look|show me|tell me|try|come|hop|keep|relax|make a)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:^|[.?!,;]\s?|\b(?:and|but|because|so|when|that|if|then|it was|as) )$", re.IGNORECASE)


def follows_kin(text: str, start: int) -> bool:
    """Whether a relative is spoken of right before: my daughter ..."""
    return _KIN.search(text[max(0, start - _LONGEST) : start]) is not None


def is_spoken_to(text: str, start: int) -> bool:
    """Whether somebody is greeted, told or asked right before: hello ..., I spoke to ..."""
    return _SPOKEN.search(text[max(0, start - _LONGEST) : start]) is not None


def is_old(text: str, end: int) -> bool:
    """Whether an age is told of what ends here: ... is four years old."""
    return _OLD.match(text, end) is not None


def speaks(text: str, end: int) -> bool:
    """Whether what follows is said of a person or to one: ..., can you sit up?"""
    return _SPEAKS.match(text, end) is not None


def acts(text: str, end: int) -> bool:
    """Whether what follows is done by a person alone: ... said, ... fell, ... hasn't slept."""
    return _ACTS.match(text, end) is not None


def is_called_upon(text: str, start: int, end: int) -> bool:
    """Whether somebody is called by name and then told or asked something: okay ... squeeze my hand."""
    called = _CALLS.search(text[max(0, start - _LONGEST) : start])
    return called is not None and _CALLED_UPON.match(text, end) is not None


def opens_clause(text: str, start: int) -> bool:
    """Whether a sentence or a clause begins here."""
    return _CLAUSE.search(text[max(0, start - _LONGEST) : start]) is not None
