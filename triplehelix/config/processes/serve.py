"""`./run serve`: migrate, collect static files, serve over HTTP with granian until a signal comes."""

import argparse
import os
import socket
import sys
from datetime import timedelta

import django
from django.conf import settings
from django.utils import timezone

from triplehelix.config import static, translations
from triplehelix.config.env import BadSetting
from triplehelix.config.paths import package_folder
from triplehelix.config.processes import ready
from triplehelix.config.processes.children import Children, stop_on_sigterm
from triplehelix.foundation.calendar import MissingYear

PORT = 8000
MONTHS_AHEAD = timedelta(days=60)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="监听地址（默认 127.0.0.1；由反向代理转发）")
    parser.add_argument(
        "--port", type=int, default=0, help=f"端口（默认 {PORT}，被占用时自动另选；写明的被占用时不启动）"
    )
    parser.add_argument("--workers", type=int, default=2, help="进程数（默认 2）")
    parser.add_argument("--no-prepare", action="store_true", help="不做迁移和静态文件收集")


def taken_port(host: str, wanted: int) -> socket.socket:
    """A socket bound to `wanted`, or to 8000 or the next free port when nothing was asked for. Keep it while serving.

    granian shares its port between its workers (SO_REUSEPORT), so a second site of the same user would silently share
    it too; the bound socket, which listens to nothing, is what the second start trips over.
    Raises SystemExit (2) when the asked-for port is taken.
    """
    for port in [wanted] if wanted else [*range(PORT, PORT + 50), 0]:
        held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        # For binding only: connections that ended a moment ago are no reason to refuse, another start is.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((host, port))
        except OSError:
            held.close()
            continue
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return held
    print(f"端口 {wanted} 已被占用；请换一个，或不写 --port 让程序自己选。", file=sys.stderr)
    raise SystemExit(2)


def prepare() -> None:
    """Bring tables, cache table, translations and static files up to the code. Safe to repeat."""
    django.setup()
    _refuse_a_broken_pack()
    ready.migrate()
    ready.refuse_others_keys()
    translations.compiled(settings.VAR)
    static.collected(settings.VAR)
    _warn_of_a_missing_year()


def _refuse_a_broken_pack() -> None:
    """Said at the start, before somebody opens the page that reads the list."""
    # Imported after django.setup(): it reads the settings.
    from triplehelix.records.parties import pack

    if package_folder(settings.MEASURES) is None:
        wanted = "没有这个包：请写可以导入的包名，并把它所在的文件夹写进 PYTHONPATH"
        raise BadSetting("TRIPLEHELIX_MEASURES", settings.MEASURES, wanted)
    if found := pack.faults():
        print("\n".join([*found, pack.HINT]), file=sys.stderr)
        raise SystemExit(2)


def _warn_of_a_missing_year() -> None:
    """Said at the start, before somebody who publishes a notice in December finds it out."""
    # Imported after django.setup(): it reads the settings.
    from triplehelix.records.parties.reference import calendar

    today = timezone.localdate()
    try:
        calendar().working_days_between(today, today + MONTHS_AHEAD)
    except MissingYear as why:
        print(f"注意：{why.message}（见 docs/howto/keep-reference-lists.md）", file=sys.stderr)


def web_command(host: str, port: int, workers: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
        *("--workers-kill-timeout", "10", "triplehelix.config.wsgi:application"),
    ]


def run(args: argparse.Namespace) -> int:
    stop_on_sigterm()
    if not args.no_prepare:
        prepare()
    with taken_port(args.host, args.port) as held, Children() as children:
        port = held.getsockname()[1]
        children.start("web", web_command(args.host, port, args.workers), os.environ)
        print(f"http://{args.host}:{port}/", flush=True)
        _, status = children.wait()
    return status
