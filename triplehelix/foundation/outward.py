"""Calls to addresses that others gave us: another market, a receiver of webhooks.

An address somebody typed must not reach what only this machine can reach (server-side request forgery). So: https only,
public addresses only, the connection goes to the very address that was checked, no redirect is followed, no proxy of
the environment is used, and both time and size end. Networks named as `inside` (a government intranet, the tests'
loopback) may be called though they are private, and without TLS. Public records (`plain`) may be read without TLS.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

import certifi
import httpcore

SECONDS = 20.0
CONNECT_SECONDS = 5.0
MOST_BYTES = 4 * 2**20
MOST_LENGTH = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: What of IPv6 is handed out to the public. Outside it lie a network's own translations to IPv4 (64:ff9b:1::/48,
#: ::ffff:0:0:0/96), which lead into private networks, and site-local addresses: Python calls them global.
PUBLIC_6 = ipaddress.ip_network("2000::/3")

WORDS: Mapping[type[Exception], str] = {
    httpcore.ConnectError: "对方没有应答",
    httpcore.ConnectTimeout: "连接超时",
    httpcore.TimeoutException: "应答太慢",
    httpcore.ProtocolError: "对方的应答不合规范",
}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]


class BadAddress(ValueError):
    """An address that is never called. `code`: shape, scheme, user, private, unknown; `message` says what to write."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


class Unreachable(Exception):
    """No whole answer came: nobody listens, the network is cut, it took too long, it was too much."""


class TooLarge(Unreachable):
    """It was too much: asking again would not help."""


@dataclass(frozen=True)
class Answer:
    """What came back; `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def networks(given: Sequence[str]) -> Networks:
    """Networks as written in a setting. Raises ValueError for one that is none."""
    return [ipaddress.ip_network(one, strict=True) for one in given]


def checked(url: str, *, inside: Networks = (), plain: bool = False, longest: int = MOST_LENGTH) -> SplitResult:
    """The parts of an address that may be called, as far as that can be seen without asking the network.

    Raises BadAddress.
    """
    if len(url) > longest or not url.isascii() or any(sign <= " " for sign in url):
        raise BadAddress("shape", f"地址最长 {longest} 个字符，不能有空格和中文")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadAddress("shape", "地址不完整，应如 https://example.com/path") from None
    if not host or port == 0:
        raise BadAddress("shape", "地址不完整，应如 https://example.com/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and (inside or plain)):
        raise BadAddress("scheme", "地址应以 https:// 开头" + ("，或 http://" if plain else ""))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadAddress("user", "地址里不能有用户名、密码和 #")
    if (literal := _literal(host)) is not None:
        _allowed(literal, parts.scheme, inside, plain)
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _allowed(address: Address, scheme: str, inside: Networks, plain: bool) -> None:
    """Raises BadAddress unless the address is public, or in one of the networks named."""
    real = _embedded(address)
    if any(real in network for network in inside):
        return
    if scheme != "https" and not plain:
        raise BadAddress("scheme", "地址应以 https:// 开头")
    outside = isinstance(real, ipaddress.IPv6Address) and real not in PUBLIC_6
    if outside or not real.is_global or real.is_multicast or real.is_unspecified:
        raise BadAddress("private", "这个地址在内部网络里，不能登记")


def _embedded(address: Address) -> Address:
    """The IPv4 address that some IPv6 addresses are another spelling of."""
    if isinstance(address, ipaddress.IPv6Address):
        if found := address.ipv4_mapped or address.sixtofour:
            return found
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _looked_up(host: str, port: int, scheme: str, inside: Networks, plain: bool) -> list[str]:
    """The addresses of the host, each once. All of them must be allowed: which one answers must not matter."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as why:
        raise Unreachable(f"查不到 {host}：{why}") from why
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    for address in addresses:
        _allowed(address, scheme, inside, plain)
    return list(dict.fromkeys(map(str, addresses)))


class _Stream(httpcore.NetworkStream):
    """A connection that ends when the time of the whole call is over, however slowly the other side speaks."""

    def __init__(self, inner: httpcore.NetworkStream, until: float) -> None:
        self.inner, self.until = inner, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.inner.read(max_bytes, timeout=_left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.inner.write(buffer, timeout=_left(self.until))

    def close(self) -> None:
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        made = self.inner.start_tls(ssl_context, server_hostname=server_hostname, timeout=_left(self.until))
        return _Stream(made, self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    """Looks a host up, checks what was found, and connects to exactly that."""

    def __init__(self, scheme: str, inside: Networks, until: float, plain: bool) -> None:
        self.scheme, self.inside, self.until, self.plain = scheme, inside, until, plain

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        last: Exception = Unreachable(f"{host} 没有地址")
        for found in _looked_up(host, port, self.scheme, self.inside, self.plain):
            wait = min(CONNECT_SECONDS, _left(self.until))
            try:
                return _Stream(httpcore.SyncBackend().connect_tcp(found, port, timeout=wait), self.until)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as why:
                last = why
        raise last


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unreachable("应答太慢")
    return left


@cache
def _trust() -> ssl.SSLContext:
    """The authorities of the package and those of the system, where a city adds its own."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    inside: Networks = (),
    seconds: float = SECONDS,
    most: int = MOST_BYTES,
    plain: bool = False,
    longest: int = MOST_LENGTH,
) -> Answer:
    """One request to somebody else's address, never inside a transaction. A status of any kind is an answer.

    Raises BadAddress and Unreachable.
    """
    parts = checked(url, inside=inside, plain=plain, longest=longest)
    network = _Network(parts.scheme, inside, time.monotonic() + seconds, plain)
    sent = {"Accept-Encoding": "identity", **headers}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_trust(), network_backend=network, max_connections=1) as pool,
            pool.stream(method, url, headers=list(sent.items()), content=content or None) as answer,
        ):
            lower = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return Answer(answer.status, lower, _read(answer, most))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as why:
        raise Unreachable(_in_words(why)) from why


def _in_words(why: Exception) -> str:
    """What went wrong, for an officer; the error itself is the cause of what is raised."""
    return next((words for kind, words in WORDS.items() if isinstance(why, kind)), "网络中断")


def _read(answer: httpcore.Response, most: int) -> bytes:
    body = bytearray()
    for piece in answer.iter_stream():
        body += piece
        if len(body) > most:
            raise TooLarge(f"应答超过 {most} 字节")
    return bytes(body)
