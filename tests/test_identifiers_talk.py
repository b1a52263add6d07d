"""Everyday talk: marks of speakers, pet names, callings, letters, dates, and what tells nobody."""

from __future__ import annotations

import pytest

from pipeline.language import identifying
from pipeline.values import Register

ASKED = ("employer", "school")


def found(text: str, language: str) -> list[str]:
    finds = identifying.find(text, Register(language, (), (), ASKED))
    return [text[one.start : one.end] for one in finds]


TELLS = {
    "zh": [
        ("（栓柱）我腿疼", ["栓柱"]),
        ("[小满]我腿疼", ["小满"]),
        ("建国：我头疼", ["建国"]),
        ("孩子小名叫团团大名叫乔子墨", ["团团", "乔子墨"]),
        ("我英文名Vivian中文名郁可心", ["Vivian", "郁可心"]),
        ("不是我叫单田方方向的方", ["单田方", "方向的方"]),
        ("金英姬，朝鲜族，腰疼半年", ["金英姬"]),
        ("建军你跟医生说你晚上打呼噜", ["建军"]),
        ("我跟老马都是一个车间的", ["老马"]),
        ("二丫她奶来拿药", ["二丫"]),
        ("麦穗是我闺女", ["麦穗"]),
        ("我女儿叫海浪今年三岁", ["海浪"]),
        ("名字里那个字是玲珑的玲", ["玲珑的玲"]),
        ("叫高兴对就是高兴的高兴我爸起的", ["高兴", "高兴的高兴"]),
        ("固话87 23 45 61晚上打", ["87 23 45 61"]),
        ("我微信名叫平安是福你搜一下", ["平安是福"]),
        ("我儿子在育英小学三年级", ["育英小学"]),
        ("老板是恒通物流的给他们开大车", ["恒通物流"]),
        ("我是江南职校的", ["江南职校"]),
        ("我们是安吉县梅溪镇下面一个村的", ["安吉县梅溪镇"]),
    ],
    "en": [
        ("[Featherstonehaugh] it hurts here", ["Featherstonehaugh"]),
        ("surname's Ó Briain", ["Ó Briain"]),
        ("we all call her Bunny", ["Bunny"]),
        ("his real name's Barrett", ["Barrett"]),
        ("It's A-O-I-F-E Brennan", ["A-O-I-F-E Brennan"]),
        ("that's M-E-I, Zhang", ["M-E-I, Zhang"]),
        ("he's an apprentice at Collins and Sons Plumbing", ["Collins and Sons Plumbing"]),
        ("Hope is two and she isn't walking", ["Hope"]),
        ("my number's 077 um 449 yeah 321 865", ["077 um 449 yeah 321 865"]),
        ("It's the fourteenth of March sixty-two.", ["the fourteenth of March sixty-two"]),
        ("the nineteenth of the fourth eighty-eight", ["nineteenth of the fourth eighty-eight"]),
        ("I was born on the third of May in Leeds", ["the third of May", "Leeds"]),
    ],
}
STAYS = {
    "zh": [
        "（笑）不疼了",
        "【科普】膝盖怎么养",
        "（高血压）要吃药",
        "注意：不要吃药",
        "典型的柯雷氏骨折",
        "花生过敏吃了就起疹子",
        "孙子孙女都挺好不用操心",
        "黄连素止泻一次三片",
        "血压你要自己量",
        "他小学三年级",
        "医生叫慢慢来",
        "韩文名字怎么写",
        "微信名片发我一下",
    ],
    "en": [
        "[Laughter] right, next slide",
        "[music] it hurts",
        "we call her back on Monday",
        "they call it Raynaud's",
        "Barrett's oesophagus needs watching",
        "Pain is five and easing",
        "May I look at your knee",
        "readings of 110 120 130 this week",
        "he was born two weeks early in theatre",
    ],
}


@pytest.mark.parametrize(("language", "text", "pieces"), [(key, *one) for key, all_ in TELLS.items() for one in all_])
def test_talk_tells_of_somebody(language: str, text: str, pieces: list[str]) -> None:
    assert found(text, language) == pieces


@pytest.mark.parametrize(("language", "text"), [(key, one) for key, all_ in STAYS.items() for one in all_])
def test_talk_that_tells_of_nobody_stays(language: str, text: str) -> None:
    assert not found(text, language)
