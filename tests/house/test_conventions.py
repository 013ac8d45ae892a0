"""What docs/conventions.md says of the code, where the code itself can be asked."""

import ast
import re
from collections.abc import Iterator

import pytest

from triplehelix.doors.cli import house

TOP = house.ROOT / house.PACKAGE
FILES = {
    path.relative_to(TOP).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(TOP.rglob("*.py"))
    if "migrations" not in path.parts
}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 330, 50
#: Where a write is looked for: on a manager or a queryset.
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "update", "delete"}
ROWS = re.compile(r"\.objects\b|_default_manager|\.(filter|exclude)\(")
#: Writers that are no verb somebody asks for: what follows the trail, lands a file, talks to another market, sends.
OTHER_WRITERS = {
    "board/webhooks/follower.py",
    "board/webhooks/send.py",
    "market/achievements/renamed.py",
    "market/exchange/feed.py",
    "market/exchange/keys.py",
    "market/exchange/management/commands/exchange.py",
    "market/exchange/receive.py",
    "market/exchange/refusals.py",
    "market/exchange/requests.py",
    "market/exchange/traffic.py",
    "market/experts/authors.py",
    "market/experts/candidates.py",
    "market/experts/corrections.py",
    "market/experts/landing.py",
    "market/experts/register.py",
    "market/imports/listings.py",
    "matching/feedback/training.py",
    "matching/index/vectors.py",
    "procedure/candidates/landing.py",
    "procedure/panels/ties.py",
    "records/parties/rekey.py",
    "records/trail/followers.py",
    "records/trail/retired.py",
    "records/trail/seals.py",
}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def is_writer(name: str) -> bool:
    """By its place: `actions` and `effects` of a room, the models' own helpers, the demo city's loader."""
    parts = name.removesuffix(".py").split("/")
    return bool({"actions", "effects", "models"} & set(parts)) or name.startswith("doors/cli/")


def writes(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and ROWS.search(ast.unparse(node.func.value) + ".")
        for node in ast.walk(tree)
    )


def test_only_writers_write():
    assert {name for name, tree in FILES.items() if writes(tree) and not is_writer(name)} == OTHER_WRITERS


def test_a_writer_is_called_by_names():
    """Who acts, on what and when stands at every call: no argument can take another's place."""
    positional = [
        f"{name}:{one.name}"
        for name, tree in FILES.items()
        if "/actions" in name and not name.endswith("/shared.py")
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and "transaction.atomic" in map(ast.unparse, one.decorator_list)
        if not one.name.startswith("_") and one.args.args
    ]
    assert positional == []


def test_nothing_private_is_borrowed():
    borrowed = [
        f"{name} has {alias.name} from {node.module}"
        for name, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(house.PACKAGE)
        for alias in node.names
        if alias.name.startswith("_")
    ]
    assert borrowed == []


def test_every_module_says_what_it_is():
    assert [name for name, tree in FILES.items() if tree.body and not ast.get_docstring(tree)] == []


def test_nothing_grows_without_end():
    long = [name for name in FILES if len((TOP / name).read_text(encoding="utf-8").splitlines()) > MOST_LINES]
    long += [
        f"{name}:{one.name}"
        for name, tree in FILES.items()
        for one in functions(tree)
        if (one.end_lineno or 0) - one.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("file", ["models", "actions", "finds", "access", "flow", "guards", "effects", "acts", "rules",
                                  "terms", "facts", "kept", "check", "follower", "tasks", "shared"])  # fmt: skip
def test_a_name_of_the_table_is_one_of_several_rooms(file):
    """A file that only one room has needs no convention; and each of them stands in the table."""
    assert f"`{file}.py`" in (house.ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    rooms = {name for name in FILES if {file, f"{file}.py"} & set(name.split("/"))}
    assert len(rooms) > 1


def unexplained(source: str) -> list[int]:
    """The lines of a module's imports inside functions that no comment explains: on the line, or above the imports it
    stands among."""
    lines = source.splitlines()
    found = []
    for function in ast.walk(ast.parse(source)):
        inside = ast.walk(function) if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else ()
        for node in inside:
            if isinstance(node, ast.Import | ast.ImportFrom):
                above = node.lineno - 2
                while lines[above].strip().startswith(("import ", "from ")) or not lines[above].strip():
                    above -= 1
                if "#" not in lines[node.lineno - 1] and not lines[above].strip().startswith("#"):
                    found.append(node.lineno)
    return found


def test_an_import_inside_a_function_says_why():
    """A circle is no reason: a module that needs one stands in the wrong place. An app's `ready` is the start itself,
    before which there are no tables."""
    found = {
        name: lines
        for name in FILES
        if not name.endswith("/apps.py") and (lines := unexplained((TOP / name).read_text(encoding="utf-8")))
    }
    assert found == {}
    assert unexplained("def f():\n    import a\n    import b  # costly\n\n    # Tables.\n    from c import d\n") == [2]
