"""The lab's server over real sockets: whom it answers, what it refuses, and how it ends.

Rule: what is refused has a status that says so and a sentence that says what to do.
"""

import asyncio
import errno
import json
import socket
import threading
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from websockets.exceptions import ConnectionClosed, InvalidStatus

from micrograd.lab import Experiment, LabError, Session, listen, page_files, server
from micrograd.lab.returning import MOST_OPEN, proof
from tests.support.cases import cases
from tests.support.lab_server import RunningLab, wait_until
from tests.support.lab_session import CountingSession

SECRET = "not for a page"


@pytest.fixture(autouse=True)
def web(tmp_path, monkeypatch):
    """A page of the test's own, with a file beside its folder that nobody may read."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>lab</title>")
    (folder / "lab.mjs").write_text("export const one = 1;")
    (tmp_path / "secret.txt").write_text(SECRET)
    monkeypatch.setitem(page_files.FOLDERS, "/static/", folder)
    return folder


@pytest.fixture
def lab(web):
    running = RunningLab(CountingSession())
    yield running
    running.stop()
    assert not running.thread.is_alive()
    assert not running.lab.conductor.thread.is_alive()
    assert running.session.is_closed


# --------------------------------------------------------------------------------------- addresses


def test_the_address_with_the_token_is_the_page_and_sets_a_cookie(lab):
    status, headers, text = lab.ask(lab.lab.guard.address, cookie=False)
    assert (status, "<title>lab" in text) == (200, True)
    name, *attributes = headers["Set-Cookie"].split("; ")
    assert name.startswith(f"micrograd-lab-{lab.port}=")
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert lab.ask("/alive", cookie=False, Cookie=name)[0] == 200


def test_a_ticket_opens_the_page_once(lab):
    address = lab.lab.guard.address_for_once()
    assert lab.lab.guard.token not in address
    assert [lab.ask(address, cookie=False)[0] for _ in range(2)] == [200, 403]


FILES = {
    "/": ("text/html; charset=utf-8", "<title>lab"),
    "/static/lab.mjs": ("text/javascript; charset=utf-8", "export const one"),
    "/static/player/player.mjs": ("text/javascript; charset=utf-8", "export function player"),
    "/static/player/player.css": ("text/css; charset=utf-8", "{"),
    "/static/ops.mjs": ("text/javascript; charset=utf-8", '"tanh": {forward: (x) => tanh(x)'),
    "/static/ops.mjs?names=pow%203": ("text/javascript; charset=utf-8", '"pow 3": {forward'),
    "/alive": ("application/json", '{"alive":true}'),
    "/download/lab.json": ("application/json", "{}"),
}


@cases("path", list(FILES))
def test_what_the_page_loads_is_there_with_strict_headers(lab, path):
    status, headers, text = lab.ask(path)
    kind, part = FILES[path]
    assert (status, headers["Content-Type"]) == (200, kind)
    assert part in text
    has_strict_headers(headers)


def has_strict_headers(headers):
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Server" not in headers and "Access-Control-Allow-Origin" not in headers


def test_a_download_is_saved_and_not_shown(lab):
    disposition = lab.ask("/download/lab.json")[1]["Content-Disposition"]
    assert disposition == 'attachment; filename="lab.json"'


def test_a_download_that_fails_is_a_sentence(lab, capsys):
    lab.session.download = lambda name: 1 / 0
    status, _, text = lab.ask("/download/lab.json")
    assert (status, text[:33]) == (500, "The lab met a defect of its own: ")
    assert "ZeroDivisionError" in capsys.readouterr().err


# ---------------------------------------------------------------------------------------- refusals

EVIL = {"Origin": "http://evil.com"}
REFUSED = {  # {name: (what is sent, the status, a part of the sentence)}
    "a foreign host": ({"Host": "evil.com"}, 400, "got the Host 'evil.com'"),
    "DNS rebinding": ({"Host": "evil.com:{port}"}, 400, "got the Host 'evil.com:"),
    "another port": ({"Host": "127.0.0.1:1"}, 400, "got the Host '127.0.0.1:1'"),
    "no port": ({"Host": "127.0.0.1"}, 400, "answers at 127.0.0.1:"),
    "an empty host": ({"Host": ""}, 400, "got the Host ''"),
    "a long host": ({"Host": "x" * 5000}, 400, "got the Host 'xxx"),
    "another page": (EVIL, 403, "from the page 'http://evil.com'"),
    "a sandboxed page": ({"Origin": "null"}, 403, "from the page 'null'"),
    "another port's page": ({"Origin": "http://127.0.0.1:1"}, 403, "Open the lab itself."),
    "our host by https": ({"Origin": "https://127.0.0.1:{port}"}, 403, "Open the lab itself."),
    "a picture of another site": ({"Sec_Fetch_Site": "cross-site"}, 403, "from another page"),
    "a script of another port": ({"Sec_Fetch_Site": "same-site"}, 403, "from another page"),
    "no token": ({"cookie": False}, 403, "Open the whole address"),
    "a wrong cookie": ({"Cookie": "micrograd-lab-{port}=abc"}, 403, "needs the token"),
    "another lab's cookie": ({"Cookie": "micrograd-lab-1=abc"}, 403, "needs the token"),
    "a strange cookie": ({"Cookie": "=;;\xff="}, 403, "needs the token"),
    "a post": ({"method": "POST", "body": b"{}"}, 405, "takes no 'POST'"),
    "a delete": ({"method": "DELETE"}, 405, "takes no 'DELETE'"),
}


@cases("name", list(REFUSED))
def test_a_request_of_anyone_else_is_refused(lab, name):
    request, wanted, part = REFUSED[name]
    for key, text in request.items():
        if isinstance(text, str):
            request = {**request, key: text.format(port=lab.port)}
    status, headers, text = lab.ask("/alive", **request)
    assert status == wanted
    assert part in text and len(text) < 250
    has_strict_headers(headers)


@cases("path", ["/?token=abc", "/?token=", "/?token=%ff%00", "/alive?token={token}", "/"])
def test_a_wrong_token_or_a_token_elsewhere_opens_nothing(lab, path):
    path = path.format(token=lab.lab.guard.token)
    status, headers, _ = lab.ask(path, cookie=False)
    assert (status, headers["Set-Cookie"]) == (403, None)


def test_a_link_from_another_page_opens_the_lab(lab):
    link = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert lab.ask(lab.lab.guard.address, cookie=False, **link)[0] == 200


def test_no_address_changes_a_run(web):
    """Whatever leads to the lab by a link reads, and no more."""
    session = Session(Experiment(points=20, hidden=(4,)))
    session.advance(3)
    running = RunningLab(session)
    try:
        before = session.state(), session.version
        link = {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "navigate"}
        files = ["lab.json", "program.py"]
        paths = [
            "/",
            "/?data=xor&do=play",
            "/alive",
            "/static/lab.mjs",
            "/static/ops.mjs?names=pow 3",
        ]
        for path in paths + [f"/download/{name}" for name in files]:
            status, _, _ = running.ask(path.replace(" ", "%20"), **link)
            assert status == 200, path
        assert (session.state(), session.version) == before
    finally:
        running.stop()


@cases("host", ["127.0.0.1", "localhost"])
def test_this_machine_has_two_names(lab, host):
    name = f"{host}:{lab.port}"
    assert lab.ask("/alive", Host=name, Origin=f"http://{name}")[0] == 200


ROWS = [  # that no graph needs, and that some must never be built
    f"/static/ops.mjs?names={family}%20{number}"
    for family in ("pow", "take")
    for number in ("9" * 400, "9" * 4500)
] + [f"/static/ops.mjs?names=take%20{text}" for text in ("99999999999", "-1", "1.5", "1e9")]
TRAVERSALS = [
    *("/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/..%2fsecret.txt"),
    *("/static/..%5csecret.txt", "/static//etc/passwd", "/static/%00", "/static/player/../page.py"),
    *("/static/web/../../server.py", "/../secret.txt", "/download/..%2f..%2fsecret.txt"),
    *("/download/secret.txt", "/static/", "/static", "/static/player/", "/nowhere"),
    *(
        "/static/ops.mjs?names=nope",
        "/static/ops.mjs?names=pow%20x",
        *ROWS,
        "/static/" + "a/" * 5000,
    ),
]


@cases("path", TRAVERSALS)
def test_no_path_leads_out_of_the_page_s_files(lab, path):
    status, _, text = lab.ask(path)
    assert status in (307, 400, 404)
    assert SECRET not in text and "import" not in text


def test_a_great_upload_is_refused_before_it_is_read(lab):
    """The answer comes while the body is under way, and the connection is closed."""
    half = 50 * 2**20
    try:
        status = lab.ask("/alive", "POST", b"x" * half * 2)[0]
    except ConnectionError:
        status = 405  # the answer was lost with the connection
    assert status == 405
    assert lab.ask("/alive")[0] == 200


# -------------------------------------------------------------------------------------- websockets

FOREIGN = {
    "another page": ({"origin": "http://evil.com"}, 403),
    "no page": ({"origin": None}, 403),
    "another port's page": ({"origin": "http://127.0.0.1:1"}, 403),
    "no cookie": ({"additional_headers": {}}, 403),
    "a wrong cookie": ({"additional_headers": {"Cookie": "micrograd-lab-1=a"}}, 403),
}


@cases("name", list(FOREIGN))
def test_a_websocket_of_anyone_else_is_refused(lab, name):
    settings, status = FOREIGN[name]
    with pytest.raises(InvalidStatus) as refusal, lab.page(**settings):
        pass
    response = refusal.value.response
    assert response.status_code == status
    has_strict_headers(response.headers)


def test_a_websocket_after_dns_rebinding_is_refused(lab):
    lab.lab.guard.hosts = {f"localhost:{lab.port}"}  # the client calls itself 127.0.0.1
    with pytest.raises(InvalidStatus) as refusal, lab.page():
        pass
    assert refusal.value.response.status_code == 400


def test_a_page_is_told_how_much_it_may_send(lab):
    with lab.page() as page:
        assert page.until("server")["message_limit"] == server.MESSAGE_LIMIT


def test_a_request_goes_to_the_session_as_it_came(lab):
    with lab.page() as page:
        assert page.ask("echo", text="<b>é\u2028") == {"reply": {"text": "<b>é\u2028"}}
        assert page.ask("hello")["reply"]["state"] == {"playing": False, "loss": None}
    assert lab.session.actions == [{"do": "echo", "text": "<b>é\u2028"}, {"do": "hello"}]


BAD = [
    *("", "play", "[]", "1", "null", '{"do": "play"}', '{"id": 1}', '{"id": 1, "do": 2}'),
    *(
        '{"id": "x", "do": "play"}',
        '{"id": true, "do": "play"}',
        '{"id": 1, "do": "play", "x": NaN}',
    ),
    *("[" * 5000, '{"id": 1e999, "do": "play"}', "9" * 5000, '{"id": 1, "do": "play"'),
]


@cases("text", BAD)
def test_what_is_no_request_is_answered_by_a_sentence(lab, text):
    with lab.page() as page:
        page.send(text)
        assert page.until("error").startswith("The message is no request")
        page.send(text.encode())
        assert page.until("error").startswith("The message is no request")
        assert page.ask("hello")["reply"]
    assert {action["do"] for action in lab.session.actions} == {"hello"}


def test_the_session_s_sentence_is_the_answer(lab):
    with lab.page() as page:
        assert page.ask("dance") == {"error": "There is no action 'dance'."}


@cases("outcome", ["reply", "refusal", "defect"])
def test_an_answer_that_takes_long_holds_nothing_up(lab, outcome, capsys):
    """Other requests of the page are answered meanwhile; the late answer has its own number."""
    with lab.page() as page:
        page.send('{"id": 90, "do": "later"}')
        assert page.ask("hello")["reply"]
        if outcome == "reply":
            lab.session.later.set_result({"solved": True})
        else:
            error = LabError("too late") if outcome == "refusal" else RuntimeError("a defect")
            lab.session.later.set_exception(error)
        message = page.receive()
        while message.get("id") != 90:
            message = page.receive()
        if outcome == "reply":
            assert message == {"id": 90, "reply": {"solved": True}}
        else:
            assert str(lab.session.later.exception()) in message["error"]
    assert ("RuntimeError: a defect" in capsys.readouterr().err) == (outcome == "defect")


def test_a_defect_is_a_sentence_and_the_lab_goes_on(lab, capsys):
    with lab.page() as page:
        assert page.ask("crash")["error"].startswith(
            "The lab met a defect of its own: RuntimeError"
        )
        assert page.ask("hello")["reply"]
    assert "RuntimeError: a defect" in capsys.readouterr().err


def test_a_great_message_closes_the_connection_and_no_other(lab):
    with lab.page() as page, lab.page() as other:
        with pytest.raises(ConnectionClosed) as closed:
            page.send("x" * 100 * 2**20)
            page.until("never")
        received = closed.value.rcvd  # None, if it was lost with the connection
        assert received is None or received.code == 1009
        assert other.ask("hello")["reply"]


def test_a_message_within_the_limit_is_read(lab):
    text = "x" * (server.MESSAGE_LIMIT - 100)
    with lab.page() as page:
        assert page.ask("echo", text=text) == {"reply": {"text": text}}


def test_names_with_a_script_are_data(lab):
    """The texts of a CSV file go to the page as JSON, and the page puts them in as text."""
    name = "</script><script>alert(1)</script>"
    with lab.page() as page:
        assert page.ask("echo", text=name) == {"reply": {"text": name}}
    assert name not in lab.ask("/")[2]


# ---------------------------------------------------------------------------------- pages and runs


def test_two_pages_see_the_same_run(lab):
    with lab.page() as page, lab.page() as other:
        page.ask("play")
        for each in (page, other):
            first = each.until("frame")["step"]
            assert each.until("frame")["step"] > first
        other.ask("pause")
        assert not page.until("state")["playing"] or not page.until("state")["playing"]
        step = lab.session.counter.step
        assert page.ask("hello")["reply"]["frame"]["step"] == step


def test_nothing_plays_while_no_page_is_there(lab):
    with lab.page() as page:
        page.ask("play")
        page.until("frame")
    wait_until(lambda: lab.lab.conductor.audience == 0)
    lab.ask("/download/lab.json")  # the turn that was at work is over
    step = lab.session.counter.step
    lab.ask("/download/lab.json")
    assert lab.session.counter.step == step
    with lab.page() as page:
        assert page.ask("hello")["reply"]["state"]["playing"]
        first = page.until("frame")["step"]
        assert page.until("frame")["step"] > first


def test_one_thread_calls_the_session(lab):
    with lab.page() as page, lab.page() as other:
        page.ask("play")
        other.ask("hello")
        lab.ask("/download/lab.json")
    assert lab.session.threads == {lab.lab.conductor.thread.ident}


def test_a_slow_page_holds_nobody_up(lab):
    """It reads nothing, while another page sees hundreds of frames' worth of steps."""
    with lab.page() as slow, lab.page() as page:
        page.ask("play")
        steps = [page.until("frame")["step"] for _ in range(10)]
        assert steps == sorted(set(steps))
        assert all(len(box.texts) <= 3 for box in lab.lab.mailboxes)  # the latest of each kind
        assert slow.ask("pause") == {"reply": {}}


