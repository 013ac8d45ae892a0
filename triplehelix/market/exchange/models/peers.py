"""Other markets, the keys of both sides, and how the traffic with each stands."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.exchange.words import said
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.models import Account
from triplehelix.records.steps.models import Stateful


class Peer(Stateful):
    """另一个市场. `market` is its name in envelopes, `url` the address its protocol begins at.

    `kinds` and `chains` say which of our listings it gets; no chain means all of them. `keys_at` is when the newest
    announcement of its keys was made that we have taken over.
    """

    kind: ClassVar[str] = "market.peer"
    page: ClassVar[str] = "web:peer"

    market = models.CharField(_("市场标识"), max_length=63, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    url = models.URLField(_("接口地址"), max_length=300)
    kinds = ArrayField(models.CharField(max_length=20), verbose_name=_("发送的种类"), default=list, blank=True)
    chains = ArrayField(models.CharField(max_length=20), verbose_name=_("发送的产业链"), default=list, blank=True)
    keys_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("交换市场")

    def __str__(self) -> str:
        return self.name


class Key(models.Model):
    """An Ed25519 key: `kid` names it (the first 16 digits of its fingerprint), it holds from one moment to another."""

    kid = models.CharField(_("编号"), max_length=16)
    public = models.CharField(_("公钥"), max_length=44)
    not_before = models.DateTimeField(_("自"))
    not_after = models.DateTimeField(_("至"), null=True, blank=True)

    class Meta:
        abstract = True

    def holds(self, at: datetime) -> bool:
        return self.not_before <= at and (self.not_after is None or at <= self.not_after)


class OwnKey(Key):
    """One of our keys. The private half is readable only through the program (FIELD_KEYS)."""

    private = EncryptedTextField(_("私钥"))
    made_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-not_before", "-pk"]
        verbose_name = _("本市场的密钥")
        constraints = [
            models.UniqueConstraint("kid", name="own_key_once"),
            models.CheckConstraint(
                condition=Q(not_after__isnull=True) | Q(not_after__gt=F("not_before")), name="own_key_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return self.kid


class PeerKey(Key):
    """A key of another market: given by hand, or announced under a key that was known already (`by_key`).

    `ended_at`: taken back before its time; nothing signed with it is taken any more, whenever it was signed.
    """

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="keys")
    by_key = models.CharField(max_length=16, blank=True)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-not_before", "-pk"]
        verbose_name = _("对方的密钥")
        constraints = [models.UniqueConstraint("peer", "kid", name="peer_key_once")]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.kid}"


class Traffic(models.Model):
    """How one direction stands. `tries` counts failures in a row, `next_try` when it is tried again."""

    next_try = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def problem(self) -> str:
        """The last failure in words; empty while it goes well."""
        return said(self.error)


class Outgoing(Traffic):
    """What we send to a peer: `last` is the newest number of its feed, `acked` how far the peer says it has come."""

    peer = models.OneToOneField(Peer, models.PROTECT, related_name="outgoing", primary_key=True)
    last = models.BigIntegerField(default=0)
    acked = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(acked__gte=0, last__gte=F("acked")), name="outgoing_acked_what_was_sent")
        ]

    def __str__(self) -> str:
        return f"{self.peer_id}: {self.acked}/{self.last}"

    @property
    def waiting(self) -> int:
        """How many numbers lie between what is there and what has arrived."""
        return self.last - self.acked


class Incoming(Traffic):
    """What we have of a peer: `cursor` up to which nothing is missing, `last` the newest number it has named.

    `heard_at`: when it last sent a request that was really its own.
    """

    peer = models.OneToOneField(Peer, models.PROTECT, related_name="incoming", primary_key=True)
    cursor = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    heard_at = models.DateTimeField(null=True, blank=True)
    keys_asked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.peer_id}: {self.cursor}/{self.last}"

    @property
    def missing(self) -> int:
        return max(self.last - self.cursor, 0)


class Nonce(models.Model):
    """A request that was taken, so that it is not taken again; forgotten when its time window is over."""

    peer = models.ForeignKey(Peer, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("peer", "nonce", name="nonce_once")]

    def __str__(self) -> str:
        return f"{self.peer_id} {self.nonce}"
