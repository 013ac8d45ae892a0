"""Secrets a site makes for itself: once, whole, for its own user's eyes."""

import os
import stat
import subprocess
import sys
import time

import pytest

from triplehelix.config.locks import locked
from triplehelix.config.paths import ROOT

ASK = "from triplehelix.config import settings; print(settings.SECRET_KEY, *settings.FIELD_KEYS)"
#: A server that answers nobody: settings ask no database.
AWAY = "postgresql://nobody@127.0.0.1:1/none"


def _asked(var):
    env = {k: v for k, v in os.environ.items() if k not in ("SECRET_KEY", "FIELD_KEYS")}
    env |= {"TRIPLEHELIX_VAR": str(var), "DATABASE_URL": AWAY}
    return subprocess.Popen([sys.executable, "-c", ASK], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_of_programs_started_at_once_all_have_the_same_secrets_and_nobody_else_reads_them(tmp_path):
    said = {one.communicate(timeout=60)[0] for one in [_asked(tmp_path) for _ in range(3)]}
    assert len(said) == 1
    assert len(said.pop().split()) == 2
    for name in ("secret_key.txt", "field_key.txt"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.slow
def test_who_comes_second_waits_for_the_first(tmp_path):
    with (tmp_path / "secrets.gate").open("w") as gate, locked(gate):
        second = _asked(tmp_path)
        time.sleep(2)
        assert second.poll() is None, "it has begun without the secret that is being made"
        (tmp_path / "secret_key.txt").write_text("of-the-first")
        (tmp_path / "field_key.txt").write_text("A" * 43 + "=")
    assert second.communicate(timeout=60)[0].split() == ["of-the-first", "A" * 43 + "="]
