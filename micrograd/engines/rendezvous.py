"""The rendezvous: all processes of a run meet at one address before JAX connects them.

Rule: whoever is missing is named, and a taken port is an error. JAX's own runtime ends the process
in both cases.
"""

import json
import socket
import time
from contextlib import ExitStack, suppress

from micrograd.engines import messages

RETRY_SECONDS = 0.1  # between two attempts to reach the first process
GREETING_SECONDS = 2.0  # within which a guest says its number


class Disconnected(RuntimeError):
    """A process of the run is missing or lost. Started again, all go on from the checkpoint."""


def meet(address: str, count: int, index: int, seconds: float) -> None:
    """Wait until all processes have met at "host:port", which is the first one's.

    Raises Disconnected if one is still missing after so many seconds, or if the port is taken.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError(messages.not_an_address(address))
    if index == 0:
        missing = receive(int(port), count, seconds)
    else:
        missing = arrive((host, int(port)), index, seconds)
    if missing:
        raise Disconnected(messages.absent(missing, seconds))


def receive(port: int, count: int, seconds: float) -> list[int]:
    """Tell each of the other processes, and return, which are missing after so many seconds."""
    guests: dict[int, socket.socket] = {}
    deadline = time.monotonic() + seconds
    with ExitStack() as stack:
        server = stack.enter_context(listen(port))
        while len(guests) < count - 1 and time.monotonic() < deadline:
            server.settimeout(max(deadline - time.monotonic(), RETRY_SECONDS))
            with suppress(OSError, ValueError):  # a stranger, or one that has gone again
                guest = stack.enter_context(server.accept()[0])
                guest.settimeout(GREETING_SECONDS)
                number = int(guest.makefile().readline())
                if 0 < number < count:
                    guests[number] = guest
        missing = sorted(set(range(1, count)) - set(guests))
        for guest in guests.values():
            with suppress(OSError):
                guest.sendall(f"{json.dumps(missing)}\n".encode())
    return missing


def listen(port: int) -> socket.socket:
    """Return a socket that listens on the port. Raises Disconnected if it is taken."""
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    try:
        return socket.create_server(("", port), family=family, dualstack_ipv6=both)
    except OSError as error:
        raise Disconnected(messages.taken_port(port, error)) from error


def arrive(address: tuple[str, int], index: int, seconds: float) -> list[int]:
    """Return which processes are missing, as the first process says when it has waited."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError), socket.create_connection(address, seconds) as host:
            host.sendall(f"{index}\n".encode())
            host.settimeout(seconds + GREETING_SECONDS)
            missing: list[int] = json.loads(host.makefile().readline())
            return missing
        time.sleep(RETRY_SECONDS)
    return [0]
