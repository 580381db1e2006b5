"""What a Bluesky server checks of a post before it takes it (`app.bsky.feed.post` and its parts).

The refusals have the words of the reference server (PDS 0.4.217), since adapters meet those.
"""

from __future__ import annotations

import re
from datetime import datetime

import regex

from postflow_desktop.sandbox.exchange import Json

POST = "app.bsky.feed.post"
MAX_IMAGES = 4
MAX_IMAGE_BYTES = 2_000_000
MAX_LANGS, MAX_LABELS = 3, 10
SELF_LABELS = "com.atproto.label.defs#selfLabels"
MAX_THUMB_BYTES = 1_000_000
MAX_VIDEO_BYTES = 300_000_000

_TID = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
_RECORD_KEY = re.compile(r"[A-Za-z0-9._:~-]{1,512}")
_URI = re.compile(r"\w+:(?://)?[^\s/]\S*")
_DID = re.compile(r"did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]")
_AT_URI = re.compile(r"at://did:[a-z]+:[a-zA-Z0-9._:%-]+/[a-zA-Z.]+/[A-Za-z0-9._:~-]+")
_CID = re.compile(r"b[a-z2-7]{20,}")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}|[A-Za-z]{5,8}|[iI])(?:-[A-Za-z0-9]{1,8})*")
_GRAPHEME = regex.compile(r"\X")


class Invalid(Exception):
    """A record breaks its lexicon; the message says where."""


def check_key(collection: str, rkey: str) -> None:
    """Raise Invalid for a record key that the collection does not allow."""
    if collection == POST and not _TID.fullmatch(rkey):
        raise Invalid(f'Invalid record key for {POST}: Invalid TID string (got "{rkey}") at $')
    if not _RECORD_KEY.fullmatch(rkey) or rkey in {".", ".."}:
        raise Invalid("Invalid record key")


def check_record(collection: str, record: Json) -> str:
    """`valid` or, for collections that are not known here, `unknown`; Invalid says why not."""
    if record.get("$type") != collection:
        raise Invalid(f"Invalid $type: expected {collection}, got {record.get('$type')}")
    if collection != POST:
        return "unknown"
    try:
        _check_post(record)
    except Invalid as error:
        raise Invalid(f"Invalid {POST} record: {error}") from None
    return "valid"


def blobs_of(record: Json) -> list[Json]:
    """The blob references of a checked post: pictures, a video, the picture of a card."""
    embed = record.get("embed")
    if not isinstance(embed, dict):
        return []
    alone = [embed.get("external", {}).get("thumb"), embed.get("video")]
    pictures = [item["image"] for item in embed.get("images", [])]
    return pictures + [blob for blob in alone if blob is not None]


def _check_post(record: Json) -> None:
    _string(record, "text", "$.record", graphemes=300, size=3000)
    _string(record, "createdAt", "$.record")
    _check_time(record["createdAt"])
    for number, facet in enumerate(_list(record.get("facets", []), "$.record.facets")):
        _check_facet(facet, f"$.record.facets[{number}]")
    embed = record.get("embed")
    if embed is not None:
        _check_embed(embed)
    if "reply" in record:
        _check_reply(record["reply"])
    if "langs" in record:
        _check_langs(record["langs"])
    if "labels" in record:
        _check_labels(record["labels"])


def _check_langs(value: object) -> None:
    langs = _list(value, "$.record.langs")
    if len(langs) > MAX_LANGS:
        raise Invalid(f"array too big (maximum {MAX_LANGS}, got {len(langs)}) at $.record.langs")
    for number, lang in enumerate(langs):
        where = f"$.record.langs[{number}]"
        if not isinstance(lang, str):
            raise Invalid(f"Expected string value type at {where}")
        _matching(_LANGUAGE, lang, "language", where)


def _check_labels(labels: object) -> None:
    """`selfLabels`; any value is taken, as on the real server."""
    where = "$.record.labels"
    if not isinstance(labels, dict) or labels.get("$type") != SELF_LABELS:
        raise Invalid(f"Expected {SELF_LABELS} at {where}")
    values = _list(labels.get("values"), f"{where}.values")
    if len(values) > MAX_LABELS:
        raise Invalid(f"array too big (maximum {MAX_LABELS}, got {len(values)}) at {where}.values")
    for number, value in enumerate(values):
        at = f"{where}.values[{number}]"
        if not isinstance(value, dict):
            raise Invalid(f"Expected an object at {at}")
        _string(value, "val", at, size=128)


def _check_reply(reply: object) -> None:
    """`replyRef`; whether the posts are there is not asked, as on the real server."""
    for name in ("root", "parent"):
        where = f"$.record.reply.{name}"
        reference = reply.get(name) if isinstance(reply, dict) else None
        if not isinstance(reference, dict):
            raise Invalid(f'Missing required key "{name}" at $.record.reply')
        for key, pattern in (("uri", _AT_URI), ("cid", _CID)):
            _string(reference, key, where)
            _matching(pattern, reference[key], key, f"{where}.{key}")


def _check_time(text: str) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(_bad_time(text)) from None
    if not _DATETIME.fullmatch(text):
        raise Invalid(_bad_time(text))


