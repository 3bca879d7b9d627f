import numpy as np
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from service.image.page.components import find_components
from service.image.page.morphology import Box

Mask = NDArray[np.bool_]
masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def flooded(mask: Mask) -> list[set[tuple[int, int]]]:
    """The parts as sets of pixels, by the plainest flood fill there is."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    parts = []
    while left:
        part, edge = set(), [left.pop()]
        while edge:
            y, x = edge.pop()
            part.add((y, x))
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            edge.extend(near)
        parts.append(part)
    return parts


@given(masks)
def test_parts_are_those_of_a_flood_fill(mask: Mask) -> None:
    parts = find_components(mask)
    page = Box(0, 0, mask.shape[1], mask.shape[0])
    found = {
        frozenset(
            zip(
                *(i.tolist() for i in np.nonzero(parts.mask(np.array([n]), page))),
                strict=True,
            )
        )
        for n in range(len(parts))
    }
    assert found == {frozenset(part) for part in flooded(mask)}
    assert len(parts) == len(found)


@given(masks)
def test_areas_and_boxes_are_those_of_the_pixels(mask: Mask) -> None:
    parts = find_components(mask)
    for part in range(len(parts)):
        box = Box(
            *(
                int(side[part])
                for side in (parts.left, parts.top, parts.right, parts.bottom)
            )
        )
        shape = parts.mask(np.array([part]), box)
        assert shape.shape == (box.bottom - box.top, box.right - box.left)
        assert shape.sum() == parts.area[part]
        assert shape.any(axis=0).all()
        assert shape.any(axis=1).all()
        assert parts.longest[part] == box.longest


def test_spiral_is_one_part() -> None:
    spiral = np.zeros((41, 41), dtype=bool)
    for ring in range(0, 20, 4):
        spiral[ring, ring : 41 - ring] = spiral[ring : 41 - ring, 40 - ring] = True
        spiral[40 - ring, ring : 41 - ring] = spiral[ring + 4 : 41 - ring, ring] = True
        spiral[ring + 4, ring : ring + 5] = True
    assert len(find_components(spiral)) == 1
