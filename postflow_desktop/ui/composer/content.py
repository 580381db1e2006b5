"""What is written in a composer as one value, and every change to it as a function.

Nothing is thrown away by a change: the variant of an account that is taken off the list stays in
the draft and comes back with the account. `to_send` leaves out what does not count.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from postflow_desktop.domain.authoring import MAX_TITLE
from postflow_desktop.domain.link_card import CARD_NETWORKS, card_link, leads_to
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import LinkCard, Media, MediaKind, Post
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.services.ports.drafts import LocalDraft


def blank(organization_id: str, *, timezone: str, at_local: str | None = None) -> LocalDraft:
    """A new draft with nothing in it."""
    return LocalDraft(
        id=uuid.uuid4().hex,
        organization_id=organization_id,
        post_id=None,
        text="",
        at_local=at_local,
        timezone=timezone,
    )


def from_post(post: Post, *, timezone: str) -> LocalDraft:
    """A draft that edits a post of the cluster; its time as wall time in its own zone."""
    name = post.timezone or timezone
    at = None if post.scheduled_at is None else plan_instant(post.scheduled_at, name).local
    return LocalDraft(
        id=uuid.uuid4().hex,
        organization_id=post.organization_id,
        post_id=post.id,
        text=post.text,
        account_ids=post.account_ids,
        variants={v.account_id: v.text for v in post.variants if v.text is not None},
        options={v.account_id: dict(v.options) for v in post.variants if v.options},
        parts=post.parts,
        first_comment=post.first_comment,
        media=post.media,
        link_url=post.link_url,
        card=post.card,
        at_local=at,
        timezone=name,
    )


def as_new(draft: LocalDraft) -> LocalDraft:
    """The same content for another post, with a time yet to be chosen."""
    return replace(draft, id=uuid.uuid4().hex, post_id=None, at_local=None, changed_at=None)


def text_for(draft: LocalDraft, account_id: str | None) -> str:
    """The words that go to an account; with None the original."""
    return draft.text if account_id is None else draft.variants.get(account_id, draft.text)


def with_text(draft: LocalDraft, account_id: str | None, text: str) -> LocalDraft:
    """Other words, for everybody (None) or one account; the original's words are no variant."""
    if account_id is None:
        return replace(draft, text=text)
    if text == draft.text:
        return without_variant(draft, account_id)
    return replace(draft, variants={**draft.variants, account_id: text})


def without_variant(draft: LocalDraft, account_id: str) -> LocalDraft:
    """The account gets the original again."""
    rest = {key: text for key, text in draft.variants.items() if key != account_id}
    return replace(draft, variants=rest)


def with_option(draft: LocalDraft, account_id: str, key: str, value: str) -> LocalDraft:
    """Another choice for an account; an empty value is none."""
    chosen = {**draft.options.get(account_id, {}), key: value}
    kept = {name: chosen[name] for name in sorted(chosen) if chosen[name]}
    rest = {key: own for key, own in draft.options.items() if key != account_id}
    return replace(draft, options={**rest, account_id: kept} if kept else rest)


def without_options(draft: LocalDraft, account_id: str) -> LocalDraft:
    """All is as usual for the account."""
    rest = {key: own for key, own in draft.options.items() if key != account_id}
    return replace(draft, options=rest)


def with_accounts(draft: LocalDraft, account_ids: Sequence[str]) -> LocalDraft:
    """Other accounts; each once, in the order given."""
    return replace(draft, account_ids=tuple(dict.fromkeys(account_ids)))


def with_media(draft: LocalDraft, media: Media) -> LocalDraft:
    """One picture more; the same picture twice stays one."""
    if any(item.sha256 == media.sha256 for item in draft.media):
        return draft
    return replace(draft, media=(*draft.media, media))


def without_media(draft: LocalDraft, index: int) -> LocalDraft:
    """One picture less."""
    return replace(draft, media=draft.media[:index] + draft.media[index + 1 :])


def with_moved_media(draft: LocalDraft, index: int, to: int) -> LocalDraft:
    """A picture at another place of the row; places beyond the ends mean the ends."""
    rest = list(draft.media)
    item = rest.pop(index)
    rest.insert(max(0, min(to, len(rest))), item)
    return replace(draft, media=tuple(rest))


def with_alt(draft: LocalDraft, index: int, alt: str) -> LocalDraft:
    """Another description of a picture or video, another title of a document (on one line)."""
    media = list(draft.media)
    if media[index].kind is MediaKind.DOCUMENT:
        title = alt.replace("\n", " ")[:MAX_TITLE]
        media[index] = replace(media[index], title=title)
    else:
        media[index] = replace(media[index], alt=alt)
    return replace(draft, media=tuple(media))


def with_part(draft: LocalDraft, index: int, text: str) -> LocalDraft:
    """Other words for a further part; the one after the last is a new one."""
    return replace(draft, parts=(*draft.parts[:index], text, *draft.parts[index + 1 :]))


def without_part(draft: LocalDraft, index: int) -> LocalDraft:
    """A further part less."""
    return replace(draft, parts=draft.parts[:index] + draft.parts[index + 1 :])


def is_empty(draft: LocalDraft) -> bool:
    """Nothing that anybody would miss: no words anywhere, no picture, no link."""
    words = (draft.text, *draft.variants.values(), *draft.parts, draft.first_comment or "")
    return not any(text.strip() for text in words) and not draft.media and not draft.link_url


def same_content(one: LocalDraft, other: LocalDraft) -> bool:
    """Whether the two differ in nothing a person wrote or chose."""
    return _bare(one) == _bare(other)


def same_words(one: LocalDraft, other: LocalDraft) -> bool:
    """Whether the two show the same on every network, whenever that is."""
    return _timeless(one) == _timeless(other)


def to_send(draft: LocalDraft) -> LocalDraft:
    """Without variants and options of accounts that it does not go to."""
    chosen = set(draft.account_ids)
    kept = {key: text for key, text in draft.variants.items() if key in chosen}
    options = {key: own for key, own in draft.options.items() if key in chosen}
    return replace(draft, variants=kept, options=options)


def link_of(draft: LocalDraft) -> str | None:
    """The link that gets a card; none beside media."""
    return None if draft.media else card_link(draft.text, draft.link_url)


def own_card(draft: LocalDraft) -> LinkCard | None:
    """The card of the draft's link; one of a link that was typed before does not count."""
    link, card = link_of(draft), draft.card
    return card if card is not None and card.url == link else None


def card_for(draft: LocalDraft, account_id: str | None, network: Network) -> LinkCard | None:
    """The card that goes out there, or None."""
    card = draft.card
    if card is None or card.hidden or draft.media or network not in CARD_NETWORKS:
        return None
    return card if leads_to(card.url, text_for(draft, account_id), draft.link_url) else None


def shown_on(draft: LocalDraft, account_id: str | None, network: Network) -> str:
    """The words as a network shows them: a link that has a card there needs no place in them."""
    text = text_for(draft, account_id)
    if text.strip() and card_for(draft, account_id, network) is not None:
        return text
    return shown_text(text, draft.link_url)


def shown_text(text: str, link_url: str | None) -> str:
    """The words with a link of the draft's own behind them, unless they hold it already."""
    link = (link_url or "").strip()
    if not link or link in text:
        return text
    body = text.rstrip()
    return f"{body}\n\n{link}" if body else link


def _timeless(draft: LocalDraft) -> LocalDraft:
    return replace(_bare(draft), post_id=None, at_local=None, timezone=None)


def _bare(draft: LocalDraft) -> LocalDraft:
    return replace(to_send(draft), id="", changed_at=None)
