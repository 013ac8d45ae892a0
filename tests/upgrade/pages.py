"""Run in a process of its own on an upgraded database: what is linked opens, for people of every kind."""

import re
from collections import Counter
from html import unescape
from urllib.parse import urljoin

from django.test import Client

from triplehelix.records.parties.models import Account

WHO = ("enterprise", "university", "county", "city", "finance", "auditor", "bank")
MOST, OF_A_KIND = 40, 2


def visit():
    """Follow links from the home page and the desk, few of a kind; the client raises what a page raises."""
    for who in WHO:
        client = Client(headers={"host": "localhost"})
        client.force_login(Account.objects.get(email=f"{who}@example.com"))
        waiting, seen, kinds, opened = ["/", "/todo/"], set(), Counter(), 0
        while waiting and opened < MOST:
            path = waiting.pop(0)
            answer = client.get(path)
            assert answer.status_code in (200, 302, 403), (who, path, answer.status_code)
            opened += 1
            if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
                continue
            for href in map(unescape, re.findall(r'href="([^"#]+)', answer.content.decode())):
                link = urljoin(path, href)
                kind = re.sub(r"\d+", "N", link.split("?")[0])
                apart = link.startswith(("/static/", "/accounts/", "/api/", "http")) or "/files/" in link
                if not apart and link not in seen and kinds[kind] < OF_A_KIND:
                    kinds[kind] += 1
                    seen.add(link)
                    waiting.append(link)
        print(who, opened)
