"""Starts a case: a folder with a case.yaml to fill in. The footage stays where it is."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.folders import ROOT
from pipeline.language.naming import check_name, slug_of
from pipeline.settings.loading import load_channel
from pipeline.store import write_durably, written_at
from pipeline.values import Register

TEMPLATE = """\
# 一次门诊素材。文件夹名会出现在输出里：不要写患者姓名。
# One consultation. The folder's name appears in outputs: no patient's name in it.
channel: {channel}
footage: {footage}

title: ""        # 标题 title of the clips
caption: ""      # 视频下方的文字 the text below the video
tags: []         # 话题，不带 # topics, without the #

# 要发布的片段；不写则自动按说话剪掉停顿。The parts to publish; leave it out to cut the whole talk at its pauses.
# clips:
#   - {{from: "0:12", to: "0:55", title: "肺结节要紧吗"}}

# 画面中出现、说话或被提到的人。没有有效同意书，片段不会发布；id 代替姓名出现在提示里。
# Who is seen, heard or spoken of. Without a valid consent nothing is published; the id stands in for the name.
# people:
#   - id: p1
#     role: patient             # patient 患者, family 家属, minor 未成年人, staff 员工, doctor 医生, passer-by 路人
#     names: ["...", "..."]     # 全名、小名、拼音，各写一项，用英文逗号隔开 full, nickname, Latin letters: one each
#     consent:
#       form: consent/p1.pdf    # 签字同意书的扫描件 the signed form, scanned, in this folder
#       # sha256: 文件的校验值；先不写，提示会给出 of that file; leave it out at first, the message says what to write
#       # 表上勾了哪些就写哪些 what was ticked, of: film, edit, publish_redacted, domestic, overseas, voice, teaching
#       scopes: []
#       signed: "..."           # 签字日期，如 2026-11-01 the day of the signature
#       # expires: 2027-11-01   # 有效期的最后一天 the last day on which it holds
#       # by: mother            # 未成年人须由监护人签字 a minor's guardian signs
#       # withdrawn: 2026-12-01 # 撤回同意的日期 the day on which it was taken back
#   - {{id: d1, role: doctor, names: ["..."]}}
# synthetic: true               # 仅用于没有真人的素材 only for footage of no real person

# 始终遮住的区域：左、上、右、下，按画面比例。Always hidden, in shares of the frame: left, top, right, bottom.
# zones:
#   - {{at: [0.7, 0.0, 1.0, 0.4], reason: monitor}}
"""


def new_case(name: str, footage: Path, channel: str) -> Path:
    """Makes cases/<name>/case.yaml.

    Returns:
        The path of the file to fill in.

    Raises:
        ConfigError: the name is not fit for a folder, the case exists, there is no such channel, or the footage's path
            cannot be written into a YAML file.
        ToolError: it cannot be written there.
    """
    told = load_channel(channel)
    check_name(name, Register(told.language, (), told.identify.keep, told.identify.also))
    if slug_of(name) != name:
        raise ConfigError(f"case '{name}': not fit for a folder name", f"call it '{slug_of(name)}', say")
    path = ROOT / "cases" / name / "case.yaml"
    if path.exists():
        raise ConfigError(f"{path}: is there already", "fill it in, or choose another name")
    quoted = json.dumps(str(footage.resolve()), ensure_ascii=False)
    try:
        filled_in = TEMPLATE.format(channel=Path(channel).stem, footage=quoted).encode()
    except UnicodeEncodeError as error:  # a disk of an old system; the file's name may be somebody's, so it is not told
        raise ConfigError("footage: its path is not UTF-8 text", "rename the file") from error
    with written_at(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, filled_in)
    return path
