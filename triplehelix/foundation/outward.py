"""Fetching from an address that somebody typed: http and https only, no private addresses, so much and so long.

The address is checked where the connection is made, on every redirect too: a name that answers differently the second
time it is asked gains nothing. Nothing is unpacked, no cookie and no password is sent.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpcore

SCHEMES = ("http", "https")
MOST_REDIRECTS = 3
#: IPv6 addresses that stand for IPv4 ones behind a gateway.
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
AGENT = "TripleHelix/1 (harvester)"


class NotAllowed(Exception):
    """An address that is not fetched from, or an answer that is not taken; trying again would not help."""


class Unreachable(Exception):
    """Nobody answered, or the answer broke off: worth trying again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: header names in lower case, the body whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked(url: str) -> str:
    """The address as it may be kept. Raises NotAllowed with what to write instead."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise NotAllowed("地址写法不对，应如 https://repository.example.edu.cn/oai") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise NotAllowed("地址应以 https:// 或 http:// 开头")
    if parts.username or parts.password:
        raise NotAllowed("地址里不能带用户名和口令")
    if port == 0 or any(c.isspace() or ord(c) < 32 for c in url.strip()):
        raise NotAllowed("地址写法不对，应如 https://repository.example.edu.cn/oai")
    return url.strip()


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or any(ip in net for net in TRANSLATED):
            return False
    return ip.is_global and not ip.is_multicast


class _Backend(httpcore.SyncBackend):
    """Connects to addresses that were looked at, never to a name."""

    def __init__(self, *, private: bool) -> None:
        self.private = private

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as why:
            raise httpcore.ConnectError(f"{host}: {why}") from why
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self.private and not all(map(is_public, addresses)):
            raise NotAllowed(f"{host} 是内部网络的地址，不能从那里采集")
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def fetch(url: str, *, most_bytes: int, seconds: float, private: bool = False) -> Answer:
    """GET one address, redirects followed. Raises NotAllowed and Unreachable, both with a sentence for people."""
    until = time.monotonic() + seconds
    with httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=_Backend(private=private), max_connections=1
    ) as pool:
        for _hop in range(MOST_REDIRECTS + 1):
            answer = _get(pool, checked(url), most_bytes, seconds, until)
            target = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            url = urljoin(url, target)
    raise NotAllowed(f"对方一再转到别的地址（超过 {MOST_REDIRECTS} 次）")


def _get(pool: httpcore.ConnectionPool, url: str, most: int, seconds: float, until: float) -> Answer:
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), max(1.0, min(seconds, until - time.monotonic())))
    headers = [("Accept-Encoding", "identity"), ("User-Agent", AGENT), ("Accept", "text/xml, application/xml;q=0.9")]
    body = bytearray()
    try:
        with pool.stream("GET", url, headers=headers, extensions={"timeout": timeout}) as answer:
            said = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            if said.get("content-encoding", "identity") not in ("identity", ""):
                raise NotAllowed("对方发来的是压缩内容，而我们没有要求压缩")
            for part in answer.iter_stream():
                body += part
                if len(body) > most:
                    raise NotAllowed(f"对方一次发来的内容超过 {most // 2**20} MB，没有接收")
                if time.monotonic() > until:
                    raise Unreachable(f"对方 {seconds:.0f} 秒内没有发完")
            return Answer(answer.status, said, bytes(body))
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError) as why:
        raise Unreachable(f"连接不上或中断：{type(why).__name__} {why}"[:200]) from why
    except httpcore.UnsupportedProtocol as why:
        raise NotAllowed("地址应以 https:// 或 http:// 开头") from why
