"""The compiler's stages, compared as printed programs, and the cache of machine code.

Rule: a program is compared as its whole text. Numbers are compared to the last bit; a nan equals a
nan.
"""

import hashlib
import itertools
import math
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import llvmlite
import pytest
from llvmlite import binding

import micrograd
from micrograd import Value, ops
from micrograd.compiler.codegen import cache, llvm
from micrograd.compiler.codegen.executable import ScalarFunction
from micrograd.compiler.codegen.lowering_rules import lowering_rules
from micrograd.compiler.gradient import differentiate
from micrograd.compiler.program import Program
from micrograd.compiler.simplification import drop, fold, simplify
from micrograd.compiler.trace import Trace, expand, trace
from micrograd.errors import TraceError
from tests.support.cases import cases
from tests.support.floats import bits

PACKAGE = Path(micrograd.__file__).parent
EDGES = (0.0, -0.0, 1.0, -1.0, 0.3, 1e300, -1e300, 5e-324, math.inf, -math.inf, math.nan)


def text(program):
    return textwrap.dedent(program).strip()


def names(program):
    return [op.name for op in program.ops]


# ---------------------------------------------------------------------------------- golden texts

# name: (function, inputs, and the text after trace, differentiate, simplify and expand; "" means
# that the stage changes nothing)
GOLDEN = {
    "neuron": (
        lambda x, w: (x * w + 1).tanh(),
        2,
        """
        t0 = mul x0, x1
        t1 = add t0, 1.0
        t2 = tanh t1
        return t2
        """,
        """
        t0 = mul x0, x1
        t1 = add t0, 1.0
        t2 = tanh t1
        t3 = mul t2, t2
        t4 = sub 1.0, t3
        t5 = mul x1, t4
        t6 = mul x0, t4
        return t2, t5, t6
        """,
        "",
        "",
    ),
    "power": (
        lambda x: x**3,
        1,
        "t0 = pow 3 x0\nreturn t0",
        """
        t0 = pow 3 x0
        t1 = pow 2.0 x0
        t2 = mul 3.0, t1
        return t0, t2
        """,
        """
        t0 = pow 3 x0
        t1 = pow 2.0 x0
        t2 = mul 3.0, t1
        return t0, t2
        """,
        """
        t0 = pow x0, 3.0
        t1 = pow x0, 2.0
        t2 = mul 3.0, t1
        return t0, t2
        """,
    ),
    "used twice": (
        lambda x: x.exp() * x.exp(),
        1,
        """
        t0 = exp x0
        t1 = exp x0
        t2 = mul t0, t1
        return t2
        """,
        """
        t0 = exp x0
        t1 = exp x0
        t2 = mul t0, t1
        t3 = mul t1, t0
        t4 = mul t0, t1
        t5 = add t3, t4
        return t2, t5
        """,
        """
        t0 = exp x0
        t1 = mul t0, t0
        t2 = add t1, t1
        return t1, t2
        """,
        "",
    ),
    "a constant": (lambda x, y: 2.0, 2, "return 2.0", "return 2.0, 0.0, 0.0", "", ""),
    "an input": (lambda x: x, 1, "return x0", "return x0, 1.0", "", ""),
    "a list": (
        lambda x, y: [x - y, 3, y],
        2,
        "t0 = sub x0, x1\nreturn t0, 3.0, x1",
        "t0 = sub x0, x1\nreturn t0, 3.0, x1, 1.0, -1.0",
        "",
        "",
    ),
    "masks": (
        lambda x, y: [x <= y, 1.0 - ops.equal(x, y)],
        2,
        """
        t0 = less x0, x1
        t1 = equal x0, x1
        t2 = where t0, 1.0, t1
        t3 = equal x0, x1
        t4 = sub 1.0, t3
        return t2, t4
        """,
        """
        t0 = less x0, x1
        t1 = equal x0, x1
        t2 = where t0, 1.0, t1
        t3 = equal x0, x1
        t4 = sub 1.0, t3
        return t2, t4, 0.0, 0.0
        """,
        """
        t0 = less x0, x1
        t1 = equal x0, x1
        t2 = where t0, 1.0, t1
        t3 = sub 1.0, t1
        return t2, t3, 0.0, 0.0
        """,
        "",
    ),
    "no outputs": (lambda x: [], 1, "return", None, None, None),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_each_stage_prints_its_program(name):
    f, inputs, *golden = GOLDEN[name]
    program = trace(f, inputs)
    stages = (
        lambda p: p,
        differentiate,
        simplify,
        lambda p: simplify(expand(p, lowering_rules(False))),
    )
    before = None
    for stage, wanted in zip(stages, golden):
        if wanted is None:
            return
        program = stage(program)
        assert str(program) == text(wanted or before)
        before = wanted or before


@pytest.mark.parametrize("exact", [False, True])
def test_expand_replaces_a_row_by_its_forward(exact):
    program = expand(trace(lambda x: x.gelu(), 1), lowering_rules(exact))
    assert str(program) == text(
        """
        t0 = mul 0.5, x0
        t1 = mul x0, 0.7071067811865476
        t2 = erf t1
        t3 = add 1.0, t2
        t4 = mul t0, t3
        return t4
        """
    )
    assert expand(program, lowering_rules(exact)) is program


def test_expand_refuses_a_row_with_a_branch():
    branchy = ops.Op("branchy", "branchy({})", lambda x: x if x > 0 else 0.0, (lambda x, out: 1.0,))
    with pytest.raises(
        TraceError, match="branchy cannot be compiled, because its row does not compute"
    ):
        expand(trace(lambda x: branchy(x), 1), lowering_rules(False))


def test_a_program_counts_and_runs():
    program = trace(lambda x, y: x * y + x, 2)
    assert repr(program) == "Program of 2 inputs, 2 instructions"
    assert program.uses() == [2, 1, 1, 1]
    assert program.run(2.0, 3.0) == [8.0]


def test_differentiate_another_output_with_respect_to_some_inputs():
    program = trace(lambda x, y: [x * y, x + y, y * y], 2)
    derivative = differentiate(program, output=2, inputs=[1])
    assert derivative.run(2.0, 3.0) == [6.0, 5.0, 9.0, 6.0]


# --------------------------------------------------------------- identities, to the last bit

IDENTITIES = {  # name: (function, the remaining instructions)
    "x * 1": (lambda x: x * 1.0, []),
    "1 * x": (lambda x: 1.0 * x, []),
    "x / 1": (lambda x: x / 1.0, []),
    "x - 0": (lambda x: x - 0.0, []),
    "x + -0": (lambda x: x + -0.0, []),
    "-0 + x": (lambda x: -0.0 + x, []),
    "x * -1": (lambda x: x * -1.0, ["neg"]),
    "-1 * x": (lambda x: -1.0 * x, ["neg"]),
    "x + 0": (lambda x: x + 0.0, ["add"]),  # -0.0 + 0.0 is 0.0
    "x - -0": (lambda x: x - -0.0, ["sub"]),
    "x * 0": (lambda x: x * 0.0, ["mul"]),  # inf * 0.0 is nan
    "0 - x": (lambda x: 0.0 - x, ["sub"]),  # 0.0 - 0.0 is 0.0
    "1 / x": (lambda x: 1.0 / x, ["div"]),
    "x - x": (lambda x: x - x, ["sub"]),
    "x / x": (lambda x: x / x, ["div"]),
    "x == x": (lambda x: ops.equal(x, x), ["equal"]),
    "neg neg x": (lambda x: ops.neg(ops.neg(x)), ["neg", "neg"]),
    "two of them": (lambda x: x * 1.0 / 1.0 - 0.0, []),
}


@cases("f, left", IDENTITIES.values(), ids=IDENTITIES)
@cases("x", EDGES)
def test_an_identity_holds_to_the_bit(f, left, x):
    program = trace(f, 1)
    simple = simplify(program)
    assert names(simple) == left
    assert bits(simple.run(x)[0]) == bits(program.run(x)[0])


@cases("x, y", list(itertools.product(EDGES, repeat=2)))
def test_simplify_keeps_every_bit(x, y):
    def f(x, y):
        a, b = x * y, y * x
        return [(a + -0.0) * 1.0 + b, a.exp() + a.exp(), 0.0 * x, 1.0 * (x - y) * -1.0, a * a]

    for program in (trace(f, 2), differentiate(trace(f, 2))):
        simple = simplify(program)
        assert len(simple) < len(program)
        assert list(map(bits, simple.run(x, y))) == list(map(bits, program.run(x, y)))


@cases("op", ops.OPS.values(), ids=ops.OPS)
def test_a_row_folds_its_constants(op):
    inputs = (0.3, -1.25, 2.5)[: len(op.partials)]
    (folded,) = simplify(Program(("x0",), (op,), (inputs,), (1,))).outputs
    assert bits(folded) == bits(op.forward(*inputs))


def test_folding_continues_through_folded_results():
    constant = Program(("x0",), (ops.tanh, ops.add, ops.mul), ((0.0,), (1, 1.0), (0, 2)), (3,))
    assert str(fold(constant)) == "return x0"


def test_unneeded_instructions_are_dropped():
    program = Program(("x0",), (ops.exp, ops.sin, ops.cos), ((0,), (0,), (2,)), (3,))
    assert str(drop(program)) == "t0 = sin x0\nt1 = cos t0\nreturn t1"
    assert str(trace(lambda x: [x.exp(), x.sin()][1], 1)) == "t0 = sin x0\nreturn t0"


@pytest.mark.parametrize(
    "f, left",
    [
        (lambda x, y: x * y + x * y, ["mul", "add"]),
        (lambda x, y: x * y + y * x, ["mul", "mul", "add"]),  # the operands must have one order
        (lambda x, y: (x + 0.0) * (x + -0.0), ["add", "mul"]),  # 0.0 is not -0.0
        (lambda x, y: x.exp().exp() + x.exp().exp(), ["exp", "exp", "add"]),
        (lambda x, y: x**3 + x**3.0, ["pow 3", "pow 3.0", "add"]),
    ],
)
def test_repeated_instructions_are_shared(f, left):
    assert names(simplify(trace(f, 2))) == left


# ------------------------------------------------------------------------------------ deep and long


@pytest.mark.slow
def test_a_chain_of_any_length():
    """No stage recurses: Python's stack is only 1000 deep."""

    def f(x):
        for _ in range(10_000):
            x = x * 0.5 + 1.0
        return x

    program = simplify(differentiate(trace(f, 1)))
    assert program.run(3.0) == [2.0, 0.5**10_000]


# ---------------------------------------------------------------------------------------- the cache


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MICROGRAD_CACHE", str(tmp_path / "deep" / "cache"))
    return tmp_path / "deep" / "cache"


class Builder:
    """Counts how often it builds."""

    def __init__(self, code=b"machine code"):
        self.code, self.times = code, 0

    def __call__(self):
        self.times += 1
        return self.code


def test_stored_code_is_not_built_again(folder):
    build = Builder()
    assert [cache.load_or_build("key", build) for _ in range(3)] == [build.code] * 3
    assert build.times == 1
    assert cache.load_or_build("another key", Builder(b"other")) == b"other"
    assert len(list(folder.iterdir())) == 2


def entry_of(key, folder):
    """Return the content of the entry of another key, and leave no such entry."""
    before = set(folder.iterdir())
    cache.load_or_build(key, Builder(b"other"))
    (path,) = set(folder.iterdir()) - before
    content = path.read_bytes()
    path.unlink()
    return content


# fmt: off
DAMAGES = {
    "cut short":   lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "empty":       lambda path: path.write_bytes(b""),
    "one byte":    lambda path: path.write_bytes(path.read_bytes()[:-1] + b"?"),
    "longer":      lambda path: path.write_bytes(path.read_bytes() + b"?"),
    "deleted":     lambda path: path.unlink(),
    "another's":   lambda path: path.write_bytes(entry_of("another key", path.parent)),
}
# fmt: on


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_entry_is_built_again(folder, damage):
    build = Builder()
    cache.load_or_build("key", build)
    damage(next(folder.iterdir()))
    assert [cache.load_or_build("key", build) for _ in range(2)] == [build.code] * 2
    assert build.times == 2


def test_a_damaged_entry_of_machine_code(folder):
    program = trace(lambda x: x * 2.0 + 0.125, 1)
    assert ScalarFunction(program, exact=True).run([1.0]) == [2.125]
    (path,) = folder.iterdir()
    path.write_bytes(b"no machine code")
    assert ScalarFunction(program, exact=True).run([1.0]) == [2.125]
    assert path.stat().st_size > 100


def test_a_folder_that_cannot_be_written_is_ignored(tmp_path, monkeypatch):
    """A file has the name of the folder, so that even root cannot write there."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MICROGRAD_CACHE", str(tmp_path / "file" / "cache"))
    build = Builder()
    assert [cache.load_or_build("key", build) for _ in range(2)] == [build.code] * 2
    assert build.times == 2


def test_the_oldest_files_are_deleted_beyond_the_cap(folder, monkeypatch):
    size = cache.DIGEST + 10
    monkeypatch.setattr(cache, "CAP", 2 * size)
    monkeypatch.setattr(cache, "PRUNES_AT", "")
    now = 1_000_000_000
    for i, key in enumerate("abc"):
        before = set(folder.iterdir()) if folder.exists() else set()
        cache.load_or_build(key, Builder(b"0123456789"))
        for path in set(folder.iterdir()) - before:
            os.utime(path, (now + i, now + i))
    again = {key: Builder(b"0123456789") for key in "abc"}
    for key in "cb":
        cache.load_or_build(key, again[key])
    assert (again["c"].times, again["b"].times, len(list(folder.iterdir()))) == (0, 0, 2)
    cache.load_or_build("a", again["a"])
    assert again["a"].times == 1


def test_only_entries_are_deleted(folder, monkeypatch):
    """The folder may be one of the user's: its files stay, and a folder in it stops nothing."""
    monkeypatch.setattr(cache, "CAP", 0)
    monkeypatch.setattr(cache, "PRUNES_AT", "")
    name = hashlib.sha256(b"key").hexdigest()
    stay = ["thesis.docx", f"{name}.txt", name.upper(), name[:-1], f".{name}.a-b"]
    for other in stay:
        (folder / other).parent.mkdir(parents=True, exist_ok=True)
        (folder / other).write_text("mine")
    (folder / ("a" * 64)).mkdir()
    (folder / ("b" * 64)).symlink_to(folder / "thesis.docx")
    (folder / f".{name}.abcdefg_").write_text("left by a process that was killed")
    cache.load_or_build("key", Builder())
    assert sorted(path.name for path in folder.iterdir()) == sorted([*stay, "a" * 64, "b" * 64])
    assert all((folder / other).read_text() == "mine" for other in stay)


def test_one_entry_in_256_lists_the_folder(folder, monkeypatch):
    pruned = []
    monkeypatch.setattr(cache, "prune", lambda *arguments: pruned.append(arguments))
    digests = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(1000)]
    for i in range(1000):
        cache.load_or_build(str(i), Builder(b""))
    assert len(pruned) == sum(digest.startswith("00") for digest in digests) > 0


