"""The report on a clip as a page to print and file: Chinese and English, without any picture, script or request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from pipeline.results import timecode

TEMPLATE = Path(__file__).with_name("report.html")
STATES = {
    "ready": "可以发布 ready",
    "waiting": "待人处理 waiting",
    "blocked": "已拦下 blocked",
    "failed": "失败 failed",
}
KINDS = {
    "face": "人脸 face",
    "zone": "固定区域 zone",
    "text": "文字 writing",
    "card": "证件或屏幕 card",
    "code": "条码或二维码 code",
}
HOW = {"mute": "静音 muted", "beep": "提示音 beeped", "disguise": "变声 disguised"}
LIMITS = (
    "本片已去标识化，但不是匿名：认识患者的人仍可能认出。没有发现不等于没有。 "
    "This clip is de-identified, not anonymous: who knows the patient may still know them. "
    "What was not found could not be hidden."
)


def page(said: dict[str, Any]) -> str:
    """The page for what `pipeline.evidence.report` told."""
    title = f"片段核验报告 Report on a clip: {said['case']} #{said['clip']}"
    parts = {"title": title, "limits": LIMITS}
    state = " — ".join(filter(None, (STATES[said["state"]], said["reason"])))
    whole = {name: escape(text) for name, text in {**parts, "state": state}.items()}
    return Template(TEMPLATE.read_text("utf-8")).substitute(whole, sections="\n".join(_sections(said)))


def _sections(said: dict[str, Any]) -> Iterator[str]:
    yield _section("片段 Clip", _table((), _clip(said)))
    yield _section("批准 Approval", _table((), _approval(said)))
    yield from _hidden(said["hidden"])
    yield from _proof(said["verdict"])
    heads = ("编号 id", "角色 role", "同意范围 agreed to", "签署/到期 signed/ends", "现状 now", "同意书 form SHA-256")
    yield _section("同意 Consent", _table(heads, map(_person, said["people"]), hashes=(5,)))
    yield _section("文件 Files (SHA-256)", _table((), _files(said), hashes=(1,)))
    gone = [(one["platform"], one["at"], one["outbox"]) for one in said["deliveries"]]
    yield _section("交付 Delivered", _table(("平台 platform", "时间 when (UTC)", "发布目录 outbox"), gone))
    yield _section("工具与权重 Tools and weights", _table((), said["made_with"].items(), hashes=(1,)))


def _clip(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    recording = said["recording"]
    yield "标题 title", said["title"]
    yield "所用素材 taken from the recording", ", ".join(_span(one) for one in recording["used"])
    yield "素材 recording", recording["picture"]
    for one in recording["damage"]:
        yield "素材损坏 damaged", f"{_span(one)}: {one['cause']}"
    for note in recording["notes"]:
        yield "备注 note", note


def _approval(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    given = said["approved"]
    yield "批准人 by", given["by"] if given else "尚无 nobody yet"
    if given:
        yield "时间 when (UTC)", given["at"]
        yield "范围 of", "下列全部文件与遮挡方案，一字节不差 every file and the plan below, byte for byte"


def _hidden(hidden: dict[str, Any]) -> Iterator[str]:
    heads = ("#", "种类 kind", "原因 why", "时间 when", "帧 frames", "其中看到 seen on")
    for title, tracks in (
        ("画面中已遮挡 Hidden in the picture", hidden["picture"]),
        ("保留可见 Kept visible", hidden["kept_visible"]),
    ):
        rows = [
            (one["number"], KINDS.get(one["kind"], one["kind"]), one["reason"], _span(one), one["frames"], one["seen"])
            for one in tracks
        ]
        yield _section(title, _table(heads, rows))
    talk = [(one["kind"].replace("_", " "), one["person"], _span(one)) for one in hidden["talk"]]
    yield _section("话中已隐去 Hidden in the talk", _table(("种类 kind", "谁 whose", "时间 when"), talk))
    sound = [(HOW[one["how"]], one["why"].replace("_", " "), one["voice"], _span(one)) for one in hidden["sound"]]
    how = ("如何 how", "原因 why", "谁的声音 whose voice", "时间 when")
    yield _section("声音已处理 Changed in the sound", _table(how, sound))


def _proof(verdict: dict[str, Any]) -> Iterator[str]:
    passed = "通过 passed" if verdict["passed"] else "未通过 not passed"
    yield _section("核验 Verification", f"<p>{escape(passed)} ({escape(verdict['verified_by'])})</p>")
    found = [(one["format"], _at(one["time_s"]), one["what"]) for one in verdict["findings"]]
    yield _section("发现 Findings", _table(("画幅 format", "时间 when", "什么 what"), found))
    figures = [(one["check"], one["format"], one["name"].replace("_", " "), f"{one['value']:g}")
               for one in verdict["measures"]]  # fmt: skip
    yield _section("量到的 Measured", _table(("检查 check", "画幅 format", "什么 what", "数值 value"), figures))
    probe = verdict["sensitivity"]
    if probe:
        told = [(name.replace("_", " "), value) for name, value in probe.items()]
        yield _section("灵敏度自检 Test of the detector on this camera", _table((), told))
    yield _section("未检查 Not checked", _table((), [(what,) for what in verdict["not_checked"]]))


def _person(one: dict[str, Any]) -> tuple[str, ...]:
    agreed = one["consent"] or {"scopes": (), "signed": "", "expires": None, "form_sha256": ""}
    days = "/".join(filter(None, (agreed["signed"], agreed["expires"])))
    return one["id"], one["role"], ", ".join(agreed["scopes"]), days, one["standing"], agreed["form_sha256"]


def _files(said: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "素材 recording: SHA-256 of its SHA-256", said["recording"]["sha256_of_sha256"]
    yield "遮挡方案 plan", said["files"]["plan"]
    for shape, sha256 in said["files"]["exports"].items():
        yield f"成片 video {shape}", sha256
    for platform, files in said["files"]["packs"].items():
        yield from ((f"{platform}/{name}", sha256) for name, sha256 in files.items())


def _section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2>\n{body}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]], hashes: Sequence[int] = ()) -> str:
    """A table; a dash where there are no rows."""
    lines = [
        "".join(f"<td{' class=hash' if at in hashes else ''}>{escape(str(cell))}</td>" for at, cell in enumerate(row))
        for row in rows
    ]
    if not lines:
        return "<p>无 none</p>"
    head = f"<thead><tr>{''.join(f'<th>{escape(one)}</th>' for one in heads)}</tr></thead>" if heads else ""
    return f"<table>{head}<tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def _span(one: dict[str, Any]) -> str:
    return f"{_at(one['start_s'])}–{_at(one['end_s'])}"


def _at(seconds: float | None) -> str:
    return "…" if seconds is None else timecode(seconds)
