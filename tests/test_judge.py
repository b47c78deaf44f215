"""The judge: whatever a learner's file does, the verdict is one sentence, soon, and it is true.

Rule: no answer that is wrong is accepted because of what its file does to the checker.
"""

import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from micrograd import MLP, Value
from micrograd.course.exercises import judged_process, keyboard, limits, many
from micrograd.course.exercises.judge import SECONDS, find_failure, judge_file
from micrograd.course.exercises.judged_process import Ended
from micrograd.course.exercises.learner_file import Unreadable, read_source
from micrograd.course.exercises.plain_text import PRINTED_AT_MOST, SAID_AT_MOST, plain, shorten
from micrograd.course.exercises.reports import read_reports, reporter
from micrograd.course.exercises.running import Finding, run_checks
from micrograd.course.exercises.task import Task, find_task

FIRST = find_task("analytic_gradient")

UNREADABLE = {
    "empty": (b"", "it is empty: perhaps it was not saved."),
    "blank": (b"\n \n", "it is empty: perhaps it was not saved."),
    "UTF-16": ("x = 1".encode("utf-16"), "it is UTF-16 text, which Python does not run"),
    "UTF-16 without a mark": ("x = 1".encode("utf-16-be"), "it is UTF-16 text"),
    "Latin-1": ("x = 1\ny = 'é'".encode("latin-1"), "it is not UTF-8 text from line 2 on: save it"),
    "Latin-1 in the first line": (b"y = '\xe9'\n", "it is not UTF-8 text from line 1 on: save it"),
    "Latin-1 later": (b"x = 1\n" * 5 + b"\xe9", "it is not UTF-8 text from line 6 on: save it"),
    "no such encoding": (b"# coding: klingon\n", "its first lines name an encoding that Python"),
    "no such encoding, and an é": ("# coding: klingon\n# é".encode(), "its first lines name an"),
    "large": (b"#" * 2**21, "it has 2,097,152 bytes, and an answer has some hundreds"),
}

# ------------------------------------------------------------------------- what learners write

