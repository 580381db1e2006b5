"""What PostFlow keeps of what a person writes, and what it refuses."""

from __future__ import annotations

import pytest

from postflow_desktop.domain import authoring
from postflow_desktop.domain.errors import InvalidInput


def code_of(check: object, *args: object, **kwargs: object) -> str:
    assert callable(check)
    with pytest.raises(InvalidInput) as caught:
        check(*args, **kwargs)
    assert caught.value.fix
    return caught.value.code


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "  ",
        "https://example.com",
        " https://example.com/a?b=c#d ",
        "HTTP://EXAMPLE.COM:8080/",
        "example.com/page",
        "bäckerei.example/märkte?tag=müsli",
        "https://例え.テスト/道",
        "http://localhost:8000/",
        "https://[2001:db8::1]/",
        "https://example.com./",
    ],
)
def test_web_addresses_are_links(link: str | None) -> None:
    authoring.check_link(link)


@pytest.mark.parametrize(
    "link",
    [
        "not a url",
        "word",
        "javascript:alert(1)",
        "mailto:ana@example.com",
        "ftp://example.com/file",
        "data://example.com/x",
        "https://",
        "https://[::1",
        "https://example.com:port/",
        "https://user:secret@example.com/",
        "https://exa mple.com/",
        "https://.example.com/",
        "https://example..com/",
        'https://example.com/"onclick',
        "https://example.com/\x00",
        "https://example.com/\udc80",
        f"https://example.com/{'x' * 2048}",
    ],
)
def test_nothing_else_is_a_link(link: str) -> None:
    assert code_of(authoring.check_link, link) == "bad_link"


def test_the_limits_are_the_validators() -> None:
    authoring.check_texts(["t" * 100_000], ["a" * 10_000])
    assert code_of(authoring.check_texts, ["t" * 100_001], []) == "text_too_long"
    assert code_of(authoring.check_texts, ["t"], ["a" * 10_001]) == "alt_too_long"
    authoring.check_counts(media=35, accounts=100)
    assert code_of(authoring.check_counts, media=36, accounts=0) == "too_many_media"
    assert code_of(authoring.check_counts, media=0, accounts=101) == "too_many_accounts"


@pytest.mark.parametrize("half", ["a\ud83d", "\udcff"])
def test_half_characters_are_refused_wherever_they_are(half: str) -> None:
    assert code_of(authoring.check_texts, ["fine", half], []) == "broken_text"
    assert code_of(authoring.check_texts, ["fine"], [half]) == "broken_text"
    assert code_of(authoring.check_key, half) == "bad_idempotency_key"


def test_keys_have_a_length() -> None:
    authoring.check_key(None)
    authoring.check_key("k" * 200)
    assert code_of(authoring.check_key, "") == "bad_idempotency_key"
    assert code_of(authoring.check_key, "k" * 201) == "bad_idempotency_key"
