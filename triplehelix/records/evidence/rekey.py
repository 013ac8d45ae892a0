"""Every sealed file under the first of FIELD_KEYS, while the site runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from triplehelix.records.evidence import disk
from triplehelix.records.evidence.models import File
from triplehelix.records.parties.rekey import Tally

CHUNK = 500


def renew(*, progress: Callable[[int], None] = lambda looked: None) -> Tally:
    """Seal anew whatever file the first key does not open. `progress` is told how many have been looked at. A file that
    is lost or that no key opens stays as it is."""
    found = Tally()
    for looked, path in enumerate(_paths(), start=1):
        try:
            found.done += disk.seal_anew(path)
        except OSError:
            found.lost += 1
        progress(looked)
    return found


def behind() -> int:
    """How many sealed files the first key does not open, but another of FIELD_KEYS does."""
    return sum(map(disk.is_behind, _paths())) if len(settings.FIELD_KEYS) > 1 else 0


def _paths() -> Iterator[Path]:
    """Where sealed bytes lie, each once however many rows speak of it."""
    before = None
    for file in File.objects.filter(sealed=True).order_by("sha256").only("sha256", "sealed").iterator(chunk_size=CHUNK):
        if file.path != before:
            yield file.path
        before = file.path
