"""The lab's server: the page, its files, and the websocket over which everything else goes.

Rule: it knows no action. A request goes to the session as it came, and what the session says goes
back. It listens on this machine alone, and every request passes the `Guard` first.
"""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from micrograd.drawing import ops_module
from micrograd.errors import GraphError, no_such_row
from micrograd.lab import messages
from micrograd.lab.conductor import Conductor, SessionLike, defect, to_json
from micrograd.lab.messages import SHOWN, LabError
from micrograd.lab.page_files import kind_of, link_header, page_files
from micrograd.lab.secret_file import forget_secret, secret_of
from micrograd.ops import OPS, Op, op_named
from micrograd.support.extras import require

require("starlette", "lab")
require("uvicorn", "lab")
require("websockets", "lab")  # which uvicorn speaks through

import uvicorn  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.requests import Request  # noqa: E402
from starlette.responses import JSONResponse, PlainTextResponse, Response  # noqa: E402
from starlette.routing import Route, WebSocketRoute  # noqa: E402
from starlette.websockets import WebSocket, WebSocketDisconnect  # noqa: E402

from micrograd.lab.security import NAMES, RETURN, Guard  # noqa: E402

INDEX = "/static/index.html"
MESSAGE_LIMIT = 8 * 2**20  # bytes of one message of a page, in which a file may be
ROW = re.compile(r"pow \S{1,30}|take [0-9]{1,3}")  # names of rows beside those of the table
LAST_PORT = 2**16 - 1
CLOSING_SECONDS = 1  # for which the end waits for answers that are under way


class Mailbox:
    """The news for one page: the latest of each kind, so that a slow page is never waited for."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}  # by kind, the oldest first
        self.has_news = asyncio.Event()

    def put(self, kind: str, text: str) -> None:
        self.texts.pop(kind, None)  # a frame that follows a state comes after it
        self.texts[kind] = text
        self.has_news.set()

    async def take(self) -> list[str]:
        """Wait for news, and return all there are."""
        await self.has_news.wait()
        self.has_news.clear()
        texts = list(self.texts.values())
        self.texts.clear()
        return texts


class Lab:
    """The application of a session: its routes, its connected pages, and its conductor."""

    def __init__(self, session: SessionLike, port: int, secret: str = "") -> None:
        self.session = session
        session.is_served = True
        self.conductor = Conductor(session, self.tell)
        self.files = page_files()
        self.mailboxes: set[Mailbox] = set()
        self.waiting: set[asyncio.Task[None]] = set()  # for answers that take long
        routes = [
            Route("/", self.page),
            Route("/alive", self.alive),
            Route(RETURN, self.challenge),
            Route("/static/ops.mjs", self.ops),
            Route("/static/{path:path}", self.file),
            Route("/download/{name}", self.download),
            WebSocketRoute("/live", self.live),
        ]
        self.guard = Guard(Starlette(routes=routes, lifespan=self.lifespan), port, secret)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Let the conductor work for as long as the server does."""
        self.loop = asyncio.get_running_loop()
        self.conductor.start()
        try:
            yield
        finally:
            self.conductor.stop()

    # --------------------------------------------------------------------------------------- files

    async def page(self, _: Request) -> Response:
        return file_response(INDEX, self.files, {"Link": link_header(self.files)})

    async def file(self, request: Request) -> Response:
        """Return a file of the page. Each is small, and read anew, so that an edit is seen."""
        return file_response(request.url.path, self.files)

    async def alive(self, _: Request) -> Response:
        return JSONResponse({"alive": True})

    async def challenge(self, request: Request) -> Response:
        """Prove to a page that was open that this is its lab; its own proof is for the guard."""
        if "proof" in request.query_params:
            return JSONResponse({"returned": True})
        number = request.query_params.get("page", "")
        return JSONResponse(self.guard.returning.challenge(number))

    async def ops(self, request: Request) -> Response:
        """Return the table of ops as JavaScript, with the rows of `?names=pow 3,take 4`."""
        names = {*request.query_params.get("names", "").split(",")} - {""}
        try:
            text = ops_module([*OPS.values(), *map(find_row, sorted(names))])
        except GraphError as error:
            return PlainTextResponse(f"{error}\n", 404)
        return Response(text, media_type="text/javascript")

    async def download(self, request: Request) -> Response:
        """Return a file that the session makes, for the browser to save."""
        name = request.path_params["name"]
        try:
            content, kind = await self.ask(lambda: self.session.download(name))
            if isinstance(content, Future):
                content = await asyncio.wrap_future(content)
        except LabError as error:
            return PlainTextResponse(f"{error}\n", 404)
        except Exception as error:
            return PlainTextResponse(f"{defect(error)}\n", 500)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=kind, headers=headers)

    # --------------------------------------------------------------------------------------- pages

    async def live(self, websocket: WebSocket) -> None:
        """Answer the requests of one page, and send it the news, until it is gone."""
        await websocket.accept()
        mailbox = Mailbox()
        mailbox.put("server", to_json({"server": self.facts()}))
        news = asyncio.create_task(send_news(websocket, mailbox))
        self.join(mailbox)
        try:
            while True:
                message = await websocket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                reply = await self.reply(message.get("text") or "", mailbox)
                if reply:
                    await websocket.send_text(reply)
        except WebSocketDisconnect:
            pass  # it went while the reply was on its way
        finally:
            self.leave(mailbox)
            news.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect):
                await news

    def facts(self) -> dict[str, Any]:
        """Return what a page learns of its server when it is let in."""
        return {"message_limit": MESSAGE_LIMIT, "secret": self.guard.returning.secret}

    def join(self, mailbox: Mailbox) -> None:
        self.mailboxes.add(mailbox)
        self.conductor.audience = len(self.mailboxes)

    def leave(self, mailbox: Mailbox) -> None:
        self.mailboxes.discard(mailbox)
        self.conductor.audience = len(self.mailboxes)

    def tell(self, kind: str, text: str) -> None:
        """Give the news to every page; called in the conductor's thread."""
        with suppress(RuntimeError):  # the loop is closed: the server ends
            self.loop.call_soon_threadsafe(self.deliver, kind, text)

    def deliver(self, kind: str, text: str) -> None:
        for mailbox in self.mailboxes:
            mailbox.put(kind, text)

    async def reply(self, text: str, mailbox: Mailbox) -> str:
        """Return the answer to one message of a page, as JSON.

        It is "" for an action that takes long; the answer comes later, by the mailbox.
        """
        number = None
        try:
            action = read_request(text)
            number = action.pop("id")
            result = await self.ask(lambda: self.session.do(action))
        except Exception as error:
            return refusal(number, error)
        if isinstance(result, Future):
            task = asyncio.create_task(reply_later(number, result, mailbox))
            self.waiting.add(task)
            task.add_done_callback(self.waiting.discard)
            return ""
        return to_json({"id": number, "reply": result})

    async def ask(self, work: Callable[[], Any]) -> Any:
        return await asyncio.wrap_future(self.conductor.ask(work))


