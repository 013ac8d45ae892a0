"""`./run manage rekey`: everything that is encrypted under the first of FIELD_KEYS, so that the others may go."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from triplehelix.records.evidence import rekey as files
from triplehelix.records.parties import locked
from triplehelix.records.parties import rekey as rows
from triplehelix.records.trail import kept, retired

#: How often a long table says how far it is.
SECONDS = 5


class Command(BaseCommand):
    help = "换密钥：用 FIELD_KEYS 的第一把重新加密全部内容，网站可以照常运行；中断了再运行一次即可"

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError (status 1) while another key than the first is still needed, or something has none."""
        self.said = time.monotonic()
        # First: from here on the trail can be compared with the new key alone, whatever becomes of the rest.
        self.stdout.write(f"留痕校验用的旧密钥已用新密钥封好，存在数据库里：{retired.keep()} 把")
        found = rows.renew(progress=lambda name, looked: self._at(f"{name}：已看 {looked} 行"))
        self.stdout.write(f"数据库：重新加密 {found.done} 处")
        of_files = files.renew(progress=lambda looked: self._at(f"加密存放的材料：已看 {looked} 份"))
        self.stdout.write(f"加密存放的材料：重新加密 {of_files.done} 份")
        found.add(of_files)
        self._finished(found)

    def _at(self, where: str) -> None:
        if time.monotonic() - self.said >= SECONDS:
            self.said = time.monotonic()
            self.stdout.write(f"  {where}")

    def _finished(self, found: rows.Tally) -> None:
        """Count again what the first key does not open: the site has gone on writing."""
        left = locked.behind() + files.behind()
        uncompared = kept.uncompared()
        for line in locked.problems():
            self.stderr.write(line)
        if found.lost:
            self.stderr.write(
                f"有 {found.lost} 处用哪一把都解不开，或文件已丢失，原样保留：请找回它们的密钥，写进 FIELD_KEYS 再运行"
            )
        if found.refused:
            self.stderr.write(f"有 {found.refused} 行数据库不让改写，原样保留：它们还要旧密钥")
        if uncompared:
            self.stderr.write(f"留痕有 {uncompared} 行的校验码是用找不到的密钥做的，不能比对")
        if left or found.lost:
            raise CommandError(
                f"还有 {left} 处只能用旧密钥解开：旧密钥先不要去掉；各台机器都换好设置、重启后，再运行一次"
            )
        self.stdout.write("全部内容只用第一把密钥就能解开；FIELD_KEYS 可以只留这一把（与它同期的备份仍要旧密钥）")
