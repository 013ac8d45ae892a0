"""The embedded server after the machine has lost its power."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from triplehelix.config.paths import ROOT


def checked(var):
    clean = {name: v for name, v in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    return subprocess.run(
        [sys.executable, "-m", "triplehelix", "manage", "check", "--database=default"],
        cwd=ROOT, env=clean | {"TRIPLEHELIX_VAR": str(var)}, capture_output=True, text=True, timeout=180,
    )  # fmt: skip


@pytest.mark.slow
def test_a_server_whose_number_is_another_programs_by_now_starts_again():
    # Short, because a socket's path must be.
    with tempfile.TemporaryDirectory(prefix="th-", ignore_cleanup_errors=True) as folder:
        socket = Path(folder) / "var" / "postgres"
        first = checked(socket.parent)
        assert first.returncode == 0, first.stderr
        noted = socket / "postmaster.pid"
        assert not noted.exists()
        noted.write_text(f"{os.getpid()}\n{socket}\n1700000000\n5432\n{socket}\n\n  1  2\nready   \n")
        owner = (socket / "PG_VERSION").stat()
        os.chown(noted, owner.st_uid, owner.st_gid)
        noted.chmod(0o600)
        again = checked(socket.parent)
        assert again.returncode == 0, again.stderr[-2000:]
