"""The command line: arguments -> one call -> exit code. No work here.

Heavy modules are imported inside the commands, so that `clinicreel --help` answers at once.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from pipeline import __version__, errors
from pipeline.terminal import bugs
from pipeline.terminal.calling import Commands
from pipeline.terminal.commanding import CASE, CHANNEL, CLIP, FILE, WORK, batch_options, command
from pipeline.terminal.evidence import audit, consent, report, verify

if TYPE_CHECKING:
    from pipeline.batch import Batch


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="clinicreel")
def main() -> None:
    """Raw consultation footage in; redacted, subtitled, proved, platform-ready clips out.

    把门诊实拍素材变成打码、带字幕、逐帧核验、可直接发布的短视频。
    """
    bugs.install()


@main.command()
@click.argument("name")
@click.option("--footage", required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--channel", required=True, metavar="NAME", help="The channel that it is for.")
@command
def new(name: str, footage: Path, channel: str) -> int:
    """Start a case: a folder in cases/ with a case.yaml to fill in. 新建一个病例。"""
    from pipeline.settings.scaffold import new_case

    click.echo(new_case(name, footage, channel))
    return errors.EXIT_OK


@main.command()
@batch_options
@click.option("--explain", is_flag=True, help="Say why each step runs.")
@command
def build(cases: tuple[Path, ...], explain: bool, as_json: bool, **where: Any) -> int:
    """Build cases into proved clips and packs, in work/. 处理素材，生成成片与发布包。

    Without CASES: every case in cases/ that belongs to the channel.
    """
    from pipeline import publish as publishing
    from pipeline.terminal import screen
    from pipeline.terminal.pasting import Typed

    with screen.showing(explain=explain) as watcher, _opened(cases, where) as batch:
        report = publishing.tell(batch, watcher)
    return screen.close(report, Typed(cases, where), as_json=as_json)


@main.command()
@batch_options
@click.option("--dry-run", is_flag=True, help="Only say what would be delivered.")
@click.option("--file", type=FILE, help="Deliver this file, finished elsewhere, as a clip of the one case named.")
@CLIP
@click.option("--again", is_flag=True, help="With --clip: deliver it once more where it is gone from the outbox.")
@command
def publish(
    cases: tuple[Path, ...], dry_run: bool, file: Path | None, number: int | None, again: bool, as_json: bool,
    **where: Any,
) -> int:  # fmt: skip
    """Build what is missing and deliver the packs of every ready clip to the outbox. 交付可发布的成片。

    With --clip: of that clip alone, of the one case named. A pack goes to an outbox once: if somebody removed it, that
    is told, and only --again delivers it anew. A report on every clip that is delivered lies in work/reports/. With
    --file: deliver a video that was finished elsewhere, verified and approved; there is no report on it.
    """
    from pipeline import publish as publishing
    from pipeline.evidence import report as reporting
    from pipeline.evidence import returned
    from pipeline.terminal import screen
    from pipeline.terminal.pasting import Typed

    back, wanted = returned.back(file, cases, number), publishing.Wanted(number, again)
    with screen.showing() as watcher, _opened(cases, where, may_make=not dry_run) as batch:
        if back is not None:
            report = returned.deliver(batch, back, watcher, again=again, dry_run=dry_run)
        else:
            report = (publishing.tell if dry_run else publishing.publish)(batch, watcher, wanted)
            reporting.write_all(batch, report)
    return screen.close(report, Typed(cases, where), as_json=as_json, would_deliver=wanted if dry_run else None)


@main.command()
@batch_options
@command
def status(cases: tuple[Path, ...], as_json: bool, **where: Any) -> int:
    """Say where every clip stands, without building or delivering anything. 查看进度，不做任何改动。"""
    from pipeline import publish as publishing
    from pipeline.terminal import screen
    from pipeline.terminal.pasting import Typed

    with screen.showing() as watcher, _opened(cases, where, may_make=False) as batch:
        report = publishing.tell(batch, watcher)
    return screen.close(report, Typed(cases, where), as_json=as_json)


@main.command()
@batch_options
@click.option("--browser/--no-browser", default=True, help="Open the page, or only print its link.")
@command
def review(cases: tuple[Path, ...], browser: bool, as_json: bool, **where: Any) -> int:
    """Look at what is uncertain, correct it, approve it, on a local page. 打开复核台。

    Everything is saved to review.yaml beside the case. Ctrl-C ends it.
    """
    from pipeline.review.serving import serve

    with _opened(cases, where) as batch:
        serve(batch, lambda link: click.echo(json.dumps({"link": link}) if as_json else link), with_browser=browser)
    return errors.EXIT_OK


@main.command()
@click.argument("case", type=CASE)
@CLIP
@click.option("--file", type=FILE, help="Approve this file, which was finished elsewhere and verified.")
@click.option("--as", "name", required=True, metavar="NAME", help="Who approves: the doctor's name.")
@click.option("--revoke", is_flag=True, help="Take back every approval of the clip, also of its --file.")
@CHANNEL
@WORK
@command
def approve(
    case: Path, number: int | None, file: Path | None, revoke: bool, name: str, channel: str | None, work: Path | None
) -> int:
    """Approve a clip: a name under every byte of it. 批准一个片段。

    Whatever changes later has to be approved again, also what changes back. With --revoke: take the approval back; what
    was delivered stays where it is.
    """
    from pipeline.evidence import approval, returned
    from pipeline.language.naming import slug_of_folder
    from pipeline.opening import open_batch
    from pipeline.settings.loading import channel_of

    if file is None and number is None:
        raise errors.ConfigError("which clip is meant?", "say it: --clip N")
    back = returned.back(file, [case], number)
    number = number or 1
    with open_batch([case], channel or channel_of(case), None, work, None) as batch:
        if revoke:
            approval.revoke(batch.store, batch.ledger, slug_of_folder(case), number, name)
            click.echo(f"taken back / 已撤回批准: {case.resolve().name} #{number}")
            return errors.EXIT_OK
        given = returned.approve(batch, back, name) if back else batch.approve(case, number, name)
    click.echo(f"approved / 已批准: {case.resolve().name} #{number}, {given.by}, {given.at}")
    return errors.EXIT_OK


for _one in (verify, report, audit, consent):
    main.add_command(_one)


@main.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--language", type=click.Choice(("zh", "en")), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line (form: docs/cli.md).")
@click.option("--names", multiple=True, metavar="NAME", help="Someone who must not be told; once for each.")
@click.option("--keep", multiple=True, metavar="WORD", help="A word that stays, such as the doctor's name.")
@click.option("--also", multiple=True, type=click.Choice(("employer", "school")), help="Look for these too.")
@command
def identify(file: BinaryIO, as_json: bool, **who: Any) -> int:
    """Say what in a text identifies someone, line by line. 找出文字中能认出人的内容。

    Without FILE: what comes in on standard input.
    """
    from pipeline.terminal import annotating

    register = annotating.register_of(**who)
    tell = annotating.as_json if as_json else annotating.marked
    for line in annotating.lines_of(file):
        click.echo(tell(line, register))
    return errors.EXIT_OK


@main.group()
def models() -> None:
    """Weights that are fetched once: speech and face models. 一次性下载的模型。"""


@models.command("list")
@command
def models_list() -> int:
    """What can be fetched, what is there. 列出模型。"""
    from pipeline import weights
    from pipeline.terminal import screen

    screen.list_models(weights.listing())
    return errors.EXIT_OK


@models.command("fetch")
@click.argument("names", nargs=-1, required=True)
@command
def models_fetch(names: tuple[str, ...]) -> int:
    """Fetch weights by name; an interrupted download is resumed. 下载模型，可断点续传。"""
    from pipeline import weights
    from pipeline.terminal import screen

    with screen.downloading() as tell:
        weights.fetch(names, tell)
    return errors.EXIT_OK


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail if a page is not fresh.")
@command
def docs(check: bool) -> int:
    """Write docs/config.md, docs/cli.md and configs/channels/example.yaml from the code."""
    from pipeline.settings import reference

    stale = reference.write(check=check)
    for path in stale:
        click.echo(f"{'not fresh' if check else 'written'}: {path}")
    return errors.EXIT_CONFIG if check and stale else errors.EXIT_OK


def _opened(cases: tuple[Path, ...], where: dict[str, Any], *, may_make: bool = True) -> Batch:
    from pipeline.opening import channel_meant, open_batch

    return open_batch(
        cases,
        where["channel"] or channel_meant(cases),
        where["only"],
        where["work"],
        where["outbox"],
        may_make=may_make,
    )


if __name__ == "__main__":
    main()
