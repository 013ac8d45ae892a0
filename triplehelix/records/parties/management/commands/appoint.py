"""`./run manage appoint EMAIL ROLE`: give somebody an office from the machine itself.

A new city's first officer comes from here, and one after nobody is left; all others are given on /offices/.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from triplehelix.records.parties import actions
from triplehelix.records.parties.models import Account, Office
from triplehelix.records.parties.rules import Invalid


class Command(BaseCommand):
    help = "任命：给邮箱对应的账号一个职务；没有账号就建一个，没有密码，由本人到重置密码的页面设置"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="本人的邮箱，用来登录")
        parser.add_argument("role", help="、".join(f"{code} {name}" for code, name in Office.ROLES))
        parser.add_argument("--unit", default="", help="县市区或开发区，代码或名称；只有 county_officer 要写")
        parser.add_argument("--name", default="", help="姓名；新建账号时写")
        parser.add_argument("--document", default="", help="批准文件的文号")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError with every objection; then nothing has happened, and no account is left behind."""
        now = timezone.now()
        account = Account.objects.filter(email=options["email"].strip().lower()).first()
        is_new = account is None
        try:
            if account is None:
                account = actions.create_account(
                    email=options["email"], name=options["name"], password=None, actor=None, now=now
                )
            office = actions.appoint(
                account=account, role=options["role"], unit=options["unit"], since=timezone.localdate(now),
                document=options["document"], actor=None, now=now,
            )  # fmt: skip
        except Invalid as why:
            raise CommandError(str(why)) from None
        self.stdout.write(f"已任命：{account}（{account.email}），{office.get_role_display()}，自 {office.since} 起")
        if is_new:
            self.stdout.write(f"账号是新建的，还没有密码：请本人打开 {reverse('account_reset_password')} 设置")
