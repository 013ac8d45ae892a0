"""The table of imports."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from triplehelix.records.evidence.models import File
from triplehelix.records.parties.models import Account, Organisation
from triplehelix.records.steps.models import Stateful


class Import(Stateful):
    """One uploaded sheet and what came of it.

    `errors` holds the first wrong cells as {"row", "column", "message"}; `error_count` counts them all. `notes` are
    sentences to be read before it is confirmed: sheets, rows and columns that may not be as their sender thinks.
    `receipt` is written once, when the rows have landed: {"rows", "first", "last", "sha256", "at"}.
    """

    kind: ClassVar[str] = "market.import"
    page: ClassVar[str] = "web:import"

    what = models.CharField(_("内容"), max_length=30)
    about = models.CharField(_("归属"), max_length=60, blank=True)
    publish = models.BooleanField(_("导入后直接发布"), default=False)
    file = models.ForeignKey(File, models.PROTECT, related_name="+", verbose_name=_("文件"))
    annotated = models.ForeignKey(File, models.PROTECT, related_name="+", null=True, verbose_name=_("错误标注"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="imports", verbose_name=_("导入人"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, verbose_name=_("本单位"))
    created_at = models.DateTimeField(_("上传时间"))
    done_rows = models.PositiveIntegerField(_("已检查行数"), default=0)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    error_count = models.PositiveIntegerField(_("错误数"), default=0)
    bad_rows = models.PositiveIntegerField(_("有错的行数"), default=0)
    errors = models.JSONField(_("错误"), default=list)
    notes = models.JSONField(_("提示"), default=list)
    receipt = models.JSONField(_("回执"), null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("批量导入")
