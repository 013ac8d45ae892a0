"""`./run house`: write docs/house.md, the map of the rooms, from the code as it stands."""

import argparse
import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import grimp

PACKAGE = "triplehelix"
ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "house.md"
#: From the ground up; a room may use floors below its own.
FLOORS = (
    ("foundation",),
    ("records",),
    ("policy",),
    ("market",),
    ("matching",),
    ("fund",),
    ("procedure",),
    ("programmes",),
    ("measures",),
    ("board",),
    ("doors",),
    ("config",),
)
NOT_ROOMS = {"migrations", "templatetags", "management"}
LINE = re.compile(r"^(Owns|May use|Used by): (.+)$")


@dataclass
class Room:
    """One package with a contract in its `__init__`: what it owns, may use, and who uses it."""

    name: str
    contract: dict[str, str]
    uses: set[str] = field(default_factory=set)
    used_by: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)

    def allows(self, other: str) -> bool:
        return covered(other, self.contract.get("May use", ""))

    def expects(self, other: str) -> bool:
        return covered(other, self.contract.get("Used by", ""))


def covered(name: str, sentence: str) -> bool:
    """Whether a contract's sentence speaks of this room, by its name or by a floor it stands on."""
    words = set(re.findall(r"[a-z_]+(?:\.[a-z_]+)*", sentence.lower()))
    parts = name.split(".")
    return "every room" in sentence or any(".".join(parts[: n + 1]) in words for n in range(len(parts)))


def read_contract(path: Path) -> dict[str, str]:
    """The three lines of a room's docstring; those that are missing are missing."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return {m[1]: m[2] for m in (LINE.match(line.strip()) for line in text.splitlines()) if m}


def folders() -> list[Path]:
    """Every package one or two steps below the top that is a room."""
    top = ROOT / PACKAGE
    found = sorted([*top.glob("*/__init__.py"), *top.glob("*/*/__init__.py")])
    return [p.parent for p in found if not NOT_ROOMS & set(p.relative_to(top).parts)]


def survey() -> dict[str, Room]:
    """All rooms with what they really use, read from the imports. The room of a module is its nearest contract."""
    top = ROOT / PACKAGE
    rooms = {}
    for folder in folders():
        name = ".".join(folder.relative_to(top).parts)
        rooms[name] = Room(name, read_contract(folder / "__init__.py"))
    graph = grimp.build_graph(PACKAGE, cache_dir=None)

    def room_of(module: str) -> str | None:
        parts = module.split(".")[1:]
        return next((n for n in (".".join(parts[:k]) for k in (2, 1)) if n in rooms), None)

    for module in sorted(graph.modules):
        if (room := room_of(module)) is None:
            continue
        rooms[room].files.append(module.removeprefix(f"{PACKAGE}."))
        for imported in graph.find_modules_directly_imported_by(module):
            other = room_of(imported)
            if other and other != room and not other.startswith(f"{room}."):
                rooms[room].uses.add(other)
                rooms[other].used_by.add(room)
    return rooms


def broken(rooms: dict[str, Room]) -> list[str]:
    """Where a contract and the imports disagree, one sentence each."""
    found = []
    for room in rooms.values():
        found += [
            f"{room.name}: no line '{key}:'" for key in ("Owns", "May use", "Used by") if key not in room.contract
        ]
        found += [
            f"{room.name} uses {o} but its contract does not say so" for o in sorted(room.uses) if not room.allows(o)
        ]
        found += [
            f"{room.name} is used by {o} but its contract does not expect it"
            for o in sorted(room.used_by)
            if not room.expects(o) and not o.startswith(room.name.split(".")[0])
        ]
    return found


def page(rooms: dict[str, Room]) -> str:
    """docs/house.md: the floors drawn, then a table of rooms."""
    lines = [
        "# The house, as it stands",
        "",
        "Written by `./run house` from the code; a test holds it to the imports.",
        "",
    ]
    lines += ["```mermaid", "flowchart BT"]
    for number, floor in enumerate(FLOORS):
        names = [n for n in rooms if n.split(".")[0] in floor]
        if names:
            lines.append(f'  subgraph f{number}["{number} {floor[0]}"]')
            lines += [f'    {_id(n)}["{n}"]' for n in names]
            lines.append("  end")
    lines += [f"  {_id(r.name)} --> {_id(o)}" for r in rooms.values() for o in sorted(r.uses)]
    lines += ["```", "", "| room | owns | uses | is used by |", "|---|---|---|---|"]
    for room in rooms.values():
        uses, used = ", ".join(sorted(room.uses)) or "–", ", ".join(sorted(room.used_by)) or "–"
        lines.append(f"| `{room.name}` | {room.contract.get('Owns', '')} | {uses} | {used} |")
    lines += ["", "## Files", ""]
    for room in rooms.values():
        files = [f for f in room.files if ".migrations" not in f and f != room.name]
        lines.append(f"- `{room.name}`: " + ", ".join(f"`{f.removeprefix(room.name + '.')}`" for f in files))
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    return name.replace(".", "_")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(args: argparse.Namespace) -> int:
    rooms = survey()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(rooms), encoding="utf-8")
    problems = broken(rooms)
    print(*problems, f"→ {PAGE.relative_to(ROOT)}", sep="\n")
    return int(bool(problems))
