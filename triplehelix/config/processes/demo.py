"""`./run demo`: a running site with the demo city, from nothing, with one command."""

import argparse
import os
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import django
from django.utils import timezone

from triplehelix.config.paths import ROOT
from triplehelix.config.processes.children import Children, stop_on_sigterm
from triplehelix.config.processes.serve import prepare, taken_port, web_command

if TYPE_CHECKING:
    from triplehelix.doors.cli.city import DemoAccount

CITY = ROOT / "demo"
PATIENCE_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="端口（默认 8000，被占用时自动另选；写明的被占用时不启动）")
    parser.add_argument(
        "--write-vectors", action="store_true", help="改了演示文字之后：重算 demo/vectors.npz，然后结束"
    )


def wait_for(url: str, children: Children) -> bool:
    """Whether the home page answers in time."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and all(child.poll() is None for child in children.running.values()):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def _write_vectors() -> int:
    django.setup()
    # Tables exist only now.
    from triplehelix.doors.cli import city_vectors

    path, many = city_vectors.write(CITY)
    print(f"{many} → {path.relative_to(ROOT)}")
    return 0


def _demo_city() -> "list[DemoAccount]":
    # Imported after django.setup() in prepare(): these are tables.
    from triplehelix.doors.cli import city, city_vectors
    from triplehelix.matching.index import rebuild
    from triplehelix.matching.saved import tasks as saved
    from triplehelix.records.trail import followers

    with city_vectors.beside(CITY):
        accounts = city.load(CITY, progress=lambda line: print(line, flush=True))
        print("建立对接索引…", flush=True)
        while followers.drain_all():
            pass
        rebuild.catch_up(now=timezone.now())
    saved.send_soon()
    return accounts


def _empty_city() -> "list[DemoAccount]":
    # Imported after django.setup() in prepare(): these are tables.
    from triplehelix.doors.cli import city_empty

    print("政策包不是自带的：没有演示数据，只有几个职务账号。", flush=True)
    return city_empty.load()


def run(args: argparse.Namespace) -> int:
    stop_on_sigterm()
    if args.write_vectors:
        return _write_vectors()
    # The demo city is made of the house's own pack; another city's begins empty.
    is_ours = not (os.environ.get("TRIPLEHELIX_PACK") or os.environ.get("TRIPLEHELIX_MEASURES"))
    if is_ours:
        os.environ.setdefault("TRIPLEHELIX_CITY", str(CITY / "city.toml"))
    os.environ.setdefault("SITE_NAME", "三螺旋 · 澄湖市（演示）" if is_ours else "三螺旋（演示）")
    # The port is taken first: the letters of the city lead to pages of this site.
    with taken_port("127.0.0.1", args.port) as held:
        port = held.getsockname()[1]
        url = f"http://127.0.0.1:{port}/"
        os.environ.setdefault("SITE_URL", url.rstrip("/"))
        print("准备数据库和页面…", flush=True)
        prepare()
        accounts = _demo_city() if is_ours else _empty_city()
        return _served(port, url, accounts, is_ours=is_ours)


def _served(port: int, url: str, accounts: "list[DemoAccount]", *, is_ours: bool) -> int:
    """Serve until stopped. Answers what the program ends with."""
    with Children() as children:
        children.start("worker", [sys.executable, "-m", "triplehelix", "worker"], os.environ, comes_after=True)
        children.start("web", web_command("127.0.0.1", port, 1), os.environ)
        if not wait_for(url, children):
            print("网站没有在一分钟内启动；请看上面的错误。", file=sys.stderr)
            return 1
        print(f"\n{url}\n", flush=True)
        for account in accounts:
            print(f"  {account.email:<28}{account.password}   {account.why}", flush=True)
        print(("\n演示数据全部虚构。" if is_ours else "\n") + "按 Ctrl-C 停止。", flush=True)
        name, status = children.wait()
        print(f"{name} 意外停止（{status}）", file=sys.stderr)
    return 1
