"""Which cases, on which channel, into which folders: a batch from what the command line says."""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from pipeline import sandbox
from pipeline.batch import Batch
from pipeline.config import Channel
from pipeline.errors import ClinicReelError, ConfigError
from pipeline.language.naming import slug_of
from pipeline.settings import strict_yaml
from pipeline.settings.loading import ROOT, channel_of, load_channel, load_platform
from pipeline.settings.platform import Platform
from pipeline.store import Store
from pipeline.terminal import bugs


def open_batch(
    folders: Iterable[Path],
    channel_name: str,
    only: str | None,
    work: Path | None,
    outbox: Path | None,
    *,
    may_make: bool = True,
) -> Batch:
    """A batch from what the command line says.

    Args:
        folders: case folders; none: every case in cases/ that belongs to the channel.
        channel_name: a channel's name, or the path of its file.
        only: a pattern such as `2026-11-*`; other cases are left out.
        work: the work folder; None: work/ in the project.
        outbox: where packs go; None: what the channel says, else outbox/ in the project.
        may_make: False: nothing is built, delivered or changed, only told.

    Raises:
        ConfigError: with every fault of the channel and its platforms.
    """
    channel, platforms = _read(channel_name)
    folders = tuple(folders)
    belongs = "" if folders else Path(channel_name).stem
    chosen = folders or _cases_of(belongs)
    if only is not None:
        chosen = tuple(folder for folder in chosen if fnmatch.fnmatch(folder.resolve().name, only))
    if not chosen:
        raise ConfigError("no case to build", f"clinicreel new NAME --channel {channel_name} --footage FILE")
    _check_names(chosen)
    sandbox.choose_ffmpeg(channel.ffmpeg)
    work, is_named = work or ROOT / "work", outbox is not None
    outbox = outbox or _outbox(channel)
    if work.resolve().is_relative_to(outbox.resolve()):
        raise ConfigError(f"the work folder {work} lies inside the outbox", "choose another: --work DIR")
    store = Store(work, may_write=may_make)
    if may_make:
        sandbox.work_in(store.scratch)
        bugs.keep_in(store.root / "bugs")
    return Batch(channel, platforms, chosen, store, outbox, partial(_read, channel_name), is_named, belongs)


def _read(channel_name: str) -> tuple[Channel, tuple[Platform, ...]]:
    channel = load_channel(channel_name)
    return channel, _platforms(channel)


def _outbox(channel: Channel) -> Path:
    """Where the channel's packs go. A folder that it names is not made: the disk that it lies on may be missing."""
    if channel.outbox is None:
        return ROOT / "outbox"
    named = ROOT / Path(channel.outbox).expanduser()
    if not named.is_dir():
        raise ConfigError(
            f"outbox: {named}: there is no such folder", "connect the disk it lies on, or make the folder"
        )
    if not os.access(named, os.W_OK | os.X_OK):
        raise ConfigError(f"outbox: {named}: nothing can be written there", "let yourself write there, or name another")
    return named


def _platforms(channel: Channel) -> tuple[Platform, ...]:
    """The channel's platforms, each in the shape that the channel wants."""
    loaded = [load_platform(name) for name in dict.fromkeys(channel.platforms)]
    return tuple(
        platform.model_copy(update={"format": channel.formats.get(platform.name, platform.format)})
        for platform in loaded
    )


def channel_meant(folders: Iterable[Path]) -> str:
    """The channel where none is named: the first case's, or the one that every case in cases/ belongs to.

    Raises:
        ConfigError: there is none, or several.
    """
    for folder in folders:
        return channel_of(folder)
    named = set()
    for path in sorted((ROOT / "cases").glob("*/case.yaml")):
        with suppress(ClinicReelError):  # a faulty case is told when its channel is built
            named.add(channel_of(path.parent))
    if len(named) != 1:
        raise ConfigError("which cases, or which channel?", "name them, or say it: --channel NAME")
    return named.pop()


def _cases_of(channel: str) -> tuple[Path, ...]:
    """Cases in cases/ whose `channel:` is this one, whatever else is wrong with them: building them tells that.

    One whose `channel:` cannot be read at all is kept in for the same reason.
    """
    chosen = []
    for path in sorted((ROOT / "cases").glob("*/case.yaml")):
        try:
            named = strict_yaml.load(path).data.get("channel")
        except ClinicReelError:
            named = channel
        if named == channel or not isinstance(named, str | None):
            chosen.append(path.parent)
    return tuple(chosen)


def _check_names(folders: tuple[Path, ...]) -> None:
    slugs = [slug_of(folder.resolve().name) for folder in folders]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ConfigError(f"several cases are called {', '.join(twice)}", "rename one of the folders")
