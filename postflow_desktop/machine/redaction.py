"""Taking secrets out of everything that is written down.

Two nets: every secret that was opened registers here and is found again in any usual spelling; and
patterns catch what looks like a secret although nobody registered it.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

HIDDEN = "[secret]"
_SHORTEST = 4
"""Shorter values would black out ordinary words; nothing that short is a secret."""

_NAMES = (
    r"access_?(?:token|jwt)|refresh_?(?:token|jwt)|id_?token|client_?secret|app_?password|"
    r"password|passwd|passphrase|secret|api_?key|private_?key|code_?verifier|recovery(?:_?code)?|"
    r"account_?secret|authorization|cookie|set-cookie|dpop"
)
_NAME = re.compile(rf"(?i)(?:\w+[_.-])?(?:{_NAMES})")

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # user:password@ in any address; MongoDB's come with several hosts
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@:]*:[^\s/]+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"(?i)\b(bearer|dpop)\s+[a-z0-9._~+/=-]{8,}"), rf"\1 {HIDDEN}"),
    (re.compile(r"(?i)\b(authorization[\"']?\s*[:=]\s*[\"']?\w+\s+)[^\s\"',]+"), rf"\1{HIDDEN}"),
    # JSON Web Tokens (RFC 7519): two base64url objects and a signature
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"), HIDDEN),
    # tokens of Telegram's bots, which stand in the path of an address
    (re.compile(r"(?<!\d)\d{3,20}:[A-Za-z0-9_-]{30,}"), HIDDEN),
    # PostFlow's own sealed envelopes
    (re.compile(r"\bpf1\.[\w.=-]{8,}"), HIDDEN),
    # app passwords as Bluesky makes them (4 x 4) and recovery codes (6 x 5)
    (re.compile(r"(?i)(?<![\w-])[a-z0-9]{4}(?:-[a-z0-9]{4}){3}(?![\w-])"), HIDDEN),
    (re.compile(r"(?i)(?<![\w-])[a-z0-9]{5}(?:-[a-z0-9]{5}){5}(?![\w-])"), HIDDEN),
    (re.compile(r"(?i)([?&](?:code|state|sig|signature|token|key)=)[^&\s\"']+"), rf"\1{HIDDEN}"),
    (
        re.compile(rf"(?i)\b((?:{_NAMES})[\"']?\s*[:=]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s\"',;&}}\]]+)"),
        rf"\1{HIDDEN}",
    ),
)


class Redactor:
    """The live secrets of this process; safe for several threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._spellings: set[str] = set()
        self._exact: re.Pattern[str] | None = None

    def add(self, secret: str) -> None:
        """Hide this value from now on, also inside base64, hex, URLs and JSON."""
        if len(secret) < _SHORTEST:
            return
        with self._guard:
            self._spellings |= _spellings(secret)
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._exact = re.compile("|".join(re.escape(s) for s in longest_first))

    def scrub(self, text: str) -> str:
        """The text without secrets."""
        if self._exact is not None:
            text = self._exact.sub(HIDDEN, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def scrub_value(self, value: object) -> object:
        """A value fit for JSON without secrets; what stands under a telling name goes whole."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {
                str(name): HIDDEN if is_secret_name(str(name)) else self.scrub_value(item)
                for name, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.scrub_value(item) for item in value]
        return self.scrub(str(value))


def is_secret_name(name: str) -> bool:
    """Whether a field, header or option of that name holds a secret."""
    return _NAME.fullmatch(name.lstrip("-").replace("-", "_")) is not None


def _spellings(secret: str) -> set[str]:
    # A password in a foreign encoding comes with half characters; it must be hidden all the same.
    raw = secret.encode("utf-8", "surrogatepass")
    found = {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(raw, safe="")}
    found |= {quote_plus(raw), quote(raw), raw.hex(), raw.hex().upper()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for shift in range(3):
            found.add(_inner_base64(encode, raw, shift))
    return {spelling for spelling in found if len(spelling) >= _SHORTEST}


def _inner_base64(encode: Callable[[bytes], bytes], raw: bytes, shift: int) -> str:
    """The part of an encoding that depends on the secret alone, with `shift` bytes before it.

    Base64 (RFC 4648) packs three bytes into four characters, so the same secret has three
    spellings inside a longer text, such as `user:secret` of a Basic header.
    """
    text = encode(b"\0" * shift + raw).decode().rstrip("=")
    start = (0, 2, 3)[shift]
    end = len(text) if (shift + len(raw)) % 3 == 0 else len(text) - 1
    return text[start:end]