def test_twenty_pages_leave_no_thread_and_no_task(lab):
    at_start = len(tasks_of(lab))
    with lab.page() as page:
        page.ask("hello")
        before = threading.active_count()
        for _ in range(20):
            with lab.page() as other:
                other.ask("play")
                other.until("frame")
        wait_until(lambda: len(lab.lab.mailboxes) == 1)
        wait_until(lambda: threading.active_count() == before)
        page.ask("pause")
    wait_until(lambda: len(tasks_of(lab)) == at_start)


def tasks_of(lab):
    return asyncio.all_tasks(lab.lab.loop)


def test_a_player_that_fails_is_a_sentence_and_stops(lab, capsys):
    with lab.page() as page:
        page.ask("break the player")
        page.send('{"id": 9, "do": "play"}')
        assert "defect" in page.until("note")
        assert page.ask("hello")["reply"]
    assert "TypeError" in capsys.readouterr().err


# ------------------------------------------------------------------------------------- its lifetime


def test_a_taken_port_is_named_with_the_next_step(lab):
    with pytest.raises(LabError, match=f"Port {lab.port} is in use.*--port {lab.port + 1}"):
        listen(lab.port)


def test_a_port_that_may_not_be_used_is_named(monkeypatch):
    error = PermissionError(errno.EACCES, "Permission denied")
    monkeypatch.setattr("socket.create_server", Mock(side_effect=error))
    with pytest.raises(LabError) as refusal:
        listen(80)
    assert str(refusal.value) == (
        "Port 80 cannot be used: Permission denied. Choose another one, or --port 0 for any free "
        "one."
    )


