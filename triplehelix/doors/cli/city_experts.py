"""The demo city's experts: lists, files and a repository taken in, namesakes told apart, one merge undone; people who
have confirmed, refused, hidden themselves, or not answered yet, and who asks to be known. All through the actions
everybody uses."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triplehelix.market.achievements.models import Achievement
from triplehelix.market.experts import actions, asked, authors, candidates, register, uploads
from triplehelix.market.experts.actions import harvests
from triplehelix.market.experts.models import Authorship, Expert, Harvest, Merge, Proposal
from triplehelix.market.experts.oai import answers
from triplehelix.market.imports import actions as imports
from triplehelix.records.parties import actions as parties
from triplehelix.records.parties.models import Account, Organisation, Person
from triplehelix.records.steps.actions import take

DAY = timedelta(days=1)


def load(
    folder: Path, officer: Account, organisations: Mapping[str, Organisation], people: Mapping[str, Person],
    clerks: Mapping[int, Account], *, now: datetime,
) -> None:  # fmt: skip
    """Everything of the folder, in the order of its days."""
    with (folder / "experts.toml").open("rb") as file:
        data = tomllib.load(file)
    known = [people[one] for one in data["known"]]
    register.take_people(known, now=now - 30 * DAY)
    made = Achievement.objects.filter(people__in=known).values_list("pk", flat=True).distinct()
    register.take_achievements(list(made), now=now - 30 * DAY)
    for row in data["alias"]:
        actions.add_alias(organisation=organisations[row["of"]], name=row["name"], actor=officer, now=now - 30 * DAY)
    for row in data["file"]:
        _brought(folder / row["name"], row["what"], officer, now - row["days_ago"] * DAY)
    for row in data["repository"]:
        _harvested(folder, row, organisations, officer, now)
    keys = {key for person in known for key in authors.keys_of(person.name)}
    candidates.look(keys=keys, now=now - 12 * DAY)
    _decided(data["decision"], officer, now - 10 * DAY)
    for row in data["person"]:
        _answered(people[row["who"]], row, clerks, now)

    for row in data["ask"]:
        _asked(row, organisations, now)


def _asked(row: Mapping[str, Any], organisations: Mapping[str, Organisation], now: datetime) -> None:
    """Somebody who signed up says who he is; an officer has not answered yet."""
    at = now - row["days_ago"] * DAY
    account = parties.create_account(email=row["email"], name=row["name"], password=None, actor=None, now=at)
    home = organisations[row["of"]].uscc
    parties.ask_for_person(account=account, home=home, name=row["name"], post=row["post"], now=at)


def _brought(path: Path, what: str, officer: Account, at: datetime) -> None:
    kind = {"papers": uploads.PAPERS, "patents": uploads.PATENTS}[what]
    case = imports.upload(
        content=path.read_bytes(), name=path.name, what=kind, publish=False, account=officer, organisation=None, now=at
    )
    case = imports.check(pk=case.pk, now=at)
    assert case.state == "checked", case.errors
    take(case=case, step="land", actor=officer, now=at, seen_version=case.version)
    imports.land(pk=case.pk, now=at)


def _harvested(
    folder: Path, row: Mapping[str, Any], organisations: Mapping[str, Organisation], officer: Account, now: datetime
) -> None:
    """A repository as it answered some days ago: its pages stand in files."""
    at = now - row["days_ago"] * DAY
    repository = actions.register_repository(
        name=row["name"], base_url=row["url"], organisation=organisations[row["of"]], actor=officer, now=at
    )
    repository.granularity = answers.SECOND
    repository.save(update_fields=["granularity"])
    harvest = actions.start_harvest(repository=repository, actor=officer, now=at)
    take(case=harvest, step="run", actor=None, now=at, seen_version=harvest.version)
    for name in row.get("pages", []):
        standing = Harvest.objects.select_related("repository").get(pk=harvest.pk)
        harvests.land(harvest=standing, page=answers.page((folder / name).read_bytes()), now=at)
    standing = Harvest.objects.select_related("repository").get(pk=harvest.pk)
    if problem := row.get("problem"):
        harvests.give_up(harvest=standing, problem=problem, now=at)
    elif row.get("stopped"):
        take(case=standing, step="stop", actor=officer, now=at, seen_version=standing.version)


def _decided(rows: list[Mapping[str, Any]], officer: Account, at: datetime) -> None:
    """Who is whom and who is not, by a title of the one found; one of the merges is undone."""
    for row in rows:
        found = Authorship.objects.select_related("expert").get(work__title=row["title"], name=row["name"])
        root = Expert.objects.get(pk=found.expert.root_id)
        proposal = _proposal(root)
        if row["same"]:
            person = Expert.objects.get(name=row["person"], person__isnull=False)
            made = (
                actions.decide(proposal=proposal, same=True, actor=officer, now=at, why=row["why"]).merge
                if proposal is not None
                else actions.merge(one=person, other=root, how="officer", actor=officer, now=at, why=row["why"])
            )
            if undone := row.get("undone"):
                assert isinstance(made, Merge)
                actions.undo(merge=made, actor=officer, now=at + DAY, why=undone)
        elif proposal is not None:
            actions.decide(proposal=proposal, same=False, actor=officer, now=at, why=row["why"])


def _proposal(root: Expert) -> Proposal | None:
    rows = Proposal.objects.filter(state="open")
    return rows.filter(one__root=root).first() or rows.filter(other__root=root).first()


def _say(person: Person, refused: list[str], via: str, said: Mapping[str, Any]) -> None:
    """Everything asked is theirs, but for these titles."""
    for group in asked.groups(person):
        rows = [one for one in group.rows if not one.said]
        no = [one.pk for one in rows if one.work.title in refused]
        yes = [one.pk for one in rows if one.pk not in no]
        if no:
            actions.refuse(authorships=no, via=via, **said)
        if yes:
            actions.confirm(authorships=yes, via=via, **said)


def _answered(person: Person, row: Mapping[str, Any], clerks: Mapping[int, Account], now: datetime) -> None:
    """What a person did: confirmed all that was asked, or but for some titles; who may see it; or was only asked."""
    via = "account" if person.account is not None else "mail"
    at = now - row.get("days_ago", 5) * DAY
    said: dict[str, Any] = {"person": person, "actor": person.account, "now": at}
    if row.get("invited"):
        clerk = clerks[person.home_id]
        actions.give_address(person=person, email=row["email"], actor=clerk, now=at)
        actions.invite(person=person, base_url="http://127.0.0.1:8000/", actor=clerk, now=at)
    for _time in range(row.get("confirms", 0)):
        # What was confirmed tells more about the person: co-authors, subjects.
        _say(person, row.get("refuses", []), via, said)
        candidates.look(keys=authors.keys_of(person.name), now=at)
    if shown := row.get("shown"):
        actions.show_as(visibility=shown, **said)
