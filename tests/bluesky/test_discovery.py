"""From a handle to the server that asks, through documents that may lie."""

from __future__ import annotations

import copy
import json
from typing import Any

import httpcore
import pytest

from postflow_desktop.domain.errors import InvalidInput, NetworkUnreachable, PostFlowError
from postflow_desktop.platforms.bluesky.discovery import Discovery
from postflow_desktop.platforms.bluesky.service import document_base, document_url
from postflow_desktop.transport.client import TOTAL_SECONDS, HttpClient
from postflow_desktop.transport.public import Got, PublicReader, Wanted
from postflow_desktop.transport.values import Request, Response

SERVICE = "https://bsky.social"
DID = "did:plc:abcdefghijklmnopqrstuvwx"
PDS = "https://a.host.bsky.network"
RESOLVE = f"{SERVICE}/xrpc/com.atproto.identity.resolveHandle?handle=ana.example.com"
RESOURCE = f"{PDS}/.well-known/oauth-protected-resource"
SERVER = f"{SERVICE}/.well-known/oauth-authorization-server"
DOCUMENT = f"https://plc.directory/{DID}"


def pages() -> dict[str, Any]:
    """Public servers as they are for an account on bsky.social."""
    return {
        RESOLVE: {"did": DID},
        DOCUMENT: {
            "id": DID,
            "alsoKnownAs": ["at://ana.example.com"],
            "service": [
                {
                    "id": "#atproto_pds",
                    "type": "AtprotoPersonalDataServer",
                    "serviceEndpoint": PDS,
                }
            ],
        },
        RESOURCE: {"resource": PDS, "authorization_servers": [SERVICE]},
        SERVER: {
            "issuer": SERVICE,
            "scopes_supported": ["atproto", "transition:generic"],
            "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": True,
            "client_id_metadata_document_supported": True,
            "authorization_endpoint": f"{SERVICE}/oauth/authorize",
            "pushed_authorization_request_endpoint": f"{SERVICE}/oauth/par",
            "token_endpoint": f"{SERVICE}/oauth/token",
            "revocation_endpoint": f"{SERVICE}/oauth/revoke",
        },
    }


