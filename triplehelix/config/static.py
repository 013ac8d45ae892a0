"""Static files: collected under VAR/static once for each state of their sources."""

from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from triplehelix.config.locks import locked


def collected(var: Path) -> bool:
    """Collect what is not collected yet; whether anything was. A second program of the same code leaves the files
    alone: Django deletes and writes anew what others are reading at that moment."""
    stamp = var / "static.of"
    with (var / "static.gate").open("w") as gate, locked(gate):
        wanted = _state()
        whole = (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()
        if whole and stamp.exists() and stamp.read_text("ascii") == wanted:
            return False
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted, "ascii")
    return True


def _state() -> str:
    """Of every source: its name, size and time."""
    paths = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    lines = sorted(f"{path}\0{path.stat().st_size}\0{path.stat().st_mtime_ns}" for path in paths)
    return sha256("\n".join(lines).encode()).hexdigest()
