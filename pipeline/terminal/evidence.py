"""Commands about proof: of a file that came back, in a report, by a person who looks; and who agreed to what."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import errors
from pipeline.terminal.commanding import CASE, CHANNEL, CLIP, FILE, FOLDER, WORK, command


@click.command()
@click.argument("file", type=FILE)
@click.option("--case", type=CASE, metavar="DIR", help="The case that it is of: its names, consent and platforms.")
@CLIP
@CHANNEL
@WORK
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object (form: docs/cli.md).")
@command
def verify(
    file: Path, case: Path | None, number: int | None, channel: str | None, work: Path | None, as_json: bool
) -> int:
    """Verify a video that was finished elsewhere and came back. 核验在别处剪好的成片。

    Every picture is searched for faces, its writing is read, its sound is transcribed where weights are there, and its
    tags are listed. With --case it can then be approved and published like a clip: --clip says which one it is the
    finished form of.
    """
    from pipeline.evidence import returned
    from pipeline.terminal import proofs, screen

    with screen.showing() as watcher:
        answer = returned.answer(file, case, number, channel, work, watcher)
    return proofs.tell(answer, as_json=as_json)


@click.command()
@click.argument("case", type=CASE)
@click.option("--clip", "number", metavar="N", required=True, type=click.IntRange(min=1), help="The clip's number.")
@click.option("--out", type=FOLDER, help="Where to write it.  [default: work/reports/CASE/clip-NN/]")
@CHANNEL
@WORK
@command
def report(case: Path, number: int, out: Path | None, channel: str | None, work: Path | None) -> int:
    """Write a report on a clip for the hospital's files. 出具片段核验报告，供院方存档。

    What was hidden and why, the verdict, who approved, consents by id, every file's SHA-256: a page to print and a
    JSON file. It is in no pack. `publish` writes it for every clip that it delivers.
    """
    from pipeline.evidence import report as reporting
    from pipeline.opening import open_batch
    from pipeline.settings.loading import channel_of

    with open_batch([case], channel or channel_of(case), None, work, None) as batch:
        click.echo(reporting.write(batch, case, number, out))
    return errors.EXIT_OK


@click.command()
@click.argument("cases", nargs=-1, type=CASE)
@CHANNEL
@click.option(
    "--sample", "size", metavar="N", default=20, show_default=True, type=click.IntRange(1, 500), help="How many heads."
)
@click.option("--record", type=FILE, metavar="FILE", help="Write the answers of a filled-in audit.yaml into the book.")
@click.option("--as", "name", metavar="NAME", help="Who looked; with --record.")
@WORK
@command
def audit(
    cases: tuple[Path, ...], channel: str | None, size: int, record: Path | None, name: str | None, work: Path | None
) -> int:
    """Look at hidden heads drawn by lot from published clips, and keep count. 抽查已发布的成片。

    Makes a sheet to look at and a file to answer in; then: clinicreel audit --record FILE --as NAME.
    """
    from pipeline.evidence import audit as auditing
    from pipeline.opening import channel_meant, open_batch
    from pipeline.terminal import proofs

    if record is not None:
        return proofs.tell_counts(auditing.record(record, name or "", work))
    with open_batch(cases, channel or channel_meant(cases), None, work, None) as batch:
        sheet = auditing.sample(batch, size)
        return proofs.tell_sheet(sheet, auditing.counts(batch.ledger))


@click.group()
def consent() -> None:
    """What people agreed to, and which files came of them. 同意书与成片的来龙去脉。"""


@consent.command("list")
@click.argument("case", required=False)
@WORK
@command
def consent_list(case: str | None, work: Path | None) -> int:
    """Who agreed to what, of one case or of all. 列出同意记录。"""
    from pipeline.evidence import lineage
    from pipeline.terminal import screen

    screen.list_consents(lineage.consents_of(lineage.book(work), case))
    return errors.EXIT_OK


@consent.command("files")
@click.option("--case", required=True, metavar="NAME", help="A case's folder name.")
@click.option("--person", required=True, metavar="ID", help="The person's id in case.yaml.")
@WORK
@command
def consent_files(case: str, person: str, work: Path | None) -> int:
    """Every file that came of a person's case, and where it went: what a withdrawal takes down. 列出由此产生的文件。"""
    from pipeline.evidence import lineage
    from pipeline.terminal import screen

    screen.list_files(lineage.files_of(lineage.book(work), case, person))
    return errors.EXIT_OK