class Web(HttpClient):
    """The public network as far as a test wrote it; what is not there answers 404."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__()
        self.known = known
        self.asked: list[str] = []

    def request(self, request: Request, *, total_seconds: float = TOTAL_SECONDS) -> Response:
        self.asked.append(request.url)
        found = self.known.get(request.url)
        if isinstance(found, PostFlowError):
            raise found
        if isinstance(found, int):
            return Response(status=found, headers={}, body=b"{}")
        if found is None:
            return Response(status=404, headers={}, body=b"{}")
        body = found.encode() if isinstance(found, str) else json.dumps(found).encode()
        return Response(status=200, headers={}, body=body)


class Gate(PublicReader):
    """The same network behind the gate."""

    def __init__(self, web: Web, moved: str = "") -> None:
        super().__init__()
        self._web = web
        self._moved = moved

    def get(self, wanted: Wanted) -> Got:
        found = self._web.request(Request(method="GET", url=wanted.url))
        url = f"{wanted.url}/else" if wanted.url == self._moved else wanted.url
        return Got(url=url, status=found.status, content_type="", body=found.body)


def discovery_of(web: Web, moved: str = "") -> Discovery:
    return Discovery(web, public=Gate(web, moved))


def look_up(web: Web, service: str = SERVICE, moved: str = "") -> str:
    """The whole way for ana.example.com; the address of the tokens."""
    discovery = discovery_of(web, moved)
    home = discovery.find(service, "ana.example.com")
    issuer = discovery.issuer_of(home.server, service)
    return discovery.server(issuer, service).token


def test_the_whole_way_from_a_handle_to_its_server() -> None:
    web = Web(pages())
    assert look_up(web) == f"{SERVICE}/oauth/token"
    assert web.asked == [RESOLVE, DOCUMENT, RESOURCE, SERVER]


def test_a_handle_that_the_server_does_not_know_is_asked_at_its_own_address() -> None:
    web = Web(pages())
    web.known[RESOLVE] = 400
    web.known["https://ana.example.com/.well-known/atproto-did"] = f"{DID}\n"
    assert look_up(web) == f"{SERVICE}/oauth/token"


@pytest.mark.parametrize("answer", [None, "<html>", NetworkUnreachable("x", code="dns_failed")])
def test_a_handle_that_nobody_knows(answer: object) -> None:
    web = Web(pages())
    web.known[RESOLVE] = 400
    web.known["https://ana.example.com/.well-known/atproto-did"] = answer
    with pytest.raises(InvalidInput) as caught:
        look_up(web)
    assert caught.value.code == "unknown_handle"


@pytest.mark.parametrize(
    "typed", ["ana", "ana.", "-a.example", "a b.example", "localhost", "1.2.3.4"]
)
def test_what_is_no_handle_is_asked_nowhere(typed: str) -> None:
    web = Web(pages())
    with pytest.raises(InvalidInput) as caught:
        discovery_of(web).find(SERVICE, typed)
    assert (caught.value.code, web.asked) == ("unknown_handle", [])


def test_a_server_that_is_down_is_no_unknown_handle() -> None:
    for url in (RESOLVE, DOCUMENT):
        web = Web(pages())
        web.known[url] = 503
        with pytest.raises(NetworkUnreachable):
            look_up(web)


def test_an_account_of_a_website_has_its_document_there() -> None:
    web = Web(pages())
    document = copy.deepcopy(web.known[DOCUMENT]) | {"id": "did:web:ana.example.com"}
    web.known[RESOLVE] = {"did": "did:web:ana.example.com"}
    web.known["https://ana.example.com/.well-known/did.json"] = document
    assert look_up(web) == f"{SERVICE}/oauth/token"


@pytest.mark.parametrize(
    ("url", "change", "code"),
    [
        # The account names another handle than the one that led to it.
        (DOCUMENT, {"alsoKnownAs": ["at://else.example.com"]}, "handle_mismatch"),
        (DOCUMENT, {"alsoKnownAs": []}, "handle_mismatch"),
        (DOCUMENT, {"id": "did:plc:other"}, "no_home"),
        (DOCUMENT, {"service": []}, "no_home"),
        (RESOLVE, {"did": "did:key:z6Mk"}, "no_home"),
        # One server speaks for another.
        (RESOURCE, {"resource": "https://else.example"}, "no_browser_sign_in"),
        (RESOURCE, {"authorization_servers": []}, "no_browser_sign_in"),
        (RESOURCE, {"authorization_servers": [SERVICE, PDS]}, "no_browser_sign_in"),
        (RESOURCE, {"authorization_servers": ["https://10.0.0.1"]}, "no_browser_sign_in"),
        (RESOURCE, {"authorization_servers": ["http://bsky.social"]}, "no_browser_sign_in"),
        (RESOURCE, {"authorization_servers": [f"{SERVICE}/x"]}, "no_browser_sign_in"),
        (SERVER, {"issuer": "https://evil.example"}, "no_browser_sign_in"),
        (SERVER, {"issuer": f"{SERVICE}/"}, "no_browser_sign_in"),
        # It can't what the profile demands.
        (SERVER, {"dpop_signing_alg_values_supported": ["RS256"]}, "no_browser_sign_in"),
        (SERVER, {"code_challenge_methods_supported": ["plain"]}, "no_browser_sign_in"),
        (SERVER, {"authorization_response_iss_parameter_supported": "yes"}, "no_browser_sign_in"),
        (SERVER, {"scopes_supported": None}, "no_browser_sign_in"),
        (SERVER, {"pushed_authorization_request_endpoint": None}, "no_browser_sign_in"),
        # It would send secrets into the house.
        (SERVER, {"token_endpoint": "https://192.168.0.1/token"}, "no_browser_sign_in"),
        (SERVER, {"token_endpoint": "https://localhost/token"}, "no_browser_sign_in"),
        (SERVER, {"token_endpoint": "http://bsky.social/token"}, "no_browser_sign_in"),
        (SERVER, {"token_endpoint": "https://else.example/token"}, "no_browser_sign_in"),
        (SERVER, {"authorization_endpoint": "file:///etc/passwd"}, "no_browser_sign_in"),
        (SERVER, {"authorization_endpoint": "https://169.254.169.254/"}, "no_browser_sign_in"),
    ],
)
def test_a_document_that_lies_leads_nowhere(url: str, change: dict[str, Any], code: str) -> None:
    web = Web(pages())
    web.known[url] = {**web.known[url], **change}
    with pytest.raises(InvalidInput) as caught:
        look_up(web)
    assert caught.value.code == code
    assert all(asked in pages() or asked == RESOLVE for asked in web.asked)


def test_a_private_server_in_a_public_document_is_not_asked() -> None:
    for endpoint in ("https://127.0.0.1", "http://a.example", "https://10.1.2.3", "https://nas"):
        web = Web(pages())
        web.known[DOCUMENT]["service"][0]["serviceEndpoint"] = endpoint
        with pytest.raises(InvalidInput) as caught:
            look_up(web)
        assert (caught.value.code, web.asked) == ("no_home", [RESOLVE, DOCUMENT])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost%3A8080", "169.254.169.254", "10.0.0.1"])
def test_the_gate_lets_no_account_of_a_website_lead_into_the_house(host: str) -> None:
    web = Web(pages())
    web.known[RESOLVE] = {"did": f"did:web:{host}"}
    dialed: list[str] = []

    def dial(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
        dialed.append(address)
        raise httpcore.ConnectError("nobody")

    discovery = Discovery(web, public=PublicReader(dial=dial))
    with pytest.raises(InvalidInput) as caught:
        discovery.find(SERVICE, "ana.example.com")
    assert (caught.value.code, dialed, web.asked) == ("no_home", [], [RESOLVE])


@pytest.mark.parametrize("moved", [RESOURCE, SERVER])
def test_a_redirect_is_not_the_servers_own_word(moved: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        look_up(Web(pages()), moved=moved)
    assert caught.value.code == "no_browser_sign_in"


def test_the_entryway_signs_in_without_being_a_server_of_posts() -> None:
    assert discovery_of(Web(pages())).issuer_at(SERVICE) == SERVICE
    assert discovery_of(Web(pages())).issuer_at(PDS) == SERVICE


@pytest.mark.parametrize(
    ("address", "service", "expected"),
    [
        ("https://a.example", SERVICE, "https://a.example"),
        ("https://A.example/", SERVICE, "https://a.example"),
        ("http://127.0.0.1:2583", SERVICE, None),
        ("http://127.0.0.1:2583", "http://localhost:2583", "http://127.0.0.1:2583"),
        ("https://nas.local", "https://192.168.1.5", "https://nas.local"),
        ("http://192.168.1.5", "https://192.168.1.5", None),
        ("http://a.example", "http://localhost:2583", None),
        ("https://a.example/x", SERVICE, None),
        ("https://u:p@a.example", SERVICE, None),
        (None, SERVICE, None),
        (7, SERVICE, None),
        ("https://[::1", SERVICE, None),
    ],
)
def test_only_who_typed_a_private_address_gets_to_one(
    address: object, service: str, expected: str | None
) -> None:
    assert document_base(address, service) == expected


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://a.example/token", True),
        ("https://a.example/token?x=1", True),
        ("https://a.example/token#x", False),
        ("https://u:p@a.example/token", False),
        ("javascript:alert(1)", False),
    ],
)
def test_an_address_with_a_path(address: str, taken: bool) -> None:
    assert document_url(address, SERVICE) == (address if taken else None)
