"""Outbound HTTP: sends POST requests only to hosts named in the settings, resolved once and pinned, without redirects or proxies.

Addresses of private networks are refused unless the settings allow them, so that a webhook cannot reach neighbouring
machines.
"""

import ipaddress
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

import httpx

from notifications.channels import Refused
from notifications.url_allowlist import origin, permitted

# It logs full URLs, and a bot's URL is its key.
logging.getLogger("httpx").setLevel(logging.WARNING)
#: IPv6 addresses that embed an IPv4 one: 6to4, NAT64 and its local prefix.
_WRAPPING = tuple(ipaddress.ip_network(net) for net in ("2002::/16", "64:ff9b::/96", "64:ff9b:1::/48"))
#: The largest answer of a bot or gateway.
_LONGEST = 65536
Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host.  Raises OSError."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Outbound:
    """POSTs JSON to allowed hosts.

    `allowed` are origins such as `https://oapi.dingtalk.com` (http:// and ports only where written so); `private` are
    networks such as 10.1.0.0/16.  Raises ValueError for anything else.
    """

    def __init__(
        self,
        allowed: Iterable[str],
        private: Iterable[str] = (),
        timeout: float = 10,
        resolver: Resolver = resolve,
    ) -> None:
        self._allowed = tuple(allowed)
        for entry in self._allowed:
            origin(urlsplit(entry))
        self._private = [ipaddress.ip_network(entry.strip()) for entry in private if entry.strip()]
        self._timeout, self._resolver = timeout, resolver
        self._client: httpx.Client | None = None

    def post(self, url: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and JSON of the answer (None when it is no JSON).  Raises Refused."""
        if not permitted(url, self._allowed):
            raise Refused("host_not_allowed", permanent=True)
        parts = urlsplit(url)
        host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
        pinned = self._pin(host, port)
        address = f"[{pinned}]" if ":" in pinned else pinned
        target = f"{parts.scheme}://{address}:{port}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        sent = {"Host": parts.netloc, "Content-Type": "application/json", **(headers or {})}
        try:
            status, answer = self._exchange(target, body, sent, host)
        except httpx.TimeoutException as error:
            raise Refused("timeout", doubtful=isinstance(error, httpx.ReadTimeout)) from error
        except (httpx.HTTPError, OSError, RuntimeError) as error:
            # Before the connection was established nothing can have arrived; afterwards it is unknown.
            raise Refused("connection", doubtful=not isinstance(error, httpx.ConnectError)) from error
        if 300 <= status < 400:
            raise Refused("redirected", permanent=True)
        try:
            return status, json.loads(answer)
        except (ValueError, RecursionError):
            return status, None

    def _exchange(self, target: str, body: bytes, headers: dict[str, str], host: str) -> tuple[int, bytes]:
        if self._client is None:
            self._client = httpx.Client(timeout=self._timeout, follow_redirects=False, trust_env=False)
        # The certificate is checked for the host name, while the connection goes to the pinned address.
        request = self._client.build_request(
            "POST", target, content=body, headers=headers, extensions={"sni_hostname": host}
        )
        request.extensions["timeout"] = httpx.Timeout(self._timeout).as_dict()
        until, received = time.monotonic() + 2 * self._timeout, b""
        # A time-out covers one read; a server that drips bytes, even of headers, is cut off by the total.
        alarm = threading.Timer(2 * self._timeout, self._client.close)
        alarm.daemon = True
        alarm.start()
        try:
            answer = self._client.send(request, stream=True)
            try:
                for piece in answer.iter_raw():
                    received += piece
                    if time.monotonic() > until or len(received) > _LONGEST:
                        raise Refused("answer_too_long", doubtful=True)
            finally:
                answer.close()
        except Exception as error:
            if not isinstance(error, Refused) and time.monotonic() >= until:
                raise Refused("answer_too_long", doubtful=True) from error
            raise
        finally:
            alarm.cancel()
            if self._client.is_closed:
                self._client = None
        return answer.status_code, received

    def _pin(self, host: str, port: int) -> str:
        try:
            addresses = self._resolver(host, port)
        except OSError as error:
            raise Refused("unresolved") from error
        for entry in addresses:
            address = ipaddress.ip_address(entry.split("%")[0])
            inside = any(address.version == net.version and address in net for net in self._private)
            wrapped = any(address.version == net.version and address in net for net in _WRAPPING)
            if not inside and (not address.is_global or address.is_multicast or wrapped):
                # One private address among many is enough to refuse.
                raise Refused("private_address", permanent=True)
        if not addresses:
            raise Refused("unresolved")
        return addresses[0]

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()
