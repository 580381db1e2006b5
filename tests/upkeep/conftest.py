"""The office of the tests about accounts, and a world of targets."""

from __future__ import annotations

from tests.accounts.conftest import office
from tests.publishing.conftest import world

__all__ = ["office", "world"]
