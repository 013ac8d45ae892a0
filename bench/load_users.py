"""What one user does, for locust: read lists and pages, search, look at matches, now and then post a need.

Runs in locust's own environment and knows only addresses. `LOAD` names a file of `bench.load`: accounts, questions,
numbers of listings, seconds between two clicks.
"""

import itertools
import json
import os
import random
import re
from pathlib import Path

from locust import between, task
from locust.contrib.fasthttp import FastHttpUser

GIVEN = json.loads(Path(os.environ["LOAD"]).read_text("utf-8"))
ACCOUNTS = itertools.cycle(GIVEN["accounts"])
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
HTML = {"Accept": "text/html", "Accept-Language": "zh-CN"}


class Clerk(FastHttpUser):
    """Signed in as the clerk of a firm."""

    wait_time = between(*GIVEN["pause"])

    def on_start(self) -> None:
        self.random = random.Random(GIVEN["seed"] + id(self) % 1000)
        email, password = next(ACCOUNTS)
        self._post("/accounts/login/", {"login": email, "password": password}, "登录")

    def _get(self, path: str, name: str) -> str:
        return self.client.get(path, name=name, headers=HTML).text or ""

    def _post(self, path: str, values: dict[str, str], name: str, again: str = "") -> None:
        """Fill in a form and send it; `again`: the box somebody ticks when the form asks to look once more."""
        token = TOKEN.search(self._get(path, f"{name}：表单"))
        values = values | {"csrfmiddlewaretoken": token[1] if token else ""}
        headers = HTML | {"Referer": f"{self.host}{path}"}
        with self.client.post(
            path, values, name=name, headers=headers, allow_redirects=False, catch_response=True
        ) as r:
            looked = again and r.status_code == 422 and f'name="{again}"' in (r.text or "")
            if looked:
                r.success()
            elif r.status_code != 302:
                r.failure(f"{r.status_code}: the form was not accepted")
        if looked:
            self._post(path, values | {again: "on"}, f"{name}：核对后")

    @task(3)
    def home(self) -> None:
        self._get("/", "首页")

    @task(8)
    def browse(self) -> None:
        kind = self.random.choice(["achievements", "needs"])
        chain = self.random.choice(["", f"LC{self.random.randint(1, 12):02}"])
        page = self.random.choice([1, 1, 1, 2, 3, 7])
        self._get(f"/{kind}/?chain={chain}&page={page}", "列表")

    @task(8)
    def read(self) -> None:
        self._get(f"/achievements/{self.random.choice(GIVEN['achievements'])}/", "一项成果")

    @task(8)
    def search(self) -> None:
        self._get(f"/search/?q={self.random.choice(GIVEN['questions'])}", "检索")

    @task(3)
    def matches(self) -> None:
        self._get(f"/needs/{self.random.choice(GIVEN['needs'])}/matches/", "一条需求的对接")

    @task(2)
    def todo(self) -> None:
        self._get("/todo/", "待办")

    @task(1)
    def measures(self) -> None:
        self._get("/measures/M5.1/", "一条措施")

    @task(3)
    def post(self) -> None:
        question = self.random.choice(GIVEN["questions"])
        number = self.random.randrange(10**9)
        values = {
            "title": f"{question[:60]}（{number}）", "text": f"{self.random.choice(GIVEN['texts'])} 编号 {number}。",
            "field": GIVEN["field"], "chain": f"LC{self.random.randint(1, 12):02}", "publish": "1",
        }  # fmt: skip
        self._post("/needs/new/", values, "发布需求", again="not_alike")
