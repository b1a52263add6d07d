"""Numbers under which a patient is filed: medical records, admissions, beds, examinations, samples, insurance, claims.

They have no form of their own; the words around them tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.digit_runs import is_amount, without_count
from pipeline.language.spelling import ROW
from pipeline.language.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 11
KINDS = ("record_number",)

_ZH_FILED = (
    "住院|入院|病案|病历|门诊|急诊|就诊|登记|档案|检查|影像|病理|化验|标本|申请单?|报告单?|体检|医保|社保"
    "|诊疗|患者|病人|腕带"
)
"""What surely has a number of its own, even if that is told a clause later."""
_ZH_THINGS = (
    rf"{_ZH_FILED}|挂号|放射|X光|x光|X线|CT|ct|MRI?|DR|超声|[Bb]超|彩超|心电图?|脑电图?|"
    "内窥?镜|胃镜|肠镜|核磁|磁共振|钼靶|造影|检验|样本|条形?码|处方|片子?|手术|"
    "社会保障|农合|参保|保险|保单|健康|理赔|床位?|病床|案件|流水|发票|订单|快递|学|工"
)
_ZH = (
    rf"(?:{_ZH_THINGS})(?:卡|证|单)?的?(?:编?号码?|ID|id|条码)|(?:医保|社保|诊疗|就诊|健康|市民)卡(?=\s?[:\dA-Z])"
    r"|(?:住院|门诊|病案|病历|影像|检查|病理)\s?(?=[:#])"
)
_EN_FILED = (
    r"hospital|patient|admission|chart|record|case|accession|specimen|account|claim|policy|insurance|member(?:ship)?"
    r"|file|nhs|episode|referral|booking|reference|registration"
)
_EN_THINGS = (
    rf"{_EN_FILED}|visit|encounter|exam(?:ination)?|study|series|acc|sample|requisition|order|acct|group|subscriber"
    r"|medicare|medicaid|beneficiary|lab|pathology|x-?ray|film|ticket|wristband|barcode|prescription|rx|pt|pat|unit"
    r"|ref|tracking|health(?:care)?|pension|concession|centrelink|dva|uhid|urn?|crn?|chi|ihi|phn|hcn"
    r"|ohip|nhi|h&c|hsc|ppsn?|opd?|ipd?|ip|abha|cghs|esi|ration|employee|staff|student|badge|licen[cs]e|tax|gp"
    r"|doctor|outpatient|inpatient|regn|reg|serial|implant|tfn|nino|ni|pan|fin|ic|sin|voter"
)
_EN = (
    rf"MRN|M\.R\.N\.?|SSN|social(?=[:\s](?:is\s)?[\d\W]{{9}})|social\ssecurity|national\sinsurance|(?:{_EN_THINGS})\.?\s?(?:policy|card|plan|record"
    rf"|chart|file)?\s?(?:numbers?|no|num|nr|id|#)(?:['’]s)?"
    r"|(?:UHID|URN|CHI|IHI|OHIP|PHN|CRN|NHI|PPSN?|ABHA|MRD|OPD|IPD|UR|CR|HCN)(?=[:\s]\s?[A-Z]{0,4}[\d/\-]{4})"
    r"|(?:insurance|medicare|medicaid|policy|accession|acc)(?=:)|accession(?=\s[A-Za-z\d])"
    r"|(?:medical|hospital)\s(?:record|chart)(?=\s[A-Z]{0,4}-?\d[\d\- ]{2})|P?ID(?=\s?[:#=])"
)
_VALUE = (
    rf"(?:(?:[A-Za-z](?:\s(?:dash|hyphen)\s|杠|/|{BETWEEN})?){{0,6}}"
    r"\d(?:[ ,\-….·_/]?\d|[ \-]?[A-Z](?![a-z])|[ \-]?[a-z](?![A-Za-z]))*"
    r"|[A-Z](?=[A-Z\-]{0,8}\d)[A-Z\-]{0,8}\d[A-Z0-9\-]{0,14}(?:[ \-]\d{1,4})*(?:[ \-][A-Z](?![A-Za-z]))?)"
)
_NUMBERS = (
    re.compile(rf"(?:{_ZH}){LINK}(?P<value>{_VALUE})"),
    re.compile(
        rf"(?<![A-Za-z])(?i:{_EN}){LINK}(?P<value>(?=(?:[A-Za-z][ .\-]){{0,6}}(?:[^\d]?\d|[A-Z]|\s(?:dash"
        rf"|hyphen)\s){{3}}){_VALUE})"
    ),
    re.compile(
        r"[一-鿿](?<![型信符文批挂口几])号码?(?:\s|[:#]|是|为){0,3}"
        r"(?P<value>[A-Z]{0,4}-?\d(?:[ \-]?\d){3,}[A-Z]?)(?![a-z\d])"
    ),
)
"""What is called so; the last is whatever is a number of some sort and has four digits."""
_OTHER_ZH = (
    "电话|手机|微信|身份证|卡|号|[血尿心]|压|糖|费|钱|价|元|岁|数|值|量|率|指标|结果|年|月|天|生日|时候|排队|分机|窗口"
)
"""What makes the number behind it another one: 住院号没记住，血小板是…."""
_OTHER_EN = (
    r"(?:phones?|telephone|mobile|cell|costs?|price|fees?|bill|paid|count|platelets?|pressure|year|born|of|trial|stud(?:y|ies)"
    r"|groups?|total|average|people|patients|cases|extension|call|ring|dial|code|date|dose|level|weight|and|but|because)"
)
_FOUR_DIGITS = rf"(?=(?:[A-Za-z\-/]{{0,4}}{BETWEEN}?\d){{4}})"
_ASIDE = (
    re.compile(
        rf"(?:{_ZH_FILED})"
        rf"(?:卡|证|单)?的?(?:编?号码?|ID|id)(?P<aside>(?:(?!{_OTHER_ZH})(?:[^\d。！？!?;；…\n]|1(?=[下个张串直]))){{1,20}}?"
        rf"(?:是|为|写着|写的|写了|印着|印的|显示|[，,:]))(?:是|[\s，,:]|嗯|呃){{0,3}}(?P<value>{_FOUR_DIGITS}{_VALUE})"
    ),
    re.compile(
        rf"(?<![A-Za-z])(?i:MRN|(?:{_EN_FILED})\s(?:number|id))"
        rf"(?P<aside>(?i:(?:,?\s(?!{_OTHER_EN}\b)[a-z'’]+){{0,6}}?,?\s(?:is|was|says|reads|said)\b[\s:]{{1,2}}))"
        rf"(?P<value>{_FOUR_DIGITS}{_VALUE})"
    ),
)
"""A label and its number with a short clause between them: 住院号在腕带上，是…. Four digits are asked for there."""
_YEAR = re.compile(r"(?:18|19|20)\d\d")
_SPELLED = re.compile(
    rf"(?<![a-z])(?:{_EN}|(?:policy|claim|booking|reference|confirmation|member(?:ship)?)"
    rf"(?:\s(?:code|reference|number|no|id))?){LINK}(?P<value>{ROW})(?![a-z\d])",
    re.IGNORECASE,
)
"""Letters and figures one by one: my policy number is Zulu 4 4 9."""
_NO_BED = r"[ -]?(?i:days?|weeks?|hours?|hrs?|times?|or|min|nights?|am|pm|o'clock|more|month|unit|mg|%|baths?|rooms?)"
_BEDS = (
    re.compile(r"(?:加床|床[号位]?\s?[:#是为]?\s?加床?)\s?-?\d{1,3}(?!\d|\.\d|\s?[张个台])"),
    re.compile(r"(?<![上下起卧临机离])床\s?[:#]?\s?(?<!\d)\d{1,3}(?!\d|\.\d|\s?[张个台])"),
    re.compile(
        r"(?:(?:加|监护?|ICU|抢|走廊|[东西南北])\s?)?(?<![\d.])\d{1,3}(?:-\d{1,2})?\s?"
        r"(?:号病?床位?|病?床(?!位|号\s?[:#]))(?![被褥毯棉垫单铺旁边头上])"
    ),
    re.compile(rf"(?<![A-Za-z])(?i:bed)(?i:\s(?:number|no\.?|#))?[ :#]{{0,2}}\d{{1,3}}[A-Da-d]?(?!\d|\.\d|{_NO_BED})"),
    re.compile(r"(?<![A-Za-z])(?i:room)\s\d{1,4}[A-Za-z]?,?\s(?i:bed)\s(?:\d{1,3}|[A-Za-z])(?![A-Za-z\d])"),
    re.compile(r"(?<![A-Za-z])[Bb]ed\s(?:[A-H]|[b-h])(?![A-Za-z'’])"),
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Numbers behind the words that announce them, and beds."""
    del register
    view = spoken_digits.view(text)
    for pattern in (*_NUMBERS, *_ASIDE):
        for match in pattern.finditer(view.text):
            start, stop = match.span("value")
            if pattern in _ASIDE and _YEAR.fullmatch(match["value"]):
                continue
            end = without_count(view.text, start, stop)
            if end < stop or not is_amount(view.text, end):
                yield Found(*view.place(start, end), "record_number")
    for match in _SPELLED.finditer(view.text):
        said = match["value"]
        if sum(map(str.isdigit, said)) > 1 and any(map(str.isalpha, said)) and not is_amount(view.text, match.end()):
            yield Found(*view.place(*match.span("value")), "record_number")
    for pattern in _BEDS:
        for match in pattern.finditer(view.text):
            is_span = match[0][-1].isdigit() and is_amount(view.text, match.end())
            if not is_span:
                yield Found(*view.place(*match.span()), "record_number")
