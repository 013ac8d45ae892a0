"""What pages may load and where their forms may lead (Content-Security-Policy)."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF


def policy(*sign_on: str) -> dict[str, Any]:
    """Everything from this site alone. `sign_on` are addresses of the city's single sign-on: a form leads there by a
    redirect, and Chromium asks the policy about that too."""
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, filter(None, sign_on))]
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "img-src": [SELF, "data:"],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "form-action": [SELF, *dict.fromkeys(origins)],
        }
    }
