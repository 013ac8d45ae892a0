"""What an operator copies from `deploy/` fits the program it stands in front of."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from triplehelix.config import settings
from triplehelix.config.paths import ROOT
from triplehelix.doors.sized import PAPERS

DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))


def test_the_proxy_takes_what_the_site_takes_and_lets_the_site_say_what_is_too_large():
    most = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1]) * 2**20
    assert most > PAPERS * settings.UPLOAD_MAX_BYTES


def test_the_pages_nginx_shows_by_itself_are_there_and_need_nothing_from_the_site():
    named = re.findall(r"error_page [\d ]+ /([\w-]+\.html);", NGINX)
    assert sorted(named) == sorted(path.name for path in DEPLOY.glob("*.html"))
    for name in named:
        page = (DEPLOY / name).read_text(encoding="utf-8")
        assert f"location = /{name} " in NGINX and "<h1>" in page
        assert not re.search(r"\b(src|href)=", page)


def test_both_units_are_closed_alike():
    site, worker = ({*path.read_text("utf-8").splitlines()} for path in UNITS)
    both = {line for line in site ^ worker if not line.startswith("#")}
    assert {line.partition("=")[0] for line in both} == {"Description", "After", "ExecStart", "CPUWeight"}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_systemd_reads_the_units(unit, tmp_path):
    here = tmp_path / unit.name
    here.write_text(
        unit.read_text("utf-8").replace("/srv/triplehelix", str(ROOT)).replace("User=triplehelix", "User=root")
    )
    told = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True, text=True, timeout=60)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.fixture
def code():
    """A checkout without `.venv` that others may read."""
    with tempfile.TemporaryDirectory() as made:  # tmp_path is its owner's alone
        folder = Path(made)
        for name in ("run", "requirements.lock", "requirements-dev.lock"):
            shutil.copy2(ROOT / name, folder / name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_code_one_may_not_write_is_told_where_its_programs_must_be_made_anew(code):
    """As the user of the unit after a `git pull` that changed what is installed."""
    as_another = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    told = subprocess.run([*as_another, str(code / "run"), "help"], capture_output=True, text=True, timeout=60)
    assert told.returncode == 2 and "请用这个文件夹的主人" in told.stderr, told.stderr
    assert not (code / ".venv").exists()
