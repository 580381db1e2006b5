"""What the networks would say to a draft: counters, the checklist, where a text gets too long.

Pure: the limits, the counting and the problems come from the backend, which asks the validator
that publishing uses. Runs with every key, so the same text is asked about once per network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from postflow_desktop.domain.account import AccountStatus
from postflow_desktop.domain.network import Network, NetworkRules
from postflow_desktop.domain.option_checks import option_problems
from postflow_desktop.domain.pause import Pause
from postflow_desktop.domain.post import Media, MediaKind
from postflow_desktop.domain.problem import Problem
from postflow_desktop.domain.validation import thread_problems
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import PlaceBackend
from postflow_desktop.ui.composer.content import is_empty, shown_on, text_for
from postflow_desktop.ui.composer.spans import clusters
from postflow_desktop.ui.composer.teamrules import PLAIN, TeamRules
from postflow_desktop.ui.words import count_of

NEAR = 0.1
"""Less than this share left: a counter warns."""


class Level(StrEnum):
    """What a line of the checklist does."""

    ERROR = "error"
    """Nothing goes out with it."""
    WARNING = "warning"
    """It can go out; better not."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist."""

    level: Level
    code: str
    text: str
    fix: str = ""
    where: str = ""
    """The accounts it is about; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How long the text is for a network."""

    network: Network
    title: str
    length: int
    limit: int
    source: str = ""
    """Where the limit comes from, and of which day."""

    @property
    def left(self) -> int:
        """Characters that may still be written; negative when there are too many."""
        return self.limit - self.length

    @property
    def state(self) -> str:
        """`ok`, `near` (a tenth is left) or `over`."""
        if self.left < 0:
            return "over"
        return "near" if self.left <= self.limit * NEAR else "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything that is said about a draft as it stands."""

    counts: tuple[Count, ...] = ()
    """Of the text in front of the person."""
    items: tuple[Item, ...] = ()
    over_from: int | None = None
    """The code point of that text from which on it is too long for one of the networks."""
    marked: frozenset[str] = frozenset()
    """Accounts whose text or pictures have an error."""
    left: dict[str, int] = field(default_factory=dict)
    """Characters left per account."""

    @property
    def errors(self) -> tuple[Item, ...]:
        """The lines that block."""
        return tuple(item for item in self.items if item.level is Level.ERROR)


@dataclass(frozen=True, slots=True)
class _Case:
    """What one network is asked about; accounts with the same case get the same answer."""

    network: Network
    text: str


class _Meter:
    """Measures every text once per network."""

    def __init__(self, backend: PlaceBackend, team: TeamRules) -> None:
        self._backend = backend
        self._team = team
        self._known: dict[_Case, Count] = {}

    def count(self, case: _Case) -> Count:
        """How long this text is there."""
        found = self._known.get(case)
        if found is None:
            rules = self._team.rules(self._backend, case.network)
            found = self._known[case] = Count(
                network=case.network,
                title=rules.title,
                length=self._backend.measure(case.network, case.text),
                limit=rules.max_graphemes,
                source=self._team.source(rules, "textLength"),
            )
        return found


def judge_draft(
    backend: PlaceBackend,
    draft: LocalDraft,
    accounts: Sequence[AccountRow],
    tab: str | None,
    team: TeamRules = PLAIN,
) -> Judgement:
    """The judgement of a draft; `tab` is the account whose text is in front, None the original.

    `team` is what the organization changed of the networks' rules.
    """
    chosen = [row for row in accounts if row.id in draft.account_ids]
    meter = _Meter(backend, team)
    cases = {row.id: _Case(row.network, shown_on(draft, row.id, row.network)) for row in chosen}
    counts, over_from = _counts(backend, meter, draft, _concerned(draft, chosen, tab), tab)
    items, marked = _problems(backend, team, draft, chosen, cases)
    return Judgement(
        counts=counts,
        items=(*_general(draft, chosen, accounts), *items, *_missing_alt(draft.media)),
        over_from=over_from,
        marked=marked,
        left={account_id: meter.count(case).left for account_id, case in cases.items()},
    )


def _concerned(
    draft: LocalDraft, chosen: Sequence[AccountRow], tab: str | None
) -> Sequence[AccountRow]:
    """The accounts that get the text in front."""
    if tab is not None:
        return [row for row in chosen if row.id == tab]
    return [row for row in chosen if row.id not in draft.variants] or chosen


def _counts(
    backend: PlaceBackend,
    meter: _Meter,
    draft: LocalDraft,
    concerned: Sequence[AccountRow],
    tab: str | None,
) -> tuple[tuple[Count, ...], int | None]:
    networks = dict.fromkeys(row.network for row in concerned)
    counts = tuple(
        meter.count(_Case(network, shown_on(draft, tab, network))) for network in networks
    )
    over = [_over_from(backend, count, text_for(draft, tab)) for count in counts if count.left < 0]
    return counts, min(over, default=None)


