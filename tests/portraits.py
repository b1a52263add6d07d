"""Two people for the tests of recognition: a public-domain portrait, and the same one pulled out of shape.

The network takes the second for somebody else: it lies 0.5 from the first, where it asks for 0.45.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tests import media

Image = NDArray[np.uint8]
WIDTH_PX, HEIGHT_PX, FRAMES = 640, 360, 50
PLACES = ((40, 60), (380, 70))
"""Left top corners of the two heads on the first picture."""
_HEAD = (slice(0, 250), slice(110, 330))
NEVER: Mapping[int, int] = MappingProxyType({})


def doctor() -> Image:
    """NASA's portrait of Eileen Collins (public domain), from scikit-image's wheel: BGR, shape (250, 220, 3)."""
    return _portrait()[_HEAD].copy()


def patient() -> Image:
    """The same with a broader and shorter face."""
    import cv2

    portrait = _portrait()
    y, x = np.mgrid[0 : portrait.shape[0], 0 : portrait.shape[1]].astype(np.float32)
    across, down = (x - 224) / 60, (y - 115) / 75
    near = 24 * np.exp(-0.7 * (across**2 + down**2))
    pulled = cv2.remap(portrait, x + near * across, y - near * down, cv2.INTER_CUBIC)
    return np.asarray(pulled[_HEAD], np.uint8)


def _portrait() -> Image:
    from skimage import data

    return np.ascontiguousarray(data.astronaut()[:, :, ::-1])


def saved(image: Image, path: Path) -> Path:
    """A photo as a file."""
    import cv2

    assert cv2.imwrite(str(path), image)
    return path


def side_by_side(*images: Image) -> Image:
    """Pictures of one height as one."""
    return np.concatenate(images, axis=1)


def film(path: Path, *heads: Image, frames: int = FRAMES, knocks: Mapping[int, int] = NEVER) -> Path:
    """A recording of heads that sway a little before a plain wall, the first on the left: 640 x 360, 25 fps.

    Args:
        path: what is written.
        heads: at `PLACES`.
        frames: how many.
        knocks: frame -> by how many pixels everything in it lies further to the right.
    """
    return _encoded(path, _pictures(heads, frames, knocks))


def _encoded(path: Path, pictures: Iterator[media.Planes]) -> Path:
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH_PX}x{HEIGHT_PX}", "-r", "25", "-i", "pipe:"]
    colours = ["-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"]
    media.ffmpeg(*raw, *colours, "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", path, pictures=pictures)
    return path


def _pictures(heads: tuple[Image, ...], frames: int, knocks: Mapping[int, int]) -> Iterator[media.Planes]:
    import cv2

    for number in range(frames):
        picture = np.full((HEIGHT_PX, WIDTH_PX, 3), 120, np.uint8)
        for (left, top), head in zip(PLACES, heads, strict=False):
            x, y = left + round(6 * np.sin(number / 9)), top + round(3 * np.cos(number / 7))
            picture[y : y + head.shape[0], x : x + head.shape[1]] = head
        picture = np.roll(picture, knocks.get(number, 0), axis=1)
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).reshape(-1)
        luma = WIDTH_PX * HEIGHT_PX
        y_plane = planes[:luma].reshape(HEIGHT_PX, WIDTH_PX)
        u_plane, v_plane = (planes[luma:].reshape(2, HEIGHT_PX // 2, WIDTH_PX // 2)[at] for at in (0, 1))
        yield y_plane, u_plane, v_plane
