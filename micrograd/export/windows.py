"""Windows of an image, each multiplied by the same filters: kernels that are one convolution.

Rule: a convolution is guessed from where factors stand, and its products are then compared with
those that there are: it has each of them, and no other. Where a window reaches over the edge of the
image, products are missing: that is its padding. Windows with gaps, and filters that see some of
the channels, are taken by a table; windows that do not overlap are a matrix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

import numpy as np

from micrograd.compiler import (
    SHARED,
    VARYING,
    Kernel,
    common_grid,
    fit_access,
    without_repeats,
)
from micrograd.export.ragged import (
    ZERO,
    Form,
    form,
    forms,
    groups_that_meet,
    places_in,
    places_read,
    slots_of,
)
from micrograd.export.target import Shape

MOST_AXES = 3  # of an image: PyTorch has conv1d, conv2d and conv3d


class Convolution(NamedTuple):
    """A convolution of an image, channels x extents, by filters, filters x channels x extents.

    `form` is that of its products. `padding` has the zeros (before, after) each axis of the image;
    `members` says which of filters x windows each member of the kernels is.
    """

    form: Form
    image: np.ndarray  # places, as of filters
    filters: np.ndarray
    strides: Shape
    padding: list[tuple[int, int]]
    grid: Shape  # filters x windows
    members: np.ndarray

    def places(self, kernels: Sequence[Kernel], terms: Form) -> list[np.ndarray]:
        """Return the places of each factor of other terms, of which each member has as many."""
        order = np.argsort(self.members)
        factors = []
        for i in range(len(terms.factors)):
            rows = [places_in(kernel, terms, i) for kernel in kernels]
            flat = np.concatenate([row.reshape(-1, row.shape[-1]) for row in rows])
            factors.append(flat[order].reshape(*self.grid, -1))
        return factors


class Products(NamedTuple):
    """The products of some kernels: the member that each is added to, its factors' places."""

    member: np.ndarray
    weight: np.ndarray
    image: np.ndarray


class Filters(NamedTuple):
    """Filters whose taps are at the same distances from the first one in the image."""

    weights: np.ndarray  # places, filters x taps
    offsets: np.ndarray  # of each tap, as places
    of_member: np.ndarray  # the filter of each member
    taps: np.ndarray  # the tap of each product


class Axis(NamedTuple):
    """An axis of an image: how many taps a filter has along it, and the stride of its places."""

    taps: int
    stride: int


class Track(NamedTuple):
    """How windows move along an axis of the image."""

    windows: np.ndarray  # which one each member is
    stops: int
    step: int
    before: int  # zeros in front of the image
    extent: int  # of the image

    def after(self, axis: Axis) -> int:
        """Return the number of zeros behind the image."""
        return (self.stops - 1) * self.step + axis.taps - self.before - self.extent

    def moves(self, axis: Axis) -> bool:
        """Return whether there is more than one window of the whole axis: else it is channels."""
        return self.stops > 1 or self.before > 0 or self.extent != axis.taps


def convolution_of(kernels: Sequence[Kernel]) -> Convolution | None:
    """Return sums of products with the same parameters as a convolution, or None."""
    terms = product_form(kernels[0])
    if terms is None or (len(kernels) == 1 and not has_windows(kernels[0])):
        return None
    products = products_of(kernels, terms)
    filters = filters_of(products)
    if filters is None:
        return None
    for axes in axes_of(filters.offsets):
        tracks = tracks_of(axes, products, filters)
        if tracks and is_all(axes, tracks, products, filters):
            return arrange(terms, axes, tracks, int(products.image.min()), filters)
    return None


# -------------------------------------------------------------------------------------- kernels


def with_same_filters(kernels: Sequence[Kernel]) -> list[Kernel]:
    """Return the first kernels that are sums of products with the same parameters.

    None of them reads what another one writes.
    """
    same: list[Kernel] = []
    weights: list[np.ndarray] = []
    for kernel in kernels:
        terms = product_form(kernel)
        if terms is None:
            break
        read = factor(kernel, terms, SHARED).ravel()
        if same and not is_one_more(kernel, read, same, weights):
            break
        same.append(kernel)
        weights.append(read)
    return same


