"""The records and blobs of sandbox accounts, with the reference server's rules for writing them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from postflow_desktop.sandbox.bluesky_metrics import post_counts
from postflow_desktop.sandbox.bluesky_options import notes_of
from postflow_desktop.sandbox.bluesky_posts import (
    POST,
    Invalid,
    blobs_of,
    check_key,
    check_record,
)
from postflow_desktop.sandbox.cids import cid_of_bytes, cid_of_record
from postflow_desktop.sandbox.exchange import Json, ShownCard, ShownPost
from postflow_desktop.sandbox.state import State
from postflow_desktop.sandbox.xrpc_error import XrpcError

MAX_UPLOAD_BYTES = 5 * 1024 * 1024
MAX_UPLOADED_VIDEO = 50_000_000
"""As Bluesky's own servers have it."""
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_ABSENT = object()
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"\0\0\0\x18ftyp", "video/mp4"),
    (b"\0\0\0\x1cftyp", "video/mp4"),
    (b"\0\0\0 ftyp", "video/mp4"),
)


class Repo:
    """Records by (did, collection, rkey); every accepted write goes into the log."""

    def __init__(self, state: State, now: Callable[[], datetime]) -> None:
        self._state = state
        self._now = now

    def put(self, did: str, body: Json) -> Json:
        """Write a record: equal content changes nothing, other content needs the right swap."""
        collection, rkey = _place(body)
        record, status = self._checked(did, collection, rkey, body.get("record"))
        with self._state.lock:
            current = self._state.get("records", _key(did, collection, rkey))
            cid = _cid(record)
            if current is not None and current["cid"] == cid:
                self._log("repeat", did, collection, rkey, record)
                return {"uri": _uri(did, collection, rkey), "cid": cid, "validationStatus": status}
            _check_swap(body, current)
            return self._store("update" if current else "create", (did, collection, rkey), record)

    def create(self, did: str, body: Json) -> Json:
        """Write a new record; an existing key is the internal error it is on the real server."""
        collection, rkey = _place(body, generated=self._new_key)
        record, _ = self._checked(did, collection, rkey, body.get("record"))
        with self._state.lock:
            if self._state.get("records", _key(did, collection, rkey)) is not None:
                raise XrpcError(500, "InternalServerError", "Internal Server Error")
            return self._store("create", (did, collection, rkey), record)

    def delete(self, did: str, body: Json) -> Json:
        """Delete a record; one that is gone is fine."""
        collection, rkey = _place(body)
        with self._state.lock:
            if not self._state.delete("records", _key(did, collection, rkey)):
                return {}
            self._log("delete", did, collection, rkey, {})
            return {"commit": self._commit()}

    def read(self, did: str, query: dict[str, str]) -> Json:
        """One record with its address."""
        collection, rkey = query.get("collection", ""), query.get("rkey", "")
        found = self._state.get("records", _key(did, collection, rkey))
        if found is None:
            uri = _uri(did, collection, rkey)
            raise XrpcError(400, "RecordNotFound", f"Could not locate record: {uri}")
        return _shown(found)

    def listing(self, did: str, query: dict[str, str]) -> Json:
        """A page of records, newest key first."""
        try:
            limit = int(query.get("limit", "50"))
        except ValueError:
            limit = 0
        if not 1 <= limit <= 100:
            raise XrpcError(400, "InvalidRequest", "limit must be from 1 to 100")
        found = self._state.items("records", _key(did, query.get("collection", ""), ""))
        records = [value for _, value in found]
        if query.get("reverse") != "true":
            records.reverse()
        if cursor := query.get("cursor"):
            ahead = query.get("reverse") == "true"
            records = [
                one for one in records if (one["rkey"] > cursor) is ahead and one["rkey"] != cursor
            ]
        page: Json = {"records": [_shown(one) for one in records[:limit]]}
        if page["records"]:
            page["cursor"] = records[:limit][-1]["rkey"]
        return page

    def upload(self, did: str, mime: str, data: bytes) -> Json:
        """Keep bytes; the type is read from the bytes where it can be."""
        if len(data) > (MAX_UPLOADED_VIDEO if mime == "video/mp4" else MAX_UPLOAD_BYTES):
            raise XrpcError(413, "PayloadTooLarge", "request entity too large")
        return self._keep(did, mime, data)

    def keep_video(self, did: str, data: bytes) -> Json:
        """Keep what the video service made, however large; its blob."""
        return self._keep(did, "video/mp4", data)

    def _keep(self, did: str, mime: str, data: bytes) -> Json:
        cid = cid_of_bytes(data)
        blob = {
            "$type": "blob",
            "ref": {"$link": cid},
            "mimeType": _sniffed(data) or mime,
            "size": len(data),
        }
        with self._state.lock:
            self._state.put_blob(cid, data)
            self._state.put("uploads", f"{did}/{cid}", blob)
        return blob

    def blob(self, did: str, cid: str) -> tuple[str, bytes]:
        """(type, bytes) of an upload that the account still has."""
        upload = self._state.get("uploads", f"{did}/{cid}")
        data = self._state.blob(cid) if upload else None
        if upload is None or data is None:
            raise XrpcError(400, "BlobNotFound", "Blob not found")
        return str(upload["mimeType"]), data

    def forget_blobs(self) -> None:
        """Drop all uploads."""
        with self._state.lock:
            for key, _ in self._state.items("uploads"):
                self._state.delete("uploads", key)

    def views(self, uris: list[str]) -> list[Json]:
        """Posts as the public app view shows them."""
        found = [self._state.get("records", uri.removeprefix("at://")) for uri in uris[:25]]
        return [self._view(one) for one in found if one is not None]

    def shown(self) -> list[ShownPost]:
        """All posts, newest first."""
        records = [
            value for _, value in self._state.items("records") if value["collection"] == POST
        ]
        records.sort(key=lambda one: (one["record"]["createdAt"], one["rkey"]), reverse=True)
        return [self._shown_post(one) for one in records]

    def _checked(self, did: str, collection: str, rkey: str, record: object) -> tuple[Json, str]:
        if not isinstance(record, dict):
            raise XrpcError(400, "InvalidRequest", 'Missing required key "record"')
        record.setdefault("$type", collection)
        try:
            check_key(collection, rkey)
            status = check_record(collection, record)
        except Invalid as error:
            raise XrpcError(400, "InvalidRequest", str(error)) from None
        for blob in blobs_of(record):
            cid = blob["ref"]["$link"]
            if self._state.get("uploads", f"{did}/{cid}") is None:
                raise XrpcError(400, "BlobNotFound", f"Could not find blob: {cid}")
        return record, status

    def _store(self, action: str, place: tuple[str, str, str], record: Json) -> Json:
        did, collection, rkey = place
        value = {
            "did": did,
            "collection": collection,
            "rkey": rkey,
            "cid": _cid(record),
            "record": record,
        }
        self._state.put("records", _key(did, collection, rkey), value)
        self._log(action, did, collection, rkey, record)
        return {
            "uri": _uri(did, collection, rkey),
            "cid": value["cid"],
            "commit": self._commit(),
            "validationStatus": "valid" if collection == POST else "unknown",
        }

    def _log(self, action: str, did: str, collection: str, rkey: str, record: Json) -> None:
        self._state.record(
            {
                "network": "bluesky",
                "action": action,
                "account": did,
                "external_id": _uri(did, collection, rkey),
                "text": str(record.get("text", "")),
            }
        )

    def _commit(self) -> Json:
        rev = self._new_key()
        return {"cid": cid_of_record({"rev": rev}), "rev": rev}

    def _new_key(self) -> str:
        """A TID of now that is later than the one before."""
        with self._state.lock:
            last = int((self._state.get("server", "clock") or {"last": 0})["last"])
            microseconds = max(last + 1, int(self._now().timestamp() * 1_000_000))
            self._state.put("server", "clock", {"last": microseconds})
        number = microseconds << 10
        return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -1, -5))

    def _view(self, found: Json) -> Json:
        account = self._state.get("accounts", found["did"]) or {}
        uri = _uri(found["did"], found["collection"], found["rkey"])
        return {
            "uri": uri,
            "cid": found["cid"],
            "author": {"did": found["did"], "handle": account.get("handle", "handle.invalid")},
            "record": found["record"],
            "indexedAt": found["record"].get("createdAt", ""),
            **post_counts(self._state, uri, found["record"], self._now()),
        }

    def _shown_post(self, found: Json) -> ShownPost:
        account = self._state.get("accounts", found["did"]) or {}
        embed = found["record"].get("embed") or {}
        images = embed.get("images", [])
        path = f"/xrpc/com.atproto.sync.getBlob?did={found['did']}&cid="
        return ShownPost(
            network="Bluesky",
            author=f"@{account.get('handle', found['did'])}",
            text=found["record"]["text"],
            created_at=found["record"]["createdAt"],
            external_id=_uri(found["did"], found["collection"], found["rkey"]),
            pictures=tuple((path + one["image"]["ref"]["$link"], one["alt"]) for one in images),
            card=_shown_card(embed.get("external"), path),
            films=(path + embed["video"]["ref"]["$link"],) if "video" in embed else (),
            reply_to=found["record"].get("reply", {}).get("parent", {}).get("uri", ""),
            notes=notes_of(found["record"]),
        )


