"""`postflow post create|edit|list|show|schedule|queue|publish|hold|cancel|delete|metrics|…`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from postflow_desktop.bootstrap import Seat
from postflow_desktop.cli import at_network, holding, measuring
from postflow_desktop.cli.arguments import AboutMediaAction, MediaAction, WrongUsage
from postflow_desktop.cli.choosing import add_edit, add_options, variants_of
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, error_document, table
from postflow_desktop.cli.post_documents import (
    attempt_document,
    post_document,
    post_lines,
    summary_document,
    summary_line,
)
from postflow_desktop.cli.publishing import planning_warnings, publish_now
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.link_card import CARD_NETWORKS, card_link, host_of
from postflow_desktop.domain.post import LinkCard, Post, PostStatus, Variant
from postflow_desktop.domain.target import Target
from postflow_desktop.domain.time import PlannedTime, parse_when, plan_instant
from postflow_desktop.services.posts import MediaFile, NewPost


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_create(verbs.add_parser("create", help="write a post; without a time it is a draft"))
    add_edit(verbs.add_parser("edit", help="other words or options; its time stays"))
    listing = verbs.add_parser("list", help="posts, newest first")
    listing.add_argument("--status", choices=[status.value for status in PostStatus])
    listing.add_argument("--cursor", help="the `next` of the page before")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=_list)
    schedule = verbs.add_parser("schedule", help="put a post to a time, or to another one")
    schedule.add_argument("post")
    schedule.add_argument("--at", required=True)
    schedule.add_argument("--zone")
    schedule.set_defaults(run=_schedule)
    at_network.add_delete(verbs.add_parser("delete", help="delete a post"))
    at_network.add_fetch(verbs.add_parser("fetch", help="what the networks have of it now"))
    for verb, run, summary in (
        ("show", _show, "a post with its targets and attempts"),
        ("queue", _queue, "give a post the next free slot of each account's queue"),
        ("publish", _publish, "send a post now, in this process"),
        ("cancel", _cancel, "take a post out of the plan; confirmed means never sent"),
        ("history", _history, "every attempt of a post"),
    ):
        child = verbs.add_parser(verb, help=summary)
        child.add_argument("post")
        child.set_defaults(run=run)

    for verb, summary in (
        ("hold", "keep a planned post back until somebody releases it"),
        ("release", "let a held post go"),
        ("postpone", "put a planned post off by some minutes"),
    ):
        holding.add(verbs.add_parser(verb, help=summary), verb)
    measuring.add_post(verbs.add_parser("metrics", help="how a post is doing on its networks"))


def _add_create(parser: ArgumentParser) -> None:
    parser.add_argument("--text", default="")
    parser.add_argument("--account", action="append", default=[], metavar="ID")
    parser.add_argument(
        "--media", action=MediaAction, metavar="FILE", help="picture, video or document; repeats"
    )
    parser.add_argument(
        "--alt", action=AboutMediaAction, metavar="TEXT", help="of the --media before it"
    )
    about = "of the document before it; else it is called as its file is"
    parser.add_argument("--title", action=AboutMediaAction, metavar="TEXT", help=about)
    parser.add_argument("--link", metavar="URL", help="with the card of its page")
    parser.add_argument("--no-card", action="store_true", help="the links alone, without a card")
    parser.add_argument(
        "--part", action="append", default=[], metavar="TEXT", help="the next of a thread; repeats"
    )
    parser.add_argument("--first-comment", metavar="TEXT", help="written under the post")
    parser.add_argument("--variant", action="append", default=[], metavar="ID=TEXT")
    add_options(parser)
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--draft", action="store_true", help="the default")
    when.add_argument("--at", help="2026-11-23T09:00, local to --zone; or with Z or an offset")
    when.add_argument("--queue", action="store_true", help="the next free slot of each account")
    when.add_argument("--now", action="store_true", help="publish in this process")
    parser.add_argument("--zone", help="IANA time zone (default: the organization's)")
    parser.add_argument("--idempotency-key", metavar="KEY")
    parser.set_defaults(run=_create)


def _create(context: Context, options: Namespace) -> Result:
    if options.zone and not options.at:
        raise WrongUsage("--zone goes with --at.")
    seat = context.seat
    text, parts = _thread(options)
    new = NewPost(
        text=text,
        parts=parts,
        first_comment=options.first_comment,
        account_ids=tuple(options.account),
        files=tuple(MediaFile(path=Path(f), **about) for f, about in options.media or ()),
        link_url=options.link,
        card=_no_card(text, options.link) if options.no_card else None,
        variants=variants_of([_variant(text) for text in options.variant], options.option),
        idempotency_key=options.idempotency_key,
    )
    planned = _planned(seat, options) if options.at else None
    post = seat.submit.create(new, planned, now=options.now, queue=options.queue)
    if options.now:
        made = _publish_and_show(seat, post.id, list(seat.posts.show(post.id).targets))
    else:
        made = _shown(seat, post.id, _slot(seat, post.id) if options.queue else planned)
    return replace(made, warnings=[*made.warnings, *_card_warnings(seat, post)])


def _card_warnings(seat: Seat, post: Post) -> list[str]:
    """Say that a link goes out bare where a card was to be expected."""
    link = None if post.media else card_link(post.text, post.link_url)
    networks = {account.network for account in seat.posts.accounts(post.account_ids)}
    if link is None or post.card is not None or not networks & CARD_NETWORKS:
        return []
    why = f"to see why, try `postflow link preview {link}`"
    return [f"The page of {host_of(link)} can't be shown as a card; {why}."]


def _list(context: Context, options: Namespace) -> Result:
    status = PostStatus(options.status) if options.status else None
    page = context.seat.posts.page(status=status, cursor=options.cursor, limit=options.limit)
    document = {"posts": [summary_document(post) for post in page.posts], "next": page.next}
    lines = table([summary_line(post) for post in page.posts]) or ["No posts."]
    if page.next:
        lines.append(f"More: --cursor {page.next}")
    return Result(document, lines)


def _show(context: Context, options: Namespace) -> Result:
    return _shown(context.seat, options.post)


def _schedule(context: Context, options: Namespace) -> Result:
    seat = context.seat
    planned = _planned(seat, options)
    seat.submit.schedule(options.post, planned)
    return _shown(seat, options.post, planned)


def _queue(context: Context, options: Namespace) -> Result:
    seat = context.seat
    seat.submit.queue(options.post)
    return _shown(seat, options.post, _slot(seat, options.post))


def _publish(context: Context, options: Namespace) -> Result:
    seat = context.seat
    return _publish_and_show(seat, options.post, seat.submit.publish(options.post))


def _cancel(context: Context, options: Namespace) -> Result:
    seat = context.seat
    canceled = seat.posts.cancel(options.post)
    shown = _shown(seat, options.post)
    return Result({**shown.document, "canceled": [target.id for target in canceled]}, shown.lines)


def _history(context: Context, options: Namespace) -> Result:
    view = context.seat.posts.show(options.post)
    networks = {target.id: target.network.value for target in view.targets}
    attempts = [
        {**attempt_document(a), "targetId": a.target_id, "network": networks.get(a.target_id)}
        for a in view.attempts
    ]
    rows = [
        [
            str(a["at"]),
            str(a["network"]),
            f"step {a['step']}",
            str(a["outcome"] or "under way"),
            str(a["message"] or ""),
        ]
        for a in attempts
    ]
    return Result({"attempts": attempts}, table(rows) or ["Nothing was tried yet."])


def _publish_and_show(seat: Seat, post_id: str, targets: list[Target]) -> Result:
    """Exit 0 only if it is out; the post is shown in any case, with the error beside it."""
    error: PostFlowError | None = publish_now(seat, targets)
    shown = _shown(seat, post_id)
    if error is None:
        return shown
    lines = [*shown.lines, error.message, f"→ {error.fix}"]
    return Result({**shown.document, **error_document(error)}, lines, exit_code=error.exit_code)


def _shown(seat: Seat, post_id: str, planned: PlannedTime | None = None) -> Result:
    view = seat.posts.show(post_id)
    warnings = [] if planned is None else planning_warnings(seat, planned)
    return Result({"post": post_document(view)}, post_lines(view), warnings=warnings)


def _slot(seat: Seat, post_id: str) -> PlannedTime | None:
    """The first slot that a queued post got."""
    targets = [target for target in seat.posts.show(post_id).targets if target.from_queue]
    if not targets:
        return None
    first = min(targets, key=lambda target: target.scheduled_at)
    return plan_instant(first.scheduled_at, first.timezone or seat.organization.timezone)


def _planned(seat: Seat, options: Namespace) -> PlannedTime:
    return parse_when(options.at, options.zone or seat.organization.timezone)


def _thread(options: Namespace) -> tuple[str, tuple[str, ...]]:
    """The post and what follows it; without a text and pictures the first part is the post."""
    parts = tuple(options.part)
    if parts and not options.text and not options.media:
        return parts[0], parts[1:]
    return options.text, parts


def _no_card(text: str, link: str | None) -> LinkCard | None:
    """The wish to show none for the link that would get one."""
    url = card_link(text, link)
    return None if url is None else LinkCard(url=url, title="", hidden=True)


def _variant(text: str) -> Variant:
    account_id, separator, words = text.partition("=")
    if not separator or not account_id:
        raise WrongUsage(f"--variant {text!r} is not ID=TEXT.")
    return Variant(account_id=account_id, text=words)
