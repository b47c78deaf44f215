"""Who may talk to the lab, and what its page may load: token, Host, Origin and headers.

Rule: every request, of a page or of a websocket, passes the `Guard` before any route sees it. A
refusal is one sentence, in plain text.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from micrograd.lab import messages
from micrograd.lab.returning import Returning

NAMES = ("127.0.0.1", "localhost")  # what this machine calls itself
METHODS = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",  # a new version of the lab is seen at once
}
RETURN = "/return"  # where a page that was open asks for a new cookie
Refusal = tuple[int, str]  # (status of HTTP, a sentence)


class Guard:
    """An ASGI application that lets through to `app` what comes from the lab's own page.

    The page is opened by an address with the token, or with a ticket, which is used up by that:
    other users of the machine can read the command line of a browser. It then has a cookie. Token
    and cookie are worth nothing when this lab has ended, because a browser sends the cookie to
    whoever takes its port. A page that was open gets a new cookie by a proof, see `returning`.
    """

    def __init__(self, app: ASGIApp, port: int, secret: str = "") -> None:
        self.app, self.port = app, port
        self.hosts = {f"{name}:{port}" for name in NAMES}
        self.origins = {f"http://{host}" for host in self.hosts}
        self.cookie = f"micrograd-lab-{port}"  # browsers send cookies to every port
        self.token = secrets.token_urlsafe(32)
        self.returning = Returning(secret or secrets.token_urlsafe(32))
        self.tickets: set[str] = set()

    @property
    def address(self) -> str:
        """The address of the page, with the token."""
        return f"http://{NAMES[0]}:{self.port}/?token={self.token}"

    def address_for_once(self) -> str:
        """Return an address of the page that works once."""
        ticket = secrets.token_urlsafe(32)
        self.tickets.add(ticket)
        return f"http://{NAMES[0]}:{self.port}/?token={ticket}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        is_new = self.brings_token(connection) or self.brings_proof(connection)
        answer = self.with_headers(send, is_new)
        refusal = self.refusal(connection, is_new)
        app = refuse(*refusal) if refusal else self.app
        await app(scope, receive, answer)

    # -------------------------------------------------------------------------------------- checks

    def refusal(self, connection: HTTPConnection, is_new: bool) -> Refusal | None:
        """Return why the request is refused, None if it is not."""
        host = connection.headers.get("host", "")
        if "\0" in connection.scope["path"]:
            return 400, messages.no_such_address()
        if host not in self.hosts:
            return 400, messages.foreign_host(host, self.port)
        if self.is_foreign(connection):
            return 403, messages.foreign_origin(connection.headers.get("origin", ""))
        method = connection.scope.get("method", METHODS[0])
        if method not in METHODS:
            return 405, messages.only_get(method)
        asks_for_proof = (
            connection.scope["path"] == RETURN and "proof" not in connection.query_params
        )
        if not is_new and not asks_for_proof and not self.has_cookie(connection):
            return 403, messages.no_token()
        return None

    def is_foreign(self, connection: HTTPConnection) -> bool:
        """Return whether another page sends this. Its links alone may lead here."""
        headers = connection.headers
        is_websocket = connection.scope["type"] == "websocket"
        origin = headers.get("origin", "" if is_websocket else "none")
        if origin not in (*self.origins, "none"):
            return True
        site = headers.get("sec-fetch-site", "none")
        return site not in ("same-origin", "none") and headers.get("sec-fetch-mode") != "navigate"

    def brings_token(self, connection: HTTPConnection) -> bool:
        """Return whether the address has the token, or a ticket, which is used up."""
        if connection.scope["type"] != "http" or connection.url.path != "/":
            return False
        offered = connection.query_params.get("token", "")
        if same(offered, self.token):
            return True
        ticket = next((ticket for ticket in self.tickets if same(offered, ticket)), "")
        self.tickets.discard(ticket)
        return bool(ticket)

    def brings_proof(self, connection: HTTPConnection) -> bool:
        """Return whether a page that was open before proves it, and comes from nowhere else."""
        if connection.scope["path"] != RETURN or self.is_foreign(connection):
            return False
        query = connection.query_params
        return self.returning.accepts(*(query.get(name, "") for name in ("page", "lab", "proof")))

    def has_cookie(self, connection: HTTPConnection) -> bool:
        return same(connection.cookies.get(self.cookie, ""), self.token)

    # ------------------------------------------------------------------------------------- answers

    def with_headers(self, send: Send, is_new: bool) -> Send:
        """Return `send`, so that every answer has our headers, and a new page its cookie."""

        async def answer(message: Message) -> None:
            if message["type"].endswith("response.start"):
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if message["type"].startswith("websocket"):
                    del headers["Content-Length"]  # uvicorn adds its own
                if is_new and message["status"] == 200:
                    headers["Set-Cookie"] = self.set_cookie()
            await send(message)

        return answer

    def set_cookie(self) -> str:
        return f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"


def refuse(status: int, sentence: str) -> ASGIApp:
    """Return the answer to a request that is refused; whatever else it sends is not read."""
    return PlainTextResponse(f"{sentence}\n", status, {"Connection": "close"})


def same(offered: str, secret: str) -> bool:
    """Return whether the texts are equal, in a time that tells nothing of the secret."""
    return secrets.compare_digest(offered.encode(errors="replace"), secret.encode())
