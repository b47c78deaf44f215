"""Random programs by the hour: `nox -s nightly -- --hours 8 --jobs 4`.

Each program has a seed. Whatever disagrees is printed with it, so that `--first SEED --count 1`
shows it again, and the command ends with 1. Ctrl-C ends it with what was found so far.
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from tests.support.differential import Case, findings

ENGINES = ["torch", "exact", "fast"]
TOGETHER = (40, 1000)  # programs that are compiled as one: few are straight lines, many kernels
SHOWN = 20  # disagreements that are printed


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare random programs with every interpreter.")
    parser.add_argument("--hours", type=float, help="how long to go on; else until --count")
    parser.add_argument("--count", type=int, default=10_000, help="the number of programs")
    parser.add_argument("--first", type=int, default=0, help="the seed of the first program")
    parser.add_argument("--jobs", type=int, default=1, help="processes that work at once")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    return parser.parse_args()


def chunks(args: argparse.Namespace) -> Iterator[tuple[int, int]]:
    """Yield (first seed, number of seeds) until the time or the count is reached."""
    end = time.monotonic() + 3600.0 * args.hours if args.hours else None
    first = args.first
    for together in itertools.cycle(TOGETHER):
        left = args.first + args.count - first
        if (time.monotonic() > end) if end else left <= 0:
            return
        yield first, together if end else min(together, left)
        first += together


def check(first: int, count: int, engines: list[str]) -> list[tuple[int, str]]:
    """Return (seed, sentence) for each disagreement of these programs."""
    import torch

    torch.set_num_threads(1)
    cases = [Case(seed) for seed in range(first, first + count)]
    return [(case.seed, text) for case, text in findings(torch, cases, engines)]


def results(args: argparse.Namespace) -> Iterator[tuple[int, list]]:
    """Yield (number of programs, what they found), as the processes finish them."""
    with ProcessPoolExecutor(args.jobs) as pool:
        waiting = []
        for first, count in chunks(args):
            waiting.append((count, pool.submit(check, first, count, args.engines)))
            if len(waiting) > 2 * args.jobs:
                count, future = waiting.pop(0)
                yield count, future.result()
        for count, future in waiting:
            yield count, future.result()


def main() -> int:
    args, total, wrong = arguments(), 0, {}
    text = TextColumn("{task.completed:,} programs, {task.fields[wrong]} disagree")
    try:
        with Progress(text, TimeElapsedColumn()) as progress:
            task = progress.add_task("", total=None, wrong=0)
            for count, found in results(args):
                total += count
                for seed, sentence in found:
                    if seed not in wrong and len(wrong) < SHOWN:
                        progress.console.print(f"--first {seed}: {sentence}", markup=False)
                    wrong.setdefault(seed, sentence)
                progress.update(task, completed=total, wrong=len(wrong))
    except KeyboardInterrupt:
        print("interrupted")
    print(f"{total:,} programs by {', '.join(args.engines)}: {len(wrong)} disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
