"""The command `micrograd lab`: what it says, what it opens, and what is left when it ends.

Rule: a wrong use is one sentence, before any page can be opened.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import webbrowser
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")

from websockets.sync.client import connect

from micrograd.cli import app, lab
from micrograd.course import tasks
from micrograd.lab import server
from tests.support.cases import cases
from tests.support.commands import CliRunner
from tests.support.lab_server import WAIT, wait_until
from tests.support.processes import interruptible_micrograd


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path


@pytest.fixture
def served(monkeypatch):
    """The labs that the command has served: each is started, and ends at once."""
    labs = []

    def serve(session, listener, on_start):
        with listener:
            served = server.Lab(session, listener.getsockname()[1])
            labs.append(served)
            on_start(served)

    monkeypatch.setattr(server, "serve", serve)
    return labs


def run(*arguments):
    return CliRunner().invoke(app.app, ["lab", "--port", "0", *arguments], prog_name="micrograd")


TABLE = "height,<script>,kind\n" + "".join(
    f"{i % 7},{i % 5},{'ab'[i % 7 > 3]}\n" for i in range(40)
)

# ------------------------------------------------------------------------------------- what it says


def test_it_prints_the_address_with_the_token(served):
    result = run("--no-browser")
    assert result.exit_code == 0
    assert result.stdout == f"The lab is at {served[0].guard.address}\n"
    assert result.stderr == "starting the lab ...\nCtrl-C ends it.\n"


def test_it_prints_the_address_as_json(served):
    printed = json.loads(run("--no-browser", "--json").stdout)
    assert printed == {"address": served[0].guard.address, "files": []}


def test_it_opens_already_learning(served):
    run("--no-browser")
    assert served[0].session.playing


def test_it_opens_with_a_data_set(served):
    run("circles", "--no-browser")
    assert served[0].session.run.experiment.data == "circles"


def test_it_opens_with_a_table(served, folder):
    (folder / "t.csv").write_text(TABLE, encoding="utf-8-sig")
    run("t.csv", "--no-browser")
    points = served[0].session.run.points
    assert (points.columns, set(points.classes)) == (("height", "<script>"), {"a", "b"})
    run("t.csv", "--target", "height", "--no-browser")
    points = served[1].session.run.points
    assert (points.columns, points.task) == (("<script>", "kind=a", "kind=b"), "amount")
    assert served[1].session.playing


def test_it_opens_with_a_text(served, folder):
    (folder / "names.txt").write_text("anna\nemma\notto\n" * 5)
    result = run("names.txt", "--no-browser")
    assert result.stdout.endswith("#tab=gpt\n")
    assert served[0].session.texts.playing
    served[0].session.texts.prepared.result()


def test_it_opens_with_a_lab_that_was_saved(served, folder):
    run("circles", "--no-browser")
    content, _ = served[0].session.download("lab.json")
    (folder / "lab.json").write_bytes(content)
    run("lab.json", "--no-browser")
    assert served[1].session.run.experiment.data == "circles"


def test_a_shell_completes_the_data_sets():
    assert {"moons", "spirals", "digits"} <= set(lab.dataset_names())


WRONG = {  # what is typed: a part of the sentence
    "moon": "Did you mean moons?",
    "flowers.csv": "cannot read 'flowers.csv': No such file or directory.",
    "names.txt": "cannot read 'names.txt'",
    "latin.csv": "latin.csv is not text in UTF-8.",
    "broken.json": "is not one that the lab has saved",
    "t.csv --target weight": "The table has no column 'weight'.",
    "moons --target height": "--target names a column of a table.",
    "names.csv": "names.csv has a line of names but no rows.",
    "--port 70000": "70000 is no port.",
    "--port -1": "--port: expected a whole number of at least 0, got '-1'.",
    "--port x": "--port: expected a whole number of at least 0, got 'x'.",
}


@cases("line", list(WRONG))
def test_a_wrong_use_is_one_sentence(served, folder, line):
    (folder / "latin.csv").write_bytes("größe\n1\n".encode("latin-1"))
    (folder / "broken.json").write_text("{")
    (folder / "t.csv").write_text(TABLE)
    (folder / "names.csv").write_text("only\n")
    result = run(*line.split(), "--no-browser")
    assert (result.exit_code, result.stdout, served) == (2, "", [])
    assert WRONG[line] in " ".join(result.stderr.split())
    assert result.stderr.count("error: ") == 1


def test_a_taken_port_is_named_with_the_next_step(served):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("--port", str(port))
    assert (result.exit_code, served) == (2, [])
    assert f"Port {port} is in use" in result.stderr and "--port" in result.stderr


@cases("name", ["starlette", "uvicorn", "websockets"])
def test_a_missing_extra_is_named_with_the_line_that_installs_it(monkeypatch, name):
    with monkeypatch.context() as missing:
        missing.delitem(sys.modules, "micrograd.lab.server")
        missing.setitem(sys.modules, name, None)
        result = run()
    assert result.exit_code == 2
    text = " ".join(result.stderr.split())
    assert f"This needs {name}, which is not installed. Run: pip install 'micrograd[lab]'" in text


# -------------------------------------------------------------------------------------- the browser


class Browser:
    def __init__(self, opened):
        self.open = opened.append


def test_a_browser_opens_an_address_that_works_once(served, monkeypatch):
    opened = []
    monkeypatch.setenv("BROWSER", "firefox")
    monkeypatch.setattr(webbrowser, "get", lambda: Browser(opened))
    run()
    (address,) = opened
    guard = served[0].guard
    assert guard.token not in address
    assert address.partition("token=")[2] in guard.tickets


def no_browser():
    raise webbrowser.Error("could not locate runnable browser")


@cases("screen", ["", ":0"])
def test_without_a_browser_the_address_is_enough(served, monkeypatch, screen):
    """Without a screen a browser would run in the terminal."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.setattr(webbrowser, "get", no_browser)
    monkeypatch.setattr(sys, "platform", "linux")
    result = run()
    assert result.exit_code == 0
    assert "There is no browser to open. Open the address yourself." in result.stderr


