"""The form of a letter: nothing breaks out of a header, nothing runs in HTML."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.mail.form import message
from postflow_desktop.services.ports.mailer import Letter, LetterItem

LETTER = Letter(
    to="ana@example.com",
    subject="Not published: @bakery on Bluesky · Corner Bakery",
    items=(
        LetterItem(
            title="Not published: @bakery on Bluesky",
            text="“Grüße 👩‍🍳 & <b>bread</b>” The network said no.",
            fix="Change the text.",
            when="Sat 21 Nov, 09:00 (Europe/Berlin)",
            url="https://bsky.app/profile/x?a=1&b=2",
        ),
    ),
    foot="You get this as a member.",
    id="0123abc",
)


def read(letter: Letter, sender: str = "postflow@example.com") -> EmailMessage:
    data = message(letter, sender).as_bytes(policy=policy.SMTP)
    return message_from_bytes(data, policy=policy.default)


def part(made: EmailMessage, kind: str) -> str:
    body = made.get_body((kind,))
    assert body is not None
    text = body.get_content()
    assert isinstance(text, str)
    return text


def test_a_letter_says_the_same_as_text_and_as_html() -> None:
    made = read(LETTER)
    assert made["To"] == "ana@example.com"
    assert made["From"] == "PostFlow <postflow@example.com>"
    assert made["Subject"] == LETTER.subject
    assert made["Message-ID"] == "<0123abc@example.com>"
    assert made["Auto-Submitted"] == "auto-generated"
    plain, html = part(made, "plain"), part(made, "html")
    for words in ("Grüße 👩‍🍳", "What to do:", "Change the text.", "Sat 21 Nov", "as a member"):
        assert words in plain
        assert words in html
    assert "<b>bread</b>" in plain


def test_no_text_becomes_markup_and_only_addresses_of_the_web_become_links() -> None:
    evil = replace(
        LETTER,
        items=(
            LetterItem(
                title="<script>alert(1)</script>",
                text='"><img src=x onerror=alert(1)>$url ${foot}',
                fix="</p><script>",
                url="javascript:alert(1)",
            ),
            LetterItem(title="t", text="x", url='https://x.example/"onmouseover="alert(1)'),
        ),
        foot="<i>foot</i>",
    )
    html = part(read(evil), "html")
    assert "<script" not in html
    assert "<img" not in html
    assert "<i>" not in html
    assert "javascript:" not in html
    assert '"onmouseover="' not in html
    assert "${foot}" in html


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x85"])
def test_a_header_ends_at_its_end(breaker: str) -> None:
    made = read(replace(LETTER, subject=f"Hi{breaker}Bcc: eve@evil.example", id=f"a{breaker}b"))
    assert made["Bcc"] is None
    assert made["Subject"] == "Hi Bcc: eve@evil.example"
    assert len(made.get_all("Message-ID") or []) == 1


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.com\r\nBcc: eve@evil.example",
        "ana@example.com, eve@evil.example",
        "Eve <eve@evil.example>",
        "ana",
        "@example.com",
        "a b@example.com",
        "",
    ],
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput) as to:
        message(replace(LETTER, to=address), "postflow@example.com")
    assert to.value.code == "bad_address"
    with pytest.raises(InvalidInput):
        message(LETTER, address)


def test_a_long_subject_is_folded_and_whole_up_to_its_limit() -> None:
    made = read(replace(LETTER, subject="Grüße " * 100))
    assert len(made["Subject"]) <= 200
    assert made["Subject"].startswith("Grüße Grüße")
