"""Which of a platform's limits a clip breaks, in words. Nothing is ever cut to fit: a person decides."""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipeline.settings.platform import Platform
from pipeline.values import Export, Texts


def broken(platform: Platform, export: Export, texts: Texts) -> tuple[str, ...]:
    """Every limit that is broken; empty means that the platform should take the pack."""
    return (*_video(platform, export), *_title(platform, texts.title), *_rest(platform, texts))


def length(text: str, how: str) -> int:
    """How long a platform finds a text: `characters`, or `half_width` (two ASCII characters are one)."""
    if how == "half_width":
        return math.ceil(sum(0.5 if char.isascii() else 1.0 for char in text))
    return len(text)


def tags_length(tags: tuple[str, ...]) -> int:
    """Characters of all tags with commas between them; a tag with a space in it is counted with its two quotes."""
    return sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(0, len(tags) - 1)


def _video(platform: Platform, export: Export) -> Iterator[str]:
    video = platform.video
    seconds = float(export.frame_count / export.fps)
    kbps = export.file.size_bytes * 8 / 1000 / seconds
    if export.format != platform.format:
        yield f"the video is {export.format}, {platform.label} is set to {platform.format}"
    if video.max_seconds is not None and seconds > video.max_seconds:
        yield f"the video lasts {seconds:.1f} s, {platform.label} takes at most {video.max_seconds:g} s"
    if video.min_seconds is not None and seconds < video.min_seconds:
        yield f"the video lasts {seconds:.1f} s, {platform.label} wants at least {video.min_seconds:g} s"
    if video.max_bytes is not None and export.file.size_bytes > video.max_bytes:
        yield f"the video has {export.file.size_bytes} bytes, {platform.label} takes at most {video.max_bytes}"
    if video.max_kbps is not None and kbps > video.max_kbps:
        yield f"the video has {kbps:.0f} kb/s, {platform.label} takes at most {video.max_kbps}"


def _title(platform: Platform, title: str) -> Iterator[str]:
    text = platform.text
    count = length(title, text.title_count)
    if not title:
        yield "the clip has no title"
    elif text.title_max is not None and count > text.title_max:
        yield f"the title has {count} characters, {platform.label} takes at most {text.title_max}"
    elif text.title_min is not None and count < text.title_min:
        yield f"the title has {count} characters, {platform.label} wants at least {text.title_min}"
    if text.title_signs is not None:
        signs = dict.fromkeys(char for char in title if not char.isalnum() and char not in text.title_signs)
        if signs:
            yield f"the title holds {' '.join(signs)}, which {platform.label} does not take"


def _rest(platform: Platform, texts: Texts) -> Iterator[str]:
    text = platform.text
    if text.caption_max is not None and len(texts.caption) > text.caption_max:
        yield f"the caption has {len(texts.caption)} characters, {platform.label} takes at most {text.caption_max}"
    if text.tags_max is not None and len(texts.tags) > text.tags_max:
        yield f"there are {len(texts.tags)} tags, {platform.label} takes at most {text.tags_max}"
    total = tags_length(texts.tags)
    if text.tags_total_max is not None and total > text.tags_total_max:
        yield f"the tags have {total} characters, {platform.label} takes at most {text.tags_total_max}"
    forbidden = dict.fromkeys(char for char in texts.title + texts.caption if char in text.forbidden)
    if forbidden:
        yield f"title or caption hold {' '.join(forbidden)}, which {platform.label} does not take"
