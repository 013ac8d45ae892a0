"""A second market, written from docs/howto/exchange-with-another-market.md alone: none of our code is used here.

It keeps everything in memory, serves the three addresses with the standard library, and pushes and pulls when told to.
"""

import base64
import hashlib
import http.client
import http.server
import itertools
import json
import re
import threading
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PROTOCOL, TAG = "triplehelix-exchange/1", "triplehelix-exchange"
WINDOW = 300


def spelling(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value):
    return "sha-256:" + hashlib.sha256(spelling(value)).hexdigest()


def stamp(at=None):
    return (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def b64(raw):
    return base64.b64encode(raw).decode()


class Key:
    """An Ed25519 key pair and its names."""

    def __init__(self, seed=None):
        self.private = Ed25519PrivateKey.from_private_bytes(seed) if seed else Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes_raw()
        self.public = b64(raw)
        self.fingerprint = hashlib.sha256(raw).hexdigest()
        self.id = self.fingerprint[:16]

    def sign(self, message):
        return b64(self.private.sign(message))


def verify(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public)).verify(base64.b64decode(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signing_base(envelope):
    return spelling({name: value for name, value in envelope.items() if name not in ("body", "signature")})


def sealed(key, **members):
    """An envelope, signed."""
    envelope = {"protocol": PROTOCOL, "key": key.id, **members}
    envelope.setdefault("issued_at", stamp())
    envelope["digest"] = digest(envelope["body"])
    envelope["signature"] = key.sign(signing_base(envelope))
    return envelope


STATED = ("from", "to", "seq", "prev", "verb", "kind", "id", "revision")


def same_statement(one, other):
    """However often it was sealed; one of the two may have no body any more."""
    bare = one["body"] is None or other["body"] is None
    return all(one[name] == other[name] for name in STATED) and (bare or one["digest"] == other["digest"])


def request_base(method, url, parameters, headers):
    """RFC 9421, section 2.5, for the components of the page."""
    lines = [f'"@method": {method}', f'"@target-uri": {url}']
    if method == "POST":
        lines += [f'"content-type": {headers["Content-Type"]}', f'"content-digest": {headers["Content-Digest"]}']
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


_nonces = itertools.count()


def signed(method, url, body, key, market, *, created=None, nonce=None):
    """The headers of a signed request."""
    headers = {}
    components = '"@method" "@target-uri"'
    if method == "POST":
        headers["Content-Type"] = "application/json"
        headers["Content-Digest"] = f"sha-256=:{b64(hashlib.sha256(body).digest())}:"
        components += ' "content-type" "content-digest"'
    nonce = nonce or f"{time.time_ns()}-{next(_nonces)}"
    parameters = (
        f'({components});created={created or int(time.time())};keyid="{market}:{key.id}"'
        f';alg="ed25519";nonce="{nonce}";tag="{TAG}"'
    )
    headers["Signature-Input"] = f"sig={parameters}"
    headers["Signature"] = f"sig=:{key.sign(request_base(method, url, parameters, headers))}:"
    return headers


class Refused(Exception):
    def __init__(self, status, code):
        self.status, self.code = status, code
        super().__init__(code)


class Market:
    """The whole of a small market: its own listings, its feed for one peer, and what it has heard from that peer."""

    def __init__(self, name, peer, key=None):
        self.name, self.peer, self.key = name, peer, key or Key()
        self.keys = [self.key]
        self.trusted = {}  # of the peer: key → (public, not_before, not_after)
        self.feed, self.acked, self.revisions = [], 0, {}
        self.heard, self.known, self.refused = {}, {}, []  # seq → envelope; id → newest envelope; codes
        self.cursor, self.nonces, self.conflicts = 0, set(), []

    # ── saying ──
    def say(self, verb, kind, number, body):
        id = f"{self.name}/{kind}/{number}"
        self.revisions[id] = self.revisions.get(id, 0) + 1
        prev = self.feed[-1]["seq"] if self.feed else 0
        envelope = sealed(
            self.key, **{"from": self.name}, to=self.peer, seq=prev + 1, prev=prev, verb=verb, kind=kind, id=id,
            revision=self.revisions[id], body=body,
        )  # fmt: skip
        self.feed.append(envelope)
        return envelope

    def told(self, one):
        """An envelope of the feed as it is told today."""
        is_newest = max(other["seq"] for other in self.feed if other["id"] == one["id"]) == one["seq"]
        if is_newest and one["key"] == self.key.id:
            return one
        return sealed(self.key, **{name: one[name] for name in STATED}, body=one["body"] if is_newest else None)

    def behind(self, number):
        return [self.told(one) for one in self.feed if one["seq"] > number]

    def announcement(self):
        said = {"protocol": "triplehelix-keys/1", "market": self.name, "issued_at": stamp(),
                "keys": [{"key": one.id, "public": one.public, "not_before": "2026-01-01T00:00:00Z", "not_after": None}
                         for one in self.keys]}  # fmt: skip
        return self.vouched(said)

    def vouched(self, announcement):
        said = {name: value for name, value in announcement.items() if name != "signatures"}
        return said | {"signatures": {one.id: one.sign(spelling(said)) for one in self.keys}}

    # ── hearing ──
    def offered(self):
        """What of the peer is on offer here: id → body."""
        return {id: one["body"] for id, one in self.known.items() if one["verb"] != "withdraw"}

    def take(self, envelope):
        try:
            self._prove(envelope)
        except Refused as why:
            self.refused.append(why.code)
            raise
        before = self.heard.get(envelope["seq"])
        if before is not None:
            if same_statement(before, envelope):
                return "duplicate"
            self.conflicts.append(envelope)
            return "conflict"
        newest = self.known.get(envelope["id"])
        result = "applied" if envelope["body"] is not None else "stale"
        if result == "applied" and newest is not None and envelope["revision"] <= newest["revision"]:
            result = "stale"
            if envelope["revision"] == newest["revision"] and envelope["digest"] != newest["digest"]:
                self.conflicts.append(envelope)
                result = "conflict"
        if result == "applied":
            self.known[envelope["id"]] = envelope
        self.heard[envelope["seq"]] = envelope
        while following := [one for one in self.heard.values() if one["prev"] == self.cursor]:
            self.cursor = min(one["seq"] for one in following)
        return result

    def _prove(self, envelope):
        if envelope.get("from") != self.peer or envelope.get("to") != self.name:
            raise Refused(422, "foreign_origin")
        if envelope["key"] not in self.trusted:
            raise Refused(422, "unknown_key")
        public, first, last = self.trusted[envelope["key"]]
        if not first <= envelope["issued_at"] <= (last or "9"):
            raise Refused(422, "key_not_in_force")
        if digest(envelope["body"]) != envelope["digest"]:
            raise Refused(422, "bad_digest")
        if not verify(public, envelope["signature"], signing_base(envelope)):
            raise Refused(422, "bad_signature")
        if not envelope["id"].startswith(f"{self.peer}/"):
            raise Refused(422, "foreign_origin")

    def trust(self, announcement):
        """Keys of the peer, when a key known already vouches for them (or none is known yet: by hand)."""
        base = spelling({name: value for name, value in announcement.items() if name != "signatures"})
        vouched = any(
            kid in self.trusted and verify(self.trusted[kid][0], signature, base)
            for kid, signature in announcement["signatures"].items()
        )
        if self.trusted and not vouched:
            raise Refused(401, "bad_signature")
        self.trusted = {
            one["key"]: (one["public"], one["not_before"], one["not_after"]) for one in announcement["keys"]
        }

    # ── serving ──
    def answer(self, method, path, url, headers, body):
        if path.endswith("/keys"):
            return 200, self.announcement()
        try:
            self._prove_request(method, url, headers, body)
            if path.endswith("/feed"):
                query = parse_qs(urlsplit(url).query)
                after, limit = int(query["after"][0]), int(query["limit"][0])
                entries = self.behind(after)[:limit]
                last = self.feed[-1]["seq"] if self.feed else 0
                if after > last:
                    raise Refused(409, "cursor_ahead")
                return 200, {"protocol": PROTOCOL, "from": self.name, "to": self.peer, "entries": entries, "last": last}
            return self._inbox(json.loads(body)["entries"])
        except Refused as why:
            return why.status, {"code": why.code, "detail": "", "now": stamp()}

    def _inbox(self, entries):
        results = []
        for one in entries:
            try:
                results.append({"seq": one["seq"], "result": self.take(one)})
            except Refused as why:
                results.append({"seq": one["seq"], "result": "refused", "code": why.code})
                return 422, {"cursor": self.cursor, "results": results}
        return 200, {"cursor": self.cursor, "results": results}

    def _prove_request(self, method, url, headers, body):
        given = headers.get("Signature-Input", "")
        parameters = given.removeprefix("sig=")
        found = dict(re.findall(r';(created|keyid|nonce|tag)="?([^";]*)"?', parameters))
        market, _colon, kid = found.get("keyid", "").partition(":")
        if market != self.peer or kid not in self.trusted:
            raise Refused(401, "unknown_key")
        if abs(int(found["created"]) - time.time()) > WINDOW:
            raise Refused(401, "clock_skew")
        if method == "POST":
            right = f"sha-256=:{b64(hashlib.sha256(body).digest())}:"
            if headers.get("Content-Digest") != right:
                raise Refused(401, "bad_signature")
        signature = headers.get("Signature", "").removeprefix("sig=:").removesuffix(":")
        if found.get("tag") != TAG or not verify(
            self.trusted[kid][0], signature, request_base(method, url, parameters, headers)
        ):
            raise Refused(401, "bad_signature")
        if found["nonce"] in self.nonces:
            raise Refused(409, "replayed")
        self.nonces.add(found["nonce"])

    # ── asking ──
    def ask(self, address, method, name, body=b"", headers=None, **more):
        """One request to the peer; (status, value)."""
        url = f"{address}{name}"
        if headers is None:
            headers = signed(method, url, body, self.key, self.name, **more)
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        try:
            connection.request(method, url[url.index(parts.path) :], body or None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def push(self, address, entries=None, **more):
        body = spelling({"entries": self.behind(self.acked) if entries is None else entries})
        status, answer = self.ask(address, "POST", "inbox", body, **more)
        if status == 200:
            self.acked = answer["cursor"]
        return status, answer

    def pull(self, address):
        while True:
            status, page = self.ask(address, "GET", f"feed?after={self.cursor}&limit=100")
            if status != 200 or not page["entries"]:
                return status, page
            for one in page["entries"]:
                self.take(one)


class Server(http.server.ThreadingHTTPServer):
    """The market on loopback. `seen` are the requests as they came, for whoever wants to play one again."""

    daemon_threads = True

    def __init__(self, market):
        super().__init__(("127.0.0.1", 0), Handler)
        self.market, self.seen, self.lock = market, [], threading.Lock()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/exchange/v1/"

    def stop(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def _speak(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url = f"http://{self.headers['Host']}{self.path}"
        with self.server.lock:
            self.server.seen.append((method, url, dict(self.headers.items()), body))
            status, value = self.server.market.answer(method, urlsplit(self.path).path, url, self.headers, body)
        raw = spelling(value)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def do_GET(self):
        self._speak("GET")

    def do_POST(self):
        self._speak("POST")

    def log_message(self, *_args):
        """Silence."""
