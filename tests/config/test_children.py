"""Children of `./run demo`: what nobody waits for comes after the others."""

import os
import sys
from pathlib import Path

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
