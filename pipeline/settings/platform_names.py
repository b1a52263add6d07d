"""Are the platforms that a channel or a case names there? Told by line, with the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.config import Channel
from pipeline.errors import ConfigError
from pipeline.folders import PLATFORMS
from pipeline.settings import strict_yaml
from pipeline.settings.case_form import CaseForm
from pipeline.settings.strict_yaml import Document, Place


def check_channel(channel: Channel, document: Document) -> None:
    """Refuses platforms that there are none of, and shapes for those that the channel does not have.

    Raises:
        ConfigError: with a line for every fault.
    """
    faults = list(_unknown(((("platforms", at), name) for at, name in enumerate(channel.platforms)), document))
    for name in set(channel.formats) - _own(channel):
        at = document.at(("formats", name))
        faults.append(f"{at}: formats: not among the channel's platforms{_meant(name)}")
    _raise(faults)


def check_case(form: CaseForm, document: Document, channel: Channel | None) -> None:
    """Refuses titles for platforms that there are none of: nobody would ever see them.

    Raises:
        ConfigError: with a line for every fault.
    """
    named: list[tuple[Place, str]] = [(("titles", name), name) for name in form.titles]
    named += [(("clips", at, "titles", name), name) for at, cut in enumerate(form.clips) for name in cut.titles]
    own = _own(channel) if channel else set()
    _raise(_unknown((one for one in named if one[1] not in own), document))


def _own(channel: Channel) -> set[str]:
    """The names of a channel's platforms, of those too that are named by the path of their file."""
    return {Path(name).stem for name in channel.platforms}


def _unknown(named: Iterable[tuple[Place, str]], document: Document) -> Iterator[str]:
    for place, name in named:
        if not (PLATFORMS / f"{name}.yaml").is_file() and not name.endswith((".yaml", ".yml")):
            key = ".".join(str(step) for step in place if step != name)
            yield f"{document.at(place)}: {key}: there is no such platform{_meant(name)}"


def _meant(name: str) -> str:
    """The platform that is probably meant, by its name or by what people call it."""
    called: dict[str, str] = {}
    for path in sorted(PLATFORMS.glob("*.yaml")):
        data = strict_yaml.load(path).data
        called |= {each.lower(): path.stem for each in (path.stem, data["label"], *data.get("also", ()))}
    close = difflib.get_close_matches(name.lower(), called, n=1)
    meant = called[close[0]] if close else name
    return f" (did you mean '{meant}'?)" if meant != name else ""


def _raise(faults: Iterable[str]) -> None:
    if told := sorted(set(faults)):
        raise ConfigError("\n".join(told), "the platforms are the files in configs/platforms/")
