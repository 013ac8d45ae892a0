"""Following the trail of needs: what is submitted or published is to be answered, what is taken back is not."""

from collections.abc import Sequence

from django.utils import timezone

from triplehelix.market.diagnosis import actions
from triplehelix.market.needs.models import Need

NAME = "diagnosis"
KINDS = (Need.kind,)


def handle(subjects: Sequence[tuple[str, str]]) -> None:
    """Called inside the transaction that marks them read."""
    now = timezone.now()
    for _kind, id in subjects:
        actions.follow(need_id=int(id), now=now)
