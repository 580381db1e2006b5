"""Everything a person can change in a composer; each change is judged and kept on disk soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from postflow_desktop.domain.link_card import CARD_NETWORKS
from postflow_desktop.domain.post import LinkCard, Media
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.composer import content
from postflow_desktop.ui.composer.facts import ComposerFacts
from postflow_desktop.ui.composer.judgement import judge_draft
from postflow_desktop.ui.composer.when import judge, suggest


class ComposerWriting(ComposerFacts):
    """The content: text, accounts, pictures, time."""

    def show_tab(self, account_id: str | None) -> None:
        """Bring the original (None) or an account's text to the front."""
        known = account_id is None or account_id in self._draft.account_ids
        if not known or account_id == self._tab:
            return
        self._tab = account_id
        self._judge()
        self.tabs_changed.emit()
        self.text_replaced.emit()

    def set_text(self, text: str) -> None:
        """The text in front was typed."""
        before = frozenset(self._draft.variants)
        self._change(content.with_text(self._draft, self._tab, text))
        if before != frozenset(self._draft.variants):
            self.tabs_changed.emit()

    def insert_text(self, text: str) -> None:
        """Text that was dropped beside the editor: on a paragraph of its own."""
        body = self.text.rstrip()
        self.set_text(f"{body}\n\n{text}" if body else text)
        self.text_replaced.emit()

    def reset_to_original(self, account_id: str) -> None:
        """The account gets the original text again."""
        self._change(content.without_variant(self._draft, account_id))
        self.tabs_changed.emit()
        self.text_replaced.emit()

    def choose(self, account_ids: Sequence[str]) -> None:
        """The accounts it goes to; all others are left out."""
        wanted = set(account_ids)
        unknown = [a for a in self._draft.account_ids if a in wanted and not self._row(a)]
        known = [row.id for row in self._accounts if row.id in wanted]
        self._change(content.with_accounts(self._draft, [*known, *unknown]))
        if self._tab is not None and self._tab not in self._draft.account_ids:
            self.show_tab(None)
        self.accounts_changed.emit()
        self.tabs_changed.emit()

    def toggle(self, account_id: str) -> None:
        """Put an account on the post or take it off."""
        chosen = self._draft.account_ids
        on = account_id not in chosen
        self.choose((*chosen, account_id) if on else [a for a in chosen if a != account_id])

    def add_part(self) -> None:
        """One more part behind the others."""
        self._change(content.with_part(self._draft, len(self._draft.parts), ""))
        self.thread_changed.emit()

    def set_part(self, index: int, text: str) -> None:
        """A further part was typed."""
        self._change(content.with_part(self._draft, index, text))

    def remove_part(self, index: int) -> None:
        """Take a further part away."""
        self._change(content.without_part(self._draft, index))
        self.thread_changed.emit()

    def add_comment(self) -> None:
        """Begin a first comment."""
        self.set_comment(self._draft.first_comment or "")
        self.thread_changed.emit()

    def set_comment(self, text: str) -> None:
        """The first comment was typed."""
        self._change(replace(self._draft, first_comment=text))

    def remove_comment(self) -> None:
        """Take the first comment away."""
        self._change(replace(self._draft, first_comment=None))
        self.thread_changed.emit()

    def set_option(self, account_id: str, key: str, value: str) -> None:
        """Choose something for an account beside the content; an empty value is as usual."""
        self._change(content.with_option(self._draft, account_id, key, value))
        self.options_changed.emit()

    def reset_options(self, account_id: str) -> None:
        """All is as usual for the account."""
        self._change(content.without_options(self._draft, account_id))
        self.options_changed.emit()

    def remove_link(self) -> None:
        """Take off a link that the post carries beside its text."""
        self._change(replace(self._draft, link_url=None))

    def set_card_words(self, title: str, description: str) -> None:
        """Other words on the card of the link."""
        if self._draft.card is not None:
            self._set_card(replace(self._draft.card, title=title, description=description))

    def remove_card_picture(self) -> None:
        """The card without its picture."""
        if self._draft.card is not None:
            self._set_card(replace(self._draft.card, picture=None))

    def hide_card(self, *, hidden: bool = True) -> None:
        """No card for this link, or the one that was there again."""
        card = self._draft.card
        if card is None:
            return
        self._set_card(replace(card, hidden=hidden))
        if not hidden and not card.title:
            # It was never read.
            self.linking.again()

    def _set_card(self, card: LinkCard) -> None:
        self._change(replace(self._draft, card=card))
        self.card_changed.emit()

    def _took_card(self, card: LinkCard) -> None:
        if card.url == content.link_of(self._draft):
            self._set_card(card)

    def _look_at_link(self) -> None:
        """Ask for the card of a link that is new, where a network shows it."""
        draft = self._draft
        shows = any(row.network in CARD_NETWORKS for row in self.chosen)
        wanted = self._ready and shows and not self.read_only
        link = content.link_of(draft) if wanted else None
        base = self._base
        # What is planned without a card was decided that way, or the page could not be read then.
        planned = base is not None and base.at_local is not None
        stored = base is not None and planned and content.link_of(base) == link
        self.linking.look(link, content.own_card(draft), offline=self.offline, offer=stored)

    def remove_media(self, index: int) -> None:
        """Take a picture off."""
        self._change(content.without_media(self._draft, index))
        self.media_changed.emit()

    def move_media(self, index: int, to: int) -> None:
        """Put a picture to another place of the row."""
        self._change(content.with_moved_media(self._draft, index, to))
        self.media_changed.emit()

    def set_alt(self, index: int, alt: str) -> None:
        """Describe a picture."""
        self._change(content.with_alt(self._draft, index, alt))
        self.media_changed.emit()

    def set_wall(self, wall: datetime) -> None:
        """Choose a time, naive, as the clock in the draft's zone shows it."""
        if wall != self._when.wall:
            self._change(replace(self._draft, at_local=wall.isoformat(timespec="seconds")))

    def set_zone(self, name: str) -> None:
        """Choose the zone in which the time is meant."""
        self._change(
            replace(
                self._draft,
                timezone=name,
                at_local=self._when.wall.isoformat(timespec="seconds"),
            )
        )

    def dismiss_notice(self) -> None:
        """The failure was read."""
        self._failure = None
        self.state_changed.emit()

    def _took_media(self, media: Media) -> None:
        self._change(content.with_media(self._draft, media), even_if_locked=True)
        self.media_changed.emit()

    def _change(self, draft: LocalDraft, *, even_if_locked: bool = False) -> None:
        if draft == self._draft or not self._ready or (self.locked and not even_if_locked):
            return
        time_too = (draft.at_local, draft.timezone) != (self._draft.at_local, self._draft.timezone)
        self._draft = draft
        self._failure = None
        self._touch()
        if time_too:
            self._judge_when()
            self.when_changed.emit()
        self._judge()

    def _show_all(self) -> None:
        self._tab = None
        self._judge_when()
        self._judge()
        for signal in (
            self.accounts_changed,
            self.tabs_changed,
            self.text_replaced,
            self.media_changed,
            self.card_changed,
            self.thread_changed,
            self.options_changed,
            self.when_changed,
            self.state_changed,
        ):
            signal.emit()

    def _touch(self) -> None:
        if self._on_disk or not content.is_empty(self._draft):
            self._on_disk = True
            self.autosave.touch(self._draft)

    def _judge(self) -> None:
        self._judgement = judge_draft(
            self._backend, self._draft, self._accounts, self._tab, self._team
        )
        self._look_at_link()
        self.judged.emit()
        self.state_changed.emit()

    def _judge_when(self) -> None:
        at = self._draft.at_local
        self._when = judge(
            datetime.fromisoformat(at) if at else self._suggested,
            self._draft.timezone or self.timezone,
            now=self._moments.now(),
            lead_minutes=self._place.min_lead_minutes if self._place else 0,
        )
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Ask who will be awake, for a time that a person chose and that can be taken."""
        chosen = self._draft.at_local is not None and not self._when.problem
        can_ask = self._ready and not self.offline and not self.read_only
        self.awake.look(self._when.planned if chosen and can_ask else None)

    def _suggest(self, day: date | None) -> datetime:
        lead = self._place.min_lead_minutes if self._place else 0
        name = self._draft.timezone or self.timezone
        return suggest(day, name, now=self._moments.now(), lead_minutes=lead)

    def _row(self, account_id: str) -> AccountRow | None:
        return next((row for row in self._accounts if row.id == account_id), None)
