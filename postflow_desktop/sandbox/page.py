"""The sandbox's page: what was published, readable in any browser, with nothing from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

from postflow_desktop.sandbox.exchange import Answer, ShownCard, ShownPost

STYLE = """
:root { color-scheme: light dark; --back: #f6f5f2; --card: #fff; --text: #1d1f23; --dim: #6a6f78;
  --line: #e3e1dc; --accent: #2f5fd0; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --back: #15171a; --card: #1e2125; --text: #e9eaec;
  --dim: #9aa0a9; --line: #30343a; --accent: #86a8ff; --on-accent: #10131a; } }
* { box-sizing: border-box; }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 40rem; margin: 0 auto; padding: 2.5rem 1rem 4rem; }
h1 { font-size: 1.375rem; line-height: 1.3; margin: 0; }
header { margin-bottom: 1.5rem; }
header p, .empty { color: var(--dim); margin: .25rem 0 0; font-size: .875rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 1rem 1.125rem; margin-bottom: 1rem; }
.by { display: grid; grid-template-columns: 2.5rem 1fr auto; column-gap: .75rem;
  align-items: center; }
.face { width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center;
  font-weight: 600; color: #fff; background: #5b6270; text-transform: uppercase; }
.bluesky .face, .bluesky .network { background: #0a66d8; }
.x .face, .x .network { background: #22252a; }
.by h2 { font-size: .9375rem; line-height: 1.3; margin: 0; overflow-wrap: anywhere; }
.by time { color: var(--dim); font-size: .8125rem; }
.network { font-size: .75rem; font-weight: 600; color: #fff; border-radius: 99px;
  padding: .125rem .625rem; }
article > p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .75rem 0 0; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(45%, 1fr)); gap: 4px;
  margin-top: .75rem; border-radius: 10px; overflow: hidden; }
.pictures img { display: block; width: 100%; height: 100%; max-height: 24rem; object-fit: cover; }
video { display: block; width: 100%; max-height: 24rem; margin-top: .75rem; border-radius: 10px; }
.card { display: block; color: inherit; text-decoration: none; margin-top: .75rem;
  border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
.card img { display: block; width: 100%; max-height: 18rem; object-fit: cover; }
.card span { display: block; padding: 0 .875rem; overflow-wrap: anywhere; font-size: .875rem; }
.card .title { font-weight: 600; padding-top: .625rem; }
.card .host { color: var(--dim); font-size: .8125rem; padding-bottom: .625rem; }
.notes { display: flex; flex-wrap: wrap; gap: .375rem; list-style: none; margin: .75rem 0 0;
  padding: 0; font-size: .8125rem; color: var(--dim); }
.notes li { border: 1px solid var(--line); border-radius: 99px; padding: 0 .625rem; }
.ask h2 { font-size: .9375rem; margin: 1.25rem 0 .25rem; }
.ask ul { margin: 0; padding-left: 1.25rem; }
.ask label { display: block; font-size: .875rem; font-weight: 600; margin: 1rem 0 .25rem; }
.ask input[name=username] { font: inherit; color: inherit; background: var(--back); width: 100%;
  border: 1px solid var(--line); border-radius: 8px; padding: .5rem .75rem; }
.choice { display: flex; gap: .5rem; margin-top: 1.5rem; }
button { font: inherit; font-weight: 600; color: inherit; background: none; cursor: pointer;
  border: 1px solid var(--line); border-radius: 99px; padding: .5rem 1.25rem; }
button.yes { color: var(--on-accent); background: var(--accent); border-color: transparent; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
"""
_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


def page(posts: list[ShownPost]) -> Answer:
    """All posts of all networks, newest first."""
    newest_first = sorted(posts, key=lambda post: _moment(post.created_at), reverse=True)
    shown = "\n".join(map(_article, newest_first))
    empty = '<p class="empty">Nothing has been published yet.</p>'
    count = f"{len(posts)} post{'' if len(posts) == 1 else 's'}"
    html = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>PostFlow sandbox</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><header><h1>PostFlow sandbox</h1>
<p>{count}. Nothing here leaves this computer.</p></header>
<main>
{shown or empty}
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
    gallery += "".join(
        f'<video controls preload="metadata" src="{escape(address)}"></video>'
        for address in post.films
    )
    gallery += "".join(
        f'<p class="paper"><a href="{escape(address)}">{escape(title)}</a></p>'
        for address, title in post.papers
    )
    words = f'<p dir="auto">{escape(post.text)}</p>' if post.text else ""
    answers = f'<p class="empty">↳ <a href="#{escape(post.reply_to)}">a reply to this</a></p>'
    initial = escape(post.author.lstrip("@")[:1])
    return (
        f'<article id="{escape(post.external_id)}" class="{escape(post.network.lower())}">'
        f'<div class="by"><span class="face" aria-hidden="true">{initial}</span>'
        f"<div><h2>{escape(post.author)}</h2>{_time(post.created_at)}</div>"
        f'<span class="network">{escape(post.network)}</span></div>'
        f"{answers if post.reply_to else ''}{_notes(post)}{words}{gallery}"
        f"{_card(post.card) if post.card else ''}</article>"
    )


def _notes(post: ShownPost) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in post.notes)
    return f'<ul class="notes">{items}</ul>' if items else ""


def _card(card: ShownCard) -> str:
    picture = f'<img src="{escape(card.picture)}" alt="">' if card.picture else ""
    host = urlsplit(card.url).hostname or card.url
    about = f"<span>{escape(card.description)}</span>" if card.description else ""
    return (
        f'<a class="card" href="{escape(card.url)}" rel="noreferrer">{picture}'
        f'<span class="title" dir="auto">{escape(card.title)}</span>{about}'
        f'<span class="host">{escape(host)}</span></a>'
    )


def _time(text: str) -> str:
    moment = _moment(text)
    shown = f"{moment:%d %B %Y, %H:%M} UTC".lstrip("0")
    return f'<time datetime="{escape(text)}">{shown}</time>'


def _moment(text: str) -> datetime:
    """The time of a post; an absurd one counts as the oldest."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
