-- What is being typed. A draft that was put last has the highest seq.
CREATE TABLE draft (
    seq             INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    json            TEXT NOT NULL
) STRICT;
CREATE INDEX draft_by_organization ON draft (organization_id, seq DESC);

-- Bytes of pictures; `added` is in seconds since 1970.
CREATE TABLE media (
    sha256 TEXT PRIMARY KEY,
    added  INTEGER NOT NULL DEFAULT (unixepoch()),
    data   BLOB NOT NULL
) STRICT;

CREATE TABLE draft_media (
    sha256   TEXT NOT NULL,
    draft_id TEXT NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    PRIMARY KEY (sha256, draft_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_media_by_draft ON draft_media (draft_id);
