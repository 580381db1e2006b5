"""`postflow post fetch|delete`: what the networks have now, and taking it away there."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import Any

from postflow_desktop.bootstrap.copies import network_copies
from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, table
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.text import excerpt
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.network_copies import NetworkCopy
from postflow_desktop.services.ports.publisher import PublishedPost


def add_fetch(parser: ArgumentParser) -> None:
    """The grammar of `fetch`."""
    parser.add_argument("post", nargs="?", help="a post of PostFlow's")
    parser.add_argument("--account", metavar="ID", help="instead: what stands on this account")
    parser.add_argument("--cursor", help="the `next` of the page before; goes with --account")
    parser.add_argument("--limit", type=int, default=50, help="goes with --account")
    parser.set_defaults(run=_fetch)


def add_delete(parser: ArgumentParser) -> None:
    """The grammar of `delete`."""
    parser.add_argument("post")
    parser.add_argument("--everywhere", action="store_true", help="on the networks too")
    parser.add_argument(
        "--at-network", action="store_true", help="the same, after a question (or with --yes)"
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing")
    parser.set_defaults(run=_delete)


def _fetch(context: Context, options: Namespace) -> Result:
    if (options.post is None) == (options.account is None):
        raise WrongUsage("Name a post, or an account with --account ID.")
    context.reach_sandbox()
    copies = network_copies(context.seat)
    if options.account is None:
        found = copies.of_post(options.post)
        document = {"post": options.post, "copies": [_copy_document(copy) for copy in found]}
        lines = [line for copy in found for line in _copy_lines(copy)]
        return Result(document, lines or ["Nothing of this post is out."])
    page = copies.on_account(options.account, cursor=options.cursor, limit=options.limit)
    posts = [_post_document(post) for post in page.posts]
    rows = [[str(p["createdAt"] or "")[:16], excerpt(p["text"], 50), p["url"]] for p in posts]
    lines = table(rows) or ["The account has no posts."]
    if page.cursor:
        lines.append(f"More: --cursor {page.cursor}")
    return Result({"account": options.account, "posts": posts, "next": page.cursor}, lines)


def _delete(context: Context, options: Namespace) -> Result:
    everywhere = options.everywhere or options.at_network
    if everywhere:
        context.reach_sandbox()
    if options.at_network and not options.yes:
        _ask(context, options.post)
    context.seat.posts.delete(options.post, everywhere=everywhere)
    return Result({"deleted": options.post}, [f"Deleted {options.post}."])


def _ask(context: Context, post_id: str) -> None:
    """Go on after a yes; InvalidInput (`not_confirmed`)."""
    targets = context.seat.posts.show(post_id).targets
    out = [target.result.url for target in targets if target.result is not None]
    if out and sys.stdin.isatty():
        where = "\n".join(out)
        question = f"{where}\nDelete this for everybody? Type yes: "
        if input(question).strip().lower() == "yes":
            return
    elif not out:
        return
    raise InvalidInput(
        f"This post is out on {len(out)} account(s); nothing was deleted.",
        code="not_confirmed",
        fix="Answer with yes, or add --yes.",
    )


def _copy_document(copy: NetworkCopy) -> dict[str, Any]:
    return {
        "targetId": copy.target_id,
        "accountId": copy.account_id,
        "network": copy.network.value,
        "step": copy.step,
        "externalId": copy.external_id,
        "state": copy.state.value,
        "post": None if copy.post is None else _post_document(copy.post),
        "message": copy.message or None,
        "fix": copy.fix or None,
    }


def _post_document(post: PublishedPost) -> dict[str, Any]:
    return {
        "externalId": post.external_id,
        "url": post.url,
        "text": post.text,
        "createdAt": utc_text(post.created_at),
    }


def _copy_lines(copy: NetworkCopy) -> list[str]:
    part = f" {copy.step}" if copy.step else ""
    head = f"{copy.network.value}{part}: {copy.state.value}"
    if copy.post is not None:
        return [head, f"  {excerpt(copy.post.text, 72)}", f"  {copy.post.url}"]
    return [head, *([f"  {copy.message} {copy.fix}".rstrip()] if copy.message else [])]