def _shown_card(external: Json | None, path: str) -> ShownCard | None:
    if external is None:
        return None
    thumb = external.get("thumb")
    return ShownCard(
        url=external["uri"],
        title=external["title"],
        description=external["description"],
        picture=path + thumb["ref"]["$link"] if thumb else "",
    )


def _place(body: Json, generated: Callable[[], str] | None = None) -> tuple[str, str]:
    collection, rkey = body.get("collection"), body.get("rkey")
    if rkey is None and generated is not None:
        rkey = generated()
    if not isinstance(collection, str) or not isinstance(rkey, str):
        raise XrpcError(400, "InvalidRequest", 'Missing required key "collection" or "rkey"')
    return collection, rkey


def _check_swap(body: Json, current: Json | None) -> None:
    """`swapRecord` null asks for nothing to be there; a cid asks for exactly that."""
    wanted = body.get("swapRecord", _ABSENT)
    actual = current["cid"] if current else None
    if wanted is not _ABSENT and wanted != actual:
        raise XrpcError(400, "InvalidSwap", f"Record was at {actual}")


def _cid(record: Json) -> str:
    try:
        return cid_of_record(record)
    except (ValueError, RecursionError):
        raise XrpcError(400, "InvalidRequest", "The record is no valid data") from None


def _shown(found: Json) -> Json:
    uri = _uri(found["did"], found["collection"], found["rkey"])
    return {"uri": uri, "cid": found["cid"], "value": found["record"]}


def _key(did: str, collection: str, rkey: str) -> str:
    return f"{did}/{collection}/{rkey}"


def _uri(did: str, collection: str, rkey: str) -> str:
    return f"at://{did}/{collection}/{rkey}"


def _sniffed(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((mime for magic, mime in _MAGIC if data.startswith(magic)), None)
