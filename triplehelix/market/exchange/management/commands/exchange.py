"""`./run manage exchange`: one round with every peer now, without waiting for the worker; says how each stands."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from triplehelix.market.exchange import finds, traffic
from triplehelix.market.exchange.models import Incoming, Outgoing
from triplehelix.records.trail import followers


class Command(BaseCommand):
    help = "与每个对接市场立即交换一次：先发送，再核对收取"

    def handle(self, *args: Any, **options: Any) -> None:
        while followers.drain("exchange"):
            pass
        for peer in finds.peers().filter(state="active"):
            for model in (Outgoing, Incoming):
                model._default_manager.filter(peer=peer).update(next_try=None)
            traffic.push(peer=peer.pk, now=timezone.now())
            traffic.pull(peer=peer.pk, now=timezone.now())
        for peer in finds.peers():
            sent, got = peer.outgoing, peer.incoming
            self.stdout.write(
                f"{peer.market} {peer.state}: sent {sent.acked}/{sent.last}, received {got.cursor}/{got.last}"
                f" {sent.error} {got.error}".rstrip()
            )