FILES = {
    "while True: pass": "it did not end within 2 seconds: is there an endless loop?",
    "exit()": "line 1: it ended before it could be checked: is there an exit()?",
    "x = 1\nraise SystemExit(3)": "line 2: it ended before it could be checked: is there an",
    "import os; os._exit(0)": "it ended before it could be checked: is there an exit()?",
    "import os; os._exit(4)": "Python stopped with exit code 4.",
    "import sys; sys.exit('no more')": "line 1: it ended before it could be checked: is there an",
    "import os; os.write(2, b'no more'); os._exit(1)": "Python stopped with exit code 1: no more.",
    "import nothing_there": "line 1: there is no module `nothing_there` here.",
    "x = 1\ndef f(:": "line 2: this is not Python: invalid syntax.",
    "x = 1": "the file no longer defines `gradf`, which the starter did: put it back.",
    "def gradf(a, b, c): return None": "nothing was returned: is there a return?",
    "def gradf(a, b, c): return 1": "for gradf(2, 3, 4): expected a list of 3 numbers, got 1.",
    "def gradf(a, b, c): return ['x'] * 3": "expected a number, got 'x'.",
    "def gradf(a, b, c):\n    return a.b": "line 2: `.b` is asked of a plain number",
    "def gradf(a, b, c): return gradf(a, b, c)": "line 1: a function calls itself too many times",
    "def gradf(a): return a": "gradf() gets 3 arguments, but takes 1.",
    "x = 1 \0": "line 1: this is not Python: source code string cannot contain null bytes.",
    "raise ValueError('\\ud800 a')": "line 1: ValueError: \ufffd a.",
    "raise ValueError('a' * 10**7)": f"line 1: ValueError: {'a' * 480} ...",
    "raise ValueError('a\\nb')": "line 1: ValueError: a b.",
    "class E(Exception):\n    def __str__(self): 1 / 0\nraise E": (
        "line 3: E: its text cannot be shown, because __str__ raised a ZeroDivisionError."
    ),
    "def gradf(a, b, c): return ['\\ud800'] * 3": r"expected a number, got '\ud800'.",
    "def gradf(a, b, c): return 'a' * 10**7": "for gradf(2, 3, 4): expected a list of 3 numbers",
    "import os; os.kill(os.getpid(), 9)": "its process was ended by SIGKILL.",
    "import os; os.kill(os.getpid(), 11)": "its process was ended by SIGSEGV, which means that it",
    "sum([[1], [2]])": "line 1: sum() starts at 0, and 0 + a list is an error: write sum(lists, "
    "[]), or use a loop.",
    "def f(): pass\nf.data": "line 2: `.data` is asked of a function: are the parentheses of its "
    "call missing?",
    "class A:\n    def f(): pass\nA().f()": "line 3: A.f() gets 1 argument, but takes 0: is `self` "
    "missing in its def, or is there an argument too many?",
    "math.pi": "line 1: `math` is not there: write `import math` at the top of the file.",
    "raise OSError(27, 'File too large')": "line 1: more than 16 megabytes of output: is there an "
    "endless loop?",
    "input()": "line 1: EOFError: EOF when reading a line.",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", FILES)
def test_every_failure_is_one_sentence(text, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(text)
    verdict = judge_file(FIRST, path, seconds=2 if "while" in text else SECONDS)
    assert not verdict.right
    assert verdict.why.startswith(FILES[text])
    assert "\n" not in verdict.why
    assert len(verdict.why) < SAID_AT_MOST + 100
    verdict.why.encode()


FOLLOWER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
{}
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups of processes")
@pytest.mark.parametrize("rest", ["while True: pass", "exit()", "1 / 0"])
def test_what_a_file_has_started_ends_with_it(rest, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(FOLLOWER.format(rest))
    pid = int(judge_file(FIRST, path, seconds=3).printed)
    assert has_ended(pid)


def has_ended(pid):
    """Return whether the process is gone, or soon: the system takes a moment to remove it."""
    for _ in range(1000):
        if not is_alive(pid):
            return True
        time.sleep(0.01)
    return False


def is_alive(pid):
    """Return whether there is such a process that is not waiting to be removed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().split()[2] != "Z"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.parametrize(
    "text",
    ["while True: print('again' * 10_000)", "open('big', 'wb').write(bytes(2 * 10**7)); 1 / 0"],
)
def test_a_file_cannot_fill_the_disk(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answer.py").write_text(text)
    verdict = judge_file(FIRST, tmp_path / "answer.py")
    assert verdict.why == ("line 1: more than 16 megabytes of output: is there an endless loop?")


IN_ANOTHER_PROCESS = ("while", "_exit", "input", "kill")  # it ends, does not end, or waits
IN_THIS_PROCESS = [text for text in FILES if not any(x in text for x in IN_ANOTHER_PROCESS)]


@pytest.mark.parametrize("text", IN_THIS_PROCESS)
def test_the_checks_in_this_process_say_the_same(text):
    """A page in a browser has no other process."""
    findings = run_checks(FIRST, text, "answer.py")
    wrong = [shorten(finding.wrong) for finding in findings if finding.wrong]
    assert wrong[0].startswith(FILES[text])


@pytest.mark.slow
def test_checks_keep_their_names_where_python_drops_docstrings(tmp_path, monkeypatch):
    path = tmp_path / "answer.py"
    path.write_text(FIRST.solution, encoding="utf-8")
    verdict = judge_file(FIRST, path)
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    assert all(finding.what for finding in verdict.findings)
    assert judge_file(FIRST, path) == verdict


@pytest.mark.slow
@pytest.mark.parametrize("name", ["random.py", "micrograd.py", "json.py"])
def test_files_of_a_learner_do_not_hide_modules(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("raise ValueError")
    (tmp_path / "answer.py").write_text(FIRST.solution, encoding="utf-8")
    assert judge_file(FIRST, tmp_path / "answer.py").right


@pytest.mark.slow
def test_an_endless_loop_that_prints(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("while True: print('again')")
    verdict = judge_file(FIRST, path, seconds=1)
    assert "endless loop" in verdict.why
    assert verdict.printed.startswith("again\nagain\n")
    assert len(verdict.printed) == PRINTED_AT_MOST


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_wants_all_the_memory(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("x = [0] * 10**10")
    assert "MemoryError" in judge_file(FIRST, path).why


def test_long_output_is_cut_off(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(FIRST.solution + "\nprint('x' * 10**6)\n", encoding="utf-8")
    verdict = judge_file(FIRST, path)
    assert verdict.right
    assert verdict.printed == "x" * PRINTED_AT_MOST


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_program(tmp_path, name):
    content, sentence = UNREADABLE[name]
    path = tmp_path / "answer.py"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as error:
        read_source(path)
    assert str(error.value).startswith(sentence)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(Unreadable, match=r"^it cannot be read: Is a directory\. Check the file\.$"):
        read_source(tmp_path)


SAVED = {
    "as UTF-8": lambda text: text.encode(),
    "with a mark of the byte order": lambda text: text.encode("utf-8-sig"),
    "as Latin-1, by name": lambda text: ("# coding: latin-1\n" + text).encode("latin-1"),
    "with the line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
}


@pytest.mark.slow
@pytest.mark.parametrize("encode", SAVED.values(), ids=SAVED)
def test_encodings_that_python_reads_are_read(encode, tmp_path):
    path = tmp_path / "answer.py"
    path.write_bytes(encode(FIRST.solution + "\nname = 'Émile'\n"))
    assert judge_file(FIRST, path).right


@pytest.mark.slow
def test_a_missing_file_is_a_sentence(tmp_path):
    assert judge_file(FIRST, tmp_path).why == "it cannot be read: Is a directory. Check the file."


HALVES = {
    "def gradf(a, b, c):\n    return [a,\n": True,
    "x = 1\ndef gradf(a, b, c):\n": True,
    'def gradf(a, b, c):\n    """The gradient\n': True,
    "def gradf(a, b, c)\n    return [a, b, c]\n": False,
    "x = = 1\ny = 2\n": False,
}


@pytest.mark.parametrize("text", HALVES)
def test_half_of_a_file_is_told(text):
    (finding,) = run_checks(FIRST, text, "answer.py")
    assert ("perhaps only half of it was saved" in finding.wrong) == HALVES[text]


def test_a_task_of_any_folder_is_judged(tmp_path):
    """The stages of another project are tasks, too, in a folder of their own."""
    task = Task(tmp_path / "01_2_of_mine.py")
    task.path.write_text(FIRST.text.replace("def gradf", "def mine"), encoding="utf-8")
    path = tmp_path / "answer.py"
    path.write_text(task.solution, encoding="utf-8")
    assert judge_file(task, path).why == (
        "the file no longer defines `gradf`, which the starter did: put it back."
    )


# ---------------------------------------------------------------------------------------- attacks

TO_THE_PIPE = """
import os
for handle in range(3, 40):
    try:
        os.write(handle, {!r})
    except OSError:
        pass
os._exit(0)
"""
GRADF = "\ndef gradf(a, b, c): return [1.0, 2.0, 3.0]\n"
CHECKING = "import micrograd.course.exercises.checking as checking\n"
NOTHING = "lambda *arguments, **options: None\n"
PROCESS = "from micrograd.course.exercises import running as p\n"
LATER = """
import math
def gradf(a, b, c):
    math.isclose = lambda *arguments, **options: True
    return [1, 2, 3]
"""
PEEK = """
{}
def gradf(a, b, c):
    seen = {}
    return next(x for x in seen.values() if isinstance(x, list))
"""
IN_TRACEBACK = """
def gradf(a, b, c):
    try:
        raise ValueError
    except ValueError as error:
        seen = error.__traceback__.tb_frame.f_back.f_locals
    return next(x for x in seen.values() if isinstance(x, list))
"""
MODEL = """
from micrograd import MLP, Value
MLP.{} = lambda self, *arguments: Value(0.0)
def squared_loss(model, xs, ys): return 0.0
def train(model, xs, ys): return 0.0
"""
GIVEN = "def f(a, b, c): return 0.0\ndef gradf(a, b, c): return [0.0, 0.0, 0.0]\n"
PIPE = "not judged: the file wrote to the pipe of the judge."
FRAME = "would show the numbers of the checker. Compute the answer without it."
ISCLOSE = "it replaces `math.isclose`, which the checks use"
# Each is a file that computes nothing and wants to be right, and a part of what it is told.
ATTACKS = {
    "a forged report": (TO_THE_PIPE.format(b"x ('found', 'a', '')\n"), PIPE),
    "half a report": (TO_THE_PIPE.format(b"[]"), PIPE),
    "no report": ("import os; os._exit(0)", "it ended before it could be checked"),
    "near": (CHECKING + "checking.near = checking.recognise = " + NOTHING + GRADF, ".near`"),
    "isclose": ("import math\nmath.isclose = lambda *a, **k: True" + GRADF, ISCLOSE),
    "isclose, while checked": (LATER, ISCLOSE),
    "all": ("import builtins\nbuiltins.all = " + NOTHING + GRADF, "it replaces `builtins.all`"),
    "a function": (PROCESS + "p.failure = " + NOTHING + GRADF, ".failure`, which the checks"),
    "its code": (PROCESS + f"p.failure.__code__ = ({NOTHING}).__code__" + GRADF, "failure.__"),
    "a frame": (PEEK.format("import sys", "sys._getframe(1).f_locals"), FRAME),
    "stack": (PEEK.format("import inspect", "inspect.stack()[1].frame.f_locals"), FRAME),
    "currentframe": (PEEK.format("import inspect", "inspect.currentframe().f_locals"), FRAME),
    "gi_frame": (PEEK.format("g = (x for x in [1])", "g.gi_frame.f_back.f_locals"), FRAME),
    "walk_stack": (PEEK.format("import traceback as t", "next(t.walk_stack(None))[0]"), FRAME),
    "tb_frame": (IN_TRACEBACK, FRAME),
    "the collector": ("import gc\ngc.get_objects()", FRAME),
    "a module": (
        CHECKING + "import sys\nsys.modules[checking.__name__] = None" + GRADF,
        ".checking`",
    ),
    "MLP": (MODEL.format("__call__"), "it replaces `MLP.__call__`, which the checks use"),
    "the given function": (GIVEN, "every slope is 0"),
    "a function of its base": (MODEL.format("zero_grad"), "it replaces `MLP.zero_grad`"),
}


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(attack, tmp_path):
    text, sentence = ATTACKS[attack]
    path = tmp_path / "answer.py"
    path.write_text(text, encoding="utf-8")
    names = {"MLP": "train_four_points", GIVEN: "numerical_gradient", "": FIRST.name}
    name = next(name for part, name in names.items() if part in text)
    verdict = judge_file(find_task(name), path)
    assert not verdict.right
    assert sentence in verdict.why


TAMPERED = {
    "import math\nmath.isclose = lambda *a, **k: True" + GRADF: "math.isclose",
    LATER: "math.isclose",
    "import micrograd\nmicrograd.Value.tanh = micrograd.Value.exp" + GRADF: "Value.tanh",
    "import micrograd\nmicrograd.MLP.zero_grad = lambda self: None" + GRADF: "MLP.zero_grad",
    "import sys\nsys.modules['micrograd.nn'] = None" + GRADF: "micrograd.nn",
}


@pytest.mark.parametrize("text", TAMPERED)
def test_what_a_file_replaces_is_told_and_put_back(text):
    before = (math.isclose, Value.tanh, MLP.zero_grad, sys.modules["micrograd.nn"])
    finding = run_checks(FIRST, text, "answer.py")[-1]
    sentence = f"it replaces `{TAMPERED[text]}`, which the checks use: change nothing outside your "
    assert finding.wrong == sentence + "own file."
    assert before == (math.isclose, Value.tanh, MLP.zero_grad, sys.modules["micrograd.nn"])
    assert "zero_grad" not in vars(MLP)


def test_a_new_name_that_hides_nothing_replaces_nothing():
    text = "import micrograd\nmicrograd.MLP.note = 3\n" + FIRST.solution
    assert not any(finding.wrong for finding in run_checks(FIRST, text, "answer.py"))
    assert vars(MLP)["note"] == 3
    del MLP.note


def test_only_the_process_that_is_judged_reports(monkeypatch):
    """The third number is that of a copy, as after a fork."""
    written = []
    monkeypatch.setattr(os, "getpid", iter([7, 7, 8]).__next__)
    monkeypatch.setattr(os, "write", lambda *arguments: written.append(arguments))
    report = reporter(3, "t")
    report("found", "é", "")
    report("ends")
    assert written == [(3, "t ('found', 'é', '')\n".encode())]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_copy_of_the_process_reports_nothing(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("import os\nos.fork()\n" + FIRST.solution, encoding="utf-8")
    findings = judge_file(FIRST, path).findings
    assert findings == tuple(run_checks(FIRST, FIRST.solution, "answer.py"))


def test_no_findings_are_no_verdict():
    reports = read_reports(b"t ('ends',)\n", "t")
    assert reports.ended and reports.findings == []
    assert find_failure(Ended(0, b"", "", ""), reports, 1).wrong == "not judged: no check ran."


ENDINGS = {
    (1, "x\nMemoryError\n"): "it needed more than 2,000 megabytes of memory.",
    (-24, ""): "it computed for more than 120 seconds: is there an endless loop?",
    (-11, ""): "its process was ended by SIGSEGV, which means that it crashed.",
    (-99, ""): "its process was ended by signal 99.",
    (3, "a\nb\n"): "Python stopped with exit code 3: b.",
    (0, ""): "it ended before it could be checked: is there an exit()?",
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_the_end_of_a_process_is_a_sentence(ending):
    code, errors = ending
    found = find_failure(Ended(code, b"", "", errors), read_reports(b"", "t"), 20)
    assert found == Finding("the file runs", ENDINGS[ending], "ends the process")


class Running:
    """A process that writes its reports to a pipe, and ends when it is killed."""

    def __init__(self, stdout):
        self.pid, self.stdout = 2**22 + 1, stdout  # no system has so high a number


def test_what_holds_the_pipe_open_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(judged_process, "LAST_SECONDS", 0.2)
    out, into = os.pipe()
    os.write(into, b"t ('ends',)\n")
    with os.fdopen(out, "rb") as pipe:
        reader = judged_process.PipeReader(Running(pipe))
        assert reader.content() == b"t ('ends',)\n" and not pipe.closed
        os.close(into)
        assert reader.content() == b"t ('ends',)\n" and pipe.closed


def test_all_that_is_judged_is_ended(monkeypatch):
    killed = []
    monkeypatch.setattr(judged_process, "RUNNING", {Running(None)})
    monkeypatch.setattr(judged_process.os, "killpg", lambda *arguments: killed.append(arguments))
    judged_process.end_judging()
    assert killed == [(2**22 + 1, signal.SIGKILL)]


def test_what_comes_back_each_time_is_killed_so_many_times(monkeypatch):
    killed = []
    monkeypatch.setattr(judged_process, "find_marked", lambda mark: [2**22 + 1])
    monkeypatch.setattr(judged_process.os, "kill", lambda *arguments: killed.append(arguments))
    judged_process.kill_marked("MARK=1")
    assert killed == [(2**22 + 1, signal.SIGKILL)] * judged_process.ROUNDS


def test_judging_ends_when_nobody_listens(monkeypatch):
    """The first file is judged; the others wait until they are ended."""
    begun, ended = threading.Event(), threading.Event()

    def judge(task, path, seconds):
        if path == "second":
            begun.set()
            ended.wait(60)
        return path

    monkeypatch.setattr(many, "judge_file", judge)
    monkeypatch.setattr(many, "end_judging", ended.set)
    answers = [many.Answer(FIRST, path) for path in ("first", "second")]
    verdicts = many.judge_many(answers)
    assert next(verdicts) == (answers[0], "first")
    assert begun.wait(60) and not ended.is_set()
    verdicts.close()
    assert ended.is_set()


def test_windows_has_no_keys_elsewhere():
    assert sys.platform == "win32" or keyboard.key_on_windows(0.0) == ""


HONEST = """
from collections import namedtuple
from dataclasses import dataclass
from typing import NamedTuple
import inspect, logging, random, traceback
Pair = namedtuple("Pair", "a b")
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
logging.warning("nothing")
inspect.signature(Pair)
@dataclass
class Point:
    x: float
class Typed(NamedTuple):
    x: float
random.seed(3)
"""


@pytest.mark.slow
def test_libraries_may_do_what_an_attack_may_not(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(HONEST + FIRST.solution, encoding="utf-8")
    assert judge_file(FIRST, path).right


TWO_CHECKS = """
def double(x):
    # <solution>
    return 2 * x
    # </solution>
# <checker>
from micrograd.course.exercises.checking import near
HINTS, WRONG = (), {}
def check_one(double):
    \"\"\"the double of 1\"\"\"
    near(double(1), 2, "double(1)")
def check_two(double):
    \"\"\"the double of 2\"\"\"
    near(double(2), 4, "double(2)")
# </checker>
"""


@pytest.mark.slow
def test_findings_before_an_endless_loop_are_kept(tmp_path):
    task, path = Task(tmp_path / "01_1_double.py"), tmp_path / "answer.py"
    task.path.write_text(TWO_CHECKS)
    path.write_text("def double(x):\n    while x == 2: pass\n    return 2 * x\n")
    verdict = judge_file(task, path, seconds=2)
    assert verdict.findings == (
        Finding("the double of 1"),
        Finding(
            "the double of 2",
            "it did not end within 2 seconds: is there an endless loop?",
            "does not end",
        ),
    )
    assert verdict.misconception == "does not end"


def test_a_finding_stays_if_the_search_for_its_cause_does_not_end():
    content = b"t ('begins', 'one', '', '')\nt ('begins', 'one', 'it is 3', 'factor')\n"
    reports = read_reports(content, "t")
    late = find_failure(Ended(None, content, "", ""), reports, 20)
    assert late == Finding("one", "it is 3", "factor")


@pytest.mark.slow
def test_an_endless_report_is_cut_off(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("import os\nwhile True: os.write(3, b'x' * 10_000)")
    verdict = judge_file(FIRST, path, seconds=10)
    assert (
        "not judged" in verdict.why
        or "ended by SIGKILL" in verdict.why
        or "Bad file" in verdict.why
    )


PRINTED = {
    "\x1b[2J\x1b[1;1Hgone": "gone",
    "\x1b]0;a title\x07text": "text",
    "\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\": "link",
    "bell\a, back\b, null\0, delete\x7f, csi\x9b": "bell, back, null, delete, csi",
    "tabs\tand\nlines": "tabs\tand\nlines",
    "over\rwritten": "overwritten",
    "\u202eturned": "turned",
    "\ud800 half": "\ufffd half",
}


@pytest.mark.parametrize("text", PRINTED)
def test_nothing_that_is_printed_moves_the_terminal(text):
    assert plain(text) == PRINTED[text]


@pytest.mark.slow
def test_prints_and_errors_reach_the_terminal_as_plain_text(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("print('\\x1b[2Ja')\nraise ValueError('\\x1b[2J\\x1b]0;t\\ab')")
    verdict = judge_file(FIRST, path)
    assert (verdict.printed, verdict.why) == ("a\n", "line 2: ValueError: b.")


@pytest.mark.slow
def test_the_same_error_is_told_once():
    task = find_task("mul_backward")
    findings = run_checks(task, task.starter, "answer.py")
    assert [finding.wrong for finding in findings if finding.wrong] == ["this is not written yet."]


LEAVER = """
import os, time
pid = os.fork()
if pid == 0:
    {}
    time.sleep(600)
print(pid)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no system with /proc")
@pytest.mark.parametrize("leave", ["os.setsid()", "os.setpgid(0, 0)"])
def test_what_has_left_the_group_is_found(leave, tmp_path):
    path = tmp_path / "answer.py"
    text = (
        "import os, time\npid = os.fork()\nif pid == 0:\n    {}\n    time.sleep(600)\nprint(pid)\n"
    )
    path.write_text(text.format(leave) + FIRST.solution, encoding="utf-8")
    verdict = judge_file(FIRST, path)
    assert verdict.right
    assert has_ended(int(verdict.printed))


BOMBS = {
    "many children": "import os\nwhile os.fork(): pass\nos._exit(0)",
    "children of children": "import os\nwhile True: os.fork()",
    "programs": "import subprocess\nwhile True: subprocess.run(['true'])",
    "shells": "import os\nwhile True: os.system('true')",
}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_file_cannot_start_processes_without_end(bomb, tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(BOMBS[bomb])
    assert "may start 16 processes here, and they none." in judge_file(FIRST, path).why


def test_the_threads_of_a_user_are_counted(tmp_path):
    for number in (1, 22):
        for thread in range(number):
            (tmp_path / str(number) / "task" / str(thread)).mkdir(parents=True)
    (tmp_path / "self").mkdir()
    assert limits.count_threads(tmp_path) == 23


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_nothing_that_a_file_writes_is_left(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text(
        "import os\nopen('mine', 'w').write('x')\nprint(os.getcwd())\n" + FIRST.solution
    )
    verdict = judge_file(FIRST, path)
    assert verdict.right and not Path(verdict.printed.strip()).exists()
    assert [each.name for each in tmp_path.iterdir()] == ["answer.py"]


def test_the_system_ends_a_file_whose_judge_was_killed():
    """The judge's own limit ends with it, so each process has one of its own."""
    pytest.importorskip("resource")
    command = "from micrograd.course.exercises import limits as p; import resource\n"
    command += "p.limit_resources(); print(resource.getrlimit(resource.RLIMIT_CPU))"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
    assert found.stdout.strip() == str((limits.CPU_SECONDS,) * 2), found.stderr
    assert SECONDS < limits.CPU_SECONDS
