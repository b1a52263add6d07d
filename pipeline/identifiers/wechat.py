"""Accounts at WeChat and QQ, where they are called so: a name made of letters and figures means nothing by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.identifiers import Found
from pipeline.language import spoken_digits
from pipeline.language.spoken_digits import LINK
from pipeline.values import Register

VERSION = 5
KINDS = ("wechat",)

_GAP = r"(?:[ ,，、…·\-]|下划线|横?杠|[大小]写的?|然后|underscore|dash|capital|(?:upper|lower) ?case){0,3}"
_NAME = rf"[A-Za-z0-9][A-Za-z0-9_\-]{{3,24}}(?![A-Za-z0-9_])|(?:[A-Za-z0-9_]{_GAP}){{4,24}}[A-Za-z0-9](?![A-Za-z])"
_CALLED = re.compile(
    rf"(?:微信|威信|薇信|(?<![A-Za-z])[vV](?:信|(?=[:号是]))|(?i:(?<![a-z])(?:wechat|weixin|wx|qq|vx))(?![a-z])|企鹅)"
    rf"(?:号码?|账号|id|ID|Id|上|搜|加|我|handle|account|name)*(?P<link>{LINK}){_GAP}(?P<name>{_NAME})"
)
_NICKNAME = re.compile(
    r"(?:微信|威信|薇信|QQ|qq)(?:的?(?:昵称|网名|名字|名))就?[叫是](?P<name>[^\s，。！？、,.!?我你您他她加搜的]{2,12})"
)
"""What somebody calls himself there, of any signs: 微信名叫平安是福88."""
_SURE = re.compile(r"号|id\b|ID|[:=]|是|handle|account")


def find(text: str, register: Register) -> Iterator[Found]:
    """What follows the word WeChat or QQ and looks like an account: it holds a figure, or is announced as one."""
    del register
    for nickname in _NICKNAME.finditer(text):
        yield Found(*nickname.span("name"), "wechat")
    view = spoken_digits.view(text)
    for match in _CALLED.finditer(view.text):
        name = match["name"]
        announced = view.text[match.start() : match.start("name")]
        if name.isdigit() and len(name) < 5:
            continue
        if re.search(r"[\d_]", name) or (_SURE.search(announced) and name.isascii() and " " not in name):
            yield Found(*view.place(*match.span("name")), "wechat")
