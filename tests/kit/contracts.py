"""Where the machine-readable contracts of the networks lie: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared" / "contracts"


def contracts(*parts: str) -> Path:
    """A folder or file of the shared contracts; skips where they are missing."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared contracts are not here ({'/'.join(parts)})")
    return path


def has_contracts(*parts: str) -> bool:
    """Whether that part of the shared contracts is here."""
    return SHARED.joinpath(*parts).exists()
