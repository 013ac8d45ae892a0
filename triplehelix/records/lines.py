"""A line of text somebody has entered, made fit to be stored."""

from django.utils.translation import gettext as _


def line(text: str, label: str, most: int, errors: dict[str, str], key: str, *, must: bool = True) -> str:
    """One line of text, blanks evened out, at most so many characters; empty only where it need not be (`must`). What
    is wrong with it goes to `errors` at `key`, and calls it by its `label`."""
    found = " ".join(text.replace("\x00", "").split())
    if must and not found:
        errors[key] = _("请填写%(what)s") % {"what": label}
    elif len(found) > most:
        errors[key] = _("%(what)s最多 %(most)d 个字") % {"what": label, "most": most}
    return found