@cases("platform", ["win32", "darwin"])
def test_these_systems_have_a_screen(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert lab.has_screen()


# ---------------------------------------------------------------------------------------- its end

ENDLESS = (
    "import os, pathlib\npathlib.Path({path!r}).write_text(str(os.getpid()))\nwhile True: pass"
)


def start():
    """Return the process of a lab, and its address, once it can be opened."""
    line = interruptible_micrograd("lab", "--port", "0", "--no-browser", "--json")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen(line, text=True, start_new_session=True, **pipes)
    reader = process.stdout
    lines = []
    while lines[-1:] != ["}\n"]:
        lines.append(reader.readline())
        assert lines[-1], process.stderr.read()
    return process, json.loads("".join(lines))["address"]


def port_of(address):
    return int(address.split("/")[2].split(":")[1])


def can_connect(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are sent to processes")
@cases("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_signal_ends_it_and_leaves_nothing_behind(name, folder):
    process, address = start()
    port = port_of(address)
    assert can_connect(port)
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=WAIT)
    wanted = 130 if name == "SIGINT" else -getattr(signal, name)
    assert process.returncode == wanted
    assert said.strip() == "starting the lab ..."
    assert not can_connect(port)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # no process of its session is left
    left = [path.name for path in folder.rglob("*") if path.is_file()]
    assert left == ([f"lab-{port}.secret"] if name == "SIGKILL" else [])
    with socket.create_server(("127.0.0.1", port)):
        pass  # the port is free at once


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals are sent to processes")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_an_answer_that_is_judged_ends_with_it(name, folder, monkeypatch):
    """The judge's process is in a group of its own, which Ctrl-C does not reach."""
    (folder / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder / "temporary"))
    process, address = start()
    noted = folder / "pid"
    with page_of(address) as websocket:
        code = ENDLESS.format(path=str(noted))
        request = {"id": 1, "do": "check", "name": tasks()[0].name, "code": code}
        websocket.send(json.dumps(request))
        wait_until(lambda: noted.exists() and noted.read_text())
        process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=WAIT)
    assert said.strip() == "starting the lab ..."
    pid = int(noted.read_text())
    wait_until(lambda: not is_running(pid))
    assert os.listdir(folder / "temporary") == []


@contextmanager
def page_of(address):
    """A page's websocket of a lab in another process, with the cookie that its address gives."""
    port = port_of(address)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    connection.request("GET", address.removeprefix(f"http://127.0.0.1:{port}"))
    cookie = connection.getresponse().headers["Set-Cookie"].partition(";")[0]
    connection.close()
    options = {"origin": f"http://127.0.0.1:{port}", "additional_headers": {"Cookie": cookie}}
    with connect(f"ws://127.0.0.1:{port}/live", proxy=None, **options) as websocket:
        yield websocket


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")  # a dead one that nobody has waited for is none
    return not state.exists() or ") Z " not in state.read_text()
