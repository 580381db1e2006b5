"""Which addresses may be spoken to in plain text, and which proxy stands before an address.

Plain http is for loopback alone: everything else carries tokens and must be encrypted.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def split(url: str) -> SplitResult:
    """The parts of an address; ValueError where it has no scheme, host or valid port."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("not an http address")
    if parts.port == 0:
        raise ValueError("port 0 is no port")
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this computer: `localhost` (RFC 6761), 127.0.0.0/8 or ::1."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _literal(name)
    return address is not None and address.is_loopback


def is_private(host: str) -> bool:
    """Whether a host is loopback, a private or local address, or a name without a dot."""
    name = host.rstrip(".").lower()
    address = _literal(name)
    if address is not None:
        return not address.is_global
    return is_loopback(name) or "." not in name or name.endswith((".local", ".internal"))


def may_be_plain(parts: SplitResult) -> bool:
    """Whether this address may be used as it stands: https, or http on loopback."""
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def proxy_for(parts: SplitResult) -> str | None:
    """The proxy that environment or system name for this address; loopback never has one."""
    from urllib.request import getproxies, proxy_bypass

    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return None
