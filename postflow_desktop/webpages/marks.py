"""The few elements of a page that say something about it, without the rest of the page.

Browsers' parsers take time that grows with the square of how deep a page is nested, and anybody can
nest one a million times. So a page is gone through once, from tag to tag, and only what is left
after that is parsed. Where tags, comments and raw text begin and end is as in the HTML Standard
(13.2.5, Tokenization, 2026-11-21).
"""

from __future__ import annotations

import re

_MOST_TAGS = 100_000
"""Real pages have some thousands."""
_MOST_KEPT = 500
_KEPT = frozenset({"meta", "link", "base"})
_RAW = frozenset(
    {"script", "style", "textarea", "template", "iframe", "noembed", "xmp", "svg", "math"}
)
"""What stands in them is no part of the page's own words."""
_NAME = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
# A quote means something only behind `=`; each alternative begins with another character.
_END = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|))*+>")


def marks_of(html: str) -> str:
    """Its `<title>`, `<meta>`, `<link>` and `<base>` elements, as they are written."""
    kept: list[str] = []
    has_title = False
    at = 0
    for _ in range(_MOST_TAGS):
        start = html.find("<", at)
        if start < 0 or len(kept) > _MOST_KEPT:
            break
        if html.startswith("<!--", start):
            at = _after(html, "-->", start + 4)
            continue
        tag = _NAME.match(html, start)
        if tag is None:
            at = start + 1
            continue
        end = _END.match(html, tag.end())
        if end is None:
            # A tag that never ends takes the rest of the page with it.
            break
        at = end.end()
        name = tag[2].lower()
        if tag[1] or (name == "title" and has_title):
            continue
        if name in _KEPT:
            kept.append(html[start:at])
        elif name == "title":
            has_title = True
            close = _closing(html, name, at)
            kept.append(html[start:close] + "</title>")
            at = close
        elif name in _RAW:
            at = _closing(html, name, at)
    return "".join(kept)


def _after(html: str, text: str, start: int) -> int:
    found = html.find(text, start)
    return len(html) if found < 0 else found + len(text)


def _closing(html: str, name: str, start: int) -> int:
    """Where the end tag of an element begins; the end of the page where it has none."""
    found = re.compile(f"</{name}", re.IGNORECASE).search(html, start)
    return len(html) if found is None else found.start()
