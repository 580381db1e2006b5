"""From a link to its card, over a real server: what is kept, noted and refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from random import Random

import pytest
from PIL import Image

from postflow_desktop.domain.errors import InvalidInput, PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.post import LinkCard
from postflow_desktop.media.card_pictures import MAX_CARD_BYTES, CardPictureReader
from postflow_desktop.services.link_cards import CardWish, LinkCards
from postflow_desktop.services.ports.media import read_all
from tests.kit.pages import PUBLIC, Thing, Town, picture_bytes, site

URL = "http://news.example/story"
HTML = (
    "<title>x</title><meta property=og:title content='Fresh bread'>"
    "<meta property=og:description content='At six'><meta property=og:image content=/b.png>"
)


@pytest.fixture
def town() -> Iterator[Town]:
    with site() as made:
        made.page("/story", HTML)
        made.picture("/b.png")
        yield Town(made, {"news.example": [PUBLIC]})


def wish(
    *networks: Network,
    text: str = f"Look: {URL}.",
    link: str | None = None,
    card: LinkCard | None = None,
    has_media: bool = False,
) -> CardWish:
    where = networks or (Network.BLUESKY,)
    return CardWish(text=text, link_url=link, card=card, has_media=has_media, networks=where)


def refused(cards: LinkCards, url: str = URL) -> str:
    with pytest.raises(PostFlowError) as caught:
        cards.fetch(url)
    assert caught.value.fix
    return caught.value.code


def test_a_page_becomes_a_card_with_its_picture(town: Town) -> None:
    fetched = town.cards().fetch(URL)
    card = fetched.card
    assert (card.url, card.title, card.description) == (URL, "Fresh bread", "At six")
    assert (card.host, card.hidden, fetched.note) == ("news.example", False, "")
    assert card.fetched_at is not None
    assert card.picture is not None
    assert (card.picture.mime, card.picture.width) == ("image/png", 600)
    assert read_all(fetched.data[card.picture.sha256])[:4] == b"\x89PNG"


def test_a_page_is_read_once_in_a_while_and_again_when_asked(town: Town) -> None:
    cards = town.cards()
    first = cards.fetch(URL)
    assert cards.fetch(URL) is first
    assert len(town.site.asked) == 2
    town.site.page("/story", "<title>Newer</title>")
    assert cards.fetch(URL, again=True).card.title == "Newer"
    assert cards.fetch(URL).card.title == "Newer"


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        (Thing(b"", status=404), "status 404"),
        (Thing(b"<html>no picture</html>"), "of a kind"),
        (Thing(b"\x89PNG\r\n\x1a\ncut off"), "damaged"),
        (Thing(b"x" * 8_000_001), "more than"),
    ],
)
def test_without_its_picture_the_card_still_stands(town: Town, thing: Thing, words: str) -> None:
    town.site.things["/b.png"] = thing
    fetched = town.cards().fetch(URL)
    assert (fetched.card.title, fetched.card.picture, fetched.data) == ("Fresh bread", None, {})
    assert words in fetched.note


def test_a_picture_inside_is_never_asked_for(town: Town) -> None:
    town.names["inside.example"] = ["10.0.0.7"]
    town.site.page("/story", "<title>x</title><meta property=og:image content=//inside.example/x>")
    fetched = town.cards().fetch(URL)
    assert fetched.card.picture is None
    assert "public internet" in fetched.note
    assert town.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (Thing(b"gone", status=404), "page_refused"),
        (Thing(b"no", status=403), "page_refused"),
        (Thing(b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "no_page"),
    ],
)
def test_what_is_no_page_has_no_card(town: Town, thing: Thing, code: str) -> None:
    town.site.things["/story"] = thing
    assert refused(town.cards()) == code


def test_links_inside_and_to_nowhere_have_no_card(town: Town) -> None:
    assert refused(town.cards(), "http://127.0.0.1/") == "dns_failed"
    town.names["inside.example"] = ["169.254.169.254"]
    assert refused(town.cards(), "http://inside.example/") == "private_address"
    assert refused(town.cards(), "no address") == "bad_link"


def test_a_post_gets_the_card_that_it_lacks(town: Town) -> None:
    cards = town.cards()
    found = cards.for_post(wish())
    assert found is not None
    assert found.card.url == URL
    by_link = cards.for_post(wish(text="Look", link="news.example/story"))
    assert by_link is None  # https is not spoken there
    other = cards.for_post(wish(card=LinkCard(url="https://old.example/", title="Old")))
    assert other is not None
    assert other.card.url == URL


def test_a_post_that_needs_no_card_reads_no_page(town: Town) -> None:
    cards = town.cards()
    own = LinkCard(url=URL, title="Mine")
    for one in (
        wish(text="no link"),
        wish(has_media=True),
        wish(Network.X, Network.FACEBOOK, Network.TELEGRAM, Network.THREADS),
        wish(card=own),
        wish(card=LinkCard(url=URL, title="", hidden=True)),
    ):
        assert cards.for_post(one) is None
    assert not town.site.asked


def test_a_page_that_can_not_be_read_is_no_obstacle(town: Town) -> None:
    town.site.things.clear()
    assert town.cards().for_post(wish()) is None


def noise(width: int, height: int, kind: str, mode: str = "RGB") -> bytes:
    depth = len(mode)
    image = Image.frombytes(mode, (width, height), Random(7).randbytes(width * height * depth))
    buffer = io.BytesIO()
    image.save(buffer, kind, **({"quality": 100} if kind == "JPEG" else {}))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "mime", "size"),
    [
        (picture_bytes((600, 315)), "image/png", (600, 315)),
        (picture_bytes((600, 315), "JPEG"), "image/jpeg", (600, 315)),
        (picture_bytes((600, 315), "WEBP"), "image/jpeg", (600, 315)),
        (picture_bytes((600, 315), "GIF"), "image/jpeg", (600, 315)),
        (picture_bytes((4000, 1000)), "image/jpeg", (1200, 300)),
        (picture_bytes((100, 4000)), "image/jpeg", (30, 1200)),
        (picture_bytes((900, 900), "PNG", "RGBA"), "image/png", (900, 900)),
        (picture_bytes((2400, 1200), "PNG", "P"), "image/jpeg", (1200, 600)),
        (picture_bytes((2400, 1200), "PNG", "LA"), "image/jpeg", (1200, 600)),
        (noise(1200, 1200, "PNG"), "image/jpeg", (1200, 1200)),
        (noise(1500, 1500, "JPEG"), "image/jpeg", (1200, 1200)),
    ],
)
def test_pictures_become_what_every_network_takes(
    data: bytes, mime: str, size: tuple[int, int]
) -> None:
    media, made = CardPictureReader().read(data)
    assert (media.mime, (media.width, media.height)) == (mime, size)
    assert media.size == len(made) <= MAX_CARD_BYTES
    with Image.open(io.BytesIO(made)) as image:
        image.load()
        assert image.size == size


def test_where_a_picture_was_taken_stays_with_the_page() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    buffer = io.BytesIO()
    Image.new("RGB", (60, 30), "teal").save(buffer, "JPEG", exif=exif)
    media, made = CardPictureReader().read(buffer.getvalue())
    assert (media.width, media.height) == (30, 60)
    with Image.open(io.BytesIO(made)) as image:
        assert not image.getexif()


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    with pytest.raises(InvalidInput) as caught:
        CardPictureReader().read(buffer.getvalue())
    assert caught.value.code == "media_too_large"
