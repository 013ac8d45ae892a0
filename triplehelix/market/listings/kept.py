"""What the trail keeps of a need or an achievement: in every row about it a digest of what it said, and to whom.

What was offered, wanted and asked for is what introductions, price notices and the landing of a contract rest on.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from triplehelix.market.listings.models import Listing

GROUPS = {
    "standing": _("单位、状态和有效期"),
    "words": _("标题、正文、分类和价格"),
    "more": _("其他内容"),
    "contact": _("联系人"),
}


def groups(listing: Listing) -> dict[str, Any]:
    """The values of a listing, by the name a difference is told by. The people of an achievement are not among them:
    they change with the register of persons, whose merges and corrections are rows of their own."""
    return {
        "standing": [listing.organisation_id, listing.number, listing.state, listing.version, listing.published_at,
                     listing.valid_until],
        "words": [listing.title, listing.text, listing.field, listing.chain, listing.region, listing.modes,
                  listing.price_fen],
        "more": listing.own_values(),
        "contact": [listing.contact_name, listing.contact_phone, listing.contact_email],
    }  # fmt: skip