def is_one_more(
    kernel: Kernel, read: np.ndarray, same: Sequence[Kernel], weights: Sequence[np.ndarray]
) -> bool:
    """Return whether a kernel that reads these parameters belongs to kernels that read `weights`.

    Its products have the same form. It reads some of the same, and nothing that the others write.
    """
    if product_form(kernel) != product_form(same[0]) or addends(kernel) != addends(same[0]):
        return False
    if not np.isin(read, np.concatenate(weights)).any():
        return False
    written = np.concatenate([slots_of(other).ravel() for other in same])
    return not np.isin(places_read(kernel), written).any()


def product_form(kernel: Kernel) -> Form | None:
    """Return the form of a sum's products of a parameter and a number of the example."""
    if kernel.op is not None or kernel.reduces or not kernel.varies:
        return None
    products = [x for x in forms(kernel) if len(x.factors) == 2]
    kinds = [{kind for kind, _ in x.factors} for x in products]
    is_one = kinds == [{SHARED, VARYING}] and not products[0].negative
    return products[0] if is_one else None


def has_windows(kernel: Kernel) -> bool:
    """Return whether numbers are multiplied by parameters in windows that overlap."""
    terms = product_form(kernel)
    if terms is None:
        return False
    number = [kind for kind, _ in terms.factors].index(VARYING)
    places = without_repeats(places_in(kernel, terms, number))
    return len(np.unique(places)) < places.size


def addends(kernel: Kernel) -> Counter[Form]:
    """Return how many terms of each form a sum has beside its products."""
    counts: Counter[Form] = Counter()
    for segment in kernel.segments:
        if len(segment.factors) == 1 and form(segment) != ZERO:
            counts[form(segment)] += segment.terms
    return counts


def factor(kernel: Kernel, terms: Form, kind: str) -> np.ndarray:
    """Return the places of the factor of that kind, members x terms."""
    kinds = [name for name, _ in terms.factors]
    places = places_in(kernel, terms, kinds.index(kind))
    return places.reshape(-1, places.shape[-1])


def products_of(kernels: Sequence[Kernel], terms: Form) -> Products:
    weights = [factor(kernel, terms, SHARED) for kernel in kernels]
    images = [factor(kernel, terms, VARYING) for kernel in kernels]
    sizes = np.concatenate([np.full(len(x), x.shape[1]) for x in weights])
    return Products(
        np.repeat(np.arange(len(sizes)), sizes),
        np.concatenate([x.ravel() for x in weights]),
        np.concatenate([x.ravel() for x in images]),
    )


# -------------------------------------------------------------------------------------- filters


def filters_of(products: Products) -> Filters | None:
    """Return the filters, or None if weights are not applied to windows that overlap."""
    names, weight = np.unique(products.weight, return_inverse=True)
    count = int(products.member[-1]) + 1
    group, filter_of = groups_that_meet(products.member, weight, count, len(names))
    group, filter_of = (np.unique(x, return_inverse=True)[1] for x in (group, filter_of))
    size = int(group.max()) + 1
    if size == count or count % size or len(names) % size:
        return None
    start, offset = starts_and_offsets(products, weight, filter_of)
    order = np.lexsort((offset, filter_of))
    rows = order.reshape(size, -1)  # filters x taps
    lowest = offset[rows[:, 0]]
    start, offset = start + lowest[group], offset - lowest[filter_of]
    offsets, taps = offset[rows[0]], np.argsort(order)[weight] % rows.shape[1]
    is_even = (filter_of[rows] == np.arange(size)[:, None]).all()
    fits = (start[products.member] + offsets[taps] == products.image).all()
    distances = np.diff(np.unique(start))
    overlap = distances.size and distances.min() <= offsets[-1]
    return Filters(names[rows], offsets, group, taps) if is_even and fits and overlap else None


