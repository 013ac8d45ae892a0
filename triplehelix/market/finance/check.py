"""Every case of finance, with its consents, contract and money, and every proof of a year, against the trail."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from triplehelix.market.finance.actions.institutions import PROOF
from triplehelix.market.finance.kept import GROUPS, PROOF_GROUPS, groups, of_proof
from triplehelix.market.finance.models import Application, Qualification
from triplehelix.records.trail import kept


def problems() -> Iterator[str]:
    """Cases and proofs that are not as the trail last said, in words."""
    yield from kept.lost(Application, Application.kind, _("融资办件"))
    yield from kept.altered(Application.objects.all(), Application.kind, groups, GROUPS)
    yield from kept.lost(Qualification, PROOF, _("资格"))
    yield from kept.altered(Qualification.objects.all(), PROOF, of_proof, PROOF_GROUPS)
