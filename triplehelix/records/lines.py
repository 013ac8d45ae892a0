"""A line of text somebody has entered, made fit to be stored."""

import re
import unicodedata

from django.utils.translation import gettext as _

from triplehelix.foundation.text import visible

CONTROLS = re.compile(r"[\x01-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """The text in one line, without what nobody sees: NUL, controls, zero-width and directional signs. A name that
    looks like another's is that name, and none turns round what stands behind it or speaks to a terminal."""
    text = text.replace("\x00", "")
    return " ".join((text if text.isprintable() else visible(CONTROLS.sub(" ", text))).split())


def as_number(text: str) -> str:
    """The number of a paper that serves once, in one line and in half-width letters: typed otherwise it is no other."""
    return one_line(unicodedata.normalize("NFKC", text))


def line(text: str, label: str, most: int, errors: dict[str, str], key: str, *, must: bool = True) -> str:
    """One line of text, blanks evened out, at most so many characters; empty only where it need not be (`must`). What
    is wrong with it goes to `errors` at `key`, and calls it by its `label`."""
    found = one_line(text)
    if must and not found:
        errors[key] = _("请填写%(what)s") % {"what": label}
    elif len(found) > most:
        errors[key] = _("%(what)s最多 %(most)d 个字") % {"what": label, "most": most}
    return found
