"""Children of `./run demo`: what nobody waits for comes after the others."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from triplehelix.config.paths import ROOT
from triplehelix.config.processes.children import NICE, Children

SLEEPS = [sys.executable, "-c", "import time; time.sleep(60)"]


def shares(pid):
    """How the system deals this process in: among its own session, and its session among the others where it says."""
    group = Path(f"/proc/{pid}/autogroup")
    told = group.read_text().split()[-1] if group.exists() and os.access(group, os.W_OK) else None
    return os.getpriority(os.PRIO_PROCESS, pid), told


def test_who_comes_after_has_a_smaller_share_than_who_does_not(monkeypatch):
    monkeypatch.setattr("signal.signal", lambda *_: None)  # the test's process goes on after the block
    with Children() as children:
        first = shares(children.start("web", SLEEPS).pid)
        after = shares(children.start("worker", SLEEPS, comes_after=True).pid)
    assert after[0] == min(first[0] + NICE, 19)
    assert (first[1], after[1]) in {("0", str(NICE)), (None, None)}


def test_a_killed_server_leaves_no_process_that_keeps_its_port():
    """granian's first process, shot (out of memory): those that answer for it end as well."""
    code = (
        "import os, sys, time; from triplehelix.config.parent import die_with_parent as d;"
        "pid = os.fork(); d() if not pid else print(pid, flush=True); time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with first.stdout:
        other = psutil.Process(int(first.stdout.readline()))
    time.sleep(0.2)  # it has asked by now
    first.send_signal(signal.SIGKILL)
    first.wait()
    psutil.wait_procs([other], timeout=10)
    assert not other.is_running() or other.status() == psutil.STATUS_ZOMBIE
