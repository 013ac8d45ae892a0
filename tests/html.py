"""Pages as one looks for elements in them."""

import re


def flat(page: str) -> str:
    """Without the whitespace between elements: how a template breaks its lines is nobody's matter."""
    return re.sub(r">\s+<", "><", page)
