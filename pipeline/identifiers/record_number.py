"""Numbers under which a patient is filed: medical records, admissions, beds, examinations, samples, insurance, claims.

They have no form of their own; the words around them tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline import spoken_digits
from pipeline.identifiers import Found
from pipeline.spoken_digits import BETWEEN, LINK
from pipeline.values import Register

VERSION = 1
KINDS = ("record_number",)

_ZH = (
    r"(?:住院|入院|病案|病历|门诊|急诊|就诊|挂号|登记|档案|检查|影像|放射|[Xx]光|[Xx]线|CT|ct|MRI?|DR|超声|[Bb]超|彩超|心电图?|脑电图?|"
    r"内窥?镜|胃镜|肠镜|核磁|磁共振|钼靶|造影|病理|检验|化验|标本|样本|条形?码|申请单?|处方|报告单?|片子?|体检|手术|医保|社保|社会保障|农合|保险|保单|健康|诊疗|"
    r"理赔|床位?|病床|患者|病人|案件|腕带|流水|发票|订单|快递|学|工)(?:卡|证|单)?(?:的)?(?:编?号码?|ID|id|条码)"
    r"|(?:医保|社保|诊疗|就诊|健康|市民)卡(?=\s?[:\dA-Z])|编号|流水号|(?<![A-Za-z])(?:住院|门诊|病案|病历|影像|检查|病理)\s?(?=[:#])"
)
_EN = (
    r"MRN|M\.R\.N\.?|SSN|NHS\snumber|(?:medical|hospital|patient|clinical)\s?(?:record|chart|file)\s?(?:numbers?|no|id|#)|"
    r"(?:hospital|patient|admission|chart|record|case|visit|encounter|exam(?:ination)?|study|series|accession|acc|specimen|sample|"
    r"requisition|order|account|acct|claim|policy|insurance|member(?:ship)?|group|subscriber|medicare|medicaid|beneficiary|"
    r"lab|pathology|x-?ray|film|ticket|file|wristband|barcode|prescription|rx)\s?(?:policy\s|card\s|plan\s)?(?:numbers?|no|num|nr|id|#)|"
    r"(?:insurance|medicare|medicaid|policy|accession)(?=:)|social\ssecurity(?:\snumber)?|(?<![a-z])(?:pt|pat|patient)\.?\sID|(?<![a-z])P?ID(?=\s?[:#=])"
)
_VALUE = (
    rf"((?:[A-Za-z]{BETWEEN}?){{0,6}}\d(?:[ ,\-….·_/]?\d|[ \-]?[A-Z](?![a-z])|[ \-]?[a-z](?![A-Za-z]))*"
    rf"|[A-Z](?=[A-Z\-]{{0,8}}\d)[A-Z\-]{{0,8}}\d[A-Z0-9\-]{{0,14}})"
)
_NUMBER = re.compile(rf"(?:{_ZH}|(?<![A-Za-z])(?i:{_EN})){LINK}{_VALUE}")
_GENERAL = re.compile(
    rf"[一-鿿](?<![型信符文批挂口几])号码?(?:\s|[:#]|是|为){{0,3}}([A-Z]{{0,4}}-?\d(?:[ \-]?\d){{3,}}[A-Z]?)(?![a-z\d])"
)
"""Whatever is called a number of some sort and has four digits."""
_AMOUNT = re.compile(
    r"\s?(?:mg|ml|mm|%|元|块|张|个|次|天|点|月|days?|weeks?|hours?|hrs?|o'clock|am|pm|minutes?|times|years?)(?![a-z])"
)
_BED = re.compile(
    r"(?P<bed>加床\s?\d{1,3}|(?:加|监护?|ICU|抢|走廊|[东西南北])?\s?(?<![\d.])\d{1,3}(?:-\d{1,2})?\s?号?(?:病床|床))"
    r"(?![被褥毯棉垫单位铺旁边头上]|\s?\d*导联)"
    r"|(?<![a-z])(?P<bed2>(?i:bed)(?i:\s(?:number|no\.?|#))?[ #]{0,2}\d{1,3}[A-Da-d]?)(?![\d.]|[ -]?(?i:days?|weeks?|hours?|hrs?|times?|"
    r"or|min|nights?|am|pm|o'clock|of|more|month|unit|mg|%|baths?|rooms?))"
)


def find(text: str, register: Register) -> Iterator[Found]:
    """Numbers behind the words that announce them, and beds."""
    del register
    view = spoken_digits.view(text)
    for match in _NUMBER.finditer(view.text):
        if not _AMOUNT.match(view.text, match.end()):
            yield Found(*view.place(*match.span(1)), "record_number")
    for match in _GENERAL.finditer(view.text):
        if not _AMOUNT.match(view.text, match.end()):
            yield Found(*view.place(*match.span(1)), "record_number")
    for match in _BED.finditer(view.text):
        yield Found(*view.place(*match.span("bed" if match["bed"] else "bed2")), "record_number")
