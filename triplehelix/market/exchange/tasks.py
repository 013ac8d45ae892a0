"""Timed work of the exchange, and what a commit asks for."""

from django.utils import timezone
from procrastinate.contrib.django import app

from triplehelix.market.exchange import feed, receive, refusals, requests, traffic
from triplehelix.market.exchange.models import Incoming, Outgoing, Peer
from triplehelix.market.exchange.wake import FILL, LEARN, PUSH


@app.periodic(cron="* * * * *")
@app.task(name=PUSH, queue="exchange", queueing_lock=PUSH)
def push(timestamp: int = 0) -> None:
    """Send every peer what it has not acknowledged: when something was said, and every minute what failed before."""
    for peer in list(traffic.due(Outgoing, timezone.now()).values_list("peer", flat=True)):
        traffic.push(peer=peer, now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="exchange.pull", queue="exchange", queueing_lock="exchange.pull")
def pull(timestamp: int = 0) -> None:
    """Ask every peer whose turn it is for what we lack."""
    for peer in list(traffic.due(Incoming, timezone.now()).values_list("peer", flat=True)):
        traffic.pull(peer=peer, now=timezone.now())


@app.task(name=FILL, queue="exchange")
def fill(peer: int) -> None:
    """Compare everything with what a peer was told, if it is still to be told."""
    found = Peer.objects.filter(pk=peer, state__in=feed.FED).first()
    if found is not None:
        feed.fill(peer=found, now=timezone.now())


@app.task(name=LEARN, queue="exchange")
def learn(peer: int) -> None:
    """Ask a peer for its keys."""
    traffic.learn(peer=peer, now=timezone.now())


@app.periodic(cron="7 * * * *")
@app.task(name="exchange.tidy", queue="exchange", queueing_lock="exchange.tidy")
def tidy(timestamp: int) -> None:
    """Every hour: what is past its validity leaves sight; what need not be remembered is forgotten."""
    now = timezone.now()
    receive.expire_due(now=now)
    requests.forget(now=now)
    refusals.forget(now=now)
