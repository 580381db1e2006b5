"""The sample workspace: a bakery's month on the sandbox, made by the services that make real posts.

What is out was published to the sandbox over HTTP; only its dates are moved into the past.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from postflow_desktop.bootstrap import Machine, Workspace
from postflow_desktop.bootstrap.sandbox import HomeSandbox, connect_sandbox_account
from postflow_desktop.domain.post import Post
from postflow_desktop.domain.time import (
    PlannedTime,
    plan_instant,
    plan_wall_time,
    utc_text,
    zone,
)
from postflow_desktop.sandbox.sample import ACCOUNTS, SamplePost, sample_month
from postflow_desktop.sandbox.sample_pictures import NAMES, draw
from postflow_desktop.scheduler.runner import PublisherRunner
from postflow_desktop.services.posts import MediaFile, NewPost
from postflow_desktop.transport.values import Request

_WORKERS = 4
_SOON = timedelta(hours=1)
"""Posts that would have to go out while somebody looks around for the first time are left out."""
_DRAFTS = (
    "What would you like to see on the winter menu? We are thinking of",
    "Behind the scenes: why the ovens go on at two. (Needs a picture from Tuesday.)",
)


def fill_sample(machine: Machine, workspace: Workspace) -> None:
    """Three accounts; two weeks that are out with two slips; two weeks to come; two drafts."""
    with (
        TemporaryDirectory(prefix="postflow-sample-") as folder,
        ThreadPoolExecutor(_WORKERS, thread_name_prefix="sample") as pool,
        HomeSandbox(machine) as sandbox,
    ):
        # Drawn while the cluster and the sandbox are waited for.
        pictures = {name: pool.submit(_draw, Path(folder), name) for name in NAMES}
        _Filler(machine, workspace, sandbox.url, pool, pictures).fill()


def remove_sandbox(machine: Machine) -> None:
    """What was posted there goes with the sample."""
    shutil.rmtree(machine.home.path / "sandbox", ignore_errors=True)


class _Filler:
    """One filling; `fill` once."""

    def __init__(
        self,
        machine: Machine,
        workspace: Workspace,
        service: str,
        pool: ThreadPoolExecutor,
        pictures: Mapping[str, Future[Path]],
    ) -> None:
        self._machine = machine
        self._workspace = workspace
        self._pool = pool
        self._pictures = pictures
        self._seat = workspace.seat()
        self._service = service
        self._account_ids = {
            account.handle: connect_sandbox_account(
                self._seat, service, account.network, account.handle
            ).id
            for account in ACCOUNTS
        }

    def fill(self) -> None:
        """Everything, in the order in which it would have happened."""
        zone_name = self._seat.organization.timezone
        now = self._machine.clock.now()
        month = sample_month(now.astimezone(zone(zone_name)).date(), zone_name)
        past = [post for post in month if _time(post).utc < now - _SOON]
        self._make_past(past)
        to_come = [post for post in month if _time(post).utc > now + _SOON]
        list(self._pool.map(lambda post: self._create(post, _time(post)), to_come))
        for text in _DRAFTS:
            self._seat.submit.create(
                NewPost(text=text, account_ids=(self._account_ids[ACCOUNTS[0].handle],)),
                None,
                now=False,
            )

    def _make_past(self, posts: list[SamplePost]) -> None:
        *out, repeated, missed = posts
        made = list(
            zip(out, self._pool.map(lambda post: self._create(post, None), out), strict=True)
        )
        self._publish()
        # The same words again: the sandbox's X refuses them as X does.
        same = replace(repeated, text=out[-1].text, handles=tuple(self._account_ids), picture=None)
        made.append((repeated, self._create(same, None)))
        self._publish()
        # Nobody's computer was on: its time is over, and a person is asked.
        late = self._create(missed, plan_instant(self._machine.clock.now() + _SOON, "UTC"))
        for post, stored in (*made, (missed, late)):
            planned = _time(post)
            self._workspace.cluster.date_back(stored.id, to=planned.utc, local=planned.local)
        self._tell_ages({stored.id: _time(post) for post, stored in made})
        self._publish()

    def _tell_ages(self, planned: Mapping[str, PlannedTime]) -> None:
        """Have the sandbox's people react as if the posts had been out since then."""
        organization_id = self._seat.organization.id
        targets = self._workspace.cluster.targets.of_posts(organization_id, list(planned))
        ages = {
            target.result.external_id: utc_text(planned[target.post_id].utc)
            for target in targets
            if target.result is not None
        }
        self._machine.http.request(
            Request(
                method="POST",
                url=f"{self._service}/sandbox/ages",
                headers={"Content-Type": "application/json"},
                body=json.dumps({"ages": ages}).encode(),
            )
        )

    def _create(self, post: SamplePost, planned: PlannedTime | None) -> Post:
        """A post for a time; without one it is due now."""
        new = NewPost(
            text=post.text,
            account_ids=tuple(self._account_ids[handle] for handle in post.handles),
            files=()
            if post.picture is None
            else (MediaFile(path=self._pictures[post.picture].result(), alt=post.alt),),
        )
        return self._seat.submit.create(new, planned, now=planned is None)

    def _publish(self) -> None:
        engine = self._workspace.engine(self._seat.person)
        PublisherRunner(engine, workers=_WORKERS).run_until_idle()


def _draw(folder: Path, name: str) -> Path:
    path = folder / f"{name}.png"
    path.write_bytes(draw(name))
    return path


def _time(post: SamplePost) -> PlannedTime:
    return plan_wall_time(post.local, post.zone)
