"""The page on which a person lets PostFlow use an account of the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from postflow_desktop.sandbox.exchange import Answer
from postflow_desktop.sandbox.page import STYLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the page asks."""

    network: str
    action: str
    """The path that takes the answer."""
    request: str
    """The secret that stands for what was asked."""
    label: str
    """What the field asks for."""
    names: Sequence[str]
    """Those that exist; the first one stands in the field."""
    wishes: Sequence[str]
    origin: str
    """Where the answer goes: scheme, host and port."""
    hint: str = "any name works"
    yes: str = "Allow"
    """The button's word on the network's own page."""


def ask_page(question: Question) -> Answer:
    """A form with one field and two buttons."""
    wishes = "".join(f"<li>{escape(wish)}</li>" for wish in question.wishes)
    choices = "".join(f'<option value="{escape(name)}">' for name in question.names)
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Connect an account of the sandbox</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><main class="ask"><article>
<h1>PostFlow wants to use your account</h1>
<p>This is the sandbox's {escape(question.network)}. Nothing here leaves this computer;
{escape(question.hint)}.</p>
<form method="post" action="{escape(question.action)}">
<input type="hidden" name="request" value="{escape(question.request)}">
<label for="username">{escape(question.label)}</label>
<input id="username" name="username" value="{escape(question.names[0])}" list="known"
 maxlength="60" autocomplete="off" spellcheck="false" required>
<datalist id="known">{choices}</datalist>
<h2>PostFlow will be able to</h2><ul>{wishes}</ul>
<div class="choice">
<button class="yes" name="decision" value="authorize">{escape(question.yes)}</button>
<button name="decision" value="cancel" formnovalidate>Cancel</button></div>
</form></article></main></body></html>
"""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self' {question.origin}"
    return Answer(
        body=html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        headers={
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "Cache-Control": "no-store",
        },
    )
