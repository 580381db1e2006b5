"""What is chosen for a post beside its content (`--option`), and `postflow post edit`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.cli.post_documents import post_document, post_lines
from postflow_desktop.domain.post import Post, Variant
from postflow_desktop.services.posts import NewPost


def add_options(parser: ArgumentParser) -> None:
    """The argument; it repeats."""
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="ACCOUNT:KEY=VALUE",
        help="what is chosen there beside the content (see `postflow network options`); repeats",
    )


def add_edit(parser: ArgumentParser) -> None:
    """The grammar of `post edit`."""
    parser.add_argument("post")
    parser.add_argument("--text", help="other words; what is not given stays as it is")
    add_options(parser)
    parser.add_argument(
        "--reset-options",
        action="append",
        default=[],
        metavar="ACCOUNT",
        help="choose nothing there any more; repeats",
    )
    parser.set_defaults(run=_edit)


def variants_of(
    texts: Sequence[Variant], chosen: Sequence[str], known: Sequence[Variant] = ()
) -> tuple[Variant, ...]:
    """The variants with other texts and what was chosen, over those that are `known`.

    An empty value chooses nothing. WrongUsage for what is not ACCOUNT:KEY=VALUE.
    """
    found = {variant.account_id: variant for variant in known}
    for variant in texts:
        before = found.get(variant.account_id, variant)
        found[variant.account_id] = replace(before, text=variant.text)
    for text in chosen:
        account_id, key, value = _parts(text)
        before = found.get(account_id, Variant(account_id=account_id))
        options = {**dict(before.options), key: value}
        found[account_id] = replace(before, options=tuple(sorted(options.items())))
    return tuple(found.values())


def _parts(text: str) -> tuple[str, str, str]:
    account_id, colon, rest = text.partition(":")
    key, equals, value = rest.partition("=")
    if not (colon and equals and account_id.strip() and key.strip()):
        raise WrongUsage(
            f"--option {text!r} is not ACCOUNT:KEY=VALUE.",
            fix="See the keys and values: postflow network options",
        )
    return account_id.strip(), key.strip(), value


def _edit(context: Context, options: Namespace) -> Result:
    seat = context.seat
    post = seat.posts.get(options.post)
    gone = set(options.reset_options)
    known = [replace(v, options=()) if v.account_id in gone else v for v in post.variants]
    variants = variants_of((), options.option, known)
    kept = _content(post) | {"variants": tuple(v for v in variants if not _is_bare(v))}
    if options.text is not None:
        kept["text"] = options.text
    seat.submit.update(post.id, NewPost(**kept), {}, None, now=False)
    view = seat.posts.show(post.id)
    return Result({"post": post_document(view)}, post_lines(view))


def _content(post: Post) -> dict[str, Any]:
    """All that a post has of what a person wrote."""
    names = {field.name for field in fields(NewPost)} - {"idempotency_key"}
    content: Mapping[str, Any] = {f.name: getattr(post, f.name) for f in fields(post)}
    return {name: value for name, value in content.items() if name in names}


def _is_bare(variant: Variant) -> bool:
    return variant == Variant(account_id=variant.account_id)
