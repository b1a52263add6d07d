"""What the crop of a format leaves out: heads that never lie in its picture. It is told, and no clip waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline import geometry
from pipeline.evidence import suspicion
from pipeline.values import Box, Export, Plan, Sightings, Track


def notes(plan: Plan, sightings: Sightings, exports: Sequence[Export]) -> Iterator[str]:
    """One sentence for every format that shows none of some head, be it hidden or kept visible.

    Only heads count of which some detector was sure once: a curtain that was taken for a face is missed by nobody.
    """
    heads = suspicion.sure_faces((*plan.tracks, *plan.kept), sightings)
    for export in exports:
        crop, count = export.view.crop, len(heads)
        out = sum(not _is_ever_in(crop, head) for head in heads)
        if out and crop != (0, 0, plan.width_px, plan.height_px):
            told = f"{out} of {count} heads lie outside the picture; `export.framing: fit` shows all of it"
            yield f"{export.format}: {told}"


def _is_ever_in(crop: Box, head: Track) -> bool:
    """Whether the middle of a head lies in a crop on any frame."""
    boxes = (head.boxes[at : at + 4] for at in range(0, len(head.boxes), 4))
    middles = (((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in boxes)
    return any(geometry.holds(crop, x, y) for x, y in middles)
