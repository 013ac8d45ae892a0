"""The feed of each peer. A row is written once: a trigger refuses any change (migration 0002_stays)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.exchange.models.peers import Peer


class FeedEntry(models.Model):
    """One signed envelope for one peer, as it was first sealed (`feed.page` tells it as it is sealed today). `seq`
    counts up within the feed; `prev` is the number before it, so that a receiver sees what it lacks. `subject_kind` and
    `subject_id` are the listing, `revision` counts its statements."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="feed")
    seq = models.BigIntegerField()
    prev = models.BigIntegerField()
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    revision = models.BigIntegerField()
    verb = models.CharField(max_length=10)
    envelope = models.JSONField()
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ["peer", "seq"]
        verbose_name = _("发出的变化")
        constraints = [
            models.UniqueConstraint("peer", "seq", name="feed_entry_in_order"),
            models.UniqueConstraint(
                "peer", "subject_kind", "subject_id", "revision", name="feed_entry_counts_its_subject"
            ),
            models.CheckConstraint(condition=Q(seq__gt=F("prev"), prev__gte=0), name="feed_entry_follows_another"),
        ]

    def __str__(self) -> str:
        return f"{self.peer_id} #{self.seq} {self.verb} {self.subject_kind} {self.subject_id}"
