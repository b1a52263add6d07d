"""Places in English talk where a person is spoken of: behind kin, shown, and before what people have and do."""

from __future__ import annotations

import re

_LONGEST = 40
_KIN = re.compile(
    r"\b(?:my|his|her|our|your|their) (?:[\w-]+ ){0,2}?(?:husband"
    r"|wife|son|daughter|brother|sister|mother|father|mum|mom|dad"
    r"|mate|nan|nana|nanna|gran|granny|grandma|grandpa|grandad"
    r"|granddad|auntie|aunty|missus|hubby|other half|better half|ex"
    r"|(?:mother|father|sister|brother|son|daughter)[- ]in[- ]law|step(?:son|dad|mum|mother|father|daughter)|bub"
    r"|little (?:one|boy|girl|man|lad)|eldest|youngest|oldest|twins|boy|girl|lad|baby|toddler|grandchild|godson"
    r"|landlady|landlord|teacher|manager|supervisor|social worker|key worker|care worker|support worker|maid|helper"
    r"|friend|neighbou?r|colleague|cousin|niece|nephew|partner|boyfriend|girlfriend|fianc[eé]e?|grandson|granddaughter"
    r"|grandmother|grandfather|aunt|uncle|caregiver|carer|boss|roommate|flatmate|assistant|student|resident),? $",
    re.IGNORECASE,
)
"""What a given name often follows, an everyday word as well: my daughter Grace."""
_SHOWN = re.compile(r"\b(?:this is|it['’]s|meet|that['’]s|called) $", re.IGNORECASE)
_OF_WHOM = re.compile(
    r",? (?:s?he|they)(?:['’](?:s|ll|d|re)| is| was| has| had| will| can| does| did| wants| needs| came)\b"
)
"""What is told of somebody who was just named: this is ... she's ..."""
_CALLING = re.compile(
    r",? (?:here\b(?! is)|calling|ringing|phoning|speaking|from (?:reception|the|accounts|pharmacy|admissions|billing)"
    r"|in (?:reception|pharmacy|theatre|radiology|triage|physio|outpatients|the (?:office|lab|clinic|pharmacy))"
    r"|on reception|at (?:reception|the front desk|the desk))\b",
    re.IGNORECASE,
)
"""What tells where somebody works or that somebody rings: ... in pharmacy, ... from reception."""
_RELATED = re.compile(
    r"['’]s (?:mum|mom|mummy|mother|father|dad|daddy|wife|husband"
    r"|son|daughter|brother|sister|gran|nan|grandma|family|parents"
    r"|partner|carer|results?|scan|bloods?|notes|appointment|file|chart|room|bed|drip|dressing|birthday|surgery"
    r"|knee|hip|temperature|blood (?:test|pressure|sugar|results?))\b"
)
"""What somebody has: ...'s mum, ...'s results."""
_OLD = re.compile(
    r"(?: is| was|['’]s| turned)(?: only| just| now| about| nearly)? [\w-]+ (?:and a half )?(?:days?|weeks?"
    r"|months?|years?) old\b"
)
_AGED = re.compile(
    r"(?:['’]s| is| was| turned)(?: only| just| now| about| nearly)? (?:[1-9]\d?|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve|\w+teen)(?= and|\s*(?:[.,;!?]|$))"
)
"""An age without its unit, as of children: ... is two and ..."""
_SPEAKS = re.compile(
    r"['’]s (?:had|been|got|gone|having|doing|going|coming|back"
    r"|not|feeling|asking|asked|due|off (?:sick|work)|just|still"
    r"|a bit|very|so|on (?:the|her|his)|brother|sister|parents|partner|mother|father|mom|mum|dad|wife|husband"
    r"|daughter|son|results?|scan|chart|blood|pain|test|file|notes?"
    r"|family|knee|hip|back|heart|mri|ct|x-ray|appointment|here|ready|waiting|in)\b"
    r"| (?:said|says|told|thinks|feels|complained|complains|asked|called|needs|wants)\b"
    r"| is (?:my|our|his|her|their) (?:wife|husband|son|daughter|mother|father|mom|mum|dad|sister|brother|friend)\b"
    r"|, (?:can|could|how|please|your?|i|let|are|do|did|have|take|tell|come|we|she|he|it['’]s|what|would)\b"
)
"""What is said of a person or to one, where a sentence begins with the name."""
_UNWELL = (
    r"(?:sick|unwell|poorly|asleep|awake|hungry|thirsty|tired|scared"
    r"|worried|upset|allergic|pregnant|breathless|dizzy|confused"
    r"|agitated|drowsy|diabetic|asthmatic|nervous|anxious|vomiting"
    r"|coughing|limping|wheezing|unsteady|housebound|deaf|blind"
    r"|nil by mouth|waiting|teething|crawling|walking|intubated|sedated|constipated|breastfeeding|grumpy|fuming|crying)"
)
_HAS = re.compile(
    r"['’]s\b| (?:is|was|has|had|will|won['’]t|would|can|can['’]t"
    r"|could|couldn['’]t|did|didn['’]t|does|doesn['’]t|isn['’]t|wasn['’]t|hasn['’]t|turned"
    r"|turns|gets|got|came|comes|went|goes|rang|knows|takes|took|keeps|kept|seems|looks|looked|loves|likes|hates"
    r"|lives|works|wants|needs|had|and (?:i|me|his|her|my))\b"
)
"""What follows a name and other words as well."""
_OWN = re.compile(
    r"(?:['’]s| (?:[a-z]+ed|is|was|has|had|broke|brought|took|gave"
    r"|ate|lost|left|went|came|fell|got|kept|keeps|hurt|hit|cut"
    r"|put|threw|woke|forgot|sent|won['’]t|wouldn['’]t|didn['’]t|doesn['’]t|hasn['’]t|isn['’]t|can['’]t|couldn['’]t))"
    r" (?:[a-z]+ ){0,4}?(?<!when )(?<!what )(?<!how )(?<!where )(?:his"
    r"|her|he|she|(?:he|she)['’](?:s|d|ll)|himself|herself)\b| has gone\b"
    r"| (?:is|was) (?:having|getting|due|in (?:theatre|recovery|bed|cubicle|room|the)|on (?:the|his|her)|back"
    r"|home|here|off|booked|listed|next|first|for (?:theatre|discharge))\b"
    r"| (?:broke|brought|took|gave|ate|drank|lost|bought|wrote|sent|forgot|started|stopped|signed)\b"
)
"""What follows a person, who has something of his own: ... broke his wrist, ... is having her tonsils out."""
_TELLS = re.compile(
    r" (?:said|says|told|thinks|reckons|wants|asked|rang|phoned)\b"
    rf"|(?: is| was| has been|['’]s(?: been)?)(?: so| very| really| quite| still| a bit| always)? {_UNWELL}\b"
)
"""What a person alone does, where a name is a month or a country as well."""
_ACTS = re.compile(
    r" (?:fainted|collapsed|vomited|coughed|slipped|tripped|choked"
    r"|laughed|smiled|died|passed (?:away|out)|retired|texted"
    r"|emailed|messaged|noticed|refuses|refused|reckons|swears|promised|agreed|booked|turned up|wet the bed|threw"
    r"|bumped|swallowed|crawled|walked|ran (?:into|off)|hates|loves|misses"
    r"|said|says|told|thinks|thought|asked|called|phoned|rang|drove|fell|cried|screamed|insisted|complained"
    r"|complains|lives|was born|woke|slept|threw up|came (?:in|by|over|back|home|to see)|went (?:home|back|to)|picked"
    r"|brought (?:me|him|her|us)"
    r"|(?:is|was) (?:waiting|coming|sitting|sleeping|crying|worried|complaining|here|my|our|his|her|their)"
    r"|(?:has|had) been (?:coughing|vomiting|complaining|crying|sick|waiting|limping|sleeping|seeing|taking)"
    r"|(?:hasn|hadn|doesn|didn|isn|wasn)['’]t (?:slept|eaten|been|had|want|like|sleep|eat|feel|remember|sleeping"
    r"|eating)|and (?:i|me|my)\b|who (?:noticed|said|told|found|drove|called|brought))\b",
    re.IGNORECASE,
)
"""What hardly anything but a person does."""
_CLAUSE = re.compile(r"(?:^|[.?!,;]\s?|\b(?:and|but|because|so|when|that|if|then|it was|as) )$", re.IGNORECASE)


