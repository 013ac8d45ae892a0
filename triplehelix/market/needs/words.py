"""The words of a need: its parts as they were asked, and the text that is read, searched and listed.

A need is told in parts (what it is, how it is today, what it must reach, what was tried, and the rest) or in one piece,
which is then all in `rest`. `whole` is both: the parts in that order, or the one piece as it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from triplehelix.market.listings.models import TEXT_LENGTH
from triplehelix.records.parties.rules import Invalid

#: The parts a firm is asked for one by one; `rest` is what it adds.
PARTS = ("what", "present", "target", "tried")
#: How the composed text leads over to a part. Words any need has, so that they find nothing out (matching.explain).
LEADS = {"what": "", "present": "目前：", "target": "要求：", "tried": "试过：", "rest": ""}
ENDS = "。！？!?；;….\n"


@dataclass(frozen=True, slots=True)
class Words:
    """What a firm said, in parts or in one piece (`rest`)."""

    what: str = ""
    present: str = ""
    target: str = ""
    tried: str = ""
    rest: str = ""

    @property
    def in_parts(self) -> bool:
        return any(getattr(self, name) for name in PARTS)

    @property
    def whole(self) -> str:
        """The text, one line a part."""
        if not self.in_parts:
            return self.rest
        told = ((LEADS[name], getattr(self, name)) for name in (*PARTS, "rest"))
        return "\n".join(lead + _ended(said) for lead, said in told if said)

    def changed(self, values: Mapping[str, Any]) -> "Words":
        """With the parts given. `text` is the whole in one piece: of a need told in parts it may come back as it was,
        but not changed, because nobody knows which part a changed sentence belongs to. Raises Invalid."""
        parts = {one.name: values[one.name] for one in fields(self) if one.name in values}
        made = replace(self, **parts)
        text = values.get("text")
        if text is not None and text != made.whole:
            if made.in_parts and text != self.whole:
                raise Invalid({"text": _("这条需求是分项填写的：请改对应的那一项，或写进“补充说明”")})
            made = made if made.in_parts else replace(made, rest=text)
        if len(made.whole) > TEXT_LENGTH:
            raise Invalid({"rest": _("各项合起来最多 %(most)d 个字") % {"most": TEXT_LENGTH}})
        return made


def _ended(said: str) -> str:
    return said if said[-1] in ENDS else f"{said}。"
