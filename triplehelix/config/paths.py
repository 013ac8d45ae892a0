"""Where things lie: the checkout, the package, and the folder of everything made at run time."""

from pathlib import Path

from triplehelix.config.env import Env

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent


def var_folder(env: Env) -> Path:
    """Database, uploads, caches, secrets: `var/` beside the code, or TRIPLEHELIX_VAR."""
    return env.folder("TRIPLEHELIX_VAR", ROOT / "var")
