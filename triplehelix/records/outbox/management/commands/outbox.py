"""`./run manage outbox`: letters that did not go out or wait, and why; `--retry` sends them again, `--test` tries the
mail server."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from triplehelix.records.outbox import actions, senders
from triplehelix.records.outbox.models import Message

SHOWN = 50


class Command(BaseCommand):
    help = "没有发出去的通知和原因；--retry 从头再发，--test 发一封试试"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="把没有发出去的全部重新排队（先排除原因）")
        parser.add_argument("--test", metavar="EMAIL", help="按网站的设置立即发一封试验信，说出结果；不排队，不留记录")

    def handle(self, *args: Any, **options: Any) -> None:
        """Counts by state, why letters wait, then the failed ones, newest first; what is retried is sent by the worker.
        Raises CommandError: the letter for a test was not taken."""
        if options["test"]:
            self._test(options["test"])
            return
        failed = Message.objects.filter(state=Message.FAILED).order_by("-pk")
        waiting = Message.objects.filter(state=Message.QUEUED)
        self.stdout.write(f"等待发送 {waiting.count()} 封，没有发出去 {failed.count()} 封")
        if options["retry"]:
            again = [actions.retry_failed(message=one, now=timezone.now()) for one in failed]
            self.stdout.write(f"已重新排队 {len(again)} 封，由后台发送")
            return
        why = waiting.exclude(last_error="").order_by().values_list("last_error").annotate(many=Count("pk"))
        for said, many in why.order_by("-many")[:SHOWN]:
            self.stdout.write(f"  等待重试 {many} 封：{said[:160]}")
        for one in failed[:SHOWN]:
            at = timezone.localtime(one.created_at)
            self.stdout.write(f"  {at:%Y-%m-%d %H:%M} {one.to} {one.subject}：{one.last_error[:120]}")

    def _test(self, to: str) -> None:
        how = "SSL" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else "不加密"
        if settings.OUTBOX_SENDER == "email":
            self.stdout.write(
                f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}（{how}），发件人 {settings.DEFAULT_FROM_EMAIL}"
            )
        try:
            letter = actions.trial(to=to, now=timezone.now())
            senders.sender()(letter)
        except ValidationError as why:
            raise CommandError(f"不是邮箱地址：{to}") from why
        except Exception as why:
            raise CommandError(f"没有发出：{why}") from why
        where = (
            "邮件服务器已收下"
            if settings.OUTBOX_SENDER == "email"
            else "没有设置邮件服务器，已写成 var/outbox 下的文件"
        )
        self.stdout.write(f"{where}：{letter.to} {letter.message_id}")
