"""Learn a new version of the ranking from what people judged on this site; an officer may then switch it on."""

from statistics import fmean
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from triplehelix.matching.feedback import actions, inforce, training
from triplehelix.records.steps.actions import Refused


class Command(BaseCommand):
    help = "用本站的评判学一个新版本的排序，在没见过的需求上量，由工作人员在页面上切换"

    def handle(self, **options: Any) -> None:
        try:
            made = actions.ask_training(actor=None, now=timezone.now(), later=False)
        except Refused as why:
            raise CommandError(str(why)) from None
        console = Console(stderr=True)
        with Progress(console=console, disable=not console.is_terminal, transient=True) as shown:
            task = shown.add_task("查看需求", total=None)
            try:
                model = training.learn(
                    pk=made.pk, now=timezone.now(),
                    progress=lambda done, total: shown.update(task, completed=done, total=total),
                )  # fmt: skip
            except BaseException as why:  # Ctrl-C too: while it is unfinished, no other version is learned
                training.give_up(pk=made.pk, now=timezone.now(), why=why)
                raise
        if ratios := model.quality.get("ratios"):
            plain, learned = (model.quality["total"][name]["ndcg"] for name in ("zero_shot", "learned"))
            self.stdout.write(
                f"nDCG@10 零样本 {plain:.4f}，学习后 {learned:.4f}；{len(ratios)} 种分折平均 {fmean(ratios):.3f} 倍"
            )
        self.stdout.write(f"V{model.number}：{model.needs} 条需求，{model.judgements} 条评判")
        self.stdout.write(inforce.why_not(model) or "可以在 /matching/models/ 切换")
