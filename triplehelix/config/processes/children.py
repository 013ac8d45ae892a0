"""Child programs that end when their parent does, however it ends."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from triplehelix.config.parent import die_with_parent

GRACE_SECONDS = 15
#: Who comes after the others gets a third of their turn where there is not enough for all.
NICE = 5


class Stopped(SystemExit):
    """SIGTERM arrived: unwind as for Ctrl-C, with the status a shell gives for it."""

    def __init__(self) -> None:
        super().__init__(143)


def stop_on_sigterm() -> None:
    """Turn SIGTERM into an exception, so that `finally` and `with` blocks put things away."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)


def _come_after(pid: int) -> None:
    """Linux may deal the cores out by session first (autogroup), whatever a process says of itself; others have no such
    file, and in a container it may be read-only."""
    os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + NICE)
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(NICE), "ascii")


class Children:
    """Programs started together and ended together.

    with Children() as children:
        children.start("web", [...])
        children.wait()          # until one ends, or a signal arrives
    """

    def __init__(self) -> None:
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ended = threading.Event()

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None, *, comes_after: bool = False
    ) -> subprocess.Popen[bytes]:
        """`comes_after`: nobody waits for it, so on a busy machine the others go first."""
        # Its own session: Ctrl-C reaches only the parent, which then ends the children in order.
        # The hook runs before any thread is started here, and calls only prctl.
        child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
            list(command),
            env=env,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )
        if comes_after:
            _come_after(child.pid)
        self.running[name] = child
        return child

    def wait(self) -> tuple[str, int]:
        """The name and exit status of the first child that ends."""
        while True:
            for name, child in self.running.items():
                if child.poll() is not None:
                    return name, child.returncode
            self.ended.wait(0.3)

    def stop(self) -> None:
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        for child in self.running.values():
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.running.clear()

    def __enter__(self) -> "Children":
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second signal does not interrupt the tidying up
        self.stop()
