"""The address on this computer: one answer, ours, in time; and gone afterwards."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest

from postflow_desktop.domain.errors import (
    Conflict,
    InvalidInput,
    MachineProblem,
    NetworkUnreachable,
    NotAllowed,
)
from postflow_desktop.oauth.loopback import LoopbackCallback
from postflow_desktop.services.ports.signing_in import Redirect, RedirectKind

ANY = Redirect(kind=RedirectKind.ANY_PORT)
RELAY_PAGE = Path(__file__).parents[2] / "resources" / "oauth" / "relay.html"

Open = Callable[..., LoopbackCallback]


@pytest.fixture
def callbacks() -> Iterator[Open]:
    made: list[LoopbackCallback] = []

    def open_(redirect: Redirect = ANY, wait_seconds: float = 30.0) -> LoopbackCallback:
        made.append(LoopbackCallback(redirect, wait_seconds=wait_seconds))
        return made[-1]

    yield open_
    for callback in made:
        callback.close()


def visit(url: str, **headers: str) -> tuple[int, str]:
    """What a browser gets there."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def back(callback: LoopbackCallback, **query: str) -> str:
    """The address to which the network sends the browser."""
    return f"{callback.redirect_uri}?{urlencode({'state': callback.state, **query})}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_answer_comes_back_whole_and_the_address_is_gone(callbacks: Open) -> None:
    callback = callbacks()
    sent = back(callback, code="a b/c+d")
    status, page = visit(sent)
    assert (status, "close this tab" in page) == (200, True)
    assert callback.wait() == sent
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", callback.port), timeout=5)


def test_it_waits_while_the_person_is_at_the_network(callbacks: Open) -> None:
    callback = callbacks()
    visitor = threading.Timer(0.3, visit, args=(back(callback, code="c"),))
    visitor.start()
    assert "code=c" in callback.wait()
    visitor.join()


def test_address_and_state_are_random_and_of_this_computer(callbacks: Open) -> None:
    one, two = callbacks(), callbacks()
    assert urlsplit(one.redirect_uri).hostname == "127.0.0.1"
    assert urlsplit(one.redirect_uri).path != urlsplit(two.redirect_uri).path
    assert one.state != two.state
    # 24 bytes in base64url: 192 bits.
    assert min(len(one.state), len(urlsplit(one.redirect_uri).path) - 1) >= 32


def test_who_says_no_is_told_so_and_the_refusal_comes_back(callbacks: Open) -> None:
    callback = callbacks()
    _, page = visit(back(callback, error="access_denied"))
    assert "Nothing was connected" in page
    assert "error=access_denied" in callback.wait()


@pytest.mark.parametrize("state", ["", "x", "é"])
def test_an_answer_with_another_state_is_refused(callbacks: Open, state: str) -> None:
    callback = callbacks()
    status, page = visit(f"{callback.redirect_uri}?code=stolen&state={quote(state)}")
    assert (status, "another sign-in" in page) == (400, True)
    with pytest.raises(NotAllowed) as caught:
        callback.wait()
    assert caught.value.code == "wrong_state"


@pytest.mark.parametrize("issuer", ["", "https://evil.example"])
def test_an_answer_of_another_issuer_is_refused(callbacks: Open, issuer: str) -> None:
    callback = callbacks()
    callback.expect("https://pds.example")
    visit(back(callback, code="c", iss=issuer))
    with pytest.raises(NotAllowed) as caught:
        callback.wait()
    assert caught.value.code == "wrong_issuer"


def test_the_right_issuer_is_taken(callbacks: Open) -> None:
    callback = callbacks()
    callback.expect("https://pds.example")
    visit(back(callback, code="c", iss="https://pds.example"))
    assert "code=c" in callback.wait()


def test_a_second_answer_changes_nothing(callbacks: Open) -> None:
    callback = callbacks()
    visit(back(callback, code="first"))
    status, page = visit(back(callback, code="second"))
    assert (status, "used already" in page) == (410, True)
    assert "code=first" in callback.wait()


