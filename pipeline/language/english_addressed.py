"""Places in English talk where a person is spoken to: greeted, praised, called by name, asked or told to act."""

from __future__ import annotations

import re

_LONGEST = 40
_SPOKEN = re.compile(
    r"\b(?:see you(?: again| soon| later| tomorrow)?|(?:spoke|speak|speaking|talked|talk|talking) (?:to|with)|told|tell"
    r"|ask|asked|hi|hello|hey|dear|meet|met|remind|spelled|spelt|thanks|thank you|bye"
    r"|(?:good )?(?:morning|afternoon|evening)),? $",
    re.IGNORECASE,
)
_WELCOMED = re.compile(
    r"\b(?:well done|come (?:on(?: in| through)?|in|through)"
    r"|good (?:girl|boy|lad|man|on you)|(?:have|take) a seat|sit down"
    r"|there you (?:go|are)|bless (?:you|her|him)|cheers"
    r"|welcome(?: back)?|(?:nice|lovely|good) to (?:see|meet) you|sorry"
    r"|how are you(?: doing)?|over to|here you (?:go|are)|love you|happy birthday|excuse me|no worries|waiting for"
    r"|give it to|hand it to|i['’]ll (?:get|ask|send|let)|let me get|names?['’]s"
    r"|that['’]?s (?:great|good|it|perfect|lovely|right|fine|better"
    r"|brilliant|excellent)|all done|nearly (?:there|done|finished)"
    r"|(?:hold|keep) still|not long now|this way|take care|bye(?: bye)?|goodbye|good luck|congratulations|good ?night"
    r"|don['’]t worry|you must be|wake(?: up)?|feed|bathe|weigh|intubate|extubate|marry|(?:married|engaged|belongs) to"
    r"|(?:worried|concerned|asking) about|(?:named|looking|look|looks|looked) after|(?:caring|cares?) for"
    r"|(?:sat|sitting|sit|stay|staying|stays|lives|living|lived|live|leave it) with|(?:pick(?:ed)?|picking) up"
    r"|drop(?:ped)? off"
    r"|(?:this|that|it|over) to|(?:hi|hello|goodbye|sorry) to|on behalf of|operating on|is it"
    r"|is that (?:you|our|little)|promised|warned|begged|trust|met|(?:named|called|christened|naming) (?:her|him"
    r"|them|it|the baby)|texted|emailed|phoned|paged?|bleep(?:ed)?"
    r"|can['’]t believe"
    r"|(?:work|working|trained|scrubbed|scrubbing) with|(?:chap|lad|lady|man|girl|boy|fella|gentleman) is|(?:chat"
    r"|chatted|chatting|spoken|speak|speaking) (?:with|to)),? $",
    re.IGNORECASE,
)
"""What is said to somebody or of somebody whose name may follow, with a capital."""
_PRESENTED = re.compile(
    r"\b(?:hi|hello|hey|hiya|morning|afternoon|evening),? (?:it['’]?s|this is|it is),? (?:only )?$", re.IGNORECASE
)
_FOND = re.compile(
    r",? (?:my )?(?:darling|love|dear|sweetheart|sweetie|mate|honey|hon|pet|poppet|petal|duck|buddy|babe|bubba"
    r"|lovely|luv|aunty|auntie|uncle|ah|ya|lah|didi|dada|bhabhi|kaka|mausi)(?![a-z'’-])",
    re.IGNORECASE,
)
"""What is said behind the name of somebody who is known."""
_HONOURED = re.compile(
    r"[ -](?:ji|jee|bhai|bhaiya|bhaiyya|bhaiyaa|akka|anna|amma|garu"
    r"|madam|sir|sahib|saheb|saab|beti|beta|san|sensei)(?![a-z'’-])"
)
"""What is said behind a name out of respect in other languages, in small letters."""
_ASKED = re.compile(
    r",? (?:are you|have you|do you|did you|you can|you['’](?:ve|re|ll|d)|you (?:need|should|have|look|were|must|know)"
    r"|can you|could you|how['’]?s? (?:are|is|was|did|the|your|you)|what['’]s your|shall we|let['’]s|let me|please)\b"
)
"""What is said to somebody who was called by name."""
_TOLD = re.compile(
    r",? (?:just |please |can you |if you could )?(?:pop|hop|lift"
    r"|bend|squeeze|roll|raise|slip|straighten|breathe|stretch|jump"
    r"|wiggle|lie|sit|stand|look|tilt|push|pull|turn|hold|open|close|shut|give|show|tell|rest|put|drop|stick)"
    r"(?: \w+)?? (?:your|yourself|me|my|up|down|still|over|back)\b"
)
"""What somebody is told to do with his own body."""
_CALLS = re.compile(
    r"(?:^|[.?!,;]\s?)(?:so|okay|ok|alright|all right|right|well|good|great|perfect"
    r"|lovely|sorry|come on|listen|relax|there you go|now|yes|yeah|no|and|oh),? $",
    re.IGNORECASE,
)
"""What somebody begins with who then calls another by name: okay Frank, ..."""
_CALLED_UPON = re.compile(
    r",? (?:can|could|would|will) you\b|,? (?:how|what|when|where|let['’]?s|let me|are you|do you|did you|have you"
    r"|any|your|you|i['’]m|i|please|take|squeeze|lift|raise|bend|straighten|breathe|deep|lie|sit|stand|push|pull"
    r"|turn|roll|hold|open|close|look|show me|tell me|try|come|hop|keep|relax|make a)\b",
    re.IGNORECASE,
)


def is_spoken_to(text: str, start: int) -> bool:
    """Whether somebody is greeted, told or asked right before: hello ..., I spoke to ..."""
    return _SPOKEN.search(text[max(0, start - _LONGEST) : start]) is not None


def is_welcomed(text: str, start: int) -> bool:
    """Whether somebody is praised, asked in or rings right before: well done ..., hi it's ..."""
    before = text[max(0, start - _LONGEST) : start]
    return _WELCOMED.search(before) is not None or _PRESENTED.search(before) is not None


def is_dear(text: str, end: int) -> bool:
    """Whether a word for somebody dear follows: ... darling, ... aunty."""
    return _FOND.match(text, end) is not None


def is_honoured(text: str, end: int) -> bool:
    """Whether a word of respect of another language follows: ... ji, ... bhaiya, ...-san."""
    return _HONOURED.match(text, end) is not None


def is_asked(text: str, end: int) -> bool:
    """Whether what follows is said to somebody who was called by name: ... are you comfortable?"""
    return _ASKED.match(text, end) is not None


def is_told(text: str, end: int) -> bool:
    """Whether what follows is what somebody is told to do: ... pop your shirt off."""
    return _TOLD.match(text, end) is not None


def is_called_upon(text: str, start: int, end: int) -> bool:
    """Whether somebody is called by name and then told or asked something: okay ... squeeze my hand."""
    called = _CALLS.search(text[max(0, start - _LONGEST) : start])
    return called is not None and _CALLED_UPON.match(text, end) is not None
