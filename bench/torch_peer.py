"""PyTorch: the usual code with whole arrays, eagerly and through torch.compile."""

import torch
import torch.nn.functional as F

from bench import arrays
from bench.sizes import GPTS, MLPS
from bench.workloads import DOCUMENT, HEADS, Workload
from micrograd import optim

torch.set_num_threads(1)


def eager(workload: Workload):
    return training_loop(workload, lambda loss: loss)


def compiled(workload: Workload):
    return training_loop(workload, torch.compile)


def training_loop(workload: Workload, transform):
    start = {name: torch.tensor(a) for name, a in arrays.weights(workload).items()}
    w = {name: a.clone().requires_grad_() for name, a in start.items()}
    X, y = (None if a is None else torch.tensor(a) for a in arrays.examples(workload))
    loss = transform(LOSSES[workload.name])

    def run(steps):
        with torch.no_grad():
            for name, a in start.items():
                w[name].copy_(a)
        optimizer = optimizer_like(workload.settings(), w.values())
        for _ in range(steps):
            optimizer.zero_grad()
            value = loss(w, X, y)
            value.backward()
            optimizer.step()
        return value.item()

    return run


def optimizer_like(optimizer: optim.Optimizer, parameters):
    """Return PyTorch's optimizer with the settings of ours."""
    if isinstance(optimizer, optim.SGD):
        return torch.optim.SGD(parameters, lr=optimizer.lr)
    kind = torch.optim.AdamW if isinstance(optimizer, optim.AdamW) else torch.optim.Adam
    return kind(
        parameters,
        lr=optimizer.lr,
        betas=optimizer.betas,
        eps=optimizer.eps,
        weight_decay=optimizer.weight_decay,
    )


# ---------------------------------------------------------- losses: (weights, rows, targets) -> one


def readme(w, X, y):
    return arrays.readme(Relu, w, X, y)


class Relu:
    """A stand-in for `torch`, whose maximum takes no plain number: maximum(x, 0) is relu."""

    maximum = staticmethod(lambda x, zero: x.relu())


def neuron(w, X, y):
    return arrays.neuron(torch, w, X, y)


def network(w, X, activation):
    layers = len(w) // 2
    for i in range(layers):
        X = F.linear(X, w[f"w{i}"], w[f"b{i}"])
        X = activation(X) if i < layers - 1 else X
    return X


def lecture(w, X, y):
    return F.mse_loss(network(w, X, torch.tanh)[:, 0].tanh(), y)


def moons(w, X, y):
    scores = network(w, X, F.relu)[:, 0]
    penalty = sum(p.square().sum() for p in w.values())
    return F.relu(1.0 - y * scores).mean() + 1e-4 * penalty


def yinyang(w, X, y):
    return F.cross_entropy(network(w, X, torch.tanh), y)


def images(w, X, y):
    return F.cross_entropy(network(w, X, F.relu), y)


TOKENS = torch.tensor(DOCUMENT)


def microgpt(w, X, y):
    return gpt_loss(w, [w], TOKENS)


def gpt(w, X, y):
    return gpt_loss(w, arrays.blocks(w), X[0].long())


def gpt_loss(w, blocks, tokens):
    x = normed(F.embedding(tokens[:-1], w["wte"]) + w["wpe"])
    for block in blocks:
        x = transformer(block, x)
    return F.cross_entropy(F.linear(x, w["head"]), tokens[1:])


def transformer(w, x):
    z = normed(x)
    query, key, value = (heads(F.linear(z, w[name])) for name in ("wq", "wk", "wv"))
    taken = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    x = x + F.linear(taken.transpose(0, 1).reshape(x.shape), w["wo"])
    return x + F.linear(F.relu(F.linear(normed(x), w["fc1"])), w["fc2"])


def normed(x):
    return F.rms_norm(x, x.shape[1:], eps=1e-5)


def heads(x):
    return x.view(len(x), HEADS, -1).transpose(0, 1)


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
