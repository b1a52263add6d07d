"""Places in English talk where a person is named: behind kin and greetings, where somebody acts or is called upon."""

from __future__ import annotations

import re

_LONGEST = 40
_KIN = re.compile(
    r"\b(?:my|his|her|our|your|their) (?:[\w-]+ ){0,2}?(?:husband|wife|son|daughter|brother|sister|mother|father"
    r"|mum|mom|dad"
    r"|mate|nan|nana|nanna|gran|granny|grandma|grandpa|grandad|granddad|auntie|aunty|missus|hubby|other half"
    r"|better half|ex"
    r"|(?:mother|father|sister|brother|son|daughter)[- ]in[- ]law|step(?:son|dad|mum|mother|father|daughter)|bub"
    r"|little (?:one|boy|girl|man|lad)|eldest|youngest|oldest|twins|boy|girl|lad|baby|toddler|grandchild|godson"
    r"|landlady|landlord|teacher|manager|supervisor|social worker|key worker|care worker|support worker|maid|helper"
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
_WELCOMED = re.compile(
    r"\b(?:well done|come (?:on(?: in| through)?|in|through)|good (?:girl|boy|lad|man|on you)|(?:have"
    r"|take) a seat|sit down"
    r"|there you (?:go|are)|bless (?:you|her|him)|cheers|welcome(?: back)?|(?:nice|lovely|good) to (?:see"
    r"|meet) you|sorry"
    r"|how are you(?: doing)?|over to|here you (?:go|are)|love you|happy birthday|excuse me|no worries|waiting for"
    r"|give it to|hand it to|i['’]ll (?:get|ask|send|let)|let me get|names?['’]s"
    r"|that['’]?s (?:great|good|it|perfect|lovely|right|fine|better|brilliant|excellent)|all done|nearly (?:there"
    r"|done|finished)"
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
    r"|chatted|chatting|spoken|speak|speaking) (?:with"
    r"|to)),? $",
    re.IGNORECASE,
)
"""What is said to somebody or of somebody whose name may follow, with a capital."""
_PRESENTED = re.compile(
    r"\b(?:hi|hello|hey|hiya|morning|afternoon|evening),? (?:it['’]?s|this is|it is),? (?:only )?$", re.IGNORECASE
)
_SHOWN = re.compile(r"\b(?:this is|it['’]s|meet|that['’]s|called) $", re.IGNORECASE)
_OF_WHOM = re.compile(
    r",? (?:s?he|they)(?:['’](?:s|ll|d|re)| is| was| has| had| will| can| does| did| wants| needs| came)\b"
)
"""What is told of somebody who was just named: this is ... she's ..."""
_CALLING = re.compile(
    r",? (?:here\b(?! is)|calling|ringing|phoning|speaking|from (?:reception|the|accounts|pharmacy|admissions|billing)"
    r"|in (?:reception|pharmacy|theatre|radiology|triage|physio|outpatients|the (?:office|lab|clinic|pharmacy))"
    r"|on reception"
    r"|at (?:reception|the front desk|the desk))\b",
    re.IGNORECASE,
)
"""What tells where somebody works or that somebody rings: ... in pharmacy, ... from reception."""
_FOND = re.compile(
    r",? (?:my )?(?:darling|love|dear|sweetheart|sweetie|mate|honey|hon|pet|poppet|petal|duck|buddy|babe|bubba"
    r"|lovely|luv"
    r"|aunty|auntie|uncle|ah|ya|lah|didi|dada|bhabhi|kaka|mausi)(?![a-z'’-])",
    re.IGNORECASE,
)
"""What is said behind the name of somebody who is known."""
_HONOURED = re.compile(
    r"[ -](?:ji|jee|bhai|bhaiya|bhaiyya|bhaiyaa|akka|anna|amma|garu|madam|sir|sahib|saheb|saab|beti|beta|san"
    r"|sensei)(?![a-z'’-])"
)
"""What is said behind a name out of respect in other languages, in small letters."""
_RELATED = re.compile(
    r"['’]s (?:mum|mom|mummy|mother|father|dad|daddy|wife|husband|son|daughter|brother|sister|gran|nan|grandma"
    r"|family|parents"
    r"|partner|carer|results?|scan|bloods?|notes|appointment|file|chart|room|bed|drip|dressing|birthday|surgery"
    r"|knee|hip"
    r"|temperature|blood (?:test|pressure|sugar|results?))\b"
)
"""What somebody has: ...'s mum, ...'s results."""
_OLD = re.compile(
    r"(?: is| was|['’]s| turned)(?: only| just| now| about| nearly)? [\w-]+ (?:and a half )?(?:days?|weeks?"
    r"|months?|years?) old\b"
)
_SPEAKS = re.compile(
    r"['’]s (?:had|been|got|gone|having|doing|going|coming|back|not|feeling|asking|asked|due|off (?:sick|work)"
    r"|just|still"
    r"|a bit|very|so|on (?:the|her|his)|brother|sister|parents|partner|mother|father|mom|mum|dad|wife|husband"
    r"|daughter|son"
    r"|results?|scan|chart|blood|pain|test|file|notes?"
    r"|family|knee|hip|back|heart|mri|ct|x-ray|appointment|here|ready|waiting|in)\b"
    r"| (?:said|says|told|thinks|feels|complained|complains|asked|called|needs|wants)\b"
    r"| is (?:my|our|his|her|their) (?:wife|husband|son|daughter|mother|father|mom|mum|dad|sister|brother|friend)\b"
    r"|, (?:can|could|how|please|your?|i|let|are|do|did|have|take|tell|come|we|she|he|it['’]s|what|would)\b"
)
"""What is said of a person or to one, where a sentence begins with the name."""
_UNWELL = (
    r"(?:sick|unwell|poorly|asleep|awake|hungry|thirsty|tired|scared|worried|upset|allergic|pregnant|breathless"
    r"|dizzy|confused"
    r"|agitated|drowsy|diabetic|asthmatic|nervous|anxious|vomiting|coughing|limping|wheezing|unsteady|housebound"
    r"|deaf|blind"
    r"|nil by mouth|waiting|teething|crawling|walking|intubated|sedated|constipated|breastfeeding|grumpy|fuming|crying)"
)
_ASKED = re.compile(
    r",? (?:are you|have you|do you|did you|you can|you['’](?:ve|re|ll|d)|you (?:need|should|have|look|were|must|know)"
    r"|can you|could you|how['’]?s? (?:are|is|was|did|the|your|you)|what['’]s your|shall we|let['’]s|let me|please)\b"
)
"""What is said to somebody who was called by name."""
_HAS = re.compile(
    r"['’]s\b| (?:is|was|has|had|will|won['’]t|would|can|can['’]t|could|couldn['’]t|did|didn['’]t|does|doesn['’]t"
    r"|turned"
    r"|turns|gets|got|came|comes|went|goes|rang|knows|takes|took|keeps|kept|seems|looks|looked|loves|likes|hates"
    r"|lives|works"
    r"|wants|needs|had|and (?:i|me|his|her|my))\b"
)
"""What follows a name and other words as well."""
_OWN = re.compile(
    r"(?:['’]s| (?:[a-z]+ed|is|was|has|had|broke|brought|took|gave|ate|lost|left|went|came|fell|got|kept|keeps"
    r"|hurt|hit|cut"
    r"|put|threw|woke|forgot|sent|won['’]t|wouldn['’]t|didn['’]t|doesn['’]t|hasn['’]t|isn['’]t|can['’]t|couldn['’]t))"
    r" (?:[a-z]+ ){0,4}?(?<!when )(?<!what )(?<!how )(?<!where )(?:his|her|he|she|(?:he|she)['’](?:s|d|ll)"
    r"|himself|herself)\b"
    r"| has gone\b"
    r"| (?:is|was) (?:having|getting|due|in (?:theatre|recovery|bed|cubicle|room|the)|on (?:the|his|her)|back"
    r"|home|here|off|booked"
    r"|listed|next|first|for (?:theatre|discharge))\b"
    r"| (?:broke|brought|took|gave|ate|drank|lost|bought|wrote|sent|forgot|started|stopped|signed)\b"
)
"""What follows a person, who has something of his own: ... broke his wrist, ... is having her tonsils out."""
_TELLS = re.compile(
    r" (?:said|says|told|thinks|reckons|wants|asked|rang|phoned)\b"
    rf"|(?: is| was| has been|['’]s(?: been)?)(?: so| very| really| quite| still| a bit| always)? {_UNWELL}\b"
)
"""What a person alone does, where a name is a month or a country as well."""
_TOLD = re.compile(
    r",? (?:just |please |can you |if you could )?(?:pop|hop|lift|bend|squeeze|roll|raise|slip|straighten|breathe"
    r"|stretch|jump"
    r"|wiggle|lie|sit|stand|look|tilt|push|pull|turn|hold|open|close|shut|give|show|tell|rest|put|drop|stick)"
    r"(?: \w+)?? (?:your|yourself|me|my|up|down|still|over|back)\b"
)
"""What somebody is told to do with his own body."""
_ACTS = re.compile(
    r" (?:fainted|collapsed|vomited|coughed|slipped|tripped|choked|laughed|smiled|died|passed (?:away|out)"
    r"|retired|texted"
    r"|emailed|messaged|noticed|refuses|refused|reckons|swears|promised|agreed|booked|turned up|wet the bed|threw"
    r"|bumped"
    r"|swallowed|crawled|walked|ran (?:into|off)|hates|loves|misses"
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
_CALLS = re.compile(
    r"(?:^|[.?!,;]\s?)(?:so|okay|ok|alright|all right|right|well|good|great|perfect|lovely|sorry|come on|listen|relax"
    r"|there you go|now|yes|yeah|no|and|oh),? $",
    re.IGNORECASE,
)
"""What somebody begins with who then calls another by name: okay Frank, ..."""
_CALLED_UPON = re.compile(
    r",? (?:can|could|would|will) you\b|,? (?:how|what|when|where|let['’]?s|let me|are you|do you|did you|have you"
    r"|any|your|you|i['’]m|i|please|take|squeeze|lift|raise|bend|straighten|breathe|deep|lie|sit|stand|push|pull"
    r"|turn|roll"
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


def is_welcomed(text: str, start: int) -> bool:
    """Whether somebody is praised, asked in or rings right before: well done ..., hi it's ..."""
    before = text[max(0, start - _LONGEST) : start]
    return _WELCOMED.search(before) is not None or _PRESENTED.search(before) is not None


def is_introduced(text: str, start: int, end: int) -> bool:
    """Whether somebody is shown and then spoken of: this is ... she's ..."""
    return _SHOWN.search(text[max(0, start - _LONGEST) : start]) is not None and _OF_WHOM.match(text, end) is not None


def works(text: str, end: int) -> bool:
    """Whether what follows says where somebody works or rings from: ... in pharmacy, ... calling."""
    return _CALLING.match(text, end) is not None


def is_dear(text: str, end: int) -> bool:
    """Whether a word for somebody dear follows: ... darling, ... aunty."""
    return _FOND.match(text, end) is not None


def is_honoured(text: str, end: int) -> bool:
    """Whether a word of respect of another language follows: ... ji, ... bhaiya, ...-san."""
    return _HONOURED.match(text, end) is not None


def owns(text: str, end: int) -> bool:
    """Whether what follows is somebody's: ...'s mum, ...'s results."""
    return _RELATED.match(text, end) is not None


def tells(text: str, end: int) -> bool:
    """Whether what follows is done by a person alone, be it a month's name or a country's: ... says."""
    return _TELLS.match(text, end) is not None


def is_asked(text: str, end: int) -> bool:
    """Whether what follows is said to somebody who was called by name: ... are you comfortable?"""
    return _ASKED.match(text, end) is not None


def has(text: str, end: int) -> bool:
    """Whether what follows is said of people and of things: ...'s, ... will, ... was."""
    return _HAS.match(text, end) is not None


def is_own(text: str, end: int) -> bool:
    """Whether what follows speaks of a person as him or her: ... broke his wrist."""
    return _OWN.match(text, end) is not None


def is_told(text: str, end: int) -> bool:
    """Whether what follows is what somebody is told to do: ... pop your shirt off."""
    return _TOLD.match(text, end) is not None


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
