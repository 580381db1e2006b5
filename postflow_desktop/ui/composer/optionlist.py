"""What may be chosen for each account of a draft beside its content, built from the rules' data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.options import (
    Choice,
    OptionKind,
    OptionSpec,
    kind_of,
    summary,
    values_of,
)
from postflow_desktop.services.ports.drafts import LocalDraft
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.ui.backend import PlaceBackend


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing to choose for one account, and what is chosen."""

    spec: OptionSpec
    choices: tuple[Choice, ...]
    """Those that this kind of account has."""
    value: str
    """Empty: as usual."""

    @property
    def values(self) -> tuple[str, ...]:
        """What is chosen, one by one; the usual choice where nothing is."""
        if self.spec.kind is OptionKind.CHOICE:
            return (self.value or self.spec.default,)
        return values_of(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """What may be chosen for one account."""

    account_id: str
    username: str
    network: Network
    offers: tuple[Offer, ...]
    summary: str
    """What differs from the usual; empty where nothing does."""


def options_of(
    backend: PlaceBackend, draft: LocalDraft, rows: Sequence[AccountRow]
) -> tuple[AccountOptions, ...]:
    """Of these accounts, without those that have nothing to choose.

    A choice that this version does not know keeps its account in, so that it can be taken back.
    """
    found = []
    for row in rows:
        rules = backend.rules(row.network)
        kind = kind_of(rules.account_kinds, row.user_id)
        chosen = draft.options.get(row.id, {})
        offers = tuple(
            Offer(spec=spec, choices=spec.choices_for(kind), value=chosen.get(spec.key, ""))
            for spec in rules.options
            if spec.is_for(kind)
        )
        if offers or chosen:
            found.append(
                AccountOptions(
                    account_id=row.id,
                    username=row.username,
                    network=row.network,
                    offers=offers,
                    summary=summary(rules.options, chosen),
                )
            )
    return tuple(found)
