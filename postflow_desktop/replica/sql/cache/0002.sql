-- Notices by time; `unread` where one still waits for whoever is not in `seen` (ids, by spaces).
CREATE TABLE notice (
    id     TEXT PRIMARY KEY,
    org    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    seen   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_by_time ON notice (org, at DESC, id);
CREATE INDEX notice_unread ON notice (org) WHERE unread = 1;

-- Digests come next: they bring what this file never followed.
DELETE FROM meta WHERE key = 'token';
