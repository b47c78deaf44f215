"""The picture of the rooms, and the map of their files, are those that the code gives."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tools import rooms

ROOT = Path(__file__).parents[1]


def test_the_picture_is_drawn_from_the_table():
    assert rooms.PICTURE.read_text(encoding="utf-8") == rooms.picture(), "python tools/rooms.py"


def test_every_room_of_the_table_is_in_the_picture():
    names = {x.text for x in ElementTree.fromstring(rooms.picture()).iter() if x.text}
    shown = {name.removesuffix(".py").removesuffix("/") for name in names}
    assert set(rooms.constant("ROOMS")) - rooms.LEFT_OUT <= shown


def test_arrows_point_downward_and_say_everything():
    table = rooms.constant("ROOMS")
    heights = rooms.floors(table)
    pairs = rooms.arrows(table)
    assert all(heights[room] > heights[other] for room, other in pairs)
    direct = {room: [b for a, b in pairs if a == room] for room in table}
    for room in table:
        assert rooms.reachable(direct, room) == rooms.reachable(table, room)


def test_the_architecture_page_names_every_room():
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    existing = set(rooms.constant("ROOMS")) - rooms.LEFT_OUT
    missing = {room for room in existing if f"`{room}" not in page and f"{room}/" not in page}
    assert not missing


def test_the_map_has_the_first_sentence_of_each_file():
    assert rooms.MAP.read_text(encoding="utf-8") == rooms.map_of_files(), "python tools/rooms.py"
    assert "To be written" not in rooms.map_of_files()


@pytest.mark.slow
def test_it_runs_as_a_command():
    before = rooms.PICTURE.read_text(encoding="utf-8")
    command = [sys.executable, str(ROOT / "tools" / "rooms.py")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == "kept docs/rooms.svg\nkept docs/map.md\n"
    assert rooms.PICTURE.read_text(encoding="utf-8") == before
