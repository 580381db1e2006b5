"""Link cards by command, from a real page behind a proxy to the networks' own records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.commandline.conftest import Desk
from tests.kit.pages import PUBLIC, Site, proxy, site

URL = f"http://{PUBLIC}/story"
HTML = (
    "<meta property=og:title content='Fresh bread'><meta property=og:image content=/b.png>"
    "<meta property=og:description content='Every day at six'>"
)


@pytest.fixture
def page(desk: Desk) -> Iterator[Site]:
    """A page that this desk's commands reach through their proxy."""
    with site() as made, proxy(lambda _: made.port) as (address, _):
        made.page("/story", HTML)
        made.picture("/b.png")
        desk.command.environ["http_proxy"] = address
        yield made


def record(desk: Desk, external_id: str) -> dict[str, Any]:
    repo, collection, rkey = external_id.removeprefix("at://").split("/")
    query = {"repo": repo, "collection": collection, "rkey": rkey}
    answer = httpx.get(f"{desk.sandbox.url}/xrpc/com.atproto.repo.getRecord", params=query)
    value: dict[str, Any] = answer.raise_for_status().json()["value"]
    return value


def create(desk: Desk, *more: str) -> dict[str, Any]:
    post: dict[str, Any] = desk.command.ok("post", "create", "--account", desk.account, *more)[
        "post"
    ]
    return post


def test_a_preview_shows_what_the_page_says(desk: Desk, page: Site) -> None:
    card = desk.command.ok("link", "preview", URL)["card"]
    assert (card["url"], card["title"], card["description"]) == (
        URL,
        "Fresh bread",
        "Every day at six",
    )
    assert (card["picture"]["mime"], card["picture"]["width"]) == ("image/png", 600)
    del page.things["/b.png"]
    poorer = desk.command.ok("link", "preview", URL)
    assert poorer["card"]["picture"] is None
    assert "404" in poorer["warnings"][0]


@pytest.mark.parametrize(
    ("url", "exit_code", "code"),
    [
        ("http://127.0.0.1:9/", 3, "private_address"),
        ("http://169.254.169.254/latest/", 3, "private_address"),
        (f"http://{PUBLIC}/nothing", 3, "page_refused"),
        ("no address", 3, "bad_link"),
        ("https://nobody.invalid/", 4, "dns_failed"),
    ],
)
def test_a_preview_says_why_there_is_none(
    desk: Desk, page: Site, url: str, exit_code: int, code: str
) -> None:
    answer = desk.command.run("link", "preview", url)
    assert (answer.exit_code, answer.code) == (exit_code, code)
    assert answer["error"]["fix"]


def test_what_was_read_is_what_goes_out(desk: Desk, page: Site) -> None:
    draft = create(desk, "--text", "Read this", "--link", URL)
    assert draft["linkCard"]["title"] == "Fresh bread"
    page.page("/story", "<title>Changed meanwhile</title>")
    done = desk.command.ok("post", "publish", draft["id"])["post"]
    (target,) = done["targets"]
    found = record(desk, target["externalId"])
    assert found["text"] == "Read this"
    external = found["embed"]["external"]
    assert (external["uri"], external["title"]) == (URL, "Fresh bread")
    assert external["thumb"]["mimeType"] == "image/png"
    shown = httpx.get(f"{desk.sandbox.url}/").text
    assert "Fresh bread" in shown
    assert "Every day at six" in shown


def test_a_link_in_the_words_gets_its_card_when_it_is_planned(desk: Desk, page: Site) -> None:
    done = create(desk, "--text", f"Read {URL}.", "--now")
    found = record(desk, done["targets"][0]["externalId"])
    assert found["embed"]["external"]["title"] == "Fresh bread"
    assert found["facets"][0]["features"][0]["uri"] == URL


def test_no_card_and_pictures_leave_the_bare_link(desk: Desk, page: Site, tmp_path: Any) -> None:
    plain = create(desk, "--text", "Read", "--link", URL, "--no-card", "--now")
    assert plain["linkCard"]["hidden"]
    found = record(desk, plain["targets"][0]["externalId"])
    assert (found["text"], "embed" in found) == (f"Read\n\n{URL}", False)
    picture = tmp_path / "b.png"
    picture.write_bytes(page.things["/b.png"].body)
    shown = create(desk, "--text", "Look", "--link", URL, "--media", str(picture), "--now")
    found = record(desk, shown["targets"][0]["externalId"])
    assert found["text"] == f"Look\n\n{URL}"
    assert found["embed"]["$type"] == "app.bsky.embed.images"
    assert not page.asked


def test_a_page_that_can_not_be_read_keeps_nothing_back(desk: Desk) -> None:
    link = "https://nobody.invalid/story"
    answer = desk.command.ok(
        "post", "create", "--account", desk.account, "--text", "Read", "--link", link, "--now"
    )
    done = answer["post"]
    assert done["linkCard"] is None
    (warning,) = answer["warnings"]
    assert f"postflow link preview {link}" in warning
    found = record(desk, done["targets"][0]["externalId"])
    assert (found["text"], "embed" in found) == (f"Read\n\n{link}", False)


def test_a_post_that_is_moved_in_time_keeps_what_was_approved(desk: Desk, page: Site) -> None:
    planned = create(
        desk, "--text", f"Read {URL}", "--no-card", "--at", "2030-01-01T09:00", "--zone", "UTC"
    )
    desk.command.ok("post", "schedule", planned["id"], "--at", "2030-01-02T09:00Z")
    assert desk.command.ok("post", "show", planned["id"])["post"]["linkCard"]["hidden"]
    assert not page.asked
