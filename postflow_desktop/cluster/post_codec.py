"""Posts, media and payloads to documents and back."""

from __future__ import annotations

from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import Media, MediaKind, Post, PostStatus, Variant


def post_document(post: Post) -> Document:
    """A new post as it is inserted; the idempotency key carries its organization."""
    key = post.idempotency_key
    return without_none(
        {
            "_id": to_object_id(post.id),
            "organizationId": to_object_id(post.organization_id),
            "createdBy": to_object_id(post.created_by),
            "status": post.status.value,
            "content": without_none(
                {
                    "text": post.text,
                    "linkUrl": post.link_url,
                    "parts": list(post.parts) or None,
                    "firstComment": post.first_comment,
                }
            ),
            "variants": [_variant_document(variant) for variant in post.variants],
            "media": [media_document(media) for media in post.media],
            "socialAccountIds": [to_object_id(account_id) for account_id in post.account_ids],
            "scheduledAt": post.scheduled_at,
            "timezone": post.timezone,
            "publishedAt": post.published_at,
            "idempotencyKey": None if key is None else f"{post.organization_id}:{key}",
            "createdAt": post.created_at,
            "updatedAt": post.updated_at,
            "rev": post.rev,
        }
    )


def read_post(document: Document) -> Post:
    """A stored post; fields of newer versions are passed over."""
    content: dict[str, Any] = document["content"]
    organization_id = str(document["organizationId"])
    key: str | None = document.get("idempotencyKey")
    return Post(
        id=str(document["_id"]),
        organization_id=organization_id,
        created_by=str(document["createdBy"]),
        status=PostStatus(document["status"]),
        text=content.get("text", ""),
        link_url=content.get("linkUrl"),
        parts=tuple(content.get("parts", ())),
        first_comment=content.get("firstComment"),
        variants=tuple(_read_variant(value) for value in document.get("variants", [])),
        media=tuple(read_media(value) for value in document.get("media", [])),
        account_ids=tuple(str(value) for value in document["socialAccountIds"]),
        scheduled_at=document.get("scheduledAt"),
        timezone=document.get("timezone"),
        published_at=document.get("publishedAt"),
        failure_code=document.get("failureCode"),
        failure_reason=document.get("failureReason"),
        idempotency_key=None if key is None else key.removeprefix(f"{organization_id}:"),
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        rev=document["rev"],
    )


def media_document(media: Media) -> Document:
    """A media item inside a post or payload."""
    return without_none(
        {
            "type": media.kind.value,
            "url": media.url,
            "sha256": media.sha256,
            "mime": media.mime,
            "size": media.size,
            "width": media.width,
            "height": media.height,
            "alt": media.alt,
            "duration": media.duration,
        }
    )


def read_media(value: dict[str, Any]) -> Media:
    """A media item; older ones may carry their hash in the address only."""
    return Media(
        kind=MediaKind(value["type"]),
        sha256=value.get("sha256") or value["url"].removeprefix("media:"),
        mime=value.get("mime", "application/octet-stream"),
        size=value.get("size", 0),
        width=value.get("width", 0),
        height=value.get("height", 0),
        alt=value.get("alt", ""),
        duration=value.get("duration"),
    )


def payload_document(payload: Payload) -> Document:
    """A payload under its content hash, without its time."""
    more = {"parts": list(payload.parts) or None, "firstComment": payload.first_comment}
    return {
        **without_none(more),
        "_id": payload.content_hash,
        "organizationId": to_object_id(payload.organization_id),
        "platform": payload.network.value,
        "text": payload.text,
        "linkUrl": payload.link_url,
        "media": [media_document(media) for media in payload.media],
        "rev": 1,
    }


def read_payload(document: Document) -> Payload:
    """A stored payload."""
    return Payload(
        organization_id=str(document["organizationId"]),
        network=Network(document["platform"]),
        text=document["text"],
        link_url=document.get("linkUrl"),
        media=tuple(read_media(value) for value in document.get("media", [])),
        parts=tuple(document.get("parts", ())),
        first_comment=document.get("firstComment"),
    )


def _variant_document(variant: Variant) -> Document:
    return without_none(
        {
            "socialAccountId": to_object_id(variant.account_id),
            "text": variant.text,
            "linkUrl": variant.link_url,
        }
    )


def _read_variant(value: dict[str, Any]) -> Variant:
    return Variant(
        account_id=str(value["socialAccountId"]),
        text=value.get("text"),
        link_url=value.get("linkUrl"),
    )
