"""An organization with members, accounts and posts on a real cluster, and its recurring work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from postflow_desktop.bootstrap.notifications import raising_parts
from postflow_desktop.cluster.documents import new_id
from postflow_desktop.cluster.workspace import ClusterWorkspace
from postflow_desktop.domain.account import AccountStatus, SocialAccount
from postflow_desktop.domain.network import Network
from postflow_desktop.domain.notice import Notice, NoticeKind
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.post import Post, PostStatus
from postflow_desktop.domain.target import Target, TargetError, TargetStatus
from postflow_desktop.services.notifications.lookout import Lookout, LookoutParts
from postflow_desktop.services.notifications.mailing import MailingParts, NoticeMailing
from postflow_desktop.services.notifications.raising import NoticeRaiser, NoticeSweep
from postflow_desktop.services.ports.mailer import Mailer, MailNote
from tests.conftest import ClusterDb
from tests.fakes.clock import HeldClock

ZONE = "Europe/Berlin"


@dataclass
class Bakery:
    """One organization; every method asks or changes the cluster."""

    workspace: ClusterWorkspace
    organization_id: str = field(default_factory=new_id)

    def __post_init__(self) -> None:
        now = self.now()
        self.workspace.database["organizations"].insert_one(
            {
                "_id": ObjectId(self.organization_id),
                "name": "Corner Bakery",
                "slug": f"bakery-{self.organization_id}",
                "timezone": ZONE,
                "planId": ObjectId(),
                "status": "active",
                "keyVersion": 1,
                "createdAt": now,
                "updatedAt": now,
                "rev": 1,
            }
        )
        self.parts = raising_parts(self.workspace)
        self.raiser = NoticeRaiser(self.parts)
        self.sweep = NoticeSweep(self.parts, self.raiser)
        self.lookout = Lookout(
            LookoutParts(
                raising=self.parts, presence=self.workspace.presence, pauses=self.workspace.pauses
            ),
            self.raiser,
        )

    def now(self) -> datetime:
        return self.workspace.targets.now()

    def member(self, email: str, **more: Any) -> str:
        """A person who joined; the id."""
        now, user = self.now(), ObjectId()
        stamps = {"createdAt": now, "updatedAt": now, "rev": 1}
        self.workspace.database["users"].insert_one(
            {
                "_id": user,
                "email": email,
                "emailVerified": False,
                "role": "user",
                "status": "active",
                "timezone": ZONE,
                **stamps,
                **more,
            }
        )
        self.workspace.database["memberships"].insert_one(
            {
                "userId": user,
                "organizationId": ObjectId(self.organization_id),
                "role": "member",
                "joinedAt": now,
                **stamps,
            }
        )
        return str(user)

    def account(self, username: str = "bakery.test", **more: Any) -> SocialAccount:
        now = self.now()
        account = SocialAccount(
            id=new_id(),
            organization_id=self.organization_id,
            user_id=f"did:plc:{new_id()}",
            username=username,
            status=AccountStatus.ACTIVE,
            created_at=now,
            updated_at=now,
            **{"network": Network.BLUESKY, "sealed_access_token": "pf1.1.a.b", **more},
        )
        self.workspace.accounts.add(account)
        return account

    def target(
        self,
        account: SocialAccount,
        status: TargetStatus = TargetStatus.PENDING,
        *,
        text: str = "Fresh bread from seven",
        at: datetime | None = None,
        **more: Any,
    ) -> Target:
        """A post with one target, stored."""
        now = self.now()
        due = at or now + timedelta(hours=3)
        post = self.workspace.posts.add(
            Post(
                id=new_id(),
                organization_id=self.organization_id,
                created_by=new_id(),
                status=PostStatus.DRAFT,
                text=text,
                account_ids=(account.id,),
                created_at=now,
                updated_at=now,
            )
        )
        target = Target(
            id=new_id(),
            organization_id=self.organization_id,
            post_id=post.id,
            account_id=account.id,
            network=account.network,
            status=status,
            scheduled_at=due,
            not_before=due,
            content_hash="0" * 64,
            timezone=ZONE,
            created_at=now,
            updated_at=now,
            **more,
        )
        self.workspace.targets.add([target])
        return target

    def settle(self, target: Target, **fields: Any) -> Target:
        """Change stored fields as a settlement does; the target as it is then."""
        self.workspace.database["schedules"].update_one(
            {"_id": ObjectId(target.id)},
            {"$set": fields, "$currentDate": {"updatedAt": True}, "$inc": {"rev": 1}},
        )
        found = self.workspace.targets.get(self.organization_id, target.id)
        assert found is not None
        return found

    def raised(self, count: int, kind: NoticeKind = NoticeKind.FAILED) -> list[Notice]:
        """So many notices, stored one after the other."""
        made = []
        for n in range(count):
            notice = self.workspace.notices.put(
                Notice(
                    key=f"target:{ObjectId()}",
                    organization_id=self.organization_id,
                    kind=kind,
                    title=f"Title {n + 1}",
                    text="It did not work.",
                    at=self.now(),
                )
            )
            assert notice is not None
            made.append(notice)
        return made

    def mailing(
        self, mailer: Mailer | None, note: MailNote, owner: str = "p-1", clock: Any = None
    ) -> NoticeMailing:
        """Mailing as one process does it."""
        cluster = self.workspace
        return NoticeMailing(
            MailingParts(
                notices=cluster.notices,
                wishes=cluster.wishes,
                organizations=cluster.organizations,
                now=cluster.targets.now,
                clock=clock or HeldClock(),
                mailer=lambda: mailer,
                note=note,
                owner=owner,
            )
        )

    def notices(self) -> dict[str, Notice]:
        """What stands in the list, by key."""
        return {n.key: n for n in self.workspace.notices.recent(self.organization_id)}

    def standing(self) -> set[str]:
        """The keys of what is not withdrawn."""
        return {key for key, notice in self.notices().items() if not notice.withdrawn}


def bakery_of(database: ClusterDb) -> Bakery:
    """A bakery in that database."""
    workspace = ClusterWorkspace(database.client, database.name)
    workspace.prepare()
    return Bakery(workspace)


def error(message: str = "The network said no.", fix: str = "Change the text.") -> TargetError:
    return TargetError(code="refused", message=message, fix=fix)


RESULT = PublishResult(external_id="at://x", url="https://bsky.app/x")