def test_the_folder_is_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.delenv("MICROGRAD_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "micrograd"


# ------------------------------------------------------------------------------ the cache's key

SOURCES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]
WRITERS = [name for name in SOURCES if name.startswith(("compiler/", "transforms/", "training/"))]
WRITERS += ["ops.py", "optim/optimizers.py", "losses.py"]
WRITERS.append("__init__.py")  # which has the version


@pytest.fixture(scope="module")
def copied_package(tmp_path_factory):
    """A copy of the package, which has its key before and after the tests that change a file."""
    copy = tmp_path_factory.mktemp("copy") / "micrograd"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert digest(copy) == cache.digest_of_sources()
    yield copy
    assert digest(copy) == cache.digest_of_sources()


def digest(package):
    return cache.digest_of_sources.__wrapped__(package)


@pytest.fixture
def changed(copied_package):
    """Change a file of the copy, until the test ends."""
    undo = []

    def change(name, text="\n# changed\n"):
        path = copied_package / name
        before = path.read_bytes()
        undo.append(lambda: path.write_bytes(before))
        path.write_bytes(before + text.encode())

    yield change
    for put_back in undo:
        put_back()


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_a_change_to_any_writer_of_code_changes_the_key(writer, copied_package, changed):
    changed(writer)
    assert digest(copied_package) != cache.digest_of_sources()


