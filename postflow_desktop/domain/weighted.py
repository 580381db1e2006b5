"""Weighted length of a text as X counts it: the rules of twitter-text, configuration v3.

Characters weigh one or two, an emoji sequence two, a web address 23 however long it is; the text is
counted in Unicode's normal form C (docs.x.com/fundamentals/counting-characters).

An emoji sequence is one by its form (UTS #51); a joined sequence that no font draws counts as one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex

URL_LENGTH = 23
"""Each address is replaced by one of X's own (t.co) of this length."""
MAX_URL_CHARACTERS = 4096

# Code points that weigh one; all others weigh two.
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))

_EMOJI = regex.compile(
    r"""(?V1)
    \p{Regional_Indicator}{2}
    | [0-9#*]\uFE0F?\u20E3
    | \U0001F3F4[\U000E0020-\U000E007E]+\U000E007F
    | (?P<one>
        (?: \p{Emoji_Modifier_Base}\p{Emoji_Modifier}
          | [\p{Emoji}--[0-9#*\u00A9\u00AE\p{Regional_Indicator}]](?:\uFE0F|(?!\uFE0E))
          | [\u00A9\u00AE]\uFE0F )
      ) (?: \u200D (?&one) )*
    """,
    regex.VERBOSE,
)

_LETTER = "A-Za-z0-9"
_LATIN = (
    r"\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268"
    r"\u026F\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_NEVER = r"\uFFFE\uFEFF\uFFFF"
_DIRECTION = r"\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069"
_SPACE = r"\u0009-\u000D\u0020\u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_HOST = rf"[^!'\#%&()*+,\\\-./:;<=>?@\[\]^_{{|}}~${_SPACE}{_NEVER}{_DIRECTION}]"
# Much more than a domain may have is not looked for, so that time stays in proportion.
_LABEL = rf"(?:{_HOST}(?:[_\-]{{0,64}}{_HOST}){{0,255}}+\.)"
_NAME = rf"(?:{_HOST}(?:-{{0,64}}{_HOST}){{0,255}}+\.)"
_ENDING = rf"(?:(?i:\L<endings>)(?=[^{_LETTER}@+\-]|$)|xn--[\-0-9A-Za-z]+)"
_PATH = rf"[{_LETTER}{_LATIN}\u0400-\u04FF!*';:=+,.$/%\#\[\]\-\u2013_~@|&]"
_PAIR = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_PATH_END = rf"(?:[{_LETTER}{_LATIN}\u0400-\u04FF+\-=_\#/]|{_PAIR})"
_PATHS = rf"(?:{_PATH}*(?:{_PAIR}{_PATH}*)*{_PATH_END}|@{_PATH}+/)"
_QUERY = rf"\?[{_LETTER}!?*'@();:&=+$/%\#\[\]\-_.,~|]*[{_LETTER}\-_&=\#/]"

_URL = (
    rf"(?P<before>[^{_LETTER}@\uFF20$\#\uFF03{_NEVER}]|^)"
    rf"(?P<url>(?P<scheme>(?i:https?)://)?(?P<host>{_LABEL}{{0,30}}{_NAME}{_ENDING})(?::[0-9]+)?"
    rf"(?P<path>/{_PATHS}*)?(?:{_QUERY})?)"
)
_LATIN_HOST = rf"(?:[\-{_LETTER}{_LATIN}]+\.)+{_ENDING}"
_SHORTENED = regex.compile(rf"(?i:https?://t\.co)/(?P<slug>[{_LETTER}]+)(?:{_QUERY})?")
_LONGEST_SLUG = 40
_LONGEST_LABEL = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSpan:
    """Characters from `start` to `end` of a text that X makes an address of."""

    start: int
    end: int


def weighted_length(text: str, endings: frozenset[str]) -> int:
    """The length as X counts it; `endings` are the top-level domains, in lower case.

    The endings decide which words without a scheme (`example.com`) are addresses.
    """
    normal = normalize("NFC", text)
    length, position = 0, 0
    for span in find_urls(normal, endings):
        length += _plain(normal[position : span.start]) + URL_LENGTH
        position = span.end
    return length + _plain(normal[position:])


def find_urls(text: str, endings: frozenset[str]) -> list[UrlSpan]:
    """The addresses that X would replace, in order; none overlaps another."""
    if "." not in text:
        return []
    urls, latin_hosts = _patterns(endings)
    found: list[UrlSpan] = []
    for match in urls.finditer(text):
        host = _ascii_length(match["host"])
        if host is None or _characters(match, host) > MAX_URL_CHARACTERS:
            continue
        found += _with_scheme(match) if match["scheme"] else _bare(match, latin_hosts)
    return found


@lru_cache(maxsize=4)
def _patterns(
    endings: frozenset[str],
) -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    names = sorted(endings)
    return regex.compile(_URL, endings=names), regex.compile(_LATIN_HOST, endings=names)


def _characters(match: regex.Match[str], host: int) -> int:
    """Length of an address with its scheme and its host in ASCII form."""
    scheme = 0 if match["scheme"] else len("https://")
    return scheme + len(match["url"]) - len(match["host"]) + host


def _ascii_length(host: str) -> int | None:
    """Length of a host in ASCII form (RFC 3492), or None where it has no such form."""
    length = -1
    for label in host.split("."):
        if label.isascii():
            size = len(label)
        elif label.lower().startswith("xn--"):
            return None
        else:
            size = len("xn--") + len(label.encode("punycode"))
        if size > _LONGEST_LABEL:
            return None
        length += size + 1
    return length


def _with_scheme(match: regex.Match[str]) -> Iterator[UrlSpan]:
    """One address; of X's own short ones only the part that can be one."""
    start, end = match.span("url")
    short = _SHORTENED.match(match["url"])
    if short is None:
        yield UrlSpan(start=start, end=end)
    elif len(short["slug"]) <= _LONGEST_SLUG:
        yield UrlSpan(start=start, end=start + short.end())


def _bare(match: regex.Match[str], latin_hosts: regex.Pattern[str]) -> Iterator[UrlSpan]:
    """Addresses without a scheme: Latin domains only; a path belongs to the last of them."""
    if match["before"] in {"-", "_", ".", "/"}:
        return
    offset = match.start("host")
    spans = [
        UrlSpan(start=offset + host.start(), end=offset + host.end())
        for host in latin_hosts.finditer(match["host"])
    ]
    if spans and match["path"]:
        spans[-1] = UrlSpan(start=spans[-1].start, end=match.end("url"))
    yield from spans


def _plain(text: str) -> int:
    """Weight of a text without addresses."""
    length, position = 0, 0
    for emoji in _EMOJI.finditer(text):
        length += sum(map(_weight, text[position : emoji.start()])) + 2
        position = emoji.end()
    return length + sum(map(_weight, text[position:]))


@lru_cache(maxsize=4096)
def _weight(character: str) -> int:
    point = ord(character)
    return 1 if any(first <= point <= last for first, last in _LIGHT) else 2
