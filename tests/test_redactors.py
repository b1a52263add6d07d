"""Redactors: what they leave behind inside a region does not tell what was there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import geometry, rooms
from pipeline.media import Frame
from pipeline.redactors import Redactor, Region, blur, solid
from pipeline.values import Box

WIDTH_PX, HEIGHT_PX = 320, 240
REGION = Region(1, (101, 61, 181, 163), "ellipse", 7)
BOXES = [REGION.box, (-40, -30, 41, 51), (290, 201, 350, 261), (0, 0, WIDTH_PX, HEIGHT_PX), (50, 50, 53, 90)]


def noisy(seed: int = 0) -> Frame:
    data = np.random.default_rng(seed).integers(16, 236, WIDTH_PX * HEIGHT_PX * 3 // 2, np.uint8)
    return Frame.over(data, 0, WIDTH_PX, HEIGHT_PX)


def build(style: str) -> Redactor:
    part = rooms.part("redactors", style)
    redactor: Redactor = part.build(part.Settings())
    return redactor


def covered(box: Box, shape: str = "ellipse") -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The pixels of a region, and the chroma samples that share one with it."""
    luma = geometry.mask(box, shape, (0, 0, WIDTH_PX, HEIGHT_PX))
    return luma, luma.reshape(HEIGHT_PX // 2, 2, WIDTH_PX // 2, 2).any(axis=(1, 3))


@pytest.mark.parametrize("shape", ["ellipse", "box"])
@pytest.mark.parametrize("box", BOXES)
def test_solid_is_its_colour_inside_and_touches_nothing_outside(box: Box, shape: str) -> None:
    frame, before = noisy(), noisy()
    build("solid").paint(frame, Region(1, box, shape, 7))
    luma, chroma = covered(box, shape)
    colour = solid.to_yuv("#1c1c1c")
    for plane, was, inside, value in zip(
        (frame.y, frame.u, frame.v), (before.y, before.u, before.v), (luma, chroma, chroma), colour, strict=True
    ):
        assert (plane[inside] == value).all()
        assert np.array_equal(plane[~inside], was[~inside])


@pytest.mark.parametrize(
    ("colour", "yuv"), [("#000000", (16, 128, 128)), ("#ffffff", (235, 128, 128)), ("#ff0000", (63, 102, 240))]
)
def test_a_colour_becomes_limited_range_bt709(colour: str, yuv: tuple[int, int, int]) -> None:
    assert solid.to_yuv(colour) == yuv


@pytest.mark.parametrize("style", ["blur", "mosaic"])
@pytest.mark.parametrize("box", BOXES)
def test_what_is_painted_depends_on_the_blocks_alone(style: str, box: Box) -> None:
    """Two pictures whose blocks have the same means, and nothing else in common, come out alike inside the region."""
    first, second = build(style), build(style)
    for _ in range(40):
        flat, fine = noisy(), noisy()
        flat.data[:], fine.data[:] = 128, 128
        fine.y[:] = np.where(np.indices(fine.y.shape).sum(axis=0) % 2, 28, 228)
        first.paint(flat, Region(1, box, "ellipse", 7))
        second.paint(fine, Region(1, box, "ellipse", 7))
    luma, _chroma = covered(box)
    assert np.abs(flat.y[luma].astype(int) - fine.y[luma]).max() <= 12


@pytest.mark.parametrize("style", ["blur", "mosaic"])
def test_no_more_than_the_blocks_are_left(style: str) -> None:
    """A grid of one colour per block explains all of a mosaic; a blur is smoother than its blocks."""
    redactor = build(style)
    for seed in range(40):
        frame = noisy(seed)
        redactor.paint(frame, replace(REGION, shape="box"))
    x0, y0, x1, y1 = REGION.box
    inside = frame.y[y0:y1, x0:x1].astype(float)
    if style == "mosaic":
        assert len(np.unique(inside)) <= 4 * 5
    else:
        assert np.abs(np.diff(inside, axis=0)).max() <= 4
        assert np.abs(np.diff(inside, axis=1)).max() <= 4


@pytest.mark.parametrize("style", ["blur", "mosaic"])
def test_the_blocks_of_a_single_frame_are_never_shown(style: str) -> None:
    """A picture that is half black and half white is nearly flat when the track begins."""
    frame = noisy()
    frame.y[:, :141], frame.y[:, 141:] = 16, 235
    build(style).paint(frame, replace(REGION, shape="box"))
    inside = frame.y[70:150, 105:178].astype(float)
    assert inside.max() - inside.min() < 219 / 4
    assert abs(inside.mean() - 125) < 15


def test_the_blocks_follow_the_picture_within_a_second() -> None:
    redactor = build("blur")
    for _ in range(60):
        frame = noisy()
        frame.y[:, :141], frame.y[:, 141:] = 16, 235
        redactor.paint(frame, replace(REGION, shape="box"))
    assert frame.y[110, 103] < 70
    assert frame.y[110, 179] > 180


@pytest.mark.parametrize("style", ["blur", "mosaic", "solid"])
def test_no_pixel_of_a_region_survives(style: str) -> None:
    frame, before = noisy(3), noisy(3)
    build(style).paint(frame, REGION)
    luma, chroma = covered(REGION.box)
    for plane, was, inside in ((frame.y, before.y, luma), (frame.u, before.u, chroma), (frame.v, before.v, chroma)):
        correlation = np.corrcoef(plane[inside].astype(float) + np.arange(inside.sum()) * 1e-9, was[inside])[0, 1]
        assert abs(correlation) < 0.15


def test_the_soft_border_of_a_blur_lies_outside_the_region() -> None:
    """With a white region in a black picture, every pixel of the region is as bright as the blocks."""
    frame = noisy()
    frame.data[:] = 128
    frame.y[:] = 16
    luma, _ = covered(REGION.box)
    frame.y[luma] = 235
    redactor = build("blur")
    redactor.paint(frame, REGION)
    painted = frame.y.copy()
    wide = geometry.mask((91, 51, 191, 173), "ellipse", (0, 0, WIDTH_PX, HEIGHT_PX))
    assert painted[luma].min() > 100, "no black of the picture is mixed into the region"
    assert (painted[~wide] == 16).all()
    ring = painted[wide & ~luma]
    assert ((ring > 20) & (ring < 100)).any(), "the border is soft"


def test_a_region_outside_the_picture_paints_nothing() -> None:
    for style in ("blur", "mosaic", "solid"):
        frame, before = noisy(), noisy()
        build(style).paint(frame, Region(1, (WIDTH_PX + 1, 10, WIDTH_PX + 60, 70), "ellipse", 7))
        assert np.array_equal(frame.data, before.data)


@pytest.mark.parametrize("style", ["blur", "mosaic"])
def test_overlapping_regions_hide_both_in_either_order(style: str) -> None:
    regions = REGION, replace(REGION, track=2, box=(140, 100, 230, 200), seed=8)
    before = noisy(5)
    for order in (regions, regions[::-1]):
        frame, redactor = noisy(5), build(style)
        for region in order:
            redactor.paint(frame, region)
        both = covered(regions[0].box)[0] | covered(regions[1].box)[0]
        assert abs(np.corrcoef(frame.y[both].astype(float), before.y[both])[0, 1]) < 0.15


def test_the_noise_belongs_to_the_track_and_to_the_recording() -> None:
    shape = (5, 4)
    assert np.array_equal(blur.noise(7, "y", shape), blur.noise(7, "y", shape))
    assert not np.array_equal(blur.noise(7, "y", shape), blur.noise(8, "y", shape))
    assert not np.array_equal(blur.noise(7, "u", shape), blur.noise(7, "v", shape))


@pytest.mark.parametrize(
    ("size", "shape"),
    [((100, 100), (4, 4)), ((150, 100), (6, 4)), ((30, 900), (4, 12)), ((10, 12), (2, 2)), ((3, 40), (1, 3))],
)
def test_a_grid_has_its_blocks_across_the_shorter_side(size: tuple[int, int], shape: tuple[int, int]) -> None:
    assert blur.grid(*size, 4) == shape
