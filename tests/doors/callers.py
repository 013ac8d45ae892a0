"""Callers of the API with keys of their own, and what they send and get."""

import json
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from triplehelix.records.parties import actions as parties

#: Acts that take papers: their body is the part `given` of a form, papers or not.
WITH_PAPERS = {"rights", "propose", "notice", "papers"}


def paper(name="paper.pdf", words="page"):
    return SimpleUploadedFile(name, b"%PDF-1.4\n%" + words.encode() + b"\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


class Caller:
    """Somebody with a key. `act` and `step` name the version that GET answers, unless another one was seen."""

    def __init__(self, account):
        now = timezone.now()
        given = {"name": "x", "scopes": ("read", "write"), "expires_at": now + timedelta(days=90)}
        _key, text = parties.create_api_key(account=account, now=now, **given)
        self.headers = {"Authorization": f"Bearer {text}"}
        self.client = Client()

    def get(self, address, **asked):
        return self.client.get(address, asked, headers=self.headers)

    def post(self, address, body, seen=None, **papers):
        headers = self.headers | ({"If-Match": f'"{seen}"'} if seen is not None else {})
        if papers or address.rsplit("/", 1)[-1] in WITH_PAPERS:
            return self.client.post(address, {"given": json.dumps(body), **papers}, headers=headers)
        return self.client.post(address, body, content_type="application/json", headers=headers)

    def act(self, case, act, body, seen, **papers):
        """One act on a case, by its address."""
        return self.post(f"{case}/acts/{act}", body, seen, **papers)

    def step(self, case, step, seen, note=""):
        return self.post(f"{case}/steps/{step}", {"note": note}, seen)


def done(answer, status=200):
    """What a call answered that did what it was asked."""
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def fields(answer):
    """The fields a call was refused at."""
    assert answer.status_code == 422, answer.content.decode()
    return answer.json()["fields"]
