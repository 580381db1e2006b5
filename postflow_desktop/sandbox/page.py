"""The sandbox's page: what was published, readable in any browser, with nothing from outside."""

from __future__ import annotations

from html import escape

from postflow_desktop.sandbox.exchange import Answer, ShownPost

_STYLE = """
:root { color-scheme: light dark; --line: #8883; --dim: #8889; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 38rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.25rem; margin: 0; }
header p, footer { color: var(--dim); margin: .25rem 0 1.5rem; font-size: .875rem; }
article { border: 1px solid var(--line); border-radius: 12px; padding: 1rem; margin-bottom: 1rem; }
article h2 { font-size: .9375rem; margin: 0; }
article time { color: var(--dim); font-size: .8125rem; }
article p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 0; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(40%, 1fr)); gap: 4px; }
.pictures img { width: 100%; border-radius: 8px; margin-top: .75rem; }
"""
_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"


def page(posts: list[ShownPost]) -> Answer:
    """All posts, newest first."""
    shown = "\n".join(_article(post) for post in posts) or "<p>Nothing has been published yet.</p>"
    count = f"{len(posts)} post{'' if len(posts) == 1 else 's'}"
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>PostFlow sandbox</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>
<body><header><h1>PostFlow sandbox</h1>
<p>{count}. Nothing here leaves this computer.</p></header>
<main>
{shown}
</main></body></html>
"""
    return Answer(
        body=html.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        headers={"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"},
    )


def _article(post: ShownPost) -> str:
    pictures = "".join(
        f'<img src="{escape(address)}" alt="{escape(alt)}">' for address, alt in post.pictures
    )
    gallery = f'<div class="pictures">{pictures}</div>' if pictures else ""
    return (
        f'<article id="{escape(post.external_id)}"><h2>{escape(post.author)}</h2>'
        f"<time>{escape(post.network)} · {escape(post.created_at)}</time>"
        f'<p dir="auto">{escape(post.text)}</p>{gallery}</article>'
    )
