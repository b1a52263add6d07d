"""How Chinese places are written: the parts of an address, how they follow each other, and what only looks like one."""

from __future__ import annotations

import functools
import re

from pipeline.language.chinese_words import lists

_STOP = (
    "\\W_我你您他她它们的了在是住从到来去往回过和跟与这那每各本某同个几哪很有没不也都就还又给让把被叫对为于及"
    "或由比像说问看要想会可着吗呢吧啊请离"
)
NAME = (
    f"(?:[^{_STOP}a-zA-Z0-9]|和(?=[平谐睦田])|同(?=[安仁心德济])|会(?=[展昌理宁])|从(?=化)|来(?=[安宾凤])|于(?=[家洪都])"
    "|(?<=大)同|(?<=新)会|(?<=[洪成丰于江昌武新花望宜])都|都(?=江堰|匀|[安昌]县))"
)
"""A character of a place's name: none that talk puts before places, but for those that begin or end well-known ones."""
_NUMBER = "(?:[0-9]{1,5}|[〇零一二两三四五六七八九十百千幺]{1,7})"
_DOOR = f"(?:[甲乙丙临附副]?第?{_NUMBER}(?:号楼|号院|栋|幢|单元|室|号|弄|组|队|巷|座|层|楼|门|户|甲|乙|房)[a-zA-Z]?)"
_REGION = f"(?:{NAME}{{1,7}}?(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|地区|林区|新区|州|盟|县|区|旗))"
_TOWNSHIP = f"(?:(?:(?!村){NAME}){{1,5}}?(?:街道办|街道|镇|乡|苏木|农场|林场))"
_VILLAGE = f"(?:{NAME}{{1,5}}?(?:自然村|行政村|新村|村|社区|屯|寨|大队|生产队|嘎查))"
_ROAD = (
    f"(?:{NAME}{{1,6}}?(?:大道|大街|胡同|弄堂|公路|路|街|巷)"
    "[东南西北中]?(?:[路街段]|[一二三四五六七八九十]段)?(?:延长线|延伸段)?)"
)
_ESTATE = (
    f"(?:{NAME}{{1,7}}?(?:小区|花园|家园|公寓|新苑|苑|园|大院|家属院|宿舍|名都|公馆|山庄|大厦|广场|城|府|庭|湾|轩))"
)
DOORS = f"(?:[a-zA-Z]?{_DOOR}[，,\\s-]{{0,2}}){{1,4}}{_NUMBER}?"
CHAIN = re.compile(
    "(?=[^\\W_]{1,12}[省市州区县盟旗办道镇乡木场村社屯寨队查街同堂巷路园苑寓院舍都馆庄厦城府庭湾轩号栋幢座元])(?:"
    f"(?:{_REGION}){{2,4}}{_TOWNSHIP}?{_VILLAGE}?{_ROAD}?{_ESTATE}?(?:{DOORS})?"
    f"|{_REGION}{{1,3}}(?:{_TOWNSHIP}{_VILLAGE}?{_ROAD}?|{_VILLAGE}|{_ROAD}(?={_NUMBER}))(?:{_ESTATE}?{DOORS})?"
    f"|{_TOWNSHIP}(?:{_VILLAGE}|{_ROAD})?(?:{DOORS})?"
    f"|{_VILLAGE}(?:{DOORS})?"
    f"|{_ROAD}\\s?{_ESTATE}?{DOORS}"
    f"|{_ESTATE}\\s?{DOORS}"
    f"|{NAME}{{2,5}}?(?:小区|佳苑|花苑|雅苑|嘉园|雅居)"
    f"|(?:[a-zA-Z]?{_NUMBER}(?:号楼|栋|幢|座)[，,\\s]?)(?:{_NUMBER}单元[，,\\s]?)?{_NUMBER}(?:室|号|房)?(?![0-9床])"
    f"|{_NUMBER}单元[，,\\s]?{_NUMBER}室?"
    ")"
)
"""An address: any row of its parts that tells more than a town, a flat without a street too."""
COUNTY = re.compile(f"{NAME}{{1,3}}县")
COMMON = re.compile(
    r"[全各本老小新中大]?[老小全本邻外各下新同城家故他异山农乡村冰重集某大旧](?:乡|村|镇|县|街道|社区|大队|屯)"
    r"|(?:老旧|旧|高档|封闭|开放|同一|整个|附近|隔壁|旁边|居民|住宅|安置|拆迁|新建|城市|农村|智慧|文明|原来|各个|所有|不同)式?小区"
    r"|.区|(?:乡|村|镇|县|街道|街道社区|社区|大队|寨|小区|农村|乡村|城镇|市区|地区|山区)"
    r"|.*(?:呼吸|消化|胆|尿|肠|气|阴|产|食|味|听|视|声|渠|频|管|轨|通|隧|河|楼|过|街道上|思|线|电|走|半|一|马|铁"
    r"|高速|公|出|带|问|让|道)(?:道|路)$"
)
"""What ends like a place and is none: 农村, 封闭式小区, 呼吸道."""
INSTITUTION = re.compile(
    r"(?:(?:县|区|市|省)?(?:第[一二三四五六七八九十]|人民|中心|附属|中医|中西医|结合|骨伤?科|妇产?科?|儿童|眼科|口腔|肿瘤|康复|精神|肛肠|胸科|军区|总"
    r"|大学|协和|同济|社区|镇|乡|村|立|职工|红十字|红会){0,4}(?:医院|卫生院|卫生局|卫生室|卫生服务|疾控|妇幼|保健院|研究|大学|学院|医科|医学|诊所))"
)
"""What makes the town before it the name of a hospital or a school."""
PART = re.compile(f"(?:{_REGION}|{_TOWNSHIP}|{_VILLAGE}|{_ROAD}|{_ESTATE}|{DOORS})+")
LANDMARK = re.compile(
    f"{NAME}{{1,5}}?(?:桥|门|坪|坝|店|营|庄|岗|塘|沟|坡|岭|口|庙|寺|埠|渡|浜|湖|集|圩|垸|冲|堡|峪|洼|墩|岛|山|河"
    f"|里|站|楼)"
)


@functools.cache
def provinces() -> re.Pattern[str]:
    """A province or a country by itself: where millions live tells nobody who it is."""
    known, regions = map("|".join, ((*lists().provinces, *lists().countries), lists().autonomous_regions))
    return re.compile(f"(?:{known})省?|(?:{regions})(?:.{{0,3}}自治区)?")
