"""A process that ends when the one that made it does."""

import ctypes
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Let this process be told to end (SIGTERM) when the one that made it has, however that ended."""
    # Linux tells the child when its parent dies; elsewhere a killed parent leaves its children to be ended by hand.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
