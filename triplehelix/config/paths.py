"""Where things lie: the checkout, the package, the policy pack, and the folder of everything made at run time."""

from importlib.util import find_spec
from pathlib import Path

from triplehelix.config.env import Env

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent


def var_folder(env: Env) -> Path:
    """Database, uploads, caches, secrets: `var/` beside the code, or TRIPLEHELIX_VAR."""
    return env.folder("TRIPLEHELIX_VAR", ROOT / "var")


def package_folder(name: str) -> Path | None:
    """Where a package lies; None for one that is not there. It is not imported."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    found = list(spec.submodule_search_locations or []) if spec else []
    return Path(found[0]) if found else None


def pack_folder(env: Env, measures: str) -> Path:
    """Where the code lists of the policy pack lie: in the folder of its measures, so that a city's measures never stand
    on another's lists, or in TRIPLEHELIX_PACK. A package that is not there is told by the start."""
    return env.folder("TRIPLEHELIX_PACK", package_folder(measures) or PACKAGE / "measures" / "liaocheng")