def _over_from(backend: PlaceBackend, count: Count, text: str) -> int:
    def fits(end: int) -> bool:
        return backend.measure(count.network, text[:end]) <= count.limit

    return longest_fit(text, count.limit, fits)


def longest_fit(text: str, near: int, fits: Callable[[int], bool]) -> int:
    """The last end of a cluster (code points) up to which the text fits.

    Looked for by halving, first up to `near` clusters, then twice as many, and so on: measuring
    the beginning of a long text is cheap.
    """
    ends = [0, *clusters(text)]
    low, high = 0, min(max(near, 1), len(ends) - 1)
    while high < len(ends) - 1 and fits(ends[high]):
        low, high = high, min(high * 2, len(ends) - 1)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(ends[middle]):
            low = middle
        else:
            high = middle - 1
    return ends[low]


def _general(
    draft: LocalDraft, chosen: Sequence[AccountRow], accounts: Sequence[AccountRow]
) -> list[Item]:
    """What no network has to be asked about."""
    items: list[Item] = []
    if not chosen:
        items.append(
            Item(
                level=Level.ERROR,
                code="no_account",
                text="No account is chosen." if accounts else "No account is connected.",
                fix="Choose at least one above." if accounts else "Connect one under Accounts.",
            )
        )
    if is_empty(draft):
        items.append(
            Item(
                level=Level.ERROR,
                code="empty_post",
                text="Nothing is written yet.",
                fix="Write something or add a picture.",
            )
        )
    return items


def _problems(
    backend: PlaceBackend,
    team: TeamRules,
    draft: LocalDraft,
    chosen: Sequence[AccountRow],
    cases: Mapping[str, _Case],
) -> tuple[list[Item], frozenset[str]]:
    asked: dict[_Case, list[AccountRow]] = {}
    for row in chosen:
        asked.setdefault(cases[row.id], []).append(row)
    found: dict[Problem, list[AccountRow]] = {}
    empty = is_empty(draft)
    for case, rows in asked.items():
        rules = team.rules(backend, case.network)
        of_post = backend.problems(case.network, case.text, draft.media, rules)
        for problem in (*of_post, *_of_thread(backend, rules, draft)):
            if not (empty and problem.code == "empty_post"):
                found.setdefault(problem, []).extend(rows)
    for row in chosen:
        for problem in _of_options(team.rules(backend, row.network), draft, row):
            found.setdefault(problem, []).append(row)
    items = [_broken_account(row) for row in chosen if row.status is not AccountStatus.ACTIVE]
    items += [_paused_account(row, row.pause) for row in chosen if row.pause is not None]
    items += [
        Item(
            level=Level.ERROR,
            code=problem.code,
            text=problem.message,
            fix=problem.fix,
            where=_names(rows, chosen),
        )
        for problem, rows in found.items()
    ]
    return items, frozenset(row.id for rows in found.values() for row in rows)


def _of_thread(backend: PlaceBackend, rules: NetworkRules, draft: LocalDraft) -> list[Problem]:
    """What stands in the way of what follows the post."""
    measure = partial(backend.measure, rules.network)
    return thread_problems(rules, draft.parts, draft.first_comment, measure)


def _of_options(rules: NetworkRules, draft: LocalDraft, row: AccountRow) -> list[Problem]:
    """What stands in the way of what was chosen for the account."""
    chosen = tuple(sorted(draft.options.get(row.id, {}).items()))
    return option_problems(rules, chosen, user_id=row.user_id, has_media=bool(draft.media))


def _names(rows: Sequence[AccountRow], chosen: Sequence[AccountRow]) -> str:
    if len(rows) == len(chosen) and len(chosen) > 1:
        return ""
    names = [f"@{row.username}" for row in rows[:2]]
    more = len(rows) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _broken_account(row: AccountRow) -> Item:
    return Item(
        level=Level.ERROR,
        code="account_not_connected",
        text=f"@{row.username} is not connected any more.",
        fix="Connect it again under Accounts, or take it off this post.",
        where=f"@{row.username}",
    )


def _paused_account(row: AccountRow, pause: Pause) -> Item:
    return Item(
        level=Level.WARNING,
        code="account_paused",
        text=f"@{row.username} is paused: “{pause.reason}”.",
        fix="Nothing goes out there until somebody resumes it under Accounts.",
        where=f"@{row.username}",
    )


def _missing_alt(media: Sequence[Media]) -> list[Item]:
    pictures = [item for item in media if item.kind is MediaKind.IMAGE]
    missing = sum(1 for item in pictures if not item.alt.strip())
    if not missing:
        return []
    which = (
        count_of(missing, "picture has", "pictures have")
        if len(pictures) > 1
        else "The picture has"
    )
    return [
        Item(
            level=Level.WARNING,
            code="no_alt_text",
            text=f"{which} no alt text.",
            fix="Describe what can be seen, for people who can't see it.",
        )
    ]
