"""Developer apps of organizations at the networks; secrets are sealed envelopes."""

from __future__ import annotations

from postflow_desktop.cluster.schema.spec import (
    DATE,
    INT,
    OBJECT_ID,
    CollectionSpec,
    array,
    index,
    nullable,
    one_of,
    text,
)
from postflow_desktop.domain.network import Network

CLIENT_APPS = CollectionSpec(
    name="clientApps",
    required=("organizationId", "platform", "clientId", "redirectUri", "version", "updatedAt"),
    properties={
        "organizationId": OBJECT_ID,
        "platform": one_of(Network),
        "clientId": text(500, min_length=1),
        "clientSecret": nullable(text(8000)),
        "redirectUri": text(2000),
        "scopes": array(text(200, min_length=1), 50),
        "version": INT,
        "updatedAt": DATE,
    },
    indexes=(index("organizationId", "platform", unique=True),),
)

CLIENT_COLLECTIONS = (CLIENT_APPS,)
