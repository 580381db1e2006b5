"""An organization's own rules for a network, in place of those that PostFlow came with.

Networks change what they take; a team that knows better than this PostFlow says so in a file and
needs no new version. Only the numbers and lists of `FIELDS` can be changed, within bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from postflow_desktop.domain.authoring import MAX_ALT, MAX_MEDIA, MAX_PARTS, MAX_TEXT
from postflow_desktop.domain.network import Cap, NetworkRules
from postflow_desktop.domain.time import require_aware

RuleValue = int | tuple[str, ...] | tuple[Cap, ...]
MAX_NOTE = 500
MAX_CAPS = 10
CAP_POSTS = (1, 1_000_000)
CAP_SECONDS = (60, 31 * 86_400)
IMAGE_TYPES = ("image/gif", "image/jpeg", "image/png", "image/webp")
OWN_SOURCE = "your team's rules"
"""What stands as the source of a rule that an organization changed."""
VIDEO_TYPES = ("video/mp4", "video/quicktime", "video/webm")
_GIGABYTE = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleField:
    """One rule that may be changed; its name is that in the file, in the cluster and in JSON."""

    name: str
    attribute: str
    """Of `NetworkRules`; behind a dot that of a part of it."""
    title: str
    unit: str = ""
    least: int = 0
    most: int = 0
    words: tuple[str, ...] = ()
    """For a list: what may stand in it."""
    can_begin: bool = True
    """Whether it can be set where the network has none of it by the rules that PostFlow knows:
    more than a number is missing there."""


def _number(
    name: str,
    attribute: str,
    title: str,
    unit: str,
    bounds: tuple[int, int],
    *,
    can_begin: bool = True,
) -> RuleField:
    least, most = bounds
    return RuleField(
        name=name,
        attribute=attribute,
        title=title,
        unit=unit,
        least=least,
        most=most,
        can_begin=can_begin,
    )


FIELDS: tuple[RuleField, ...] = (
    _number("textLength", "max_graphemes", "Text", "characters", (1, MAX_TEXT)),
    _number("textBytes", "max_text_bytes", "Text", "bytes", (1, 4 * MAX_TEXT)),
    _number("images", "max_images", "Pictures", "in a post", (0, MAX_MEDIA), can_begin=False),
    _number("imageBytes", "max_image_bytes", "A picture", "bytes", (1_000, _GIGABYTE)),
    RuleField(
        name="imageTypes", attribute="image_types", title="Kinds of pictures", words=IMAGE_TYPES
    ),
    _number("altLength", "max_alt_graphemes", "Alt text", "characters", (1, MAX_ALT)),
    _number("gifBytes", "animation.max_bytes", "A GIF", "bytes", (1_000, _GIGABYTE)),
    _number("gifFrames", "animation.max_frames", "A GIF", "frames", (1, 10_000)),
    _number("videos", "video.most", "Videos", "in a post", (1, MAX_MEDIA)),
    _number("videoBytes", "video.max_bytes", "A video", "bytes", (1_000, 100 * _GIGABYTE)),
    _number("videoSeconds", "video.max_seconds", "A video", "seconds", (1, 86_400)),
    RuleField(
        name="videoTypes", attribute="video.types", title="Kinds of videos", words=VIDEO_TYPES
    ),
    _number("documentBytes", "document.max_bytes", "A document", "bytes", (1_000, _GIGABYTE)),
    _number("documentPages", "document.max_pages", "A document", "pages", (1, 10_000)),
    _number("parts", "max_parts", "A thread", "parts", (1, MAX_PARTS), can_begin=False),
    _number(
        "firstComment",
        "max_comment",
        "First comment",
        "characters",
        (1, MAX_TEXT),
        can_begin=False,
    ),
    RuleField(name="caps", attribute="caps", title="Posts of an account"),
)
"""In the order in which they are listed."""
BY_NAME: Mapping[str, RuleField] = {field.name: field for field in FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRules:
    """What an organization changed of one network's rules (`organizations.networkRules`)."""

    values: Mapping[str, RuleValue]
    """By the name of the field."""
    note: str
    """Why, in the words of who changed it."""
    by: str
    """The person's id."""
    at: datetime

    def __post_init__(self) -> None:
        require_aware(self.at)


def value_of(rules: NetworkRules, field: RuleField) -> Any:
    """What holds; None where the network has no such rule."""
    found: Any = rules
    for name in field.attribute.split("."):
        found = None if found is None else getattr(found, name, None)
    return found


def is_known(rules: NetworkRules, field: RuleField) -> bool:
    """Whether the network has it at all, or it can be begun."""
    if field.name == "parts":
        return rules.max_parts > 1
    begins = field.can_begin and "." not in field.attribute
    return begins or bool(value_of(rules, field))


def source_of(rules: NetworkRules, field: RuleField) -> str:
    """Where the network's own number comes from, and of which day."""
    if field.name == "caps":
        return "; ".join(dict.fromkeys(cap.source for cap in rules.caps)) or rules.source
    part, dot, _ = field.attribute.partition(".")
    holder = getattr(rules, part, None) if dot else rules
    return str(getattr(holder, "source", rules.source))


def applied(rules: NetworkRules, own: OwnRules | None) -> NetworkRules:
    """The rules that hold for the organization; what this version does not know is passed over."""
    for name, value in ({} if own is None else own.values).items():
        field = BY_NAME.get(name)
        if field is not None and is_known(rules, field):
            stored = frozenset(value) if field.words and isinstance(value, tuple) else value
            rules = _with(rules, field.attribute.split("."), stored)
    return rules


def _with(holder: Any, path: list[str], value: object) -> Any:
    """The same with one attribute changed; as it is where there is no such attribute."""
    name, rest = path[0], path[1:]
    if not is_dataclass(holder) or isinstance(holder, type):
        return holder
    if name not in {field.name for field in fields(holder)}:
        return holder
    new = _with(getattr(holder, name), rest, value) if rest else value
    return replace(holder, **{name: new})


def rule_document(value: RuleValue) -> object:
    """A value as files, JSON and the cluster have it."""
    if isinstance(value, int):
        return value
    return [
        {"posts": one.posts, "seconds": one.seconds} if isinstance(one, Cap) else one
        for one in value
    ]


def read_rule(name: str, value: object) -> RuleValue | None:
    """A stored value; None for one that this version can't read."""
    field = BY_NAME.get(name)
    if field is None:
        return None
    if name == "caps":
        return _read_caps(value)
    if field.words:
        kept = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return tuple(value) if kept and isinstance(value, list) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _read_caps(value: object) -> tuple[Cap, ...] | None:
    if not isinstance(value, list):
        return None
    try:
        return tuple(
            Cap(posts=int(one["posts"]), seconds=int(one["seconds"]), source=OWN_SOURCE)
            for one in value
        )
    except (TypeError, KeyError, ValueError):
        return None
