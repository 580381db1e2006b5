"""A letter as a message: headers that nothing can break out of, plain text, and HTML."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from html import escape
from string import Template

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.services.ports.mailer import Letter, LetterItem

_MAX_SUBJECT = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ADDRESS = re.compile(r"[^@\s<>\",;:\\\[\]()]{1,64}@[^@\s<>\",;:\\\[\]()]{1,253}")

_PAGE = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$subject</title></head>
<body style="margin:0;padding:24px;background:#f6f6f7;color:#1c1d1f;
font:15px/1.5 system-ui,sans-serif">
<div style="max-width:560px;margin:0 auto">
$items
<p style="color:#6b6e76;font-size:13px">$foot</p>
</div></body></html>
"""
)
_CARD = Template(
    """<div style="background:#fff;border:1px solid #e3e4e8;border-radius:8px;
padding:16px 20px;margin-bottom:16px">
<p style="margin:0;color:#6b6e76;font-size:13px">$when</p>
<h2 style="margin:4px 0 8px;font-size:17px">$title</h2>
<p style="margin:0 0 8px">$text</p>
$fix$link</div>"""
)
_FIX = Template('<p style="margin:0 0 8px"><strong>What to do:</strong> $fix</p>\n')
_LINK = Template('<p style="margin:0"><a href="$url">$url</a></p>\n')


def message(letter: Letter, sender: str) -> EmailMessage:
    """The message; InvalidInput (`bad_address`) where an address is none."""
    made = EmailMessage()
    made["From"] = Address("PostFlow", addr_spec=address(sender))
    made["To"] = address(letter.to)
    made["Subject"] = one_line(letter.subject)[:_MAX_SUBJECT]
    made["Date"] = formatdate(localtime=False)
    made["Message-ID"] = f"<{one_line(letter.id)}@{address(sender).rpartition('@')[2]}>"
    # Nobody's holiday reply is wanted (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(plain_text(letter))
    made.add_alternative(html_text(letter), subtype="html")
    return made


def address(text: str) -> str:
    """A bare address; InvalidInput (`bad_address`)."""
    bare = text.strip()
    if not _ADDRESS.fullmatch(bare) or parseaddr(bare)[1] != bare:
        raise InvalidInput(
            f"'{one_line(text)[:80]}' is no mail address.",
            code="bad_address",
            fix="Write it as name@example.com.",
        )
    return bare


def one_line(text: str) -> str:
    """The text without breaks and control characters: a header ends at its end."""
    return _CONTROL.sub(" ", text).strip()


def plain_text(letter: Letter) -> str:
    """For readers without HTML."""
    parts = [_plain_item(item) for item in letter.items]
    return "\n\n\n".join([*parts, f"-- \n{letter.foot}"]) + "\n"


def html_text(letter: Letter) -> str:
    """With every text escaped; links only to the web."""
    return _PAGE.substitute(
        subject=escape(one_line(letter.subject)),
        items="\n".join(_html_item(item) for item in letter.items),
        foot=escape(letter.foot),
    )


def _plain_item(item: LetterItem) -> str:
    fix = f"What to do: {item.fix}" if item.fix else ""
    lines = (item.title, item.when, "", item.text, fix, item.url or "")
    return "\n".join(line for line in lines if line or line is lines[2])


def _html_item(item: LetterItem) -> str:
    url = item.url if item.url and item.url.startswith(("https://", "http://")) else None
    return _CARD.substitute(
        when=escape(item.when),
        title=escape(item.title),
        text=escape(item.text).replace("\n", "<br>"),
        fix=_FIX.substitute(fix=escape(item.fix)) if item.fix else "",
        link=_LINK.substitute(url=escape(url)) if url else "",
    )
