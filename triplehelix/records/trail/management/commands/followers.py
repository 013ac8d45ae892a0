"""`./run manage followers`: what was not followed up, and why; `--retry` tries it again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from triplehelix.records.trail import followers

SHOWN = 50


class Command(BaseCommand):
    help = "办理之后没有跟上的事（索引、落地支持、推送……）和原因；--retry 再办一次"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--retry", action="store_true", help="把搁置的全部重新办理（先排除原因）")

    def handle(self, *args: Any, **options: Any) -> None:
        """How many wait for each follower, then those put aside with their last error; the worker handles them."""
        for name, (waiting, aside) in followers.standing().items():
            self.stdout.write(f"{name}：等待 {waiting} 件，搁置 {aside} 件")
        if options["retry"]:
            again = sum(followers.unpark(name) for name in followers.standing())
            self.stdout.write(f"已重新排队 {again} 件，由后台办理")
            return
        for one in followers.parked()[:SHOWN]:
            entry = one.entry
            said = f"{entry.subject_kind} {entry.subject_id} {entry.verb}：{one.last_error[:160]}"
            self.stdout.write(f"  {one.follower} {said}")
