"""What a button's act was refused for, told above the page it leads back to. A form says it at its fields (blaming)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from triplehelix.records.parties.rules import Invalid, Refused


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Refused and Invalid end the block with a message; what follows it is the way back."""
    try:
        yield
    except (Invalid, Refused) as why:
        messages.warning(request, str(why))
