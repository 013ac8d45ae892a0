"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.cases"
    label = "cases"

    def ready(self) -> None:
        # Tables exist only now.
        from django.utils import timezone

        from triplehelix.procedure.cases import commitment, days, follower, judged
        from triplehelix.procedure.terms import judged as terms
        from triplehelix.records.parties import pack
        from triplehelix.records.trail import followers

        terms.by(judged.under)
        pack.reads(lambda: commitment.current(timezone.localdate()), days.notice_days)
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