def test_other_paths_and_other_hosts_are_no_answer(callbacks: Open) -> None:
    callback = callbacks()
    root = f"http://127.0.0.1:{callback.port}"
    assert visit(f"{root}/favicon.ico")[0] == 404
    assert visit(f"{root}/?state={callback.state}&code=c")[0] == 404
    assert visit(back(callback, code="c"), Host=f"evil.example:{callback.port}")[0] == 421
    visit(back(callback, code="mine"))
    assert "code=mine" in callback.wait()


def test_nothing_is_loaded_from_elsewhere_and_nothing_is_told_elsewhere(callbacks: Open) -> None:
    callback = callbacks()
    with urllib.request.urlopen(back(callback, code="c"), timeout=10) as answer:
        page = answer.read().decode()
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers["Cache-Control"] == "no-store"
    assert "http" not in page
    assert "src=" not in page


def test_a_browser_that_never_comes_ends_the_waiting(callbacks: Open) -> None:
    with pytest.raises(NetworkUnreachable) as caught:
        callbacks(wait_seconds=0.05).wait()
    assert caught.value.code == "browser_silent"


def test_a_person_can_cancel(callbacks: Open) -> None:
    callback = callbacks()
    threading.Timer(0.2, callback.cancel).start()
    with pytest.raises(Conflict) as caught:
        callback.wait()
    assert caught.value.code == "sign_in_canceled"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_registered_address_is_used_letter_by_letter(callbacks: Open, host: str) -> None:
    uri = f"http://{host}:{free_port()}/postflow/callback"
    callback = callbacks(Redirect(kind=RedirectKind.EXACT, uri=uri))
    assert callback.redirect_uri == uri
    visit(back(callback, code="c"))
    assert "code=c" in callback.wait()


def test_a_taken_port_is_told(callbacks: Open) -> None:
    uri = f"http://127.0.0.1:{free_port()}/callback"
    callbacks(Redirect(kind=RedirectKind.EXACT, uri=uri))
    with pytest.raises(MachineProblem) as caught:
        callbacks(Redirect(kind=RedirectKind.EXACT, uri=uri))
    assert caught.value.code == "port_taken"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "https://127.0.0.1:1234/x",
        "http://example.com:80/",
        "http://127.0.0.1/x",
        "http://127.0.0.1:x/",
        "http://[127.0.0.1:8080/",
    ],
)
def test_an_address_elsewhere_is_refused(callbacks: Open, uri: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        callbacks(Redirect(kind=RedirectKind.EXACT, uri=uri))
    assert caught.value.code == "bad_redirect"


def relayed(query: str) -> str:
    """Where the page sends the browser, run by a real JavaScript engine."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no JavaScript engine on this machine")
    page = RELAY_PAGE.read_text()
    script = page.partition("<script>")[2].partition("</script>")[0]
    stage = (
        "var shown = {}, gone = '';"
        "var document = {getElementById: (id) => shown[id] = shown[id] || {}};"
        f"var window = {{location: {{search: {query!r}, replace: (to) => gone = to}}}};"
    )
    done = subprocess.run(
        [node, "-e", f"{stage}{script}; console.log(gone)"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_the_relay_page_brings_the_answer_to_this_computer(callbacks: Open) -> None:
    redirect = Redirect(kind=RedirectKind.RELAY, uri="https://relay.example/postflow")
    callback = callbacks(redirect)
    assert callback.redirect_uri == redirect.uri
    visit(relayed(f"?state={callback.state}&code=c%2Fd"))
    assert callback.wait().endswith("code=c%2Fd")


@pytest.mark.parametrize(
    "state",
    [
        "",
        "80.aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb",
        "70000.aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb",
        "8080@evil.example.aaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb",
        "8080.%2F%2Fevil.example%2Faaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbb",
    ],
)
def test_the_relay_page_sends_nobody_elsewhere(state: str) -> None:
    assert relayed(f"?state={state}&code=c") == ""
