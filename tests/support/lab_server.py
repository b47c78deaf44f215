"""A lab on a port of its own, and pages that talk to it over real sockets."""

import http.client
import json
import threading
import time
from contextlib import contextmanager

from websockets.sync.client import connect

from micrograd.lab import listen
from micrograd.lab.server import Lab, Server

WAIT = 20  # seconds after which a test gives up


class RunningLab:
    """A lab that serves in a thread: `ask` sends a request, `page` opens a websocket."""

    def __init__(self, session, port=0, secret=""):
        self.session = session
        self.listener = listen(port)
        self.port = self.listener.getsockname()[1]
        self.lab = Lab(session, self.port, secret)
        started = threading.Event()
        self.server = Server(self.lab, lambda _: started.set())
        self.thread = threading.Thread(target=self.server.run, args=([self.listener],))
        self.thread.start()
        assert started.wait(WAIT)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(WAIT)
        self.listener.close()

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def secret(self):
        return self.lab.guard.returning.secret

    @property
    def cookie(self):
        return self.lab.guard.set_cookie().partition(";")[0]

    def ask(self, path, method="GET", body=None, cookie=True, **headers):
        """Return (status, headers, text) of the answer. The name of a header has _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        fields = {name.replace("_", "-"): text for name, text in headers.items()}
        if cookie:
            fields.setdefault("Cookie", self.cookie)
        try:
            connection.request(method, path.removeprefix(self.origin), body, fields)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()

    @contextmanager
    def page(self, **settings):
        """Return a block with a page's websocket, opened as our own page opens it."""
        options = {"origin": self.origin, "additional_headers": {"Cookie": self.cookie}}
        options |= {"proxy": None, "open_timeout": WAIT, "max_size": None}
        with connect(f"ws://127.0.0.1:{self.port}/live", **(options | settings)) as websocket:
            yield Page(websocket)


class Page:
    """The page's end of a websocket."""

    def __init__(self, websocket):
        self.websocket = websocket
        self.number = 0

    def send(self, text):
        self.websocket.send(text)

    def receive(self):
        return json.loads(self.websocket.recv(timeout=WAIT))

    def until(self, kind):
        """Return the next message that has this key."""
        while True:
            message = self.receive()
            if kind in message:
                return message[kind]

    def ask(self, do, **arguments):
        """Send a request, and return {"reply": ...} or {"error": ...}."""
        self.number += 1
        self.send(json.dumps({"id": self.number, "do": do, **arguments}))
        while True:
            message = self.receive()
            if message.pop("id", None) == self.number:
                return message


def wait_until(is_so):
    """Wait until `is_so()`, and fail if it takes too long."""
    end = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)
