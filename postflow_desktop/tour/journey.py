"""The journey: from an empty home to posts on a network, read back from there."""

from __future__ import annotations

import json
import secrets
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from postflow_desktop.bootstrap import DEFAULT_DATABASE, Machine, Seat, Workspace
from postflow_desktop.domain.account import SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.target import Target, TargetStatus
from postflow_desktop.domain.time import plan_instant
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.settings import WorkspaceKind
from postflow_desktop.sandbox.faults import FaultKind
from postflow_desktop.sandbox.server import SandboxServer
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.accounts import ConnectRequest
from postflow_desktop.services.ports.organizations import OrganizationSettings
from postflow_desktop.services.posts import MediaFile, NewPost
from postflow_desktop.tour.pictures import draw
from postflow_desktop.tour.steps import NotObserved, Report, observe
from postflow_desktop.transport.values import Request

TEXT = (
    "Saturday is market day! \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "All about it: https://bäckerei.example/märkte #Sauerteig"
)
ALTS = ("Three coloured stalls under a grey sky", "A round loaf seen from above")
WAIT_SECONDS = 60.0


class Journey:
    """One tour; everything lies in `folder` until the tour is over."""

    def __init__(self, folder: Path, out: Path, report: Report, sandbox: SandboxServer) -> None:
        self._folder = folder
        self._out = out
        self._report = report
        self._sandbox = sandbox
        self._email = "ana@example.com"
        self._password = secrets.token_urlsafe(16)
        self._machines: list[Machine] = []

    def run(self) -> None:
        """All steps; TourEnded at the first that fails."""
        step = self._report.step
        with step("start the embedded database"):
            workspace = self._open("home", "Tour")
        with step("sign up and make an organization"):
            recovery, seat = self._sign_up(workspace)
        with step("connect an account"):
            account = self._connect(seat)
        with step("write a post with two pictures and schedule it"):
            target = self._schedule(seat, account)
        with step("publish it when its time comes"):
            out = self._publish(seat, target)
        with step("read it back from the network"):
            self._compare(out, account)
        with step("lose an answer and still post once"):
            self._lose_an_answer(seat, account)
        with step("cancel a planned post"):
            self._cancel(seat, account)
        with step("sign in on a second machine with the recovery code"):
            self._second_machine(workspace, recovery)
        with step("delete it everywhere"):
            self._delete(seat, out, account)

    def close(self) -> None:
        """Close both machines and wait until the embedded database has ended."""
        for machine in self._machines:
            machine.close()
        pause = threading.Event()
        for _ in range(150):
            if not any(machine.embedded_is_running() for machine in self._machines):
                return
            pause.wait(0.1)

    def _machine(self, name: str) -> Machine:
        environ = {"POSTFLOW_KEYRING": "file"}
        machine = Machine(environ, Home(self._folder / name), linger_seconds=0.5)
        self._machines.append(machine)
        return machine

    def _open(self, home: str, name: str) -> Workspace:
        machine = self._machine(home)
        record = machine.home.add(
            name, WorkspaceKind.EMBEDDED, db=DEFAULT_DATABASE, created_at=machine.clock.now()
        )
        workspace = Workspace.open(machine, record, machine.address_of(record))
        observe(bool(workspace.cluster.ping()), "the database does not answer")
        return workspace

    def _sign_up(self, workspace: Workspace) -> tuple[str, Seat]:
        made = workspace.identity.sign_up(self._email, "Ana", self._password)
        workspace.machine.home.set_user(workspace.record.id, made.user.id, made.user.email)
        workspace.organizations.create("Corner Bakery", made.identity, "Europe/Berlin")
        seat = workspace.seat()
        settings = OrganizationSettings(min_lead_minutes=0)
        workspace.organizations.change_settings(seat.member, settings)
        return made.recovery_code, workspace.seat()

    def _connect(self, seat: Seat) -> SocialAccount:
        request = ConnectRequest(
            network=Network.BLUESKY,
            service=self._sandbox.url,
            username="bakery.test",
            secret="abcd-efgh-ijkl-mnop",  # noqa: S106 - the sandbox takes any
            sandbox_machine=seat.workspace.machine.home.machine_id,
        )
        account = seat.accounts.connect(seat.member, request).account
        observe(bool(seat.accounts.list(seat.member)), "the account is not listed")
        return account

    def _schedule(self, seat: Seat, account: SocialAccount) -> Target:
        first, second = draw(self._folder)
        files = (MediaFile(path=first, alt=ALTS[0]), MediaFile(path=second, alt=ALTS[1]))
        new = NewPost(text=TEXT, account_ids=(account.id,), files=files)
        moment = seat.workspace.cluster.targets.now() + timedelta(seconds=2)
        post = seat.submit.create(new, plan_instant(moment, "Europe/Berlin"), now=False)
        target = seat.posts.show(post.id).targets[0]
        observe(target.status is TargetStatus.PENDING, f"the target is {target.status}")
        return target

    def _publish(self, seat: Seat, target: Target) -> Target:
        runner = PublisherRunner(seat.workspace.engine(seat.person))
        thread = threading.Thread(target=runner.run, name="tour publisher")
        thread.start()
        settled = self._settled(seat, target)
        runner.stop()
        thread.join()
        observe(settled.status is TargetStatus.PUBLISHED, f"the target is {settled.status}")
        published = settled.published_at or settled.updated_at
        observe(published >= target.scheduled_at, "it went out before its time")
        return settled

    def _settled(self, seat: Seat, target: Target) -> Target:
        pause = threading.Event()
        ends = (TargetStatus.PUBLISHED, TargetStatus.FAILED, TargetStatus.MISSED)
        for _ in range(round(WAIT_SECONDS / 0.1)):
            now = seat.posts.show(target.post_id).targets[0]
            if now.status in ends:
                return now
            pause.wait(0.1)
        raise NotObserved(f"it was not out within {WAIT_SECONDS:.0f} s")

    def _compare(self, target: Target, account: SocialAccount) -> None:
        record = self._record(target, account)
        observe(record["text"] == TEXT, "the text on the network is another one")
        raw = TEXT.encode()
        parts = [
            raw[f["index"]["byteStart"] : f["index"]["byteEnd"]].decode() for f in record["facets"]
        ]
        observe(parts == ["https://bäckerei.example/märkte", "#Sauerteig"], "facets are off")
        images = record["embed"]["images"]
        observe(tuple(image["alt"] for image in images) == ALTS, "the alt texts are others")
        for number, image in enumerate(images, start=1):
            self._keep_picture(number, image, account)
        self._report.published.append(
            {"network": "bluesky", "url": _place(target).url, "text": TEXT}
        )

    def _keep_picture(self, number: int, image: dict[str, Any], account: SocialAccount) -> None:
        blob = image["image"]
        data = self._get("com.atproto.sync.getBlob", did=account.user_id, cid=blob["ref"]["$link"])
        observe(len(data) == blob["size"], "a picture on the network has another size")
        observe(b"Tour Camera" not in data, "camera data left the machine")
        ending = blob["mimeType"].partition("/")[2]
        path = self._out / f"published-{number}.{ending}"
        path.write_bytes(data)
        self._report.pictures.append(str(path))

    def _lose_an_answer(self, seat: Seat, account: SocialAccount) -> None:
        self._sandbox.fail(FaultKind.RESET_AFTER)
        before = len(self._sandbox.log)
        new = NewPost(text="Fresh pretzels at seven.", account_ids=(account.id,))
        post = seat.submit.create(new, None, now=True)
        PublisherRunner(seat.workspace.engine(seat.person)).run_until_idle()
        view = seat.posts.show(post.id)
        observe(view.targets[0].status is TargetStatus.PUBLISHED, "it is not out")
        observe(view.attempts[0].letter == "E", "the answer was not lost")
        observe(len(self._sandbox.log) == before + 1, "the network took it more than once")
        self._report.published.append(
            {
                "network": "bluesky",
                "url": _place(view.targets[0]).url,
                "text": post.text,
            }
        )

    def _cancel(self, seat: Seat, account: SocialAccount) -> None:
        before = len(self._sandbox.log)
        new = NewPost(text="Never to be seen.", account_ids=(account.id,))
        moment = seat.workspace.cluster.targets.now() + timedelta(seconds=1)
        post = seat.submit.create(new, plan_instant(moment, "UTC"), now=False)
        seat.posts.cancel(post.id)
        threading.Event().wait(1.2)
        PublisherRunner(seat.workspace.engine(seat.person)).run_until_idle()
        observe(len(self._sandbox.log) == before, "a canceled post was sent")

    def _second_machine(self, first: Workspace, recovery: str) -> None:
        machine = self._machine("second home")
        uri = first.machine.address_of(first.record)
        record = machine.home.add(
            "Tour", WorkspaceKind.URI, db=DEFAULT_DATABASE, created_at=machine.clock.now()
        )
        machine.keep_address(record, uri)
        workspace = Workspace.open(machine, record, uri)
        entered = workspace.identity.log_in(self._email, self._password, recovery)
        machine.home.set_user(record.id, entered.user.id, entered.user.email)
        seat = workspace.seat()
        posts = seat.posts.page(status=None, cursor=None, limit=50).posts
        observe(len(posts) == 3, f"the second machine sees {len(posts)} posts")
        checked = seat.accounts.check(seat.member, seat.accounts.list(seat.member)[0].id)
        observe(checked.problem is None, "the second machine can't use the account")
        workspace.close()

    def _delete(self, seat: Seat, target: Target, account: SocialAccount) -> None:
        seat.posts.delete(target.post_id, everywhere=True)
        publisher = seat.workspace.machine.publishers[Network.BLUESKY]
        session = seat.workspace.sessions(seat.person).open(seat.organization.id, account.id)
        gone = publisher.fetch(session, _place(target).external_id) is None
        observe(gone, "the network still has it")

    def _record(self, target: Target, account: SocialAccount) -> dict[str, Any]:
        key = urlsplit(_place(target).external_id).path.rpartition("/")[2]
        data = self._get(
            "com.atproto.repo.getRecord",
            repo=account.user_id,
            collection="app.bsky.feed.post",
            rkey=key,
        )
        record: dict[str, Any] = json.loads(data)["value"]
        return record

    def _get(self, method: str, **query: str) -> bytes:
        """A public read, past our own adapter: what anybody would see."""
        words = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items())
        url = f"{self._sandbox.url}/xrpc/{method}?{words}"
        reply = self._machines[0].http.request(Request(method="GET", url=url))
        observe(reply.status == 200, f"{method} answered {reply.status}")
        return reply.body


def _place(target: Target) -> PublishResult:
    if target.result is None:
        raise NotObserved("it is not known where the post is")
    return target.result
