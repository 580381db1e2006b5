-- What the replica knows about itself: stream token, fingerprint of its workspace.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every document as the feed gave it, without secrets.
CREATE TABLE doc (
    seq  INTEGER PRIMARY KEY,
    coll TEXT NOT NULL,
    id   TEXT NOT NULL,
    rev  INTEGER NOT NULL,
    json TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX doc_key ON doc (coll, id);

-- Ids that were deleted: they never come back, so that a late event can't revive them.
CREATE TABLE gone (
    coll TEXT NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (coll, id)
) STRICT, WITHOUT ROWID;

-- Posts that are not deleted, for lists and counts; `seq` is that of their document.
-- Times are milliseconds since 1970.
CREATE TABLE post (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    org       TEXT NOT NULL,
    status    TEXT NOT NULL,
    at        INTEGER,
    updated   INTEGER NOT NULL,
    title     TEXT NOT NULL
) STRICT;
CREATE INDEX post_by_status ON post (org, status, updated DESC);

-- One row for each post with a time, kept whole and in the order in which a month is read.
-- `version` differs whenever anything in the row does.
CREATE TABLE calendar (
    org          TEXT NOT NULL,
    at           INTEGER NOT NULL,
    post_id      TEXT NOT NULL,
    version      INTEGER NOT NULL,
    title        TEXT NOT NULL,
    status       TEXT NOT NULL,
    failure_code TEXT,
    accounts     TEXT NOT NULL,
    networks     TEXT NOT NULL,
    has_media    INTEGER NOT NULL,
    movable      INTEGER NOT NULL,
    PRIMARY KEY (org, at, post_id)
) STRICT, WITHOUT ROWID;

-- Targets: by post, and those that a person should look at.
CREATE TABLE target (
    id      TEXT PRIMARY KEY,
    org     TEXT NOT NULL,
    post_id TEXT NOT NULL,
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    status  TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX target_by_post ON target (post_id, account, network, status);
CREATE INDEX target_bad ON target (org, at DESC)
    WHERE status IN ('failed', 'missed', 'needs_attention');

-- Both documents of an attempt lie under its target.
CREATE TABLE attempt (
    target_id TEXT NOT NULL,
    at        INTEGER NOT NULL,
    id        TEXT NOT NULL,
    PRIMARY KEY (target_id, at, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    org      TEXT NOT NULL,
    network  TEXT NOT NULL,
    username TEXT NOT NULL,
    id       TEXT NOT NULL UNIQUE,
    PRIMARY KEY (org, network, username, id)
) STRICT, WITHOUT ROWID;

-- Full text of posts and their variants; rowid is the document's seq.
CREATE VIRTUAL TABLE words USING fts5(text, tokenize = 'unicode61 remove_diacritics 2');
