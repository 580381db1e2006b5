"""This process of this home: clocks, secrets, the journal, the embedded database, networks."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from postflow_desktop.domain.errors import ClusterUnreachable
from postflow_desktop.domain.network import Network
from postflow_desktop.machine.clock import SystemClock
from postflow_desktop.machine.disk import held
from postflow_desktop.machine.home import Home
from postflow_desktop.machine.redaction import Redactor
from postflow_desktop.machine.settings import WorkspaceKind, WorkspaceRecord
from postflow_desktop.services.token_envelopes import SealedTokens

if TYPE_CHECKING:
    from postflow_desktop.cluster.embedded.server import EmbeddedServer
    from postflow_desktop.machine.journal import SqliteJournal
    from postflow_desktop.machine.mail import MachineMail, MailStatusFile
    from postflow_desktop.machine.processes import HomeProcesses
    from postflow_desktop.services.link_cards import LinkCards
    from postflow_desktop.services.ports.metrics import Metrics
    from postflow_desktop.services.ports.publisher import Connector, Publisher
    from postflow_desktop.services.ports.secrets import SecretStore
    from postflow_desktop.services.publishing.clustertime import ClusterTime
    from postflow_desktop.transport.client import HttpClient
    from postflow_desktop.vault.local import LocalVault

log = logging.getLogger("postflow_desktop.bootstrap")

DEFAULT_DATABASE = "postflow"
_EMBEDDED_PASSWORD = "embedded-database"  # noqa: S105 - the name of the secret


class Machine:
    """This process of this home."""

    def __init__(
        self, environ: Mapping[str, str], home: Home, *, linger_seconds: float | None = None
    ) -> None:
        """`linger_seconds`: how long an embedded server outlives its last user, if not a minute."""
        self.environ = environ
        self.home = home
        self._linger = linger_seconds
        self.redactor = Redactor()
        for name in ("POSTFLOW_PASSWORD", "POSTFLOW_SECRET", "POSTFLOW_MONGODB_URI"):
            if environ.get(name):
                self.redactor.add(environ[name])
        self.clock = SystemClock()
        self.unsaved_tokens: dict[str, SealedTokens] = {}
        """Envelopes that no cluster took yet; they outlive a connection."""

    @cached_property
    def secrets(self) -> SecretStore:
        """Keyring, chosen file, or memory."""
        from postflow_desktop.machine.secrets import open_secret_store

        return open_secret_store(self.home, self.environ)

    @cached_property
    def local_secrets(self) -> SecretStore:
        """Keyring, else a 0600 file: for the embedded database and the person on it."""
        from postflow_desktop.machine.secrets import open_local_store

        return open_local_store(self.home, self.environ)

    @cached_property
    def mail(self) -> MachineMail:
        """The mail server of this machine."""
        from postflow_desktop.machine.mail import MachineMail

        return MachineMail(self.home, lambda: self.local_secrets)

    @cached_property
    def mail_status(self) -> MailStatusFile:
        """How mailing goes on this machine."""
        from postflow_desktop.machine.mail import MailStatusFile

        return MailStatusFile(self.home, self.clock)

    @cached_property
    def processes(self) -> HomeProcesses:
        """This process among those of the home; holds its lock from now on."""
        from postflow_desktop.machine.processes import HomeProcesses

        return HomeProcesses(self.home)

    @cached_property
    def journal(self) -> SqliteJournal:
        """The publish journal."""
        from postflow_desktop.machine.journal import SqliteJournal

        return SqliteJournal(self.home.journal_path, self.clock)

    @cached_property
    def vault(self) -> LocalVault:
        """The cryptography."""
        from postflow_desktop.vault.local import LocalVault

        return LocalVault()

    @cached_property
    def http(self) -> HttpClient:
        """The one HTTP client."""
        from postflow_desktop.transport.client import HttpClient

        return HttpClient()

    @cached_property
    def link_cards(self) -> LinkCards:
        """What pages that posts link to say about themselves."""
        from postflow_desktop.media.card_pictures import CardPictureReader
        from postflow_desktop.services.link_cards import LinkCards
        from postflow_desktop.transport.public import PublicReader
        from postflow_desktop.webpages.reader import PublicPages

        return LinkCards(PublicPages(PublicReader()), CardPictureReader(), self.clock)

    @cached_property
    def embedded(self) -> EmbeddedServer:
        """The MongoDB of this home; starts when it is asked for its address."""
        from postflow_desktop.cluster.embedded.binary import find_mongod
        from postflow_desktop.cluster.embedded.keeper import KeeperSettings
        from postflow_desktop.cluster.embedded.server import EmbeddedServer

        usual = KeeperSettings()
        _ = self.processes.process_id
        with held(self.home.path / "embedded.lock"):
            # Two first commands at once must agree on it, else one locks the other out.
            password = self.local_secrets.get(_EMBEDDED_PASSWORD)
            if password is None:
                password = secrets.token_urlsafe(32)
                self.local_secrets.set(_EMBEDDED_PASSWORD, password)
        self.redactor.add(password)
        return EmbeddedServer(
            self.home.database,
            password=password,
            processes=self.home.processes,
            mongod=find_mongod(self.environ),
            settings=usual if self._linger is None else replace(usual, linger_seconds=self._linger),
        )

    def embedded_is_running(self) -> bool:
        """Whether this process started or used the embedded server and it still runs."""
        return "embedded" in self.__dict__ and self.embedded.status().running

    @cached_property
    def endpoints(self) -> dict[Network, dict[str, str]]:
        """Service addresses per network: the usual ones, changed by `POSTFLOW_ENDPOINTS`."""
        from postflow_desktop.machine.endpoints import read_endpoints
        from postflow_desktop.platforms import registry

        path = self.environ.get("POSTFLOW_ENDPOINTS")
        known = registry.endpoints()
        return known if not path else read_endpoints(known, Path(path))

    @cached_property
    def cluster_time(self) -> ClusterTime:
        """The cluster's clock, as the last claim told it."""
        from postflow_desktop.services.publishing.clustertime import ClusterTime

        return ClusterTime(self.clock)

    @cached_property
    def publishers(self) -> dict[Network, Publisher]:
        """The networks that can be published to."""
        from postflow_desktop.platforms import registry

        return registry.publishers(self.http, self.cluster_time, self.endpoints)

    @cached_property
    def connectors(self) -> dict[Network, Connector]:
        """The networks that accounts can be connected on."""
        from postflow_desktop.platforms import registry

        return registry.connectors(self.http, self.cluster_time, self.endpoints)

    @cached_property
    def metrics(self) -> dict[Network, Metrics]:
        """The networks that tell how posts are doing."""
        from postflow_desktop.platforms import registry

        return registry.metrics(self.http, self.cluster_time, self.endpoints)

    def store_for(self, record: WorkspaceRecord) -> SecretStore:
        """Where a workspace's secrets lie: a lone person's database may use the 0600 file."""
        return self.local_secrets if record.kind is WorkspaceKind.EMBEDDED else self.secrets

    def address_of(self, record: WorkspaceRecord) -> str:
        """The cluster's address, password included; the embedded server is started for it."""
        if record.kind is WorkspaceKind.EMBEDDED:
            return self.embedded.ensure()
        uri = self.secrets.get(_uri_name(record)) or self.environ.get("POSTFLOW_MONGODB_URI")
        if uri is None:
            raise ClusterUnreachable(
                f"The address of workspace '{record.name}' is not kept on this machine.",
                code="no_address",
                fix="Set POSTFLOW_MONGODB_URI, or POSTFLOW_KEYRING=file before "
                "`postflow workspace create --uri …`.",
            )
        self.redactor.add(uri)
        return uri

    def keep_address(self, record: WorkspaceRecord, uri: str) -> None:
        """Remember a cluster's address among the secrets."""
        self.redactor.add(uri)
        self.secrets.set(_uri_name(record), uri)

    def report_bug(self, error: BaseException) -> None:
        """Keep a crash report of an error that ended nothing, and so would go unseen.

        MachineProblem where it can't be written.
        """
        from postflow_desktop.machine.crash_reports import write_crash_report

        at = self.clock.now()
        write_crash_report(self.home, error, sys.argv[1:], redactor=self.redactor, at=at)

    def close(self) -> None:
        """Close what was opened; the process lock is given back last."""
        for name in ("journal", "http", "processes"):
            if name in self.__dict__:
                self.__dict__[name].close()


def _uri_name(record: WorkspaceRecord) -> str:
    return f"workspace/{record.id}/uri"
