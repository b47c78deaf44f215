"""The gradient of kernels over arrays of places: reverse mode, a kernel at a time.

Rule: the derivatives of a sum of products and of an entry of a table stand here, as they are of
arrays; all others come from the rows. A debt to an operand is noted as a sum of products. It is
computed when the block that the operand stands in is reached, together with all other debts to it.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Sequence

import numpy as np

from micrograd.compiler.batch import MOST_SINGLE_TERMS
from micrograd.compiler.lines import distinct
from micrograd.compiler.rolled.blocks import Array, ArrayKernel, Blocks, Places, Terms, is_places
from micrograd.compiler.rolled.calls import is_pick
from micrograd.compiler.rolled.flattening import results_of
from micrograd.compiler.rolled.owed import Owed, owed_to
from micrograd.compiler.rolled.partials import as_one, partial_program
from micrograd.compiler.rolled.repeats import with_single_targets
from micrograd.compiler.rolled.templates import Template
from micrograd.ops import Op


class Gradient:
    """Adds to `blocks` the kernels of d loss / d x for the trained numbers x."""

    def __init__(
        self, blocks: Blocks, loss: Places, trained: Places, targets: Container[Op]
    ) -> None:
        self.blocks, self.trained, self.targets = blocks, trained, targets
        self.forward = list(blocks.kernels)
        self.one = blocks.constants(np.ones(1))
        self.active = self.active_blocks()
        self.owed: dict[int, list[Owed]] = {}
        self.templates: dict[tuple[Op, int], Template] = {}  # of partials
        self.owe(Owed(loss, Terms(False, [self.one[None]])))

    @property
    def is_zero(self) -> bool:
        """Whether the loss depends on none of the trained numbers."""
        return not self.owed

    def active_blocks(self) -> np.ndarray:
        """Return whether each block depends on a trained number by differentiable ops."""
        active = np.zeros(len(self.blocks.starts) + 1, bool)
        active[self.blocks.blocks_met(self.trained)] = True
        for kernel in self.forward:
            operands = filter(is_places, differentiable(kernel))
            if any(active[self.blocks.blocks_met(x)].any() for x in operands):
                active[self.blocks.block_of(kernel)] = True
        return active

    def are_active(self, places: Places) -> np.ndarray:
        """Return whether each place depends on a trained number. New places are inactive."""
        last = len(self.active) - 1
        first_block, last_block = self.blocks.outermost_blocks(places)
        between = self.active[min(first_block, last) : min(last_block, last) + 1]
        if not between.any() or between.all():
            return np.full(places.shape, between.any())
        return np.asarray(self.active[np.minimum(self.blocks.blocks_of(places), last)])

    def is_active(self, x: Array) -> bool:
        return is_places(x) and bool(self.are_active(x).any())

    def run(self) -> None:
        """Go through the kernels from the last to the first."""
        for kernel in reversed(self.forward):
            block = self.blocks.block_of(kernel)
            if block in self.owed:
                self.differentiate(kernel, self.settle(block))

    def store(self, out: Places, is_mean: bool) -> np.ndarray:
        """Add the kernels that leave d loss / d trained[i] at out[i]; return which are owed one.

        With `is_mean` it is the mean over the examples.
        """
        done = np.zeros(len(self.trained), bool)
        for block in self.blocks.blocks_met(self.trained):
            for places, owed in self.classes(int(block)):
                layout, sums = self.combine(places, owed)
                index = index_in(self.trained, layout)
                done[index] = True
                self.store_sum(out[index], sums, is_mean)
        if not done.all() and not is_mean:
            zero = [Terms(False, [np.zeros((1, 1))])]
            self.blocks.add(ArrayKernel(None, out[~done], sums=zero))
        return done

    def store_sum(self, out: Places, sums: list[Terms], is_mean: bool) -> None:
        """Add the kernel that computes a sum of products at given places, or the mean of it."""
        is_product = len(sums) == 1 and not sums[0].negative
        if is_mean and not (is_product and all(x.shape[-1] == 1 for x in sums[0].factors)):
            sums = [Terms(False, [self.blocks.add_sum(sums)[..., None]])]
        self.blocks.add(ArrayKernel(None, out, sums=sums, is_mean=is_mean))

    # -------------------------------------------------------------------------------- what is owed

    def owe(self, owed: Owed) -> None:
        """Record the debt with each block that has one of its targets."""
        live = owed.targets[self.are_active(owed.targets)]
        for block in self.blocks.blocks_met(live):
            self.owed.setdefault(int(block), []).append(owed)

    def settle(self, block: int) -> Places:
        """Compute the grads of a block's numbers; return where they stand, -1 if there is none."""
        start = self.blocks.starts[block]
        grads = np.full(int(self.blocks.sizes[block]), -1)
        for places, owed in self.classes(block):
            targets, sums = self.combine(places, owed)
            results = sums[0].plain if len(sums) == 1 else None
            if results is None:
                results = self.blocks.add_sum(sums)
            grads[targets - start] = np.broadcast_to(results, targets.shape)
        return grads

    def classes(self, block: int) -> list[tuple[Places, list[Owed]]]:
        """Return (places, what is owed to them) for the parts of a block that share nothing."""
        start, size = self.blocks.starts[block], int(self.blocks.sizes[block])
        label = np.full(size, -1, np.int32)
        classes: dict[int, list[Owed]] = {}
        for number, owed in enumerate(self.owed.pop(block, [])):
            places = owed.within(start, start + size) - start
            labels = label[places]
            met = distinct(labels[labels >= 0]).tolist()
            classes[number] = [x for other in met for x in classes.pop(other)] + [owed]
            if met:
                label[np.isin(label, met)] = number
            label[places] = number
        return [
            (start + within(label, i, start, [x.targets for x in owed]), owed)
            for i, owed in classes.items()
        ]

    def combine(self, places: Places, owed: list[Owed]) -> tuple[Places, list[Terms]]:
        """Return (the places, in the shape of an array of targets, the sum that each is owed)."""
        whole = [x.targets for x in owed if x.covers(places)]
        layout = max(whole, key=lambda targets: targets.ndim, default=places)
        sums: list[Terms] = []
        pairs: list[tuple[Places, Places]] = []
        for x in owed:
            if x.targets.shape == layout.shape and (x.targets == layout).all():
                sums.append(x.terms)
            else:
                pairs.append(self.pairs(x, places))
        if pairs:
            targets, sources = map(np.concatenate, zip(*pairs))
            sums += self.sum_by_target(targets, sources, layout)
        return layout, merge_terms(sums)

    def pairs(self, owed: Owed, places: Places) -> tuple[Places, Places]:
        """Return (targets, where what they are owed stands), both flat, of those among `places`."""
        if owed.results is None:
            results = owed.terms.plain
            if results is None:
                results = self.blocks.add_sum([owed.terms])
            owed.results = np.broadcast_to(results, owed.targets.shape).ravel()
        targets = owed.targets.ravel()
        mask = np.isin(targets, places)
        return targets[mask], owed.results[mask]

    def sum_by_target(self, targets: Places, sources: Places, layout: Places) -> list[Terms]:
        """Return the sum of the sources of each target: as many terms as the longest needs."""
        order = np.argsort(targets, kind="stable")
        targets, sources = targets[order], sources[order]
        _, starts, counts = np.unique(targets, return_index=True, return_counts=True)
        column = np.arange(len(targets)) - np.repeat(starts, counts)
        in_order = np.argsort(layout, axis=None)
        row = np.searchsorted(layout.ravel(), targets, sorter=in_order)
        table = np.full((layout.size, int(counts.max())), self.blocks.zero())
        table[in_order[row], column] = sources
        return [Terms(False, [x.reshape(*layout.shape, 1)]) for x in table.T]

    # ---------------------------------------------------------------------------------- one kernel

    def differentiate(self, kernel: ArrayKernel, grads: Places) -> None:
        """Note what the kernel's operands are owed, given the grads of its block."""
        grads = grads.reshape(kernel.results.shape)
        receives = grads >= 0
        if kernel.is_completed:  # with results that nobody wants
            grads = np.where(receives, grads, self.blocks.zero())
        elif not receives.all():
            kernel, whole = kernel.at(receives), kernel.results
            grads = grads.ravel()[kernel.results - whole.flat[0]]
        grad = grads[..., None]
        if kernel.op is None:
            self.differentiate_sum(kernel, grad)
        elif is_pick(kernel.op):
            self.differentiate_pick(kernel.op, kernel.inputs, grad)
        elif not kernel.is_of_many:  # which is detached
            self.differentiate_op(kernel.op, kernel, grad)

    def differentiate_sum(self, kernel: ArrayKernel, grad: Places) -> None:
        for terms in kernel.sums:
            for i, x in enumerate(terms.factors):
                if self.is_active(x):
                    others = [y for k, y in enumerate(terms.factors) if k != i]
                    self.pass_on(x, [grad, *others], terms.negative)

    def differentiate_op(self, op: Op, kernel: ArrayKernel, grad: Places) -> None:
        for i, x in enumerate(kernel.inputs):
            if op.partials[i] and self.is_active(x):
                factor = self.partial(self.template(op, i), [*kernel.inputs, kernel.results])
                self.pass_on(x[..., None], [grad, factor[..., None]])

    def differentiate_pick(self, op: Op, inputs: Sequence[Array], grad: Places) -> None:
        """Each entry of the table is owed the grad where the index is its own."""
        index, table = inputs
        if not self.is_active(table):
            return
        entries = range(1, len(op.partials))
        numbers, program = as_one([partial_program(op, i, self.targets) for i in entries])
        constants = self.blocks.constants(numbers).reshape((1,) * index.ndim + (-1,))
        unused = [index[..., None]] * len(op.partials)
        factor = self.partial(Template(program), [index[..., None], *unused, constants])
        self.pass_on(table[..., None], [grad[..., None], factor[..., None]])

    def template(self, op: Op, i: int) -> Template:
        """Return the partial with respect to input `i`, made once for all kernels."""
        if (op, i) not in self.templates:
            self.templates[op, i] = Template(partial_program(op, i, self.targets))
        return self.templates[op, i]

    def partial(self, template: Template, inputs: Sequence[Array]) -> Array:
        """Return a partial at each place: an array of places or of constants."""
        (output,) = template.program.outputs
        if isinstance(output, float):
            return np.full((1,) * max(x.ndim for x in inputs), output)
        return results_of(template, inputs, self.blocks)

    def pass_on(self, x: Array, factors: list[Array], negative: bool = False) -> None:
        """Note that the operand is owed the sum of these products, over the axes it has not."""
        shape = np.broadcast_shapes(x.shape, *[f.shape for f in factors])
        needed = [f for f in factors if not self.is_one(f)] or [self.one]
        owed = owed_to(x, negative, needed, shape)
        live = self.are_active(owed.targets)
        self.owe(with_single_targets(owed, live, self.blocks.zero))

    def is_one(self, x: Array) -> bool:
        return bool((x == (self.one[0] if is_places(x) else 1.0)).all())


