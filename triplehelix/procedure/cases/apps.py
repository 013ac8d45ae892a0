"""The Django app of this room."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "triplehelix.procedure.cases"
    label = "cases"

    def ready(self) -> None:
        # Tables exist only now.
        from django.utils import timezone

        from triplehelix.procedure.cases import access, commitment, days, fit, follower, judged, kept, terms
        from triplehelix.procedure.cases.flow import flow_of_case
        from triplehelix.procedure.cases.models import Case
        from triplehelix.procedure.terms import judged as set_terms
        from triplehelix.records.parties import pack
        from triplehelix.records.steps.relating import at_moment
        from triplehelix.records.trail import followers

        Case.handled_by(
            flow_of_case, relations=at_moment(access.relations_of), kept=kept.groups, told=access.accounts_in
        )
        set_terms.by(judged.under)
        pack.reads(lambda: commitment.current(timezone.localdate()), days.read, fit.uses, fit.lanes)
        pack.reads(*(lambda key=key: terms.value(key, timezone.localdate()) for key in terms.NUMBERS))
        followers.follow(follower.NAME, follower.KINDS, follower.handle)