def test_the_socket_is_closed_after_ctrl_c(monkeypatch):
    run = Mock(side_effect=KeyboardInterrupt)
    monkeypatch.setattr(server.Server, "run", run)
    listener = listen(0)
    with pytest.raises(KeyboardInterrupt):
        server.serve(CountingSession(), listener, print)
    run.assert_called_once_with(sockets=[listener])
    assert listener.fileno() == -1


@cases("port", [-1, 65536, 10**30])
def test_a_number_that_is_no_port_is_refused(port):
    with pytest.raises(LabError, match="is no port"):
        listen(port)


def test_it_listens_on_this_machine_alone(lab):
    assert lab.listener.getsockname()[0] == "127.0.0.1"


def test_it_answers_without_waiting_for_more_to_send(lab):
    """Without this, each of the page's fifty files takes 40 ms: asyncio looks at the protocol."""
    assert lab.listener.proto == socket.IPPROTO_TCP


def test_a_lab_that_is_started_again_asks_for_its_new_token(lab):
    """Also with the same secret: a browser sends the old cookie to whoever takes the port."""
    old, address = lab.cookie, lab.lab.guard.address
    with lab.page() as page:
        page.ask("play")
        lab.stop()
        with pytest.raises(ConnectionClosed):
            page.until("never")
    again = RunningLab(CountingSession(), lab.port, lab.secret)
    try:
        assert again.ask("/alive", Cookie=old)[0] == 403
        assert again.ask(address, cookie=False)[0] == 403
        cookie = again.ask(again.lab.guard.address, cookie=False)[1]["Set-Cookie"]
        assert again.ask("/alive", Cookie=cookie.partition(";")[0])[0] == 200
        with again.page() as page:
            assert page.ask("hello")["reply"]["frame"]["step"] == 0
    finally:
        again.stop()


