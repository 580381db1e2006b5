"""Fixtures of signing in at a certified provider."""

from __future__ import annotations

from tests.kit.fixtures_oidc import provider

__all__ = ["provider"]
