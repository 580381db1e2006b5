"""Cards of links where posts are stored and planned: fetched at the latest then, and frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.post import LinkCard, Post
from postflow_desktop.services.posts import NewPost
from postflow_desktop.services.submitting import SubmitService
from tests.kit.pages import PUBLIC, Town, site
from tests.planning.kit import Desk

URL = "http://news.example/story"
OWN = LinkCard(url=URL, title="Own words")


@pytest.fixture
def town(desk: Desk) -> Iterator[Town]:
    """A page that the desk's posts can link to."""
    with site() as made:
        made.page("/story", "<title>Fresh bread</title><meta property=og:image content=/b.png>")
        made.picture("/b.png")
        town = Town(made, {"news.example": [PUBLIC]})
        desk.submit = SubmitService(desk.posts, desk.submit._planning, desk.queues, town.cards())
        yield town


def linking(desk: Desk, *, link: str | None = None, card: LinkCard | None = None) -> NewPost:
    text = "Read this" if link else f"Read {URL}"
    return NewPost(text=text, link_url=link, card=card, account_ids=(desk.first,))


def frozen(desk: Desk, post: Post) -> LinkCard | None:
    """The card that will go out."""
    (target,) = desk.targets(post).values()
    payload = desk.world.payloads.get(target.content_hash)
    assert payload is not None
    return payload.card


def test_a_planned_post_has_the_card_of_its_link(desk: Desk, town: Town) -> None:
    post = desk.submit.create(linking(desk), desk.at(hours=1), now=False)
    card = frozen(desk, post)
    assert card is not None
    assert card == desk.posts.get(post.id).card
    assert card.title == "Fresh bread"
    assert card.picture is not None
    stored = desk.world.cluster.client[desk.world.cluster.media_name]["fs.files"]
    assert stored.count_documents({"filename": card.picture.sha256}) == 1
    town.site.page("/story", "<title>Other words</title>")
    desk.submit.schedule(post.id, desk.at(hours=2))
    assert frozen(desk, post) == card


def test_what_a_person_made_of_it_goes_out(desk: Desk, town: Town) -> None:
    post = desk.submit.create(linking(desk, card=OWN), desk.at(hours=1), now=False)
    assert frozen(desk, post) == OWN
    hidden = replace(OWN, hidden=True)
    desk.submit.update(post.id, linking(desk, card=hidden), {}, None, now=False)
    assert frozen(desk, post) is None
    assert desk.posts.get(post.id).card == hidden
    assert not town.site.asked


def test_a_draft_gets_its_card_when_it_is_planned(desk: Desk, town: Town) -> None:
    written = desk.submit.compose(linking(desk), {}, None, now=False)
    assert written.card is None
    assert not town.site.asked
    desk.submit.schedule(written.id, desk.at(hours=1))
    card = frozen(desk, written)
    assert card is not None
    assert card.title == "Fresh bread"


def test_a_draft_goes_into_its_queue_with_its_card(desk: Desk, town: Town) -> None:
    desk.daily(desk.first, 9)
    written = desk.submit.compose(linking(desk, link=URL), {}, None, now=False)
    desk.submit.queue(written.id)
    card = frozen(desk, written)
    assert card is not None
    assert card.url == URL


def test_a_page_that_is_away_keeps_nothing_back(desk: Desk, town: Town) -> None:
    town.site.things.clear()
    post = desk.submit.create(linking(desk), desk.at(hours=1), now=False)
    assert frozen(desk, post) is None
    # What is planned keeps its content, whatever the page says by then.
    town.site.page("/story", "<title>Back again</title>")
    desk.submit.schedule(post.id, desk.at(hours=2))
    assert frozen(desk, post) is None


def test_what_is_planned_without_a_card_gets_none_by_other_words(desk: Desk, town: Town) -> None:
    page = town.site.things.pop("/story")
    post = desk.submit.create(linking(desk), desk.at(hours=1), now=False)
    town.site.things["/story"] = page
    new = NewPost(text=f"Do read {URL}", account_ids=(desk.first,))
    desk.submit.update(post.id, new, {}, None, now=False)
    assert frozen(desk, post) is None


def test_another_link_loses_the_card_of_the_former_one(desk: Desk, town: Town) -> None:
    post = desk.submit.create(linking(desk), desk.at(hours=1), now=False)
    town.site.page("/other", "<title>Other</title>")
    old = desk.posts.get(post.id).card
    new = NewPost(text="Read http://news.example/other", card=old, account_ids=(desk.first,))
    desk.submit.update(post.id, new, {}, None, now=False)
    card = frozen(desk, post)
    assert card is not None
    assert card.title == "Other"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (replace(OWN, title="t" * 401), "card_too_long"),
        (replace(OWN, description="t" * 2001), "card_too_long"),
        (replace(OWN, title="half \ud83d"), "broken_text"),
        (replace(OWN, url="javascript:alert(1)"), "bad_link"),
    ],
)
def test_what_can_not_be_kept_is_refused(desk: Desk, card: LinkCard, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        desk.submit.create(linking(desk, card=card), None, now=False)
    assert caught.value.code == code
