"""Ages over 89: there are so few people of that age that it tells who they are. Source: 45 CFR 164.514(b)(2)(i)(C)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import UNITS
from pipeline.language.english_names import lists, plainly
from pipeline.values import Register

VERSION = 9
KINDS = ("age",)

_N = r"(?<![\d.·])0?(?:9\d|1[0-2]\d)(?:·\d)?"
_NO_NAME = (
    r"(?:pulse|weigh\w*|blood|sugar\w*|heart|sats?|temp\w*|pressure"
    r"|bp|rate|score|level|oxygen|who|also|and|peak|best|max\w*)"
)
"""What may stand between a person and a figure that is no age: dad's pulse is ninety two."""
_KIN = (
    r"(?:gran\w*|nan\w?|mother|father|mom|mum|dad|aunt\w*|uncle|husband|wife|sister|brother|neighbou?r|friend|patient"
    r"|mother-in-law|father-in-law|mr|mrs|ms|miss|mdm|dr|nonn[ao]|op?a|oma|pops?|grandpop|papa|mama)"
)
_RELATIVE = (
    rf"(?:he|she|lady|gentleman|woman|man|{_KIN}|{_KIN}\.?,? (?!{_NO_NAME}\b)[a-z\-]+(?: (?!{_NO_NAME}\b)[a-z\-]+)?)"
)
_IS = r"(?:['’]?s| is| was|['’]ll be| will be)(?: now| already| just| about| nearly| almost| only)?"
_GOES_ON = (
    r"(?:[.,;!?…]|\Z|(?:and|but|now|this|next|last|in|who|with|still|yet|so|he|she|her|his|i|we|they|lives|living"
    r"|has|had|came|comes|when|because|going|himself|herself|bless|you know|if you|believe|mind you|can|can't|doesn't"
    r"|walks|does|tomorrow|though|years|was|is|isn't|hasn't|love|god)(?![a-z]))"
)
"""What follows an age and hardly ever a measurement; recognition writes no full stop."""
_ZH_KIN = r"(?:[爸妈爷奶婆公姥]|老人家?|老太太?|老头子?|老爷子|老先生|老伴|父亲|母亲|[我他她您你]|今年|岁数|年纪)"
_ZH_SAYS_AGE = r"(?:·|\s?(?:[,。!?;…]|\Z)|了|啦|还|的(?:老?人|老[太头])|整|高龄|就|走的|[耳身眼腿牙])"
_ZH_MANY = r"(?:好几|大几|挂零|出头|有余|有[1-9])"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<age>{_N}\s?[多来几]?\s?(?:周?岁|高龄))(?!\s?(?:以[上下前后内]|及以|之[前后]|或以上|[到至~\-]))",
        rf"(?P<age>{_N}(?:[ \-]?(?:years?|yrs?)[ \-]{{0,2}}(?:of[ \-]age|old|young)|\s?y/?o(?![a-z])|Y(?![a-z])))",
        rf"(?:年龄|年纪|(?<![a-z])aged?(?: of)?)\s?[:,是为]?\s?(?P<age>{_N})"
        r"(?!\s?(?:以|及|and (?:over|above|older)|or|to|[-%]|\d))",
        rf"(?<![a-z])(?:turn(?:s|ed|ing)?|pushing|going on|i['’]?m|i am|i['’]ll be|i will be"
        rf"|{_RELATIVE}{_IS})\s(?P<age>{_N})(?=\s?{_GOES_ON})",
        rf"(?:今年|虚岁|实岁|周岁|岁数|年纪|高寿|享年|寿数)(?:都|快|有|已经?|是|也|满|该|要|[^\W\d]?老人|\s|,){{0,6}}(?P<age>{_N})"
        rf"(?!\d|\.\d|\s?(?:{UNITS}|[点月日号楼床层级期度分]))",
        rf"(?:{_ZH_KIN}|[婆公爷奶])(?:都|快|有|已经?|也|就|今年|满|过了?|\s){{0,6}}(?P<age>{_N})(?={_ZH_SAYS_AGE})",
        rf"(?<![能想以要会])活到(?:了|\s){{0,3}}(?P<age>{_N})(?=\s?(?:了|才|走|去世|[,。!?;…]|\Z))",
        r"(?P<age>(?:9\d|1[0-2]\d)(?:st|nd|rd|th)?)\s(?:birthday|bday)(?![a-z])",
        rf"(?<![a-z])(?:going strong|still \w+|retired|independent|driving|smoking|working"
        rf"|gardening) at (?P<age>{_N})(?=\s?{_GOES_ON})",
        rf"(?<![a-z])(?:died|passed(?: away)?|lived)(?: at| to| until| till| to be)+ (?P<age>{_N})(?=\s?{_GOES_ON})",
        rf"(?P<age>{_N})(?=的(?:老人|老太|老头|高龄|人了))",
        rf"(?<![压率重搏氧分值糖酸脂])(?P<age>{_N}{_ZH_MANY})(?!\s?(?:{UNITS}|[点月日号楼床层级期度分]))",
        rf"{_ZH_KIN}(?:都|快|有|已经?|也|就|今年|\s){{0,6}}(?P<age>{_N}多)(?=\s?(?:了|啦|的人|还|[,。!?;…]|\Z))",
        rf"(?<![A-Za-z'’])(?:[MF]|(?:fe)?male|[男女])[ ,/]{{1,3}}(?P<age>{_N}\s?y?)(?![\d.a-z%])",
        r"(?P<age>9旬(?!以))",
    )
)
_GENERAL = re.compile(
    r"(?:(?<!活)[到至]|[-~]|超过|大于|小于|不到|低于|以下|"
    r"(?<!is )(?<!was )(?:over|above|under|below|than|to|until|beyond))\s?\Z",
    re.IGNORECASE,
)
"""What makes a range or a rule of it: `80 到 90 岁`, `patients over 90 years old`."""


_SOMEBODY = re.compile(
    rf"(?<![A-Za-z])(?P<who>[A-Z][a-z]+)(?i:{_IS}|\sturn(?:s|ed))\s(?P<age>{_N})(?=\s?(?i:{_GOES_ON}))"
)
"""Who is called by name and so old: Edith's ninety four."""
_LISTED = re.compile(
    rf"^(?P<who>[A-Z][a-z]+)(?: [A-Z][A-Za-z'’\-]+){{0,2}},? (?P<age>{_N})"
    r"(?=\s?[,;(]|\s(?:[yY](?:/?o)?|[MF]|for|with|from)\b)",
    re.MULTILINE,
)
"""An age behind a name as lists have it: Zainab Bello 90, bilateral cataracts."""


def find(text: str, register: Register) -> Iterator[Found]:
    """Ages of 90 and more that are said of somebody."""
    del register
    view = spoken_digits.view(text)
    for pattern, others in ((_SOMEBODY, frozenset[str]()), (_LISTED, lists().no_one)):
        for match in pattern.finditer(view.text):
            who = plainly(match["who"])
            if who in lists().given and who not in others:
                yield Found(*view.place(*match.span("age")), "age")
    for pattern in _PATTERNS:
        for match in pattern.finditer(view.text):
            start, end = match.span("age")
            if not _GENERAL.search(view.text[max(0, start - 12) : start]):
                yield Found(*view.place(start, end), "age")