def index_in(places: Places, some: Places) -> Places:
    """Return where some of the places, which are in order, stand among them."""
    first, last = places[0], places[-1]
    is_run = last - first == len(places) - 1
    return some - first if is_run else np.asarray(np.searchsorted(places, some))


def within(label: Places, number: int, start: int, targets: list[Places]) -> Places:
    """Return where the label is that number, which is only so among these targets."""
    first = max(min(int(x.min()) for x in targets) - start, 0)
    end = max(int(x.max()) for x in targets) - start + 1
    return first + np.flatnonzero(label[first:end] == number)


def merge_terms(sums: list[Terms]) -> list[Terms]:
    """Return the same sum, with many terms of one form as one loop, as over the steps of time."""
    groups: dict[Hashable, list[Terms]] = {}
    for terms in sums:
        shapes = [x.shape[:-1] for x in terms.factors]
        lengths = {x.shape[-1] for x in terms.factors}
        form = terms.negative, *shapes, *[x.dtype for x in terms.factors]
        key = form if len(lengths) == 1 else id(terms)
        groups.setdefault(key, []).append(terms)
    joined: list[Terms] = []
    for same in groups.values():
        joined += [join_terms(same)] if len(same) > MOST_SINGLE_TERMS else same
    return joined


def join_terms(sums: list[Terms]) -> Terms:
    """Return terms of one form as one."""
    columns = zip(*[terms.factors for terms in sums])
    factors = [np.concatenate(column, axis=-1) for column in columns]
    return Terms(sums[0].negative, factors)


def differentiable(kernel: ArrayKernel) -> list[Array]:
    """Return the operands that receive a grad."""
    if kernel.op is None:
        return kernel.operands()
    if is_pick(kernel.op):
        return kernel.inputs[1:]
    return [x for x, partial in zip(kernel.inputs, kernel.op.partials) if partial]