def test_a_new_file_and_a_new_name_change_the_key(tmp_path):
    digests = set()
    for names in (["a.py"], ["b.py"], ["a.py", "b.py"]):
        package = tmp_path / "-".join(names)
        package.mkdir()
        for name in names:
            (package / name).write_text("x = 1\n")
        digests.add(digest(package))
    assert len(digests) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="Windows reserves links for administrators")
def test_an_editors_lock_is_no_source(tmp_path):
    """Emacs locks a.py by a link .#a.py that leads nowhere."""
    (tmp_path / "a.py").write_text("x = 1\n")
    before = digest(tmp_path)
    (tmp_path / ".#a.py").symlink_to("user@machine.123")
    assert digest(tmp_path) == before


def test_nothing_is_stored_without_sources(folder, tmp_path, monkeypatch):
    """A zip file, or a folder of .pyc files, has the same digest in every version."""
    assert digest(tmp_path) == digest(tmp_path / "micrograd.zip" / "micrograd") == ""
    monkeypatch.setattr(cache, "digest_of_sources", lambda: "")
    build = Builder()
    assert [cache.load_or_build("key", build) for _ in range(2)] == [build.code] * 2
    assert build.times == 2 and not folder.exists()


def test_nothing_is_stored_after_another_version_was_installed(folder, monkeypatch, tmp_path):
    """The digest of the sources would be that of the new version, and the code that of the old."""
    source = tmp_path / "a.py"
    source.write_text("x = 1\n")
    changed_at = source.stat().st_ctime
    rows = ((changed_at + 1.0, False), (changed_at - 1.0, True))
    for loaded_at, is_replaced in rows:
        monkeypatch.setattr(cache, "LOADED_AT", loaded_at)
        assert cache.is_replaced.__wrapped__(tmp_path) is is_replaced
    monkeypatch.setattr(cache, "is_replaced", lambda: True)
    build = Builder()
    assert [cache.load_or_build("key", build) for _ in range(2)] == [build.code] * 2
    assert build.times == 2 and not folder.exists()


