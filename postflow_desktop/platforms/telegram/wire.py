"""The wire form: one Bot API call with all its fields, and which photos go with it.

The bytes of photos are not in it (it is stored in the cluster); their hashes are, and the same wire
form with the same photos always gives the same request.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from postflow_desktop.domain.errors import Bug
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.post import Media
from postflow_desktop.domain.time import utc_text
from postflow_desktop.platforms.telegram.api import JSON_TYPE, Json, address
from postflow_desktop.transport.multipart import FilePart, multipart
from postflow_desktop.transport.values import Request

_IDS = re.compile(r"[1-9][0-9]{0,18}(?:,[1-9][0-9]{0,18}){0,9}")
_WEB = re.compile(r"https://t\.me/(?:c/)?[A-Za-z0-9_]+/([1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a wire form holds."""

    method: str
    chat_id: int
    fields: Json
    files: tuple[tuple[str, str, str], ...]
    """(name of the part, SHA-256, media type) of each photo."""

    @property
    def messages(self) -> int:
        """How many messages Telegram makes of it: one, or one for each photo of an album."""
        return max(1, len(self.files))

    @property
    def digests(self) -> tuple[str, ...]:
        """The photos by hash, in order."""
        return tuple(digest for _, digest, _ in self.files)


def wire_form(
    chat_id: int,
    text: str,
    media: Sequence[Media],
    *,
    link: str | None,
    at: datetime,
    reply_to: int | None = None,
) -> str:
    """The text that is stored; photos without words have no caption."""
    fields: Json = {"chat_id": chat_id}
    if reply_to is not None:
        fields["reply_parameters"] = {"message_id": reply_to}
    words = {"caption": text} if text.strip() else {}
    if not media:
        method, names = "sendMessage", []
        fields["text"] = text
        if link:
            fields["link_preview_options"] = {"is_disabled": False, "url": link}
    elif len(media) == 1:
        method, names = "sendPhoto", ["photo"]
        fields |= words
    else:
        method, names = "sendMediaGroup", [f"f{number}" for number in range(len(media))]
        items: list[Json] = [{"type": "photo", "media": f"attach://{name}"} for name in names]
        items[0] |= words
        fields["media"] = items
    files = [[name, item.sha256, item.mime] for name, item in zip(names, media, strict=True)]
    return _compact({"at": utc_text(at), "method": method, "fields": fields, "files": files})


def read_wire(wire: str) -> Wire:
    """What was stored; Bug if it is none of ours."""
    try:
        stored = json.loads(wire)
        return Wire(
            method=str(stored["method"]),
            chat_id=int(stored["fields"]["chat_id"]),
            fields=dict(stored["fields"]),
            files=tuple((str(a), str(b), str(c)) for a, b, c in stored["files"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Bug("A stored request to Telegram can't be read.", code="bad_wire") from error


def publish_request(service: str, token: str, wire: str, photos: Sequence[bytes]) -> Request:
    """The irreversible call; `photos` in the order of the wire form's files."""
    stored = read_wire(wire)
    kind, body = JSON_TYPE, _compact(stored.fields).encode()
    if stored.files:
        kind, body = _form(stored, photos, hashlib.sha256(wire.encode()).hexdigest())
    url = address(service, token, stored.method)
    return Request(method="POST", url=url, headers={"Content-Type": kind}, body=body)


def result_of(chat_id: int, username: str, ids: Sequence[int]) -> PublishResult:
    """The post as people find it; an album is known by all its messages, its first is linked.

    Only members can open the link into a channel without a name.
    """
    place = username or f"c/{str(chat_id).removeprefix('-100')}"
    external_id = ",".join(str(one) for one in sorted(ids))
    return PublishResult(external_id=external_id, url=f"https://t.me/{place}/{min(ids)}")


def read_ids(external_id: str) -> list[int] | None:
    """The messages of a post, or None where this is no id of ours."""
    if not _IDS.fullmatch(external_id):
        return None
    return [int(one) for one in external_id.split(",")]


def own_message(external_id: str) -> int | None:
    """The first message of a post, also from its web address, which a person may have given."""
    found = _WEB.fullmatch(external_id)
    ids = read_ids(found[1] if found else external_id)
    return min(ids) if ids else None


def _form(stored: Wire, photos: Sequence[bytes], boundary: str) -> tuple[str, bytes]:
    fields = {
        name: value if isinstance(value, str) else _compact(value)
        for name, value in stored.fields.items()
    }
    files = (
        FilePart(name=name, filename=f"{name}.{mime.rpartition('/')[2]}", data=data, mime=mime)
        for (name, _, mime), data in zip(stored.files, photos, strict=True)
    )
    return multipart(fields, files, boundary=boundary)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
