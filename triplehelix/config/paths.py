"""Where things lie: the checkout, the package, the policy pack, and the folder of everything made at run time."""

from importlib.util import find_spec
from pathlib import Path

from triplehelix.config.env import Env

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent


def var_folder(env: Env) -> Path:
    """Database, uploads, caches, secrets: `var/` beside the code, or TRIPLEHELIX_VAR."""
    return env.folder("TRIPLEHELIX_VAR", ROOT / "var")


def pack_folder(env: Env, measures: str) -> Path:
    """Where the code lists of the policy pack lie: in the folder of its measures, so that a city's measures never stand
    on another's lists, or in TRIPLEHELIX_PACK. A package that is not there is told by the start."""
    try:
        spec = find_spec(measures)
    except ModuleNotFoundError:
        spec = None
    found = list(spec.submodule_search_locations or []) if spec else []
    return env.folder("TRIPLEHELIX_PACK", Path(found[0]) if found else PACKAGE / "measures" / "liaocheng")
