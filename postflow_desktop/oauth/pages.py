"""The page that the browser shows when it comes back: words only, nothing loaded from anywhere."""

from __future__ import annotations

from html import escape

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} - PostFlow</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 16px/1.5 system-ui, sans-serif; background: #f6f7f9; color: #14171f; }}
main {{ max-width: 26rem; padding: 2rem 2.5rem; border-radius: 12px; background: #fff;
  border: 1px solid #e2e5ea; }}
h1 {{ font-size: 1.25rem; margin: 0 0 .5rem; }}
p {{ margin: 0; color: #4a5160; }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #0f1115; color: #eceef2; }}
  main {{ background: #171a20; border-color: #282d36; }} p {{ color: #b3b9c5; }} }}
</style></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>
"""

HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Connection": "close",
}


def page(title: str, text: str) -> bytes:
    """A page of two sentences."""
    return _PAGE.format(title=escape(title), text=escape(text)).encode()


RECEIVED = page("Back to PostFlow", "You can close this tab. PostFlow connects the account now.")
DENIED = page("No access was given", "Nothing was connected. You can close this tab.")
STRANGE = page(
    "This answer was not expected",
    "It belongs to another sign-in, so nothing was connected. Start again in PostFlow.",
)
USED = page("This address was used already", "You can close this tab and go back to PostFlow.")
NOTHING = page("There is nothing here", "PostFlow waits at another address.")
