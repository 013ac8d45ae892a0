"""The list of decisions names every one of them, by its title."""

import re

from triplehelix.config.paths import ROOT

FOLDER = ROOT / "docs" / "decisions"


def test_every_decision_stands_in_the_list_by_its_title():
    listed = dict(
        re.findall(r"^\| \[(.+?)\]\((0\d{3}-[\w-]+\.md)\) \| .+ \|$", (FOLDER / "README.md").read_text("utf-8"), re.M)
    )
    written = {}
    for path in sorted(FOLDER.glob("0*.md")):
        number, title = path.read_text("utf-8").splitlines()[0].lstrip("# ").split(" ", 1)
        assert number.rstrip(".").zfill(4) == path.name[:4]
        written[f"{path.name[:4]} {title}"] = path.name
    assert listed == written
