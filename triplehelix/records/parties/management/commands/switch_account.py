"""`./run manage switch_account EMAIL off|on WHY`: an account nobody may use any more, or may again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from triplehelix.records.parties import actions
from triplehelix.records.parties.models import Account
from triplehelix.records.parties.rules import Refused

ON, OFF = "on", "off"


class Command(BaseCommand):
    help = "停用或恢复账号：停用后不能登录，已经登录的马上退出；本人做过的事都还在"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="账号的邮箱")
        parser.add_argument("to", choices=(OFF, ON), help="off 停用，on 恢复")
        parser.add_argument("why", help="事由，记入留痕")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError: no such account, no reason, or it is the city's last officer; then nothing happened."""
        account = Account.objects.filter(email=options["email"].strip().lower()).first()
        why = options["why"].strip()
        if account is None:
            raise CommandError(f"没有这个账号：{options['email']}")
        if not why:
            raise CommandError("请写事由")
        active = options["to"] == ON
        already = account.is_active == active
        try:
            actions.set_active(account=account, active=active, actor=None, now=timezone.now(), why=why)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        said = "恢复" if active else "停用"
        self.stdout.write(
            f"{'原来就是' if already else '已经'}{said}{'的' if already else ''}：{account}（{account.email}）"
        )
