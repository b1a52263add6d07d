"""Everything that one platform gets, as one folder that a person or an uploader takes from."""

from __future__ import annotations

import errno
import json
import os
import shutil
import unicodedata
from pathlib import Path

from pipeline.errors import ExposedError
from pipeline.language import chinese, wording
from pipeline.packing import ass, cover, limits
from pipeline.settings.platform import Platform
from pipeline.store import file_of
from pipeline.values import CueSheet, Export, File, Pack, Register, Texts

VERSION = 5

_CHECKLIST = """\
# {label}: {title}

## 发布前 / Before posting

- [ ] 我已戴上耳机从头到尾看完 video.mp4（{duration}）。没有可辨认的面孔、姓名、号码或声音。
      I watched video.mp4 to its end with sound ({duration}): no face, name, number or voice that identifies anyone.
- [ ] 画面中的每个人都为此用途给出了单独同意，且未撤回。
      Everyone in it has consented to this very use, and nobody has withdrawn.
- [ ] 标题、正文、标签、封面与字幕不含患者信息，也没有疗效保证或导流。
      Title, caption, tags, cover and subtitles hold nothing of the patient, promise no cure and steer nobody.
- [ ] 医院要求的审批已经完成。 The hospital's own approval is there.

## 限制 / Limits of {label} (核对于 / checked {checked})

{limits}

来源 / Source: {source}

## 页面上要选的 / To decide on the platform's page

{declarations}

发布页面 / Post here: {url}

{notes}## 我们保证什么，不保证什么 / What is promised, and what is not

ClinicReel 遮住了它所发现的，并在这个文件上核对过；没有发现不等于没有。
本片已去标识化，但不是匿名：认识患者的人仍可能从步态、病情或故事认出患者，所以仍需要同意。
ClinicReel hid what it found and checked it on this very file; what it did not find, it could not hide. The clip is
de-identified, not anonymous: someone who knows the patient may still recognise the story. Consent is still needed.
"""


def pack(
    exports: tuple[Export, ...],
    sheets: tuple[CueSheet, ...],
    texts: Texts,
    register: Register,
    platform: Platform,
    *,
    out: Path,
) -> Pack:
    """Puts video, covers, texts, subtitles, checklist and receipt for one platform into `out`.

    Limits that the clip breaks are listed in the result and on the checklist; no text is ever cut to fit.

    Raises:
        ExposedError: a text would tell who it is.
    """
    export = next(export for export in exports if export.format == platform.format)
    sheet = next(sheet for sheet in sheets if sheet.format == platform.format)
    texts = Texts(texts.clip, _line(texts.title), _lines(texts.caption), tuple(filter(None, map(_tag, texts.tags))))
    _check_tells_nobody(texts, register)
    problems = limits.broken(platform, export, texts)
    files = [_video(export, out), *_covers(export, sheet, platform, out)]
    offset_s = float(export.opening_frames / export.fps)
    written = {
        "title.txt": f"{texts.title}\n",
        "caption.txt": f"{texts.caption}\n",
        "tags.txt": " ".join(platform.text.hashtag.replace("tag", tag, 1) for tag in texts.tags) + "\n",
        "subtitles.srt": ass.beside(sheet.cues, "srt", offset_s),
        "subtitles.vtt": ass.beside(sheet.cues, "vtt", offset_s),
        "checklist.md": _checklist(export, texts, platform, problems),
    }
    files += [_write(out / name, text) for name, text in written.items()]
    files.append(_write(out / "receipt.json", _receipt(export, texts, platform, files)))
    return Pack(platform.name, platform.format, tuple(files), problems)


def depends() -> dict[str, object]:
    """What the result depends on beside the inputs: the version of every identifier, and the checklist's Chinese."""
    return {**wording.versions(), "chinese": chinese.version()}


def _check_tells_nobody(texts: Texts, register: Register) -> None:
    """Once more, where the words are written down: they were looked at before anything was made."""
    for name, text in (("title", texts.title), ("caption", texts.caption), *(("tags", tag) for tag in texts.tags)):
        found = wording.telling(text, register)
        if found:
            raise ExposedError(f"{name}: holds {wording.in_words(found)}", "write it without, in case.yaml")


def _video(export: Export, out: Path) -> File:
    """The export under its name in the pack: a second name for the same bytes where the disk allows it."""
    path = out / "video.mp4"
    try:
        os.link(export.file.path, path)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EOPNOTSUPP):
            raise
        shutil.copyfile(export.file.path, path)
    return file_of(path)


def _covers(export: Export, sheet: CueSheet, platform: Platform, out: Path) -> list[File]:
    """cover.jpg in the platform's first size, then one file per further size."""
    image = cover.choose(export, sheet)
    sizes = platform.cover.sizes or ((export.width_px, export.height_px),)
    files = []
    for at, size_px in enumerate(sizes):
        path = out / ("cover.jpg" if at == 0 else f"cover_{size_px[0]}x{size_px[1]}.jpg")
        path.write_bytes(cover.jpeg(image, size_px, platform.cover.max_bytes))
        files.append(file_of(path))
    return files


def _write(path: Path, text: str) -> File:
    path.write_text(text, "utf-8", newline="\n")
    return file_of(path)


def _line(text: str) -> str:
    """Text in one line: composed, without control characters."""
    shown = (" " if unicodedata.category(char)[0] in "CZ" else char for char in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())


def _lines(text: str) -> str:
    return "\n".join(map(_line, text.strip().splitlines()))


def _tag(text: str) -> str:
    """A tag as one word: on every platform it ends at the first space."""
    return "".join(text.split()).lstrip("#＃")


def _checklist(export: Export, texts: Texts, platform: Platform, problems: tuple[str, ...]) -> str:
    met = "- [x] 全部满足，凡是能查到的。 All that could be confirmed are met."
    minutes, seconds = divmod(round(float(export.frame_count / export.fps)), 60)
    notes = "".join(f"- {note}\n" for note in platform.notes)
    return _CHECKLIST.format(
        label=platform.label,
        title=texts.title,
        duration=f"{minutes}:{seconds:02}",
        checked=platform.checked,
        limits="\n".join(f"- [ ] {chinese.in_chinese(one)}。\n      {one}." for one in problems) or met,
        source=platform.source,
        declarations="\n".join(f"- [ ] {text}" for text in platform.declarations) or "- (none known / 未知)",
        url=platform.publish_url,
        notes=f"{notes}\n" if notes else "",
    )


def _receipt(export: Export, texts: Texts, platform: Platform, files: list[File]) -> str:
    """What this pack is, for the ledger and for whoever finds the folder later; nothing of the recording."""
    receipt = {
        "clip": texts.clip,
        "platform": platform.name,
        "format": export.format,
        "duration_s": round(float(export.frame_count / export.fps), 3),
        "video_sha256": export.file.sha256,
        "files": {file.path.name: file.sha256 for file in files},
        "to_declare": list(platform.declarations),
    }
    return json.dumps(receipt, ensure_ascii=False, indent=2) + "\n"