def find_row(name: str) -> Op:
    """Return a row that a drawn graph can need. Raises GraphError for another, however large."""
    if name not in OPS and not ROW.fullmatch(name):
        raise GraphError(no_such_row(name[:SHOWN]))
    return op_named(name)


def file_response(
    address: str, files: dict[str, Path], headers: dict[str, str] | None = None
) -> Response:
    """Return the file of that address, or the answer that there is none."""
    if address not in files:
        return PlainTextResponse(f"{messages.no_such_file(address)}\n", 404)
    return Response(files[address].read_bytes(), 200, headers, kind_of(address))


async def reply_later(number: int, result: "Future[Any]", mailbox: Mailbox) -> None:
    """Put the answer to a request into the mailbox, once it is there."""
    try:
        text = to_json({"id": number, "reply": await asyncio.wrap_future(result)})
    except Exception as error:
        text = refusal(number, error)
    mailbox.put(f"reply {number}", text)


def refusal(number: int | None, error: Exception) -> str:
    """Return the answer to a request that could not be done."""
    sentence = str(error) if isinstance(error, LabError) else defect(error)
    return to_json({"id": number, "error": sentence})


async def send_news(websocket: WebSocket, mailbox: Mailbox) -> None:
    """Send a page its news, as fast as it takes them."""
    while True:
        for text in await mailbox.take():
            await websocket.send_text(text)


def read_request(text: str) -> dict[str, Any]:
    """Return the request in a message. Raises LabError if there is none.

    >>> read_request('{"id": 1, "do": "play"}')
    {'id': 1, 'do': 'play'}
    """
    try:
        request = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise LabError(messages.not_a_message()) from error
    is_request = isinstance(request, dict) and isinstance(request.get("do"), str)
    if not is_request or type(request.get("id")) is not int:
        raise LabError(messages.not_a_message())
    return request


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


# ---------------------------------------------------------------------------------------- the port


def listen(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone; 0 stands for any free port.

    Raises LabError if the port is taken, or is none that may be used.
    """
    if not 0 <= port <= LAST_PORT:
        raise LabError(messages.no_port(port))
    try:
        plain = socket.create_server((NAMES[0], port))
    except OSError as error:
        raise LabError(messages.cannot_listen(port, error)) from error
    # asyncio sends at once, without 40 ms of waiting for more, only if the protocol is named
    kind = plain.family, plain.type, socket.IPPROTO_TCP
    return socket.socket(*kind, fileno=plain.detach())


class Server(uvicorn.Server):
    """A server that calls `on_start` with its lab once pages can be opened."""

    def __init__(self, lab: Lab, on_start: Callable[[Lab], None]) -> None:
        super().__init__(configuration(lab))
        self.lab, self.on_start = lab, on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_start(self.lab)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        forget_secret(self.lab.guard.port)


def configuration(lab: Lab) -> uvicorn.Config:
    return uvicorn.Config(
        lab.guard,
        loop="asyncio",
        http="h11",
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        log_level="critical",  # errors of ours are sentences; those of others are not logged
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_max_size=MESSAGE_LIMIT,
        ws_per_message_deflate=False,  # nothing leaves the machine
        timeout_graceful_shutdown=CLOSING_SECONDS,
    )


def serve(session: SessionLike, listener: socket.socket, on_start: Callable[[Lab], None]) -> None:
    """Serve the session until Ctrl-C, which is a KeyboardInterrupt. Closes the socket."""
    port = listener.getsockname()[1]
    with listener:
        Server(Lab(session, port, secret_of(port)), on_start).run(sockets=[listener])