# ------------------------------------------------------------------------------------- coming back


def challenge(lab, number="a number of the page", **headers):
    """Return (status, what the lab says) for a page that wants to come back."""
    query = urlencode({"page": number})
    status, _, text = lab.ask(f"/return?{query}", cookie=False, **headers)
    return status, json.loads(text) if status == 200 else text


def come_back(lab, number, own, offered, **headers):
    query = urlencode({"page": number, "lab": own, "proof": offered})
    return lab.ask(f"/return?{query}", cookie=False, **headers)


def test_a_page_that_knows_the_secret_comes_back_and_gets_a_cookie(lab):
    with lab.page() as page:
        secret = page.until("server")["secret"]
    status, said = challenge(lab, "12 é")
    both = f"12 é {said['number']}"
    assert (status, said["proof"]) == (200, proof(secret, f"lab {both}"))
    status, headers, text = come_back(lab, "12 é", said["number"], proof(secret, f"page {both}"))
    assert (status, json.loads(text)) == (200, {"returned": True})
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert lab.ask("/alive", Cookie=cookie)[0] == 200
    has_strict_headers(headers)


def test_a_proof_is_good_for_once_and_for_our_own_page(lab):
    offers = {}
    for name in ("foreign", "good", "again"):
        if name != "again":
            own = challenge(lab)[1]["number"]
        text = f"page a number of the page {own}"
        headers = EVIL if name == "foreign" else {}
        offers[name] = come_back(
            lab, "a number of the page", own, proof(lab.secret, text), **headers
        )
    assert {name: answer[0] for name, answer in offers.items()} == {
        "foreign": 403,
        "good": 200,
        "again": 403,
    }
    assert offers["foreign"][1]["Set-Cookie"] is offers["again"][1]["Set-Cookie"] is None


