"""Posts, media and payloads to documents and back."""

from __future__ import annotations

from typing import Any

from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.payload import Payload
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post, PostStatus, Variant


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
                    **_link_fields(post.card),
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
        card=_read_link_fields(content),
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
            "codec": media.codec,
            "frames": media.frames,
            "title": media.title,
            "pages": media.pages,
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
        codec=value.get("codec"),
        frames=value.get("frames"),
        title=value.get("title"),
        pages=value.get("pages"),
    )


def payload_document(payload: Payload) -> Document:
    """A payload under its content hash, without its time."""
    more = {
        "parts": list(payload.parts) or None,
        "firstComment": payload.first_comment,
        "card": None if payload.card is None else _card_document(payload.card),
        "options": dict(payload.options) or None,
    }
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
        card=None if document.get("card") is None else _read_card(document["card"]),
        options=tuple(sorted(document.get("options", {}).items())),
    )


def _link_fields(card: LinkCard | None) -> Document:
    """A post's card: its words in the schema document's fields, the rest in one of ours."""
    if card is None:
        return {}
    whole = _card_document(card)
    return {
        "linkTitle": whole.pop("title"),
        "linkDescription": whole.pop("description"),
        "linkImageUrl": None if card.picture is None else card.picture.url,
        "linkCard": whole,
    }


def _read_link_fields(content: dict[str, Any]) -> LinkCard | None:
    own = content.get("linkCard")
    if own is None:
        return None
    words = {
        "title": content.get("linkTitle", ""),
        "description": content.get("linkDescription", ""),
    }
    return _read_card({**own, **words})


def _card_document(card: LinkCard) -> Document:
    return without_none(
        {
            "url": card.url,
            "title": card.title,
            "description": card.description,
            "picture": None if card.picture is None else media_document(card.picture),
            "fetchedAt": card.fetched_at,
            "hidden": card.hidden or None,
        }
    )


def _read_card(value: dict[str, Any]) -> LinkCard:
    picture = value.get("picture")
    return LinkCard(
        url=value["url"],
        title=value.get("title", ""),
        description=value.get("description", ""),
        picture=None if picture is None else read_media(picture),
        fetched_at=value.get("fetchedAt"),
        hidden=value.get("hidden", False),
    )


def _variant_document(variant: Variant) -> Document:
    return without_none(
        {
            "socialAccountId": to_object_id(variant.account_id),
            "text": variant.text,
            "linkUrl": variant.link_url,
            "options": dict(variant.options) or None,
        }
    )


def _read_variant(value: dict[str, Any]) -> Variant:
    return Variant(
        account_id=str(value["socialAccountId"]),
        text=value.get("text"),
        link_url=value.get("linkUrl"),
        options=tuple(sorted(value.get("options", {}).items())),
    )
