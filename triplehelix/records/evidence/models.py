"""The table of files. The bytes lie under MEDIA_ROOT by their sha-256; rows say whose they are and who may see them."""

import io
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.records.evidence import disk
from triplehelix.records.parties.models import Account, Organisation


class File(models.Model):
    """A file as it came. `content_type` was decided from the bytes, never from the name.

    `visible_to` are audiences (records.parties.access): who belongs to one of them may read it. The bytes of a `sealed`
    one lie encrypted; `sha256` and `size` are of what it says.
    """

    sha256 = models.CharField(max_length=64, db_index=True)
    name = models.CharField(_("文件名"), max_length=150)
    content_type = models.CharField(_("类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="files")
    uploaded_by = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="files")
    sealed = models.BooleanField(_("加密存放"), default=False)
    visible_to = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField(_("上传时间"))

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("材料")
        indexes = [GinIndex("visible_to", name="file_by_audience")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256", "name"], condition=Q(owner__isnull=False), name="file_once_per_owner"
            ),
            models.UniqueConstraint(
                fields=["uploaded_by", "sha256", "name"], condition=Q(owner__isnull=True), name="file_once_per_account"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes lie: MEDIA_ROOT/ab/cd/abcd…; those of a sealed one are read with `open` only."""
        name = disk.named(self.sha256, sealed=self.sealed)
        return Path(settings.MEDIA_ROOT) / self.sha256[:2] / self.sha256[2:4] / name

    def open(self) -> BinaryIO:
        """The bytes, for reading. Raises FileNotFoundError when the store has lost them; disk.Locked without the
        key."""
        return io.BytesIO(disk.read(self.path)) if self.sealed else self.path.open("rb")