def test_the_key_has_the_processor_and_the_versions():
    key = ScalarFunction(trace(lambda x: x * 2.0, 1), exact=True).machine.key
    assert cache.digest_of_sources() in key
    for part in (llvmlite.__version__, binding.llvm_version_info, binding.get_host_cpu_name()):
        assert str(part) in key
    assert "+" in llvm.features() and llvm.features() in key


STEP = """
from micrograd import MLP, compile_step, optim
model = MLP(1, [1])
step = compile_step(lambda model, x, y: (model(x) - y) ** 2, model, optim.SGD(model.parameters()))
step([[1.0], [2.0]], [3.0, 5.0])
"""


@pytest.mark.slow
def test_changed_code_of_a_training_step_is_compiled_again(copied_package, changed, folder):
    """Each run in a process of its own stores machine code: once, and again after a change."""

    def entries():
        where = copied_package.parent  # python -c looks for packages where it is started
        subprocess.run([sys.executable, "-c", STEP], cwd=where, check=True)
        return len(list(folder.iterdir()))

    assert [entries(), entries()] == [1, 1]
    changed("training/steps/runner.py")
    assert entries() == 2


def test_a_long_trace_is_reported(monkeypatch, capsys):
    monkeypatch.setattr("micrograd.compiler.trace.REPORT_EVERY", 4)
    trace(lambda x: sum([x] * 10), 1)
    lines = capsys.readouterr().err.splitlines()
    assert [line[:25] for line in lines] == [
        "tracing: 4 instructions s",
        "tracing: 8 instructions s",
    ]
    assert "Ctrl-C stops" in lines[0]
    assert "compile_step or vmap" in lines[0]


