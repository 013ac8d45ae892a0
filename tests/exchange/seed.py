"""Run by the second instance in its own process: its people, their keys, and us as its peer. Says what it made."""

import json
import sys
from datetime import date

import django

django.setup()

from django.utils import timezone  # noqa: E402

from triplehelix.market.exchange import actions, keys  # noqa: E402
from triplehelix.market.exchange.fingerprints import fingerprint  # noqa: E402
from triplehelix.records.parties import actions as parties  # noqa: E402
from triplehelix.records.steps.actions import take  # noqa: E402

market, url, public = sys.argv[1:]
now = timezone.now()
firm = parties.register_organisation(
    uscc="91371502MAD011KW8U", name="山东示例大学", type="高等学校", actor=None, now=now
)
parties.confirm_organisation(organisation=firm, actor=None, now=now)
people = {}
for name in ("officer", "clerk"):
    people[name] = parties.create_account(
        email=f"{name}@shandong.example", name=name, password=None, actor=None, now=now
    )
since = date(2026, 1, 1)
parties.appoint(account=people["officer"], role="city_officer", unit="", since=since, actor=None, now=now)
parties.add_member(account=people["clerk"], organisation=firm, role="admin", since=since, actor=None, now=now)
_key, token = parties.create_api_key(account=people["clerk"], name="test", now=now)
peer = actions.register(market=market, name="澄湖科技大市场", url=url, public=public, actor=people["officer"], now=now)
take(case=peer, step="confirm", actor=people["officer"], now=now, seen_version=1, note=fingerprint(public))
print(json.dumps({"token": token, "uscc": firm.uscc, "public": keys.current(now).public}))
