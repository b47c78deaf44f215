"""The command `micrograd lab`: a page on this machine where a network learns, and can be opened.

Rule: whatever can go wrong is found before the address is printed. Ctrl-C ends the lab.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated, Any

from micrograd.cli import messages
from micrograd.cli.console import print_note, report, stop
from micrograd.cli.options import AsJson, argument, flag, text, whole_number
from micrograd.support import files

PORT = 8765
LAB_HELP = """Open the lab, a page where a network learns while you build it and look inside.

The page is served on this machine alone, and its address has a token. Ctrl-C ends it.

[bold]Examples[/bold]

  micrograd lab

  micrograd lab spirals

  micrograd lab flowers.csv --port 9000

  micrograd lab names.txt --no-browser
"""


def dataset_names() -> list[str]:
    from micrograd.lab import DATASETS

    return [*DATASETS]


def lab(
    name: Annotated[
        str,
        argument(
            "A data set, or a file: a table, a text for a GPT, or a lab that was saved.",
            "NAME|FILE",
            dataset_names,
        ),
    ] = "",
    target: Annotated[
        str, text("For a table: the column to predict, by default the last one.", "COLUMN")
    ] = "",
    port: Annotated[int, whole_number("The port to listen on; 0 takes any free one.", 0)] = PORT,
    no_browser: Annotated[bool, flag("no-browser", "Print the address, and open nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Serve the lab until Ctrl-C."""
    print("starting the lab ...", file=sys.stderr, flush=True)
    try:
        from micrograd.lab import LabError, Session, listen, serve
    except ImportError as error:
        raise stop(str(error)) from error
    try:
        session = Session()
        tab = begin(session, name, target)
        listener = listen(port)
    except LabError as error:
        raise stop(str(error)) from error

    def on_start(served: Any) -> None:
        show_address(served.guard.address + tab, as_json)
        if not no_browser:
            open_browser(served.guard.address_for_once() + tab)

    serve(session, listener, on_start)


def show_address(address: str, as_json: bool) -> None:
    def show(_: object) -> None:
        print(f"The lab is at {address}")
        print("Ctrl-C ends it.", file=sys.stderr)

    report({"address": address}, {}, as_json, show)
    sys.stdout.flush()


# ------------------------------------------------------------------------------------ what it shows


def begin(session: Any, name: str, target: str) -> str:
    """Let the session begin with a data set or a file; return the part of the
    address that opens another tab.

    Raises LabError for what it cannot show.
    """
    ending = Path(name).suffix.lower()
    if ending == ".txt":
        session.do({"do": "gpt_start", "text": read(name)})
        return "#tab=gpt"
    if ending in (".csv", ".tsv"):
        begin_with_table(session, name, target)
    elif target:
        raise stop(messages.option_of_a_table("--target"))
    elif ending == ".json":
        session.do({"do": "load", "file": read(name)})
    elif name:
        session.do({"do": "setup", "changes": {"data": name}})
    session.do({"do": "play"})
    return ""


def begin_with_table(session: Any, name: str, target: str) -> None:
    """Let the session learn a column of a table from all others, by default the last one."""
    table = {"do": "table", "name": Path(name).name, "text": read(name)}
    columns = session.do(table)["columns"]
    target = target or columns[-1]
    inputs = [column for column in columns if column != target]
    session.do({**table, "columns": {"target": target, "inputs": inputs}})


def read(name: str) -> str:
    try:
        return files.read(name).decode("utf-8-sig")
    except OSError as error:
        raise stop(files.cannot_read(name, error)) from error
    except UnicodeDecodeError as error:
        raise stop(messages.not_utf8(name)) from error


# -------------------------------------------------------------------------------------- the browser


def open_browser(address: str) -> None:
    """Open the page in the user's browser, or say that there is none."""
    import webbrowser  # here, since no other command needs it

    try:
        browser = webbrowser.get() if has_screen() else None
    except webbrowser.Error:
        browser = None
    if browser is None:
        print_note(messages.no_browser())
    else:
        threading.Thread(target=browser.open, args=[address], daemon=True).start()


def has_screen() -> bool:
    """Return whether a page can be shown; a browser that runs in this terminal would take it."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
