"""`./run manage reindex`: make the matching index again from the listings, while the site runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from triplehelix.matching.encode import EncoderDown
from triplehelix.matching.index import rebuild
from triplehelix.matching.index.schema import KINDS

STEPS = {
    "contents": "收入内容",
    "strays": "清除已撤下的",
    "weights": "重算词的权重",
    "vectors": "计算语义",
    "space": "测定语义空间",
}


class Command(BaseCommand):
    """Broken off, it goes on where it stopped when called again."""

    help = "重建对接索引：逐批进行，不停站；中断后再次运行会接着做"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=KINDS, action="append", help="只重建这一类（可写多次；默认全部）")
        parser.add_argument("--anew", action="store_true", help="文字没有变的也重新切词")

    def handle(self, *args: Any, **options: Any) -> None:
        shown = ""

        def progress(step: str, kind: str, done: int) -> None:
            nonlocal shown
            line = f"{STEPS[step]} {kind}".strip()
            end = "\n" if shown and shown != line and self.stdout.isatty() else ""
            shown = line
            if self.stdout.isatty():
                self.stdout.write(f"{end}\r{line}：{done}", ending="")
            elif done % 1000 == 0 or step == "space":
                self.stdout.write(f"{line}：{done}")

        kinds = tuple(options["kind"] or KINDS)
        try:
            rebuild.everything(now=timezone.now(), anew=options["anew"], kinds=kinds, progress=progress)
        except EncoderDown as why:
            raise CommandError(f"词的索引已经重建；语义没有补齐：{why}。恢复后再运行一次，会接着做。") from why
        self.stdout.write(("\n" if shown and self.stdout.isatty() else "") + self.style.SUCCESS("对接索引已重建"))
