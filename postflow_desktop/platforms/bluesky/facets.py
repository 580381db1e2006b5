"""What in a text becomes a link, a mention or a tag (`app.bsky.richtext.facet`).

Positions count UTF-8 bytes, the end is exclusive, facets never overlap. Bluesky's servers detect
nothing by themselves; what counts is what its own client would have made of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import regex

from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.text import count_graphemes
from postflow_desktop.platforms.bluesky.limits import MAX_TAG_BYTES, MAX_TAG_GRAPHEMES
from postflow_desktop.platforms.bluesky.links import find_links

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}ー"
_BEFORE = rf"(?<![[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]])"
_HANDLE = regex.compile(
    rf"(?V1){_BEFORE}(?<![_@./+=&#$-])@"
    r"(?P<handle>(?>[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?))"
    r"(?![A-Za-z0-9_@])"
)
# No joiner at the ends, so that no emoji is cut in the middle; none but joiners inside.
_INVISIBLE = r"\u00AD\u200A\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF\p{Cc}\p{Cs}"
_TAG = regex.compile(
    rf"(?V1)(?<![\p{{L}}\p{{M}}\p{{N}}_&/#\uFF03@])[#\uFF03](?![\uFE0F\u20E3])"
    rf"(?P<tag>[^\s#\uFF03{_INVISIBLE}]+)"
)
_TAG_END = regex.compile(r"[\p{P}\u200C\u200D]+$")
_TAG_WORD = regex.compile(r"(?V1)[^\d\p{P}\p{M}\p{Cf}]")
_CASHTAG = regex.compile(
    r"(?<=^|[\s(])\$(?P<ticker>[A-Za-z][A-Za-z0-9]{0,4})(?=$|[\s.,;:!?)\"'\u2019])", regex.MULTILINE
)

Resolver = Callable[[str], str | None]
"""The DID of a handle, or None where nobody has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters of a text that mean something, and what they mean."""

    start: int
    end: int
    feature: dict[str, str]


def rendered_text(payload: Payload) -> str:
    """The text as Bluesky will show it: a link that is not in it stands on a paragraph of its own.

    A link that has a card needs no place in the text. This is what limits are checked against.
    """
    link = (payload.link_url or "").strip()
    if not link or (payload.card is not None and payload.text.strip()):
        return payload.text
    if any(
        link in (found.uri, payload.text[found.start : found.end])
        for found in find_links(payload.text)
    ):
        return payload.text
    body = payload.text.rstrip()
    return f"{body}\n\n{link}" if body else link


def payload_facets(payload: Payload, resolve: Resolver) -> list[dict[str, object]]:
    """The facets of the rendered text, the link at its end included whatever it looks like."""
    text = rendered_text(payload)
    known: list[Span] = []
    if text != payload.text:
        link = (payload.link_url or "").strip()
        known.append(_link(len(text) - len(link), len(text), _with_scheme(link)))
    return facets(text, resolve, known=known)


def facets(text: str, resolve: Resolver, *, known: Iterable[Span] = ()) -> list[dict[str, object]]:
    """The facets of a text in order; `known` spans come first and win.

    A handle that `resolve` does not know stays text; what it raises passes through.
    """
    kept: list[Span] = []
    for span in _candidates(text, known):
        if any(span.start < other.end and other.start < span.end for other in kept):
            continue
        settled = _resolved(span, resolve)
        if settled is not None:
            kept.append(settled)
    kept.sort(key=lambda span: span.start)
    return [_facet(text, span) for span in kept]


def _candidates(text: str, known: Iterable[Span]) -> Iterator[Span]:
    yield from known
    for link in find_links(text):
        yield _link(link.start, link.end, link.uri)
    for match in _HANDLE.finditer(text):
        if len(match.group("handle")) <= 253:
            yield _feature(match.start(), match.end(), "mention", did=match.group("handle").lower())
    yield from _tags(text)


def _tags(text: str) -> Iterator[Span]:
    for match in _TAG.finditer(text):
        tag = _TAG_END.sub("", match.group("tag"))
        if (
            _TAG_WORD.search(tag)
            and len(tag.encode()) <= MAX_TAG_BYTES
            and count_graphemes(tag) <= MAX_TAG_GRAPHEMES
        ):
            yield _feature(match.start(), match.start() + 1 + len(tag), "tag", tag=tag)
    for match in _CASHTAG.finditer(text):
        yield _feature(match.start(), match.end(), "tag", tag=f"${match.group('ticker').upper()}")


def _resolved(span: Span, resolve: Resolver) -> Span | None:
    handle = span.feature.get("did")
    if handle is None:
        return span
    did = resolve(handle)
    return None if did is None else _feature(span.start, span.end, "mention", did=did)


def _facet(text: str, span: Span) -> dict[str, object]:
    start = len(text[: span.start].encode())
    end = start + len(text[span.start : span.end].encode())
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [dict(span.feature)]}


def _link(start: int, end: int, uri: str) -> Span:
    return _feature(start, end, "link", uri=uri)


def _feature(start: int, end: int, name: str, **value: str) -> Span:
    return Span(start=start, end=end, feature={"$type": f"app.bsky.richtext.facet#{name}", **value})


def _with_scheme(link: str) -> str:
    return link if "://" in link else f"https://{link}"
