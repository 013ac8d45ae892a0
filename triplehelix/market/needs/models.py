"""The tables of needs: what anybody may read of one, and beside it what only some may."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from triplehelix.foundation import alike
from triplehelix.market.listings.models import LEAST_TEXT, Listing
from triplehelix.market.needs.words import PARTS, Words
from triplehelix.records.parties.fields import EncryptedTextField
from triplehelix.records.parties.rules import Invalid

OPEN, CONFIDENTIAL = "open", "confidential"
TOLD = (*PARTS, "rest")
#: A title or public summary that repeats a run of so many characters of the confidential text gives it away.
REPEATED = 16


class Need(Listing):
    """企业需求. `price_fen` is the budget the firm has in mind; empty means 面议.

    `trl_wanted` is the lowest maturity (GB/T 22900, 1–13) the firm can use, `region_wanted` where a partner should be,
    `needed_by` until when it must be solved. `text` and the parts are what anybody may read: of a confidential need
    (保密) `text` is the public summary 公开摘要, the parts are empty, and what the firm said stands in `Confidential`.
    So a list, an export, a search or a feed that shows `text` cannot show more than that. `sketch` finds needs that say
    the same (foundation.alike).
    """

    kind: ClassVar[str] = "market.need"
    pages: ClassVar[str] = "needs"
    SECRECY = [(OPEN, _("公开")), (CONFIDENTIAL, _("保密（只公开摘要，签保密协议后看全文）"))]

    what = models.TextField(_("是什么东西、用在哪里"), max_length=2000, blank=True)
    present = models.TextField(_("现在怎样"), max_length=2000, blank=True)
    target = models.TextField(_("要达到什么指标"), max_length=2000, blank=True)
    tried = models.TextField(_("试过什么、为什么不行"), max_length=2000, blank=True)
    rest = models.TextField(_("补充说明"), max_length=20_000, blank=True)
    needed_by = models.DateField(_("最晚什么时候要"), null=True, blank=True)
    secrecy = models.CharField(_("能否公开"), max_length=20, choices=SECRECY, default=OPEN)
    trl_wanted = models.PositiveSmallIntegerField(_("最低成熟度"), null=True, blank=True)
    region_wanted = models.CharField(_("希望合作方所在地"), max_length=20, blank=True)
    sketch = ArrayField(models.BigIntegerField(), default=list, editable=False)

    #: The words as `take_in` left them, until they are saved, and whether some are to be taken out of `Confidential`.
    _beside: "Words | None" = None
    _opened: bool = False

    class Meta(Listing.Meta):
        verbose_name = _("需求")
        indexes = [*Listing.Meta.indexes, GinIndex("sketch", name="need_by_sketch")]
        constraints = [
            *Listing.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(trl_wanted__isnull=True) | models.Q(trl_wanted__range=(1, 13)),
                name="need_trl_on_its_scale",
            ),
            models.CheckConstraint(
                condition=~models.Q(secrecy=CONFIDENTIAL) | models.Q(**dict.fromkeys(TOLD, "")),
                name="need_confidential_words_kept_beside",
            ),
        ]

    @property
    def is_confidential(self) -> bool:
        return self.secrecy == CONFIDENTIAL

    def words(self) -> Words:
        """All the firm said, also what is confidential: for whoever has been found to be allowed to read it."""
        if self._beside is not None:
            return self._beside
        if self.is_confidential:
            kept = Confidential.objects.filter(need=self).first() if self.pk else None
            return Words(**{name: getattr(kept, name) for name in TOLD}) if kept else Words()
        told = {name: getattr(self, name) for name in TOLD}
        return Words(**told) if any(told.values()) else Words(rest=self.text)

    def take_in(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set these fields; words go where the need's secrecy says. Values: the parts, `rest` or `text` (the words in
        one piece), `secrecy`, `teaser` (公开摘要). Raises Invalid at `title`, `text`, `rest`, `teaser`."""
        about_words = {*TOLD, "text", "secrecy", "teaser"} & values.keys()
        before = super().take_in({name: value for name, value in values.items() if name not in about_words})
        # What was never public is named in the trail, not copied into it: it may become confidential before it is.
        unseen = self.state != "published"
        if unseen and "title" in before:
            before["title"] = None
        if not about_words:
            if self.is_confidential and "title" in before:
                _no_leak(self.title, "", self.words().whole)
            return before
        was, old, summary = self.secrecy, self.words(), self.text if self.is_confidential else ""
        secrecy = values.get("secrecy", was)
        new = old.changed({name: value for name, value in values.items() if name in (*TOLD, "text")})
        teaser = values.get("teaser", summary) if secrecy == CONFIDENTIAL else ""
        if secrecy == CONFIDENTIAL:
            _no_leak(self.title, teaser, new.whole)
        told = [name for name in TOLD if (old.in_parts or new.in_parts) and getattr(old, name) != getattr(new, name)]
        told += ["text"] if old.whole != new.whole else []
        hide = unseen or CONFIDENTIAL in (was, secrecy)
        before |= {name: None if hide else getattr(old, name, old.whole) for name in told}
        before |= {"secrecy": was} if secrecy != was else {}
        before |= {"teaser": None if unseen else summary} if teaser != summary else {}
        self.secrecy, self._beside, self._opened = secrecy, new, was == CONFIDENTIAL != secrecy
        public = Words() if secrecy == CONFIDENTIAL or not new.in_parts else new
        for name in TOLD:
            setattr(self, name, getattr(public, name))
        self.text = teaser if secrecy == CONFIDENTIAL else new.whole
        self.sketch = alike.sketch(self.text)
        return before

    def keep_beside(self) -> None:
        """The confidential words into their own table, or out of it."""
        if self.is_confidential and self._beside is not None:
            said = {name: getattr(self._beside, name) for name in TOLD}
            Confidential.objects.update_or_create(need=self, defaults=said)
        elif self._opened:
            Confidential.objects.filter(need=self).delete()

    def forget_beside(self) -> None:
        """The confidential words go first: they hold on to their need."""
        Confidential.objects.filter(need=self).delete()

    def own_values(self) -> list[Any]:
        told = [getattr(self, name) for name in TOLD]
        hidden = asdict(self.words()) if self.is_confidential else None
        return [self.secrecy, told, hidden, self.needed_by, self.trl_wanted, self.region_wanted]

    def lacking(self) -> dict[str, str]:
        found = super().lacking()
        if not self.is_confidential:
            return found
        found.pop("text", None)  # of these the text is the summary
        whole = self.words().whole
        told = leaks(self.title, self.text, whole)
        if len(whole) < LEAST_TEXT:
            told["text"] = gettext("保密正文太短：请至少用 %(n)d 个字说明是什么、现在怎样、要达到什么") % {
                "n": LEAST_TEXT
            }
        if wrong := summary_lacks(self.text):
            told["teaser"] = wrong
        return told | found


