"""Tables of the trail. Only its actions, seals and followers write them; a trigger refuses changes of written rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: Stored as who acted where no account did.
SYSTEM = "系统"


class Seal(models.Model):
    """A day's Merkle seal over every entry not sealed before it; `n` counts seals from 1 without a gap.

    `ranges` are the sealed sequence numbers as [[first, last], …], both included: a deleted row is named by number
    even when its whole subject went with it. `merkle` is the root of the tree over the entries' digests; `root` covers
    it, everything else the seal says, and the root of the seal before.
    """

    n = models.PositiveIntegerField(_("序号"), unique=True)
    day = models.DateField(_("封存日"))
    at = models.DateTimeField(_("封存时间"))
    first_seq = models.BigIntegerField(_("首行"))
    last_seq = models.BigIntegerField(_("末行"))
    count = models.PositiveBigIntegerField(_("行数"))
    ranges = models.JSONField(_("行号"))
    algorithm = models.CharField(_("算法"), max_length=10)
    merkle = models.BinaryField(_("树根"))
    prev_root = models.BinaryField(_("上一封存"))
    root = models.BinaryField(_("根"))

    class Meta:
        ordering = ["n"]
        verbose_name = _("封存")

    def __str__(self) -> str:
        return f"#{self.n} {self.day} {bytes(self.root).hex()[:12]}"


class Entry(models.Model):
    """One thing that happened to one subject. `n` counts the subject's entries from 1.

    `actor` is the label at the time (a name, or 系统); `actor_account` the account's number, None for the system.
    `digest` covers every field and `prev`, the digest of the subject's entry before; `parts` are short digests of the
    groups of fields, which say where a changed row was changed. `seal` is the only field set later, once.
    """

    seq = models.BigAutoField(primary_key=True)
    subject_kind = models.CharField(_("对象类别"), max_length=60)
    subject_id = models.CharField(_("对象"), max_length=64)
    n = models.PositiveBigIntegerField(_("次序"))
    actor = models.CharField(_("经办"), max_length=120)
    actor_account = models.BigIntegerField(_("账号"), null=True)
    verb = models.CharField(_("事项"), max_length=60)
    at = models.DateTimeField(_("时间"))
    data = models.JSONField(_("内容"), default=dict)
    why = models.TextField(_("理由"), blank=True)
    algorithm = models.CharField(_("算法"), max_length=10)
    parts = models.BinaryField()
    prev = models.BinaryField()
    digest = models.BinaryField()
    seal = models.ForeignKey(Seal, models.PROTECT, null=True, db_index=False, related_name="entries")

    class Meta:
        ordering = ["seq"]
        verbose_name = _("留痕")
        constraints = [
            models.UniqueConstraint("subject_kind", "subject_id", "n", name="entry_counts_its_subject"),
            models.CheckConstraint(condition=Q(n__gte=1), name="entry_counts_from_one"),
        ]
        indexes = [
            models.Index("seal", "seq", name="entry_by_seal"),
            models.Index(F("actor_account"), F("seq"), name="entry_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.subject_kind} {self.subject_id} #{self.n} {self.verb}"

    @property
    def who(self) -> str:
        """Who acted, for people: only the system has a name in every language."""
        return gettext("系统") if self.actor_account is None and self.actor == SYSTEM else self.actor


class Head(models.Model):
    """The newest entry of each subject: locked while the next one is written, and a witness of the last one."""

    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    n = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(default=b"")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="head_one_per_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} #{self.n}"


class RetiredKey(models.Model):
    """A key that was behind the first of FIELD_KEYS when everything was encrypted anew, sealed with the first: digests
    in the trail were made with it. `name` is what they name it by (keyed)."""

    name = models.CharField(max_length=8, unique=True)
    sealed = models.TextField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Unread(models.Model):
    """An entry one follower has not handled yet (docs/decisions/0002-followers-read-an-inbox.md).

    A row whose handling failed waits until `retry_at`; after the last try it is `parked` and waits for a person.
    """

    follower = models.CharField(max_length=40)
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    parked = models.BooleanField(default=False)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["follower", "entry"], name="unread_once_per_follower")]
        indexes = [models.Index("follower", "id", name="unread_in_order", condition=Q(parked=False))]

    def __str__(self) -> str:
        return f"{self.follower} {self.entry_id}"
