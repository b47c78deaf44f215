"""`python -m bench fit`: the time that `fit` adds to its steps, and whole runs beside PyTorch.

Rule: contestants take turns within one run, and their medians are compared. Everything runs in one
thread, without validation, checkpoints and progress.
"""

import json
import statistics
from pathlib import Path

from bench.harness import seconds_of
from bench.workloads import WORKLOADS, Workload
from micrograd import MLP, compile_step, data, fit, optim
from micrograd.models import char_gpt
from micrograd.support.randomness import seeded
from micrograd.training import cross_entropy_loss

ROUNDS = 3
STEPS = {"moons": 20_000, "yinyang": 50_000, "digits": 10_000, "wide64": 3000}  # steps in one go
EPOCHS, BATCH = 20, 64
DOCUMENTS = 300


def main(path: Path) -> None:
    results = {
        "fit": {name: compare_with_run(WORKLOADS[name], steps) for name, steps in STEPS.items()}
    }
    for name, row in results["fit"].items():
        print(
            f"{name:9} run {micro(row['run'])}, fit {micro(row['fit'])} a step: "
            f"{row['fit'] / row['run']:.2f}x; {row['memory']:.1f}x the memory of its numbers"
        )
    results["digits"] = digits()
    print("digits, an epoch:", comparison(results["digits"], 1e3, "ms"))
    results["names"] = names()
    print("names, a document:", comparison(results["names"], 1e6, "µs"))
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path}")


def micro(seconds: float) -> str:
    return f"{1e6 * seconds:.2f} µs"


def comparison(row: dict[str, float], scale: float, unit: str) -> str:
    listed = ", ".join(f"{who} {scale * seconds:.4g} {unit}" for who, seconds in row.items())
    return f"{listed}: {row['PyTorch'] / row['fit']:.1f}x"


def medians(contestants: dict) -> dict[str, float]:
    """Return the median seconds of one step or epoch of each contestant, {name: (run, count)}.

    A turn runs `count` of them, and then three times as many. The difference is what counts, so
    that the time to begin, which is mostly compilation, is left out.
    """
    times = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, (run, count) in contestants.items():
            times[name].append((seconds_of(run, 3 * count) - seconds_of(run, count)) / (2 * count))
    return {name: statistics.median(row) for name, row in times.items()}


# -------------------------------------------------------------------------------- fit and its steps


def compare_with_run(workload: Workload, steps: int) -> dict[str, float]:
    """Return the seconds of a step by `compile_step(...).run` and by `fit`, and its memory."""
    X, y = workload.data()
    model, other = workload.model(), workload.model()
    penalty = None
    if workload.penalty is not None:
        penalty = lambda model: workload.penalty(model.parameters())  # noqa: E731
    optimizer = workload.optimizer(model.parameters())
    step = compile_step(workload.loss, model, optimizer, penalty, workload.dtype)
    options = {"optimizer": workload.optimizer, "penalty": penalty, "dtype": workload.dtype}
    options["progress"] = False
    seconds = medians(
        {
            "run": (lambda steps: step.run(X, y, steps), steps),
            "fit": (lambda steps: fit(other, workload.loss, X, y, steps=steps, **options), steps),
        }
    )
    return {**seconds, "memory": memory(step, len(X))}


def memory(step, examples: int) -> float:
    """Return a step's memory over that of its parameters and a minibatch's activations."""
    compiled = step.latest
    activations = compiled.programs.traced_counts[0] * examples
    return compiled.memory.size / (len(compiled.parameters) + activations)


# ----------------------------------------------------------------------------- beside PyTorch eager


def digits() -> dict[str, float]:
    """Return the seconds of an epoch of MLP(64, [64, 10]) on digits, in minibatches of 64."""
    import torch

    X, y = data.digits()
    with seeded(0):
        model = MLP(64, [64, 10], init="he")
    net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    net = net.double()
    adam = torch.optim.Adam(net.parameters(), lr=0.01)
    rows, targets = torch.tensor(X, dtype=torch.float64), torch.tensor(y)
    torch.set_num_threads(1)

    def theirs(epochs):
        for _ in range(epochs):
            for batch in torch.randperm(len(rows))[: len(rows) // BATCH * BATCH].split(BATCH):
                adam.zero_grad()
                torch.nn.functional.cross_entropy(net(rows[batch]), targets[batch]).backward()
                adam.step()

    def ours(epochs):
        fit(
            model, cross_entropy_loss, X, y, epochs=epochs, batch_size=BATCH, progress=False,
            optimizer=lambda parameters: optim.Adam(parameters, lr=0.01),
        )  # fmt: skip

    return medians({"fit": (ours, 10 * EPOCHS), "PyTorch": (theirs, EPOCHS)})


def names() -> dict[str, float]:
    """Return the seconds of a step of the GPT of `micrograd train gpt`, with one document a step.

    PyTorch sees each document at its own length; ours are padded to the length of the longest.
    """
    documents = data.first_names()
    vocabulary = char_gpt.Vocabulary.of(documents)
    with seeded(0):
        model = char_gpt.make(vocabulary)
    X, y = char_gpt.rows(documents, vocabulary)

    def ours(steps):
        fit(
            model, char_gpt.loss, X, y, steps=steps, batch_size=1, progress=False,
            optimizer=lambda parameters: optim.Adam(parameters, lr=0.001),
        )  # fmt: skip

    theirs = in_torch(model, [vocabulary.tokens(document) for document in documents])
    return medians({"fit": (ours, 100 * DOCUMENTS), "PyTorch": (theirs, DOCUMENTS)})


def in_torch(model, documents: list[list[int]]):
    """Return `run(steps)` of the same GPT in PyTorch, which begins with the first document."""
    import torch
    from torch.nn import functional

    def tensor(rows):
        numbers = [[p.data for p in row] for row in rows]
        return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)

    block = model.blocks[0]
    linears = (block.attention.query, block.attention.key, block.attention.value)
    linears = (*linears, block.attention.out, block.up, block.down, model.head)
    wte, wpe = tensor(model.tokens.weight), tensor(model.positions.weight)
    wq, wk, wv, wo, up, down, head = weights = [tensor(linear.weight) for linear in linears]
    adam = torch.optim.Adam([wte, wpe, *weights], lr=0.001)
    texts = [torch.tensor(document) for document in documents]

    def normed(x):
        return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt()

    def heads(x):
        return x.view(len(x), model.blocks[0].attention.heads, -1).transpose(0, 1)

    def loss(tokens):
        x = normed(wte[tokens[:-1]] + wpe[: len(tokens) - 1])
        z = normed(x)
        q, k, v = (heads(z @ w.T) for w in (wq, wk, wv))
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + seen.transpose(0, 1).reshape(len(x), -1) @ wo.T
        x = x + (normed(x) @ up.T).relu() @ down.T
        return functional.cross_entropy(x @ head.T, tokens[1:])

    def run(steps):
        for tokens in texts[:steps]:
            adam.zero_grad()
            loss(tokens).backward()
            adam.step()

    return run
