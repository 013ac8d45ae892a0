"""The invented city's pack as a city makes it: the house's reference folder copied, and what differs replaced."""

import shutil
from pathlib import Path

from triplehelix.config.paths import PACKAGE

MEASURES = "tests.packs.yunze"
OWN = Path(__file__).parent / "yunze" / "reference"


def made(folder: Path) -> Path:
    """A pack folder with its reference lists."""
    reference = shutil.copytree(PACKAGE / "measures" / "liaocheng" / "reference", folder / "yunze" / "reference")
    shutil.copytree(OWN, reference, dirs_exist_ok=True)
    trade = reference / "contracts.toml"
    trade.write_text(trade.read_text(encoding="utf-8").replace("371500", "990100"), encoding="utf-8")
    return reference.parent
