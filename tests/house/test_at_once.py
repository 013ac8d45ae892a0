"""Whoever makes a row has thought of who makes the same at the same moment."""

import ast
from collections.abc import Iterator

from tests.house.test_conventions import FILES, TOP

MAKES = {"create", "bulk_create"}
#: By one of these a writer makes others wait, or expects that it was too late: a row is locked, a turn is taken, the
#: database's own constraint answers.
HELD = {
    "select_for_update", "locked", "hold", "held", "locks", "locked_achievement", "profile_of", "alone",
    "people_lock", "IntegrityError", "get_or_create", "update_or_create", "ignore_conflicts",
}  # fmt: skip
#: Asked twice at once, these make two, and that is right.
AS_OFTEN_AS_ASKED = {
    "market/imports/actions.py:upload": "a sheet lands when it is confirmed, and rows that are there are refused",
    "procedure/cases/actions/applying.py:begin": "the opening whose case it is holds its sale",
    "procedure/cases/actions/applying.py:open_by_decision": "what is given once is asked when it is decided",
    "procedure/cases/actions/applying.py:start": "a draft; quotas and what is given once are asked later",
    "procedure/terms/actions.py:settle": "of two for one first day the later counts",
    "records/parties/actions/keys.py:create_api_key": "each is another key, and is shown once",
    "records/parties/actions/people.py:register_person": "two people may have one name",
}


def test_a_row_is_made_once_or_as_often_as_asked():
    """Looked for and then made, a row is made twice by two who look at once."""
    bare = {
        f"{name}:{one.name}"
        for name, tree in FILES.items()
        for one in writers(tree)
        if any(map(makes, called_by(one, tree)))
        and not HELD & {word for part in called_by(one, tree) for word in words(part)}
    }
    assert bare == AS_OFTEN_AS_ASKED.keys()


def test_turns_are_taken_in_one_place():
    """Several keys are taken in one order there, and never outside a transaction, where nobody would wait."""
    taken = [name for name in FILES if "pg_advisory_xact_lock" in (TOP / name).read_text(encoding="utf-8")]
    assert taken == ["records/alone.py"]


def writers(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The public verbs of a module: in a transaction of their own."""
    verbs = (one for one in tree.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"))
    return (one for one in verbs if "transaction.atomic" in map(ast.unparse, one.decorator_list))


def called_by(one: ast.FunctionDef, tree: ast.Module) -> list[ast.FunctionDef]:
    """It, and what it calls of its own module, and what that calls."""
    own = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    found, edge = {one.name: one}, [one]
    while edge:
        named = {word for part in edge for word in words(part)} & own.keys() - found.keys()
        edge = [own[name] for name in sorted(named)]
        found |= {each.name: each for each in edge}
    return list(found.values())


def words(part: ast.AST) -> Iterator[str]:
    for node in ast.walk(part):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def makes(part: ast.AST) -> bool:
    """Whether a row is written that was not there."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (
            (node.func.attr in MAKES and "objects" in ast.unparse(node.func.value))
            or any(given.arg == "force_insert" for given in node.keywords)
        )
        for node in ast.walk(part)
    )