# ----------------------------------------------------------------------------- what can be printed


@pytest.mark.parametrize("features, bits", [("+avx512f", 512), ("+avx", 256), ("-avx", 128)])
def test_a_vector_register_is_as_wide_as_the_processors(features, bits):
    assert llvm.register_bits(["+sse2", features]) == bits


def test_a_trace_knows_nothing_but_its_own_numbers():
    of_ours = Trace()
    x = of_ours.variable()
    assert of_ours.record(ops.mul, (x, "a")) is NotImplemented
    of_ours.close()
    with pytest.raises(TraceError) as refusal:
        of_ours.record(ops.exp, (Value(1.0),))
    assert str(refusal.value).splitlines()[-1].strip() == (
        "a traced number was used after the call that made it. It has no value outside that call. "
        "Return it from the compiled function instead of storing it."
    )


def test_a_traced_number_is_printed_by_its_op():
    printed = []

    def f(x):
        printed.extend([repr(x), repr(x * 2.0)])
        assert x != "a text"
        return x * 2.0 + x.detach()

    trace(f, 1)
    assert printed == ["Tracer(input)", "Tracer(mul)"]


def test_without_sources_nothing_is_cached(folder, monkeypatch):
    """All versions would have the same keys."""
    monkeypatch.setattr(cache, "digest_of_sources", lambda: "")
    build = Builder()
    for times in (1, 2):
        assert cache.load_or_build("key", build) == cache.load_or_build("key", Builder())
        assert build.times == times
    assert not folder.exists() or not list(folder.iterdir())
