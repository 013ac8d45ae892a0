"""Works, the records of sources they were read from, and who wrote them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts.models.harvests import Repository
from triplehelix.market.experts.models.people import Expert
from triplehelix.market.imports.models import Import
from triplehelix.records.parties.models import Organisation


class Work(models.Model):
    """论文、专利、成果、项目. One row however many sources tell of it.

    `terms` are the numbers of its words (foundation.text.term_id), for finding. A work that no source tells of any
    more is not `live`: it is shown nowhere, and comes back with its decisions when a source tells of it again.
    """

    KINDS = [
        ("paper", _("论文")),
        ("patent", _("专利")),
        ("achievement", _("成果")),
        ("project", _("项目")),
    ]

    kind = models.CharField(_("类型"), max_length=12, choices=KINDS)
    title = models.CharField(_("题名"), max_length=500)
    abstract = models.TextField(_("摘要"), blank=True)
    year = models.PositiveSmallIntegerField(_("年份"), null=True, blank=True)
    venue = models.CharField(_("出处"), max_length=200, blank=True)
    number = models.CharField(_("编号"), max_length=40, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    url = models.CharField(_("网址"), max_length=500, blank=True)
    subjects = ArrayField(models.CharField(max_length=60), verbose_name=_("关键词"), default=list, blank=True)
    terms = ArrayField(models.IntegerField(), default=list)
    achievement = models.OneToOneField(Achievement, models.PROTECT, null=True, blank=True, related_name="work")
    live = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        verbose_name = _("成果记录")
        indexes = [
            GinIndex("terms", name="work_by_term", fastupdate=False, condition=Q(live=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="achievement") | Q(achievement__isnull=True), name="work_of_an_achievement"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Identity(models.Model):
    """What a work is known by: `doi:…`, `app:…` and `pub:…` of patents, `t:…` of kind, title and year. Each once."""

    key = models.CharField(max_length=220, primary_key=True)
    work = models.ForeignKey(Work, models.CASCADE, related_name="identities")

    def __str__(self) -> str:
        return self.key


class Source(models.Model):
    """One record of one source that tells of a work, as it came (`raw`). `deleted`: the source has taken it back."""

    SOURCES = [
        ("achievement", _("本平台成果库")),
        ("papers", _("论文清单")),
        ("patents", _("专利清单")),
        ("bibtex", "BibTeX"),
        ("orcid", "ORCID"),
        ("openalex", "OpenAlex"),
        ("oai", _("机构库")),
    ]

    work = models.ForeignKey(Work, models.CASCADE, related_name="sources")
    source = models.CharField(_("来源"), max_length=12, choices=SOURCES)
    source_id = models.CharField(_("来源编号"), max_length=200)
    repository = models.ForeignKey(Repository, models.PROTECT, null=True, blank=True, related_name="sources")
    batch = models.ForeignKey(Import, models.PROTECT, null=True, blank=True, related_name="+")
    url = models.CharField(_("网址"), max_length=500, blank=True)
    raw = models.TextField(_("原始记录"), blank=True)
    datestamp = models.CharField(_("时间戳"), max_length=20, blank=True)
    deleted = models.BooleanField(_("已删除"), default=False)
    seen_at = models.DateTimeField(_("采集时间"))

    class Meta:
        verbose_name = _("来源记录")
        constraints = [
            models.UniqueConstraint(
                "source", "source_id", condition=Q(repository__isnull=True), name="source_record_once"
            ),
            models.UniqueConstraint(
                "repository", "source_id", condition=Q(repository__isnull=False), name="source_record_once_a_repository"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_id}"


class Authorship(models.Model):
    """署名: that somebody wrote a work, as the source writes the name and where the author works.

    `expert` is the expert it began with, whatever has been merged since; `order` counts from 1. `orcid_by` is whose
    word the ORCID is (`bringing.Bringer.hand`); "" when it is of somebody who did not bring the work, or nobody knows.
    `dropped`: who brought the work names this author no more, and it is kept because something was decided of it.
    """

    work = models.ForeignKey(Work, models.CASCADE, related_name="authorships")
    order = models.PositiveSmallIntegerField(_("顺序"))
    name = models.CharField(_("署名"), max_length=80)
    affiliation = models.CharField(_("署名单位"), max_length=300, blank=True)
    orcid = models.CharField("ORCID", max_length=19, blank=True)
    orcid_by = models.CharField(_("ORCID 由谁提供"), max_length=24, blank=True)
    source_person = models.CharField(_("来源的人员编号"), max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="authorships")
    dropped = models.BooleanField(_("来源已不再列出"), default=False)

    class Meta:
        ordering = ["work", "order"]
        verbose_name = _("署名")
        indexes = [models.Index("orcid", name="authorship_by_orcid", condition=~Q(orcid=""))]
        constraints = [
            models.UniqueConstraint("work", "order", name="authorship_place_once"),
            models.CheckConstraint(condition=Q(order__gte=1), name="authorship_counts_from_one"),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """单位别名: another way an organisation is written in affiliations; its own name needs none."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="aliases")
    name = models.CharField(_("别名"), max_length=120)
    folded = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        ordering = ["organisation", "name"]
        verbose_name = _("单位别名")

    def __str__(self) -> str:
        return self.name
