"""What somebody who means it tries at the doors: markup in what others read, answers kept where they should not be."""

from datetime import timedelta

from django.utils import timezone

from tests.contracts.words import WAN

#: With the page's own script this would be enough to act as whoever reads it: htmx sends it with the reader's token.
FORGED = '<img hx-post="/account/keys/" hx-trigger="load" src=x>'


def test_what_one_side_wrote_into_a_contract_is_text_beside_the_other_side_s_form(client, market):
    due = timezone.localdate() + timedelta(days=60)
    market.now = timezone.now()
    sale = market.signed(structure="royalty", royalty_ppm=30_000, royalty_base=FORGED,
                         rows=[("入门费", 20 * WAN, due)])  # fmt: skip
    market.register(sale)
    for who in (market.teller, market.clerk):
        client.force_login(who)
        page = client.get(f"/sales/{sale.pk}/").content.decode()
        assert "&lt;img hx-post" in page and "<img hx-post" not in page
