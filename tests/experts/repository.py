"""A university's repository, as a program of its own: the server of the package `oaipmh`, behind wsgiref.

    python -m tests.experts.repository --port P --count 5000 --page 250 [--die-at N] [--busy N] [--deleted 3,4]

Records 1 … count, one a minute from 2026-01-01. `--die-at N` kills the program in the middle of its N-th answer,
`--busy N` answers the first N questions with 503 and Retry-After, `--deleted` takes records back (on 2026-11-01).
"""

import argparse
import os
import sys
from datetime import datetime, timedelta
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

from oaipmh import common, error
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer, oai_dc_writer

BEGUN = datetime(2026, 1, 1)
TAKEN_BACK = datetime(2026, 11, 1)
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
GIVEN = "明远思齐怀瑾若谷景行知秋令仪望舒清越修竹云帆致远星河映川疏影长风听澜"


def author(n):
    return FAMILY[n % len(FAMILY)] + GIVEN[n * 7 % len(GIVEN)] + GIVEN[n * 11 % len(GIVEN)]


def record(n, deleted):
    stamp = TAKEN_BACK if n in deleted else BEGUN + timedelta(minutes=n)
    header = common.Header(None, f"oai:repository.example:{n}", stamp, [], n in deleted)
    if n in deleted:
        return header, None, None
    said = {
        "title": [f"第{n}号样品的低温固化与耐蚀性能研究"],
        "creator": [author(n), author(n * 3 + 1)],
        "subject": ["粉末涂料", "低温固化"],
        "description": [f"研究了第{n}号样品在一百二十度下的固化过程，测定了耐盐雾时间和附着力。"],
        "publisher": ["示例大学学报"],
        "date": [f"{2000 + n % 25}-0{n % 9 + 1}-01"],
        "type": ["期刊论文"],
        "identifier": [f"https://repository.example/{n}"],
    }
    return header, common.Metadata(None, said), None


class Repository:
    """What the package asks of a repository."""

    def __init__(self, base, count, deleted):
        self.base, self.count, self.deleted = base, count, deleted

    def identify(self):
        return common.Identify(
            "示例大学机构库", self.base, "2.0", ["library@repository.example"], BEGUN, "persistent",
            "YYYY-MM-DDThh:mm:ssZ", [],
        )  # fmt: skip

    def listMetadataFormats(self, identifier=None):
        return [
            ("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/")
        ]

    def listRecords(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=10):
        if metadataPrefix != "oai_dc":
            raise error.CannotDisseminateFormatError("oai_dc only")
        numbers = [n for n in range(1, self.count + 1) if from_ is None or self.stamp(n) >= from_]
        return [record(n, self.deleted) for n in numbers[cursor : cursor + batch_size]]

    def stamp(self, n):
        return record(n, self.deleted)[0].datestamp()


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--port", type=int, default=0)
    asked.add_argument("--count", type=int, default=5000)
    asked.add_argument("--page", type=int, default=250)
    asked.add_argument("--die-at", type=int, default=0)
    asked.add_argument("--busy", type=int, default=0)
    asked.add_argument("--deleted", default="")
    given = asked.parse_args()
    registry = MetadataRegistry()
    registry.registerWriter("oai_dc", oai_dc_writer)
    deleted = {int(n) for n in given.deleted.split(",") if n}
    answered = 0

    def application(environ, start):
        nonlocal answered
        answered += 1
        if answered <= given.busy:
            start("503 Service Unavailable", [("Retry-After", "7")])
            return [b"busy"]
        wanted = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
        body = provider.handleRequest(wanted)
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))])
        return halves(body, dies=answered == given.die_at)

    def halves(body, *, dies):
        yield body[: len(body) // 2]
        if dies:
            os._exit(9)
        yield body[len(body) // 2 :]

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_words):
            pass

    with make_server("127.0.0.1", given.port, application, handler_class=Quiet) as served:
        base = f"http://127.0.0.1:{served.server_port}/oai"
        provider = BatchingServer(Repository(base, given.count, deleted), registry, resumption_batch_size=given.page)
        print(base, flush=True)
        served.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
