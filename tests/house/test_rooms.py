"""The rooms stand where their contracts say, and the map is the house."""

import re
import shutil
import subprocess
import sys

import pytest

from triplehelix.doors.cli import house


@pytest.fixture(scope="module")
def rooms():
    return house.survey()


def test_contracts_and_imports_agree(rooms):
    assert house.broken(rooms) == []


def test_the_map_is_the_house(rooms):
    assert house.PAGE.read_text(encoding="utf-8") == house.page(rooms), "run ./run house and read the difference"


def test_a_contract_that_lies_is_named(rooms):
    room = house.Room("market", {"Owns": "x", "May use": "foundation.", "Used by": "doors."})
    room.uses, room.used_by = {"records.trail"}, {"policy"}
    assert house.broken({"market": room}) == [
        "market uses records.trail but its contract does not say so",
        "market is used by policy but its contract does not expect it",
    ]


def lint(folder):
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_an_upward_import_fails_the_check(tmp_path):
    """The check that ./run test runs refuses a foundation that imports a door."""
    ignore = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(house.ROOT / "triplehelix", tmp_path / "triplehelix", ignore=ignore)
    shutil.copy(house.ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path).returncode == 0
    money = tmp_path / "triplehelix" / "foundation" / "money.py"
    money.write_text("import triplehelix.doors.web.urls\n" + money.read_text(encoding="utf-8"), encoding="utf-8")
    answer = lint(tmp_path)
    assert answer.returncode == 1
    assert "triplehelix.foundation.money -> triplehelix.doors.web.urls" in answer.stdout


BANNED_NAMES = {"core", "common", "utils", "helpers"}
MEASURE = re.compile(r"""["'][Mm][1-6][._][1-4]["']""")


def sources():
    return [p for p in (house.ROOT / "triplehelix").rglob("*.py") if "migrations" not in p.parts]


def test_no_room_for_leftovers():
    assert [p for p in sources() if {*p.parts, p.stem} & BANNED_NAMES] == []


def test_no_measure_is_named_outside_measures():
    assert [p for p in sources() if "measures" not in p.parts and MEASURE.search(p.read_text(encoding="utf-8"))] == []


def test_nothing_listens_to_signals_between_rooms():
    listening = re.compile(r"^@receiver|(post|pre)_(save|delete)\.connect", re.M)
    assert [p for p in sources() if listening.search(p.read_text(encoding="utf-8"))] == []