def summary_lacks(teaser: str) -> str | None:
    """What is wrong with the public summary of a confidential need that is to be published, or None."""
    if len(teaser) >= LEAST_TEXT:
        return None
    return gettext("保密的需求要有公开摘要：请用至少 %(n)d 个字写明要解决哪一类问题，不写细节") % {"n": LEAST_TEXT}


class Confidential(models.Model):
    """What a firm said of a confidential need, encrypted. `market.nda` says who opens it, and writes down who did."""

    need = models.OneToOneField(Need, models.PROTECT, related_name="confidential")
    what = EncryptedTextField(_("是什么东西、用在哪里"), blank=True)
    present = EncryptedTextField(_("现在怎样"), blank=True)
    target = EncryptedTextField(_("要达到什么指标"), blank=True)
    tried = EncryptedTextField(_("试过什么、为什么不行"), blank=True)
    rest = EncryptedTextField(_("补充说明"), blank=True)

    class Meta:
        verbose_name = _("保密正文")

    def __str__(self) -> str:
        return f"保密正文 {self.need_id}"


def leaks(title: str, teaser: str, whole: str) -> dict[str, str]:
    """What gives the confidential text away in what anybody may read of a need: what to change, by field."""
    says = {
        "title": gettext("标题人人可见，却照抄了保密正文：“%(found)s…”。请换一种不带细节的说法"),
        "teaser": gettext("公开摘要照抄了保密正文：“%(found)s…”。请换一种不带细节的说法"),
    }
    found = {name: alike.repeats(text, whole, REPEATED) for name, text in (("title", title), ("teaser", teaser))}
    return {name: says[name] % {"found": run} for name, run in found.items() if run}


def _no_leak(title: str, teaser: str, whole: str) -> None:
    """A title or a summary that repeats the confidential text gives it away. Raises Invalid."""
    if wrong := leaks(title, teaser, whole):
        raise Invalid(wrong)
