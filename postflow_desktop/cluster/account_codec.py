"""Between SocialAccount values and documents of `socialAccounts`."""

from __future__ import annotations

from collections.abc import Sequence

from postflow_desktop.cluster.documents import Document, to_object_id, without_none
from postflow_desktop.cluster.pause_codec import read_pause
from postflow_desktop.cluster.schema.accounts import (
    MAX_DISPLAY_NAME,
    MAX_SCOPE,
    MAX_SCOPES,
    MAX_USERNAME,
)
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network


def account_document(account: SocialAccount) -> Document:
    """The document of a new account, without what the store stamps."""
    return {
        "_id": to_object_id(account.id),
        "organizationId": to_object_id(account.organization_id),
        "platform": account.network.value,
        "platformUserId": account.user_id,
        "status": account.status.value,
        **connection_fields(account),
    }


def connection_fields(account: SocialAccount) -> Document:
    """What a new sign-in brings; None where it brings nothing."""
    return {
        "platformUsername": storable(account.username, MAX_USERNAME),
        "displayName": storable(account.display_name or "", MAX_DISPLAY_NAME) or None,
        "accessToken": account.sealed_access_token,
        "refreshToken": account.sealed_refresh_token,
        "tokenExpiresAt": account.token_expires_at,
        "tokenVersion": account.token_version,
        "renews": account.renews,
        "renewableUntil": account.renewable_until,
        "scopes": stored_scopes(account.scopes) or None,
        "metadata": without_none(
            {"service": account.service, "sandboxMachine": account.sandbox_machine}
        ),
    }


def read_account(document: Document) -> SocialAccount:
    """The value of a stored account."""
    metadata = document.get("metadata") or {}
    return SocialAccount(
        id=str(document["_id"]),
        organization_id=str(document["organizationId"]),
        network=Network(document["platform"]),
        user_id=document["platformUserId"],
        username=document.get("platformUsername") or "",
        status=AccountStatus(document["status"]),
        sealed_access_token=document["accessToken"],
        sealed_refresh_token=document.get("refreshToken"),
        token_expires_at=document.get("tokenExpiresAt"),
        token_version=document["tokenVersion"],
        display_name=document.get("displayName"),
        service=metadata.get("service", ""),
        sandbox_machine=metadata.get("sandboxMachine"),
        last_error_code=document.get("lastErrorCode"),
        last_error_message=document.get("lastErrorMessage"),
        last_error_fix=document.get("lastErrorFix"),
        last_error_at=document.get("lastErrorAt"),
        last_refreshed_at=document.get("lastRefreshedAt"),
        last_checked_at=document.get("lastCheckedAt"),
        scopes=tuple(document.get("scopes") or ()),
        renewable_until=document.get("renewableUntil"),
        pause=read_pause(document.get("pause")),
        preflight_minutes=document.get("preflightMinutes", 0),
        created_at=document["createdAt"],
        updated_at=document["updatedAt"],
        rev=document["rev"],
    )


def stored_scopes(scopes: Sequence[str]) -> list[str]:
    """Scopes of a network, cut to what fits."""
    return [storable(scope, MAX_SCOPE) for scope in scopes[:MAX_SCOPES]]


def storable(text: str, limit: int) -> str:
    """Text of a network, cut to what fits; half characters, which BSON can't hold, become `?`."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8")
