"""The gate to public addresses, over real sockets: what it refuses, and what it connects to."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postflow_desktop.domain.errors import NetworkUnreachable, PostFlowError, Refused
from postflow_desktop.transport.gate import is_public, is_web_port
from postflow_desktop.transport.public import PublicReader, Wanted
from tests.kit.pages import PUBLIC, Site, Thing, Town, proxy, site
from tests.transport.certificates import make_contexts
from tests.transport.servers import scripted


@pytest.fixture
def town() -> Iterator[Town]:
    with site() as made:
        made.page("/", "<title>Hello</title>")
        yield Town(made, {"news.example": [PUBLIC]})


def wanted(url: str, *, most: int = 2_000_000, cut: bool = False, seconds: float = 15.0) -> Wanted:
    return Wanted(url=url, accept="text/html", max_bytes=most, cut=cut, seconds=seconds)


def refusal(reader: PublicReader, url: str) -> str:
    with pytest.raises(PostFlowError) as caught:
        reader.get(wanted(url))
    assert caught.value.fix
    return caught.value.code


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.7",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "fe80::1%2",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2002:7f00:1::",
        "2002:5db8:d822::1",
        "not an address",
    ],
)
def test_no_address_of_our_own_or_of_nobody_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::5db8:d822", "::ffff:1.1.1.1"]
)
def test_addresses_that_anybody_may_have_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_never_public(address: object) -> None:
    text = str(address)
    private = getattr(address, "is_private", False)
    assert not (private and is_public(text)) or text.startswith("::ffff:")


def test_only_ports_of_the_web_and_free_ones_are_asked() -> None:
    assert [port for port in (22, 25, 80, 443, 587, 1024, 8080) if is_web_port(port)] == [
        80,
        443,
        1024,
        8080,
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
def test_loopback_is_refused_however_it_is_written(host: str) -> None:
    with scripted(lambda _: None) as server:
        code = refusal(PublicReader(), f"http://{host}:{server.port}/")
        assert server.connections == 0
    assert code == "private_address"


def test_loopback_in_ipv6_is_refused_too() -> None:
    assert refusal(PublicReader(), "http://[::1]:8080/") == "private_address"
    assert refusal(PublicReader(), "http://[::ffff:127.0.0.1]:8080/") == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://news.example/",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@news.example/",
        "http://news.example:0/",
        "http://news.example:99999/",
        "http://[::1",
        "javascript:alert(1)",
        "data:text/html,hi",
    ],
)
def test_what_is_no_address_of_a_page_is_refused_unasked(town: Town, url: str) -> None:
    assert refusal(town.reader(), url) == "bad_link"
    assert not town.looked_up


def test_one_private_address_among_public_ones_is_enough(town: Town) -> None:
    town.names["mixed.example"] = [PUBLIC, "10.0.0.1"]
    assert refusal(town.reader(), "http://mixed.example/") == "private_address"
    assert not town.dialled


def test_mail_servers_are_not_spoken_to(town: Town) -> None:
    assert refusal(town.reader(), "http://news.example:25/") == "private_address"
    assert not town.dialled


def test_the_address_that_was_checked_is_the_one_that_is_dialled(town: Town) -> None:
    """A name whose next answer would be loopback: it is asked for once."""
    answers = [[PUBLIC], ["127.0.0.1"]]

    def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    got = PublicReader(look=rebinding, dial=town.dial).get(wanted("http://news.example/"))
    assert got.status == 200
    assert town.dialled == [(PUBLIC, 80)]
    assert answers == [["127.0.0.1"]]
    with pytest.raises(Refused):
        PublicReader(look=rebinding, dial=town.dial).get(wanted("http://news.example/"))


def test_the_site_hears_its_name_and_nothing_of_the_person(town: Town) -> None:
    town.reader().get(wanted("http://news.example/#part"))
    ((path, headers),) = town.site.asked
    assert path == "/"
    assert headers["host"] == "news.example"
    assert headers["user-agent"].startswith("PostFlow/")
    assert not {"cookie", "authorization", "referer"} & set(headers)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_to_public_addresses(town: Town, status: int) -> None:
    town.names["other.example"] = ["1.1.1.1"]
    town.site.send_on("/short", "https://other.example:8443/long", status)
    town.site.send_on("/one", "two?x=1", status)
    town.site.page("/two?x=1", "two")
    got = town.reader().get(wanted("http://news.example/one"))
    assert (got.url, got.body) == ("http://news.example/two?x=1", b"two")
    with pytest.raises(NetworkUnreachable):
        # The site speaks no TLS; what counts is where it went.
        town.reader().get(wanted("http://news.example/short"))
    assert town.dialled[-1] == ("1.1.1.1", 8443)


@pytest.mark.parametrize(
    "goal",
    [
        "http://127.0.0.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://inside.example/",
        "//localhost/",
    ],
)
def test_a_redirect_inside_is_refused(town: Town, goal: str) -> None:
    town.names |= {
        "inside.example": ["192.168.0.1"],
        "127.0.0.1": ["127.0.0.1"],
        "169.254.169.254": ["169.254.169.254"],
        "localhost": ["127.0.0.1"],
    }
    town.site.send_on("/", goal)
    assert refusal(town.reader(), "http://news.example/") == "private_address"
    assert town.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize("goal", ["file:///etc/passwd", "http://[::1", "http://a:b@news.example/"])
def test_a_redirect_to_another_kind_of_address_is_refused(town: Town, goal: str) -> None:
    town.site.send_on("/", goal)
    assert refusal(town.reader(), "http://news.example/") == "bad_link"


def test_a_circle_of_redirects_ends(town: Town) -> None:
    town.site.send_on("/", "/")
    assert refusal(town.reader(), "http://news.example/") == "too_many_redirects"
    assert len(town.site.asked) == 6


def test_too_much_is_cut_or_refused(town: Town) -> None:
    town.site.things["/"] = Thing(b"x" * 5000)
    assert town.reader().get(wanted("http://news.example/", most=100, cut=True)).body == b"x" * 100
    with pytest.raises(Refused, match="more than 100 bytes"):
        town.reader().get(wanted("http://news.example/", most=100))


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_packed_pages_are_unpacked(town: Town, name: str) -> None:
    pack = gzip.compress if name == "gzip" else zlib.compress
    town.site.things["/"] = Thing(pack(b"hello"), headers={"Content-Encoding": name})
    assert town.reader().get(wanted("http://news.example/")).body == b"hello"


def test_a_bomb_is_not_unpacked(town: Town) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    assert len(bomb) < 300_000
    town.site.things["/"] = Thing(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(Refused):
        town.reader().get(wanted("http://news.example/", most=1_000_000))
    got = town.reader().get(wanted("http://news.example/", most=1_000_000, cut=True))
    assert len(got.body) == 1_000_000


@pytest.mark.parametrize(
    ("body", "name"), [(b"no gzip at all", "gzip"), (b"x", "br"), (b"x", "gzip, gzip")]
)
def test_what_can_not_be_unpacked_is_said(town: Town, body: bytes, name: str) -> None:
    town.site.things["/"] = Thing(body, headers={"Content-Encoding": name})
    assert refusal(town.reader(), "http://news.example/") == "bad_encoding"


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "]
)
def test_a_dripping_server_ends_at_the_deadline(begun: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(begun)
        while not server.stopping.wait(0.02):
            connection.sendall(b"x")

    with scripted(drip) as server:
        town = Town(Site(port=server.port), {"slow.example": [PUBLIC]})
        with pytest.raises(NetworkUnreachable) as caught:
            town.reader().get(wanted("http://slow.example/", seconds=0.3))
    assert caught.value.code == "timed_out"


def test_a_name_that_nobody_has_is_said(town: Town) -> None:
    assert refusal(town.reader(), "https://nobody.example/") == "dns_failed"


def test_certificates_are_checked_against_the_name(tmp_path: Path) -> None:
    server_side, client_side = make_contexts(tmp_path)
    with site(server_side) as made:
        made.page("/", "safe")
        town = Town(made, {"127.0.0.1": [PUBLIC], "news.example": [PUBLIC]})
        reader = town.reader(client_side)
        assert reader.get(wanted("https://127.0.0.1/")).body == b"safe"
        assert refusal(reader, "https://news.example/") == "tls_failed"
        with pytest.raises(NetworkUnreachable):
            town.reader(ssl.create_default_context()).get(wanted("https://127.0.0.1/"))


def test_a_proxy_gets_the_checked_address_as_its_goal(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(lambda _: town.site.port) as (address, asked):
        monkeypatch.setenv("http_proxy", address)
        got = PublicReader(look=town.look).get(wanted("http://news.example/"))
        assert got.body == b"<title>Hello</title>"
        assert asked == [f"{PUBLIC}:80"]
        town.names["news.example"] = ["127.0.0.1"]
        with pytest.raises(Refused):
            PublicReader(look=town.look).get(wanted("http://news.example/"))
        assert len(asked) == 1


def test_a_proxy_that_refuses_is_said(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")

    with scripted(refuse) as server:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.port}")
        assert refusal(PublicReader(look=town.look), "http://news.example/") == "unreachable"
