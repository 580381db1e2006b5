"""Developer apps in `clientApps`."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from postflow_desktop.cluster.connection import cluster_errors
from postflow_desktop.cluster.documents import Document, to_object_id
from postflow_desktop.cluster.target_expressions import literal
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.clients import ClientApp


class MongoClientStore:
    """The ClientStore port on MongoDB."""

    def __init__(self, database: Database[Document]) -> None:
        self._apps = database["clientApps"]

    def find(self, organization_id: str, network: Network) -> ClientApp | None:
        """The app for a network, or None."""
        with cluster_errors():
            found = self._apps.find_one(_key(organization_id, network))
        return None if found is None else _read(found)

    def list(self, organization_id: str) -> Sequence[ClientApp]:
        """All of the organization, by network."""
        query = {"organizationId": to_object_id(organization_id)}
        with cluster_errors():
            return [_read(found) for found in self._apps.find(query).sort("platform", 1)]

    def save(self, app: ClientApp) -> bool:
        """Store as the next version; False where another one was stored meanwhile."""
        change = {
            **literal(
                {
                    "clientId": app.client_id,
                    "clientSecret": app.sealed_secret,
                    "redirectUri": app.redirect_uri,
                    "scopes": list(app.scopes),
                    "version": app.version,
                }
            ),
            "updatedAt": "$$NOW",
            "rev": {"$add": [{"$ifNull": ["$rev", 0]}, 1]},
        }
        first = app.version == 1
        query = _key(app.organization_id, app.network) | {"version": app.version - 1}
        with cluster_errors():
            try:
                done = self._apps.update_one(query, [{"$set": change}], upsert=first)
            except DuplicateKeyError:
                return False
        return done.matched_count == 1 or done.upserted_id is not None

    def remove(self, organization_id: str, network: Network) -> bool:
        """Forget it; False where there was none."""
        with cluster_errors():
            return self._apps.delete_one(_key(organization_id, network)).deleted_count == 1


def _key(organization_id: str, network: Network) -> Document:
    return {"organizationId": to_object_id(organization_id), "platform": network.value}


def _read(document: Document) -> ClientApp:
    return ClientApp(
        organization_id=str(document["organizationId"]),
        network=Network(document["platform"]),
        client_id=document["clientId"],
        redirect_uri=document["redirectUri"],
        version=document["version"],
        scopes=tuple(document.get("scopes", ())),
        sealed_secret=document.get("clientSecret"),
        updated_at=document["updatedAt"],
    )
