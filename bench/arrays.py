"""The workloads as array code, for any module with NumPy's functions, as JAX and autograd have.

Rule: `xp` is the module of array functions. Weights are a dict of arrays: "w0", "b0", "w1", "b1"
and so on for a network, "wq0", "wk0" and so on for the blocks of an `nn.GPT`, else the names of the
model's attributes.
"""

import numpy as np

from bench.sizes import GPTS, MLPS
from bench.workloads import DOCUMENT, HEADS, Workload
from micrograd import MLP, nn, optim
from micrograd.support.nest import tree_map

BLOCK_WEIGHTS = ("wq", "wk", "wv", "wo", "fc1", "fc2")


def weights(workload: Workload) -> dict:
    """Return the weights of the model, as NumPy arrays."""
    model = workload.model()
    if isinstance(model, MLP):
        entries = {}
        for i, layer in enumerate(model.layers):
            entries[f"w{i}"] = [[v.data for v in neuron.w] for neuron in layer.neurons]
            entries[f"b{i}"] = [neuron.b.data for neuron in layer.neurons]
    elif isinstance(model, nn.GPT):
        entries = tree_map(lambda v: v.data, gpt_weights(model))
    else:
        entries = tree_map(lambda v: v.data, vars(model))
    return {name: np.array(w, workload.dtype) for name, w in entries.items()}


def gpt_weights(model: nn.GPT) -> dict:
    """Return {name: rows of Values}."""
    entries = {"wte": model.tokens, "wpe": model.positions, "head": model.head}
    for i, block in enumerate(model.blocks):
        attention = block.attention
        parts = (attention.query, attention.key, attention.value, attention.out)
        parts = (*parts, block.up, block.down)
        entries |= {f"{name}{i}": part for name, part in zip(BLOCK_WEIGHTS, parts)}
    return {name: part.weight for name, part in entries.items()}


def examples(workload: Workload) -> tuple:
    """Return (rows, targets) as NumPy arrays; (None, None) if the workload has no data."""
    X, y = workload.data()
    if X is None:
        return None, None
    targets = np.array(y)
    kind = workload.dtype if targets.dtype.kind == "f" else "int64"
    return np.array(X, workload.dtype), targets.astype(kind)


def update(xp, optimizer, p, grad, state, t):
    """Return (the parameter, its state) after step t = 1, 2, ..."""
    if isinstance(optimizer, optim.SGD):
        return p - optimizer.lr * grad, state
    if isinstance(optimizer, optim.AdamW):
        p = p * (1.0 - optimizer.lr * optimizer.weight_decay)
    beta1, beta2 = optimizer.betas
    mean, square = state
    mean = beta1 * mean + (1.0 - beta1) * grad
    square = beta2 * square + (1.0 - beta2) * grad * grad
    denominator = xp.sqrt(square / (1.0 - beta2**t)) + optimizer.eps
    return p - optimizer.lr / (1.0 - beta1**t) * mean / denominator, (mean, square)


# ------------------------------------------------------ losses: (xp, weights, rows, targets) -> one


def readme(xp, w, X, y):
    a, b = w["a"], w["b"]
    c = a + b
    d = a * b + b**3
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + xp.maximum(b + a, 0.0)
    d = d + 3 * d + xp.maximum(b - a, 0.0)
    f = (c - d) ** 2
    return f / 2.0 + 10.0 / f


def neuron(xp, w, X, y):
    return xp.tanh(w["x1"] * w["w1"] + w["x2"] * w["w2"] + w["b"])


def network(xp, w, X, activation):
    layers = len(w) // 2
    for i in range(layers):
        X = X @ w[f"w{i}"].T + w[f"b{i}"]
        X = activation(X) if i < layers - 1 else X
    return X


def cross_entropy(xp, scores, y):
    scores = scores - xp.max(scores, axis=1, keepdims=True)
    total = xp.log(xp.sum(xp.exp(scores), axis=1))
    return xp.mean(total - scores[np.arange(len(y)), y])


def lecture(xp, w, X, y):
    return xp.mean((xp.tanh(network(xp, w, X, xp.tanh)[:, 0]) - y) ** 2)


def moons(xp, w, X, y):
    scores = network(xp, w, X, lambda x: xp.maximum(x, 0.0))[:, 0]
    penalty = sum(xp.sum(p * p) for p in w.values())
    return xp.mean(xp.maximum(1.0 - y * scores, 0.0)) + 1e-4 * penalty


def yinyang(xp, w, X, y):
    return cross_entropy(xp, network(xp, w, X, xp.tanh), y)


def images(xp, w, X, y):
    return cross_entropy(xp, network(xp, w, X, lambda x: xp.maximum(x, 0.0)), y)


def microgpt(xp, w, X, y):
    return gpt_loss(xp, w, [w], np.array(DOCUMENT))


def gpt(xp, w, X, y):
    return gpt_loss(xp, w, blocks(w), X[0].astype("int64"))


def blocks(w) -> list[dict]:
    """Return the weights of each block of an `nn.GPT`."""
    count = sum(name.startswith("wq") for name in w)
    return [{name: w[f"{name}{i}"] for name in BLOCK_WEIGHTS} for i in range(count)]


def gpt_loss(xp, w, blocks, tokens):
    """Return the mean cross-entropy over the positions of one text."""
    x = normed(xp, w["wte"][tokens[:-1]] + w["wpe"])
    for block in blocks:
        x = transformer(xp, block, x)
    return cross_entropy(xp, x @ w["head"].T, tokens[1:])


def transformer(xp, w, x):
    z = normed(xp, x)
    query, key, value = (heads(xp, z @ w[name].T) for name in ("wq", "wk", "wv"))
    scores = query @ xp.swapaxes(key, 1, 2) / query.shape[2] ** 0.5
    powers = xp.exp(scores) * np.tri(len(x), dtype=scores.dtype)
    taken = powers / xp.sum(powers, axis=2, keepdims=True) @ value
    x = x + xp.swapaxes(taken, 0, 1).reshape(x.shape) @ w["wo"].T
    return x + xp.maximum(normed(xp, x) @ w["fc1"].T, 0.0) @ w["fc2"].T


def normed(xp, x):
    return x * (xp.mean(x * x, axis=1, keepdims=True) + 1e-5) ** -0.5


def heads(xp, x):
    return xp.swapaxes(x.reshape(len(x), HEADS, -1), 0, 1)


LOSSES = {
    "readme": readme,
    "neuron": neuron,
    "lecture": lecture,
    "moons": moons,
    "yinyang": yinyang,
    "digits": images,
    "microgpt": microgpt,
    "wide64": images,
    "wide32": images,
    **dict.fromkeys(MLPS, images),
    **dict.fromkeys(GPTS, gpt),
}
