"""Whether a network would take what was chosen for a post: one check for composer and publisher."""

from __future__ import annotations

from collections.abc import Iterator

from postflow_desktop.domain.network import NetworkRules
from postflow_desktop.domain.options import (
    AccountKind,
    OptionKind,
    Options,
    OptionSpec,
    kind_of,
    values_of,
)
from postflow_desktop.domain.problem import Problem


def option_problems(
    rules: NetworkRules, chosen: Options, *, user_id: str = "", has_media: bool = True
) -> list[Problem]:
    """Everything that stands in the way; empty where nothing was chosen.

    `user_id` is the account's on the network; without it nothing is refused for its kind.
    """
    kind = kind_of(rules.account_kinds, user_id)
    known = {spec.key: spec for spec in rules.options}
    found: list[Problem] = []
    for key, value in chosen:
        spec = known.get(key)
        if spec is None:
            found.append(_unknown(rules, key))
        else:
            found += _of_one(rules, spec, value, kind)
            if spec.needs_media and not has_media:
                found.append(_nothing_to_mark(rules, spec))
    return found


def _of_one(
    rules: NetworkRules, spec: OptionSpec, value: str, kind: AccountKind | None
) -> Iterator[Problem]:
    if not spec.is_for(kind):
        yield Problem(
            code="option_not_here",
            message=f"“{spec.title}” is not for this kind of {rules.title} account.",
            fix=f"Leave the option {spec.key} away for this account.",
        )
        return
    several = spec.kind in (OptionKind.SEVERAL, OptionKind.WORDS)
    words = values_of(value) if several else (value,)
    for word in words:
        if not spec.fits(word):
            yield _bad_value(rules, spec, word)
        elif spec.choices and word not in [one.value for one in spec.choices_for(kind)]:
            yield Problem(
                code="option_not_here",
                message=f"“{spec.words(word)}” can't be chosen for this kind of "
                f"{rules.title} account.",
                fix=f"Choose one of: {_allowed(spec, kind)}.",
            )
    if several and len(words) > spec.most:
        yield Problem(
            code="option_too_many",
            message=f"“{spec.title}” takes {spec.most} values on {rules.title}; "
            f"there are {len(words)}.",
            fix=f"Take {len(words) - spec.most} away.",
        )


def _unknown(rules: NetworkRules, key: str) -> Problem:
    names = ", ".join(spec.key for spec in rules.options)
    return Problem(
        code="option_unknown",
        message=f"{rules.title} has no option “{key}” that this PostFlow knows.",
        fix=f"Reset the options of this account, or use one of: {names}."
        if names
        else "Reset the options of this account.",
    )


def _bad_value(rules: NetworkRules, spec: OptionSpec, word: str) -> Problem:
    return Problem(
        code="option_value",
        message=f"“{word[:50]}” is no value of “{spec.title}” on {rules.title}.",
        fix=f"Use {spec.example}."
        if spec.kind is OptionKind.WORDS
        else f"Choose one of: {_allowed(spec, None)}.",
    )


def _allowed(spec: OptionSpec, kind: AccountKind | None) -> str:
    if spec.kind is OptionKind.FLAG:
        return "true, false"
    return ", ".join(choice.value for choice in spec.choices_for(kind))


def _nothing_to_mark(rules: NetworkRules, spec: OptionSpec) -> Problem:
    return Problem(
        code="option_needs_media",
        message=f"“{spec.title}” says something about pictures and videos on {rules.title}; this "
        "post has none.",
        fix="Add one, or take the option off.",
    )
