"""Static files are collected once for each state of their sources, whoever starts beside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from triplehelix.config import static

ROOT = Path(__file__).resolve().parents[2]
#: A server that answers nobody: collecting files asks no database.
AWAY = "postgresql://nobody@127.0.0.1:1/none"
ONE = """
import django
django.setup()
from django.conf import settings
from triplehelix.config import static
print(static.collected(settings.VAR))
"""


@pytest.fixture
def sources(tmp_path, settings):
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("body { color: black }")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "static"
    # Tests else serve files as they are written.
    kept = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": kept}
    return source


def _written(folder: Path) -> dict[str, tuple[int, int]]:
    return {one.name: (one.stat().st_ino, one.stat().st_mtime_ns) for one in folder.iterdir()}


def test_a_second_start_touches_nothing_a_changed_source_is_collected(tmp_path, sources):
    assert static.collected(tmp_path)
    before = _written(settings.STATIC_ROOT)
    assert "staticfiles.json" in before
    assert not static.collected(tmp_path)
    assert _written(settings.STATIC_ROOT) == before
    (sources / "page.css").write_text("body { color: darkgreen }")
    assert static.collected(tmp_path)
    assert len(_written(settings.STATIC_ROOT)) > len(before)


def test_what_was_broken_off_or_deleted_is_collected_again(tmp_path, sources, monkeypatch):
    static.collected(tmp_path)
    (settings.STATIC_ROOT / "staticfiles.json").unlink()
    assert static.collected(tmp_path)

    def broken_off(*_args, **_more):
        raise KeyboardInterrupt

    (sources / "more.css").write_text("p { margin: 0 }")
    with monkeypatch.context() as now, pytest.raises(KeyboardInterrupt):
        now.setattr(static, "call_command", broken_off)
        static.collected(tmp_path)
    (sources / "more.css").unlink()
    assert static.collected(tmp_path), "as the files lie there, nobody knows what was written"


@pytest.mark.slow
def test_of_programs_started_at_once_one_collects(tmp_path):
    env = os.environ | {
        "TRIPLEHELIX_VAR": str(tmp_path),
        "DATABASE_URL": AWAY,
        "DJANGO_SETTINGS_MODULE": "triplehelix.config.settings",
    }
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", ONE], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    said = [(*one.communicate(timeout=120), one.returncode) for one in begun]
    assert sorted(out.strip() for out, _, _ in said) == ["False", "False", "True"], said
