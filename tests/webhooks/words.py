"""What tests of webhooks do, in the words of the field."""

from datetime import timedelta

from django.utils import timezone

from tests.market.test_flow import VALUES
from triplehelix.board.webhooks import events
from triplehelix.market.listings import actions as listings
from triplehelix.market.needs.models import Need
from triplehelix.records.steps.actions import take

LISTINGS = [event for event in events.EVENTS if event.startswith(("need", "achievement"))]
DAY = timedelta(days=1)


def draft(clerk, firm, model=Need, **more):
    return listings.create(model=model, organisation=firm, values=VALUES | more, actor=clerk, now=timezone.now())


def stepped(row, step, actor):
    return take(case=row, step=step, actor=actor, now=timezone.now(), seen_version=row.version)


def edited(listing, clerk, **values):
    return listings.edit(listing=listing, values=values, actor=clerk, now=timezone.now(), seen_version=listing.version)


def heard(receiver, path="/hook"):
    return [(said["type"], said["data"].get("title"), said["data"].get("state")) for at, _id, said in receiver.taken
            if at == path]  # fmt: skip
