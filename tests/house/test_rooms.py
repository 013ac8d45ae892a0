"""The rooms stand where their contracts say, and the map is the house."""

import re
import shutil
import subprocess
import sys
import tomllib

import grimp
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


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("foundation/money.py", "import triplehelix.doors.web.urls",
         "triplehelix.foundation.money -> triplehelix.doors.web.urls"),
        ("market/nda/models.py", "from triplehelix.market.nda import flow",
         "No cycles are allowed in triplehelix.market.nda."),
    ],
    ids=["upward", "round"],
)  # fmt: skip
def test_a_wrong_import_fails_the_check(tmp_path, file, line, said):
    """The check that ./run test runs refuses a foundation that imports a door, and a table that imports its flow."""
    ignore = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(house.ROOT / "triplehelix", tmp_path / "triplehelix", ignore=ignore)
    shutil.copy(house.ROOT / "pyproject.toml", tmp_path)
    assert lint(tmp_path).returncode == 0
    wrong = tmp_path / "triplehelix" / file
    wrong.write_text(f"{line}\n" + wrong.read_text(encoding="utf-8"), encoding="utf-8")
    answer = lint(tmp_path)
    assert answer.returncode == 1
    assert said in answer.stdout


@pytest.fixture(scope="module")
def real():
    """Who imports whom when the program runs: without what is imported for types alone."""
    return grimp.build_graph("triplehelix", exclude_type_checking_imports=True, cache_dir=None)


def test_circles_that_are_let_stand_are_of_types_alone(real):
    linting = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    let = [pair.split(" -> ") for contract in linting["contracts"] for pair in contract.get("ignore_imports", ())]
    assert [pair for pair in let if real.direct_import_exists(importer=pair[0], imported=pair[1])] == []


def test_no_package_imports_what_imports_it(real):
    """Such a circle the contract does not see: it looks at what stands beside each other."""
    up = {(one, to) for one in real.modules for to in real.find_modules_directly_imported_by(one)}
    packages = {package for one, package in up if one.startswith(f"{package}.")}
    assert [(one, to) for one, to in up if one in packages and to.startswith(f"{one}.")] == []


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