def _bad_time(text: str) -> str:
    return f'Invalid datetime string (got "{text}") at $.record.createdAt'


def _check_facet(facet: object, where: str) -> None:
    if not isinstance(facet, dict) or not isinstance(facet.get("index"), dict):
        raise Invalid(f'Missing required key "index" at {where}')
    for name in ("byteStart", "byteEnd"):
        value = facet["index"].get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Invalid(f"Expected a number of bytes at {where}.index.{name}")
    for number, feature in enumerate(_list(facet.get("features"), f"{where}.features")):
        _check_feature(feature, f"{where}.features[{number}]")


def _check_feature(feature: object, where: str) -> None:
    if not isinstance(feature, dict) or not isinstance(feature.get("$type"), str):
        raise Invalid(f'Missing required key "$type" at {where}')
    kind = feature["$type"].partition("#")[2]
    if kind == "link":
        _string(feature, "uri", where, size=8192)
        _matching(_URI, feature["uri"], "uri", f"{where}.uri")
    elif kind == "mention":
        _string(feature, "did", where)
        _matching(_DID, feature["did"], "did", f"{where}.did")
    elif kind == "tag":
        _string(feature, "tag", where, graphemes=64, size=640)


def _check_embed(embed: object) -> None:
    where = "$.record.embed"
    if not isinstance(embed, dict) or not isinstance(embed.get("$type"), str):
        raise Invalid(f'Missing required key "$type" at {where}')
    if embed["$type"] == "app.bsky.embed.external":
        _check_external(embed.get("external"), f"{where}.external")
    if embed["$type"] == "app.bsky.embed.video":
        _check_video(embed, where)
    if embed["$type"] != "app.bsky.embed.images":
        return
    images = _list(embed.get("images"), f"{where}.images")
    if len(images) > MAX_IMAGES:
        raise Invalid(f"array too big (maximum {MAX_IMAGES}, got {len(images)}) at {where}.images")
    for number, item in enumerate(images):
        _check_image(item, f"{where}.images[{number}]")


def _check_image(item: object, where: str) -> None:
    if not isinstance(item, dict):
        raise Invalid(f"Expected an object at {where}")
    _string(item, "alt", where)
    _check_blob(item.get("image"), f"{where}.image", MAX_IMAGE_BYTES)
    ratio = item.get("aspectRatio")
    if ratio is not None:
        _check_ratio(ratio, f"{where}.aspectRatio")


def _check_external(external: object, where: str) -> None:
    if not isinstance(external, dict):
        raise Invalid(f"Expected an object at {where}")
    for name in ("uri", "title", "description"):
        _string(external, name, where)
    _matching(_URI, external["uri"], "uri", f"{where}.uri")
    if "thumb" in external:
        _check_blob(external["thumb"], f"{where}.thumb", MAX_THUMB_BYTES)


def _check_video(embed: Json, where: str) -> None:
    _check_blob(embed.get("video"), f"{where}.video", MAX_VIDEO_BYTES, "video/mp4")
    if "alt" in embed:
        _string(embed, "alt", where)
    if "aspectRatio" in embed:
        _check_ratio(embed["aspectRatio"], f"{where}.aspectRatio")


def _check_blob(blob: object, where: str, most: int, accept: str = "image/*") -> None:
    if not isinstance(blob, dict) or blob.get("$type") != "blob" or not _link_of(blob):
        raise Invalid(f"Expected a blob at {where}")
    mime, size = blob.get("mimeType"), blob.get("size")
    if not isinstance(mime, str) or not mime.startswith(accept.removesuffix("*")):
        raise Invalid(f'blob has mime type "{mime}", expected "{accept}" at {where}')
    if not isinstance(size, int) or size > most:
        raise Invalid(f"blob too big (maximum {most}, got {size}) at {where}")


def _check_ratio(ratio: object, where: str) -> None:
    sides = [ratio.get(name) for name in ("width", "height")] if isinstance(ratio, dict) else [None]
    if not all(isinstance(side, int) and side >= 1 for side in sides):
        raise Invalid(f"Expected width and height of 1 or more at {where}")


def _link_of(blob: Json) -> str:
    ref = blob.get("ref")
    return str(ref.get("$link", "")) if isinstance(ref, dict) else ""


def _string(
    holder: Json, name: str, where: str, *, graphemes: int | None = None, size: int | None = None
) -> None:
    if name not in holder:
        raise Invalid(f'Missing required key "{name}" at {where}')
    value = holder[name]
    if not isinstance(value, str):
        raise Invalid(f"Expected string value type at {where}.{name}")
    length = len(value.encode("utf-8", "replace"))
    if size is not None and length > size:
        raise Invalid(f"string too big (maximum {size}, got {length}) at {where}.{name}")
    if graphemes is not None:
        count = sum(1 for _ in _GRAPHEME.finditer(value))
        if count > graphemes:
            raise Invalid(f"grapheme too big (maximum {graphemes}, got {count}) at {where}.{name}")


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise Invalid(f"Expected array value type at {where}")
    return value


def _matching(pattern: re.Pattern[str], value: str, kind: str, where: str) -> None:
    if not pattern.fullmatch(value):
        raise Invalid(f'Invalid {kind} string (got "{value}") at {where}')
