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
from pipeline.folders import ROOT
from pipeline.language.naming import public_name, slug_of_folder
from pipeline.settings import strict_yaml
from pipeline.settings.filling import did_you_mean
from pipeline.settings.loading import channel_of, load_channel, load_platform, looked_up
from pipeline.settings.platform import Platform
from pipeline.store import Store
from pipeline.terminal import bugs
from pipeline.values import Register


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
    if only is not None and chosen:
        chosen = _matching(chosen, only, channel)
    if not chosen:
        raise _none_chosen(channel_name, belongs)
    _check_names(chosen)
    sandbox.choose_ffmpeg(channel.ffmpeg)
    work, is_named = work or ROOT / "work", outbox is not None
    find_outbox = partial(_outbox, channel, outbox)
    if work.resolve().is_relative_to(_outbox_named(channel, outbox).resolve()):
        raise ConfigError(f"the work folder {work} lies inside the outbox", "choose another: --work DIR")
    if not may_make:  # whoever only asks wants to know what lies there
        find_outbox()
    store = Store(work, may_write=may_make)
    if may_make:
        sandbox.work_in(store.scratch)
        bugs.keep_in(store.root / "bugs")
    return Batch(channel, platforms, chosen, store, find_outbox, partial(_read, channel_name), is_named, belongs)


def _read(channel_name: str) -> tuple[Channel, tuple[Platform, ...]]:
    channel = load_channel(channel_name)
    return channel, _platforms(channel)


def _outbox(channel: Channel, told: Path | None) -> Path:
    """Where packs go. A folder that the channel names is not made: the disk that it lies on may be missing.

    Raises:
        ConfigError: that folder is not there, or cannot be written.
    """
    named = _outbox_named(channel, told)
    if told is not None or channel.outbox is None:
        return named
    with looked_up(f"outbox: {named}"):
        is_there = named.is_dir()
    if not is_there:
        raise ConfigError(
            f"outbox: {named}: there is no such folder", "connect the disk it lies on, or make the folder"
        )
    if not os.access(named, os.W_OK | os.X_OK):
        raise ConfigError(f"outbox: {named}: nothing can be written there", "let yourself write there, or name another")
    return named


def _outbox_named(channel: Channel, told: Path | None) -> Path:
    """The path of the outbox, whether it is there or not: the command line's, else the channel's."""
    return told or ROOT / Path(channel.outbox or "outbox").expanduser()


def _platforms(channel: Channel) -> tuple[Platform, ...]:
    """The channel's platforms, each in the shape that the channel wants."""
    loaded = [load_platform(name) for name in dict.fromkeys(channel.platforms)]
    names = [platform.name for platform in loaded]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"several platforms are called {', '.join(twice)}", "keep one of them in `platforms:`")
    return tuple(
        platform.model_copy(update={"format": channel.formats.get(platform.name, platform.format)})
        for platform in loaded
    )


def channel_meant(folders: Iterable[Path]) -> str:
    """The channel where none is named: that of these cases, or the one that every case in cases/ belongs to.

    Raises:
        ConfigError: there is none, or several.
    """
    if folders := tuple(folders):
        return _channel_of_all(folders)
    named = set()
    for path in _case_files():
        with suppress(ClinicReelError):  # a faulty case is told when its channel is built
            named.add(channel_of(path.parent))
    if len(named) != 1:
        raise ConfigError("which cases, or which channel?", "name them, or say it: --channel NAME")
    return named.pop()


def _channel_of_all(folders: tuple[Path, ...]) -> str:
    """The first case's channel. One that names another is judged by that one's rules: it cannot be built with these."""
    cases = {channel_of(folders[0]): [folders[0].resolve().name]}
    for folder in folders[1:]:
        with suppress(ClinicReelError):  # what is wrong with it, or that it names none, keeps no other from being built
            cases.setdefault(channel_of(folder), []).append(folder.resolve().name)
    if len(cases) > 1:
        told = ", ".join(f"{channel} ({', '.join(names)})" for channel, names in cases.items())
        raise ConfigError(
            f"the cases are of several channels: {told}",
            "give one command for each channel, or say which is meant: --channel NAME",
        )
    return next(iter(cases))


def _matching(folders: tuple[Path, ...], only: str, channel: Channel) -> tuple[Path, ...]:
    names = [folder.resolve().name for folder in folders]
    chosen = tuple(folder for folder, name in zip(folders, names, strict=True) if fnmatch.fnmatch(name, only))
    if not chosen:
        register = Register(channel.language, (), channel.identify.keep, channel.identify.also)
        meant = did_you_mean(only, [public_name(name, register) for name in names])
        raise ConfigError(f"no case fits --only {only}{meant}", "correct it, or leave it out")
    return chosen


def _none_chosen(channel_name: str, belongs: str) -> ConfigError:
    """Why no case in cases/ belongs to a channel: there is none, or what they name."""
    said = [_channel_in(path, belongs) for path in _case_files()]
    if not said:
        return ConfigError("no case to build", f"clinicreel new NAME --channel {channel_name} --footage FILE")
    none = said.count(None)
    return ConfigError(
        f"no case to build: cases in cases/ that name no channel: {none}, another one: {len(said) - none}",
        f"write `channel: {belongs}` into the case.yaml of those that belong to it",
    )


def _case_files() -> list[Path]:
    return sorted((ROOT / "cases").glob("*/case.yaml"))


def _cases_of(channel: str) -> tuple[Path, ...]:
    """Cases in cases/ whose `channel:` is this one, whatever else is wrong with them: building them tells that.

    One whose `channel:` cannot be read at all is kept in for the same reason.
    """
    said = {path.parent: _channel_in(path, channel) for path in _case_files()}
    return tuple(folder for folder, named in said.items() if named == channel or not isinstance(named, str | None))


def _channel_in(path: Path, instead: str) -> object:
    """What a case.yaml says at `channel:`, whatever else is wrong with it; `instead`: it cannot be read at all."""
    try:
        return strict_yaml.load(path).data.get("channel")
    except ClinicReelError:
        return instead


def _check_names(folders: tuple[Path, ...]) -> None:
    slugs = [slug_of_folder(folder) for folder in folders]
    twice = sorted({slug for slug in slugs if slugs.count(slug) > 1})
    if twice:
        raise ConfigError(f"several cases are called {', '.join(twice)}", "rename one of the folders")