def starts_and_offsets(
    products: Products, weight: np.ndarray, filter_of: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (the start of each member, the offset of each weight from another of its filter).

    Each product says that its place in the image is the sum of both.
    """
    member, _, image = products
    start = np.full(int(member[-1]) + 1, np.nan)
    offset = np.full(len(filter_of), np.nan)
    offset[np.unique(filter_of, return_index=True)[1]] = 0.0
    while np.isnan(start).any() or np.isnan(offset).any():
        known = ~np.isnan(offset[weight])
        start[member[known]] = (image - offset[weight])[known]
        known = ~np.isnan(start[member])
        offset[weight[known]] = (image - start[member])[known]
    return start.astype(np.int64), offset.astype(np.int64)


# ----------------------------------------------------------------------------------------- axes


def axes_of(offsets: np.ndarray) -> Iterator[list[Axis]]:
    """Yield the axes that the taps may have: the fewest, then one more, then two more.

    A filter of 3 x 3 for an image 3 wide has taps without a gap, and so appears to have one axis.
    """
    grid = common_grid([offsets])
    access = fit_access(SHARED, offsets[:, None], grid)
    if access.member_offsets is not None or 0 in access.strides:
        return
    axes = list(map(Axis, grid, access.strides))
    yield axes
    yield from with_one_more(axes)
    for more in with_one_more(axes):
        yield from with_one_more(more)


def with_one_more(axes: list[Axis]) -> Iterator[list[Axis]]:
    """Yield the axes with one of them as two."""
    for i, (taps, stride) in enumerate(axes):
        for inner in range(2, taps // 2 + 1):
            if taps % inner == 0:
                halves = [Axis(taps // inner, stride * inner), Axis(inner, stride)]
                yield [*axes[:i], *halves, *axes[i + 1 :]]


def tracks_of(axes: list[Axis], products: Products, filters: Filters) -> list[Track]:
    """Return how windows move along each axis; none if not by even steps, or without overlap."""
    tracks = []
    places = products.image - products.image.min()
    taps = np.unravel_index(filters.taps, [axis.taps for axis in axes])
    for (_, stride), tap in zip(axes, taps):
        place, places = places // stride, places % stride
        starts = np.zeros(len(filters.of_member), np.int64)
        starts[products.member] = place - tap
        stops, windows = np.unique(starts, return_inverse=True)
        step = int(stops[1] - stops[0]) if len(stops) > 1 else 1
        is_even = (np.diff(stops) == step).all() and (starts[products.member] == place - tap).all()
        if not is_even or stops[0] > 0:
            return []
        tracks.append(Track(windows, len(stops), step, -int(stops[0]), int(place.max()) + 1))
    overlap = any(track.stops > 1 and track.step < axis.taps for axis, track in zip(axes, tracks))
    is_box = prod(track.extent for track in tracks) == len(np.unique(products.image))
    moving = [axis for axis, track in zip(axes, tracks) if track.moves(axis)]
    is_known = not places.any() and len(moving) <= MOST_AXES
    return tracks if overlap and is_box and is_known else []


def members_of(tracks: list[Track], filters: Filters) -> np.ndarray:
    """Return which of filters x windows each member is."""
    grid = [len(filters.weights), *(track.stops for track in tracks)]
    index = (filters.of_member, *(track.windows for track in tracks))
    return np.ravel_multi_index(index, grid)


def is_all(axes: list[Axis], tracks: list[Track], products: Products, filters: Filters) -> bool:
    """Return whether the products that there are are those of the taps inside the image."""
    inside = np.ones((1, 1), bool)  # windows x taps
    for axis, track in zip(axes, tracks):
        place = track.step * np.arange(track.stops)[:, None] + np.arange(axis.taps) - track.before
        inside = np.kron(inside, (place >= 0) & (place < track.extent))
        if track.after(axis) < 0:
            return False
    members = members_of(tracks, filters)
    whole = len(filters.weights) * len(inside)
    if len(members) != whole or len(np.unique(members)) != whole:
        return False
    taps = members[products.member] * inside.shape[1] + filters.taps
    counts = np.bincount(taps, minlength=whole * inside.shape[1])
    return bool((counts.reshape(-1, *inside.shape) == inside).all())


def arrange(
    terms: Form, axes: list[Axis], tracks: list[Track], first: int, filters: Filters
) -> Convolution:
    """Return the convolution; axes along which no window moves are channels."""
    moving = [i for i, track in enumerate(tracks) if track.moves(axes[i])]
    order = [*(i for i in range(len(axes)) if i not in moving), *moving]
    extents = [track.extent for track in tracks]
    image = np.array(first)
    for axis, extent in zip(axes, extents):
        image = image[..., None] + axis.stride * np.arange(extent)
    weights = filters.weights.reshape(-1, *(axis.taps for axis in axes))
    weights = weights.transpose(0, *(i + 1 for i in order))
    return Convolution(
        terms,
        image.transpose(order).reshape(-1, *(extents[i] for i in moving)),
        weights.reshape(len(weights), -1, *(axes[i].taps for i in moving)),
        tuple(tracks[i].step for i in moving),
        [(tracks[i].before, tracks[i].after(axes[i])) for i in moving],
        (len(weights), *(tracks[i].stops for i in moving)),
        members_of(tracks, filters),
    )
