"""Signing in to a Page with a token of its own or of a person who looks after it (`Connector`).

Where the token comes from (a sign-in in the browser, Meta's own tools) is not decided here. A
Page's token from a long-lived user token has no end; nothing refreshes it and it can't end itself.
"""

from __future__ import annotations

from datetime import timedelta

from postflow_desktop.domain.account import Session, SignedIn, Tokens
from postflow_desktop.domain.errors import NetworkUnreachable, NotAllowed, Refused
from postflow_desktop.domain.network import Network
from postflow_desktop.platforms.facebook import errors
from postflow_desktop.platforms.facebook.api import Api, Json, Reply, text_of
from postflow_desktop.platforms.facebook.service import checked_service
from postflow_desktop.platforms.facebook.wire import is_id
from postflow_desktop.transport.client import HttpClient

_NAMES = "id,name,username"
_PAGES = 10
"""How many lists of a hundred Pages are read."""


class FacebookConnector:
    """Sessions by token; `username` names the Page where the token reaches several."""

    network: Network = Network.FACEBOOK
    token_life: timedelta | None = None

    def __init__(self, http: HttpClient) -> None:
        self._api = Api(http)

    def advice(self, secret: str) -> tuple[str, ...]:  # noqa: ARG002 - tokens look alike
        """Nothing: no password is involved."""
        return ()

    def sign_in(self, service: str, username: str, secret: str) -> SignedIn:
        """Find the Page and its token; name, username or number of the Page choose among several.

        InvalidInput: `bad_service`; NotAllowed: `wrong_token`, `no_pages`, `choose_page`,
        `other_account`, `permission_missing`; NetworkUnreachable.
        """
        base, token = checked_service(service), secret.strip()
        if not token or not token.isascii() or any(c.isspace() for c in token):
            raise _wrong_token()
        page = _chosen(self._pages(base, token), username)
        if "CREATE_CONTENT" not in page.get("tasks", ["CREATE_CONTENT"]):
            raise NotAllowed(
                f"This person may not post as the Page {_title(page)}.",
                code="permission_missing",
                fix="Ask the Page's owner for the right to create content.",
            )
        return SignedIn(
            user_id=text_of(page, "id"),
            username=text_of(page, "username") or _title(page),
            service=base,
            tokens=Tokens(access=text_of(page, "access_token")),
            display_name=text_of(page, "name") or None,
        )

    def refresh(self, service: str, tokens: Tokens) -> SignedIn:  # noqa: ARG002 - the port's
        """NotAllowed (`reconnect_needed`): a Page's token lives until Facebook ends it."""
        raise NotAllowed(
            "Facebook wants a new sign-in for this Page.",
            code="reconnect_needed",
            fix="Connect the account again.",
        )

    def check(self, session: Session) -> str:
        """The username or name that the Page has now."""
        page = self._me(session.service, session.access_token)
        if text_of(page, "id") != session.user_id:
            raise NotAllowed(
                "Facebook answered for another Page.",
                code="token_refused",
                fix="Connect the account again.",
            )
        return text_of(page, "username") or _title(page)

    def sign_out(self, service: str, tokens: Tokens) -> None:  # noqa: ARG002 - the port's
        """Refused (`not_revocable`): a Page's token can't end itself.

        Ending the person's consent would take along all other Pages of that person.
        """
        raise Refused(
            "Facebook ends a Page's token only in the settings of the person who allowed it "
            "(Settings, Business integrations).",
            code="not_revocable",
        )

    def _pages(self, service: str, token: str) -> list[Json]:
        """The Pages that a token reaches, each with its own token."""
        pages: list[Json] = []
        query = {"fields": f"{_NAMES},access_token,tasks", "limit": "100"}
        for _ in range(_PAGES):
            reply = self._api.get(service, "me/accounts", query, token)
            if not pages and reply.code == 100 and not errors.is_gone(reply):
                # Only people have accounts, so this is a Page's token.
                return [{**self._me(service, token), "access_token": token}]
            if not reply.ok:
                raise _sign_in_refused(reply)
            pages += [one for one in reply.data if _is_page(one)]
            if not reply.next_page:
                break
            query["after"] = reply.next_page
        return pages

    def _me(self, service: str, token: str) -> Json:
        reply = self._api.get(service, "me", {"fields": _NAMES}, token)
        if not reply.ok:
            raise errors.as_error(reply)
        if reply.body is None or not is_id(text_of(reply.body, "id")):
            raise _unusable(reply)
        return reply.body


def _is_page(item: Json) -> bool:
    return is_id(text_of(item, "id")) and bool(text_of(item, "access_token"))


def _chosen(pages: list[Json], wanted: str) -> Json:
    name = wanted.strip().removeprefix("@").lower()
    if not pages:
        raise NotAllowed(
            "This sign-in reaches no Facebook Page.",
            code="no_pages",
            fix="Tick the Page on Facebook's page; a profile or a group can't be posted to.",
        )
    found = [page for page in pages if name in _names(page)] if name else pages
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{_title(page)} ({text_of(page, 'id')})" for page in (found or pages)[:20])
    if found:
        raise NotAllowed(
            f"This sign-in reaches several Pages: {shown}.",
            code="choose_page",
            fix="Give the name or number of one of them as the username.",
        )
    raise NotAllowed(
        f"This sign-in does not reach '{wanted.strip()[:100]}', but {shown}.",
        code="other_account",
        fix="Give the name or number of one of them, or tick the Page on Facebook's page.",
    )


def _names(page: Json) -> set[str]:
    return {text_of(page, field).lower() for field in ("id", "name", "username")} - {""}


def _title(page: Json) -> str:
    return text_of(page, "name") or text_of(page, "id")


def _wrong_token() -> NotAllowed:
    return NotAllowed(
        "Facebook does not accept this token.",
        code="wrong_token",
        fix="Start connecting the account again; tokens for trying end after an hour or two.",
    )


def _sign_in_refused(reply: Reply) -> Exception:
    error = errors.as_error(reply)
    return _wrong_token() if error.code == "token_refused" else error


def _unusable(reply: Reply) -> NetworkUnreachable:
    return NetworkUnreachable(
        f"Facebook gave no usable answer (status {reply.status}).",
        code="server_error",
        fix="Try again later.",
    )
