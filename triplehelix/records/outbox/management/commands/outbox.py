"""`./run manage outbox`: letters that did not go out, and why; `--retry` sends them again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from triplehelix.records.outbox import actions
from triplehelix.records.outbox.models import Message

SHOWN = 50


class Command(BaseCommand):
    help = "没有发出去的通知和原因；--retry 从头再发"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="把没有发出去的全部重新排队（先排除原因）")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts by state, then the failed ones, newest first; what is retried is sent by the worker."""
        failed = Message.objects.filter(state=Message.FAILED).order_by("-pk")
        waiting = Message.objects.filter(state=Message.QUEUED).count()
        self.stdout.write(f"等待发送 {waiting} 封，没有发出去 {failed.count()} 封")
        if options["retry"]:
            again = [actions.retry_failed(message=one, now=timezone.now()) for one in failed]
            self.stdout.write(f"已重新排队 {len(again)} 封，由后台发送")
            return
        for one in failed[:SHOWN]:
            at = timezone.localtime(one.created_at)
            self.stdout.write(f"  {at:%Y-%m-%d %H:%M} {one.to} {one.subject}：{one.last_error[:120]}")