def follows_kin(text: str, start: int) -> bool:
    """Whether a relative is spoken of right before: my daughter ..."""
    return _KIN.search(text[max(0, start - _LONGEST) : start]) is not None


def is_introduced(text: str, start: int, end: int) -> bool:
    """Whether somebody is shown and then spoken of: this is ... she's ..."""
    return _SHOWN.search(text[max(0, start - _LONGEST) : start]) is not None and _OF_WHOM.match(text, end) is not None


def works(text: str, end: int) -> bool:
    """Whether what follows says where somebody works or rings from: ... in pharmacy, ... calling."""
    return _CALLING.match(text, end) is not None


def owns(text: str, end: int) -> bool:
    """Whether what follows is somebody's: ...'s mum, ...'s results."""
    return _RELATED.match(text, end) is not None


def tells(text: str, end: int) -> bool:
    """Whether what follows is done by a person alone, be it a month's name or a country's: ... says."""
    return _TELLS.match(text, end) is not None


def has(text: str, end: int) -> bool:
    """Whether what follows is said of people and of things: ...'s, ... will, ... was."""
    return _HAS.match(text, end) is not None


def is_own(text: str, end: int) -> bool:
    """Whether what follows speaks of a person as him or her: ... broke his wrist."""
    return _OWN.match(text, end) is not None


def is_old(text: str, end: int) -> bool:
    """Whether an age is told of what ends here: ... is four years old."""
    return _OLD.match(text, end) is not None


def is_aged(text: str, end: int) -> bool:
    """Whether a bare number is told of what ends here, an age if it is a person."""
    return _AGED.match(text, end) is not None


def speaks(text: str, end: int) -> bool:
    """Whether what follows is said of a person or to one: ..., can you sit up?"""
    return _SPEAKS.match(text, end) is not None


def acts(text: str, end: int) -> bool:
    """Whether what follows is done by a person alone: ... said, ... fell, ... hasn't slept."""
    return _ACTS.match(text, end) is not None


def opens_clause(text: str, start: int) -> bool:
    """Whether a sentence or a clause begins here."""
    return _CLAUSE.search(text[max(0, start - _LONGEST) : start]) is not None