WRONG_PROOFS = {  # what is offered for the numbers `page` and `lab`, and the lab's own proof
    "nothing": lambda secret, both, theirs: "",
    "the lab's own": lambda secret, both, theirs: theirs,
    "the secret": lambda secret, both, theirs: secret,
    "of another secret": lambda secret, both, theirs: proof("x", f"page {both}"),
    "of another number": lambda secret, both, theirs: proof(secret, f"page {both}x"),
    "a strange text": lambda secret, both, theirs: "é\0" * 50,
}


@cases("name", list(WRONG_PROOFS))
def test_a_wrong_proof_opens_nothing(lab, name):
    said = challenge(lab)[1]
    both = f"a number of the page {said['number']}"
    offered = WRONG_PROOFS[name](lab.secret, both, said["proof"])
    status, headers, _ = come_back(lab, "a number of the page", said["number"], offered)
    assert (status, headers["Set-Cookie"]) == (403, None)
    assert challenge(lab, **EVIL)[0] == 403 and challenge(lab, Host="evil.com")[0] == 400


def test_a_challenge_opens_nothing_and_is_not_kept_for_ever(lab):
    first = challenge(lab)[1]["number"]
    for _ in range(MOST_OPEN):
        status, headers, text = lab.ask("/return", cookie=False)
        assert (status, headers["Set-Cookie"], lab.secret in text) == (200, None, False)
    assert len(lab.lab.guard.returning.open) == MOST_OPEN
    text = f"page a number of the page {first}"
    assert come_back(lab, "a number of the page", first, proof(lab.secret, text))[0] == 403


def test_it_ends_while_a_request_is_at_work(lab):
    with lab.page() as page:
        page.send(json.dumps({"id": 1, "do": "sleep", "seconds": 0.5}))
        wait_until(lambda: lab.session.actions)
        lab.stop()
    assert not lab.thread.is_alive()
