-- What was measured of a post on an account, by post.
CREATE TABLE metric (
    id      TEXT PRIMARY KEY,
    post_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_by_post ON metric (post_id);

-- Digests come next: they bring what this file never followed.
DELETE FROM meta WHERE key = 'token';
