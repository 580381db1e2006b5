"""The page on which a person lets PostFlow use an account of the sandbox's Threads."""

from __future__ import annotations

from html import escape

from postflow_desktop.sandbox.exchange import Answer, Json
from postflow_desktop.sandbox.page import STYLE

_DEFAULT_HANDLE = "cornerbakery"
_SCOPES = {
    "threads_basic": "See the profile and the posts of this account",
    "threads_content_publish": "Post for this account",
    "threads_delete": "Delete posts of this account",
    "threads_manage_replies": "Answer posts for this account",
    "threads_read_replies": "See the answers of this account",
}


def consent_page(secret: str, request: Json, known: list[str], origin: str) -> Answer:
    """The question; `known` are the names that exist, `origin` is where the answer goes."""
    scopes = [name for name in request["scope"] if name in _SCOPES]
    wishes = "".join(f"<li>{escape(_SCOPES[name])}</li>" for name in scopes)
    handle = escape(known[0] if known else _DEFAULT_HANDLE)
    choices = "".join(f'<option value="{escape(name)}">' for name in known)
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Connect an account of the sandbox</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><main class="ask"><article>
<h1>PostFlow wants to use your Threads account</h1>
<p>This is the sandbox's Threads. Nothing here leaves this computer; any username works.</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="request" value="{escape(secret)}">
<label for="username">Username</label>
<input id="username" name="username" value="{handle}" list="known" maxlength="31"
 autocomplete="off" spellcheck="false" required>
<datalist id="known">{choices}</datalist>
<h2>PostFlow will be able to</h2><ul>{wishes}</ul>
<div class="choice"><button class="yes" name="decision" value="authorize">Continue</button>
<button name="decision" value="cancel" formnovalidate>Cancel</button></div>
</form></article></main></body></html>
"""
    policy = f"default-src 'none'; style-src 'unsafe-inline'; form-action 'self' {origin}"
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
