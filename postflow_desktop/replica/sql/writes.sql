-- name: meta_get
-- One fact about the replica.
SELECT value FROM meta WHERE key = :key;

-- name: meta_put
-- Keep one fact about the replica.
INSERT INTO meta (key, value) VALUES (:key, :value)
ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: meta_drop
-- Forget one fact about the replica.
DELETE FROM meta WHERE key = :key;

-- name: known
-- What is held of these ids: seq and rev. CROSS: the ids lead, not the whole collection.
SELECT doc.id, doc.seq, doc.rev FROM json_each(:ids) AS wanted
CROSS JOIN doc ON doc.coll = :coll AND doc.id = wanted.value;

-- name: gone
-- Which of these ids were deleted.
SELECT gone.id FROM json_each(:ids) AS wanted
CROSS JOIN gone ON gone.coll = :coll AND gone.id = wanted.value;

-- name: gone_put
-- Remember a deletion.
INSERT INTO gone (coll, id) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: gone_drop
-- The cluster has it again (a restored backup).
DELETE FROM gone WHERE coll = ? AND id = ?;

-- name: last_seq
-- The highest number that a document has.
SELECT coalesce(max(seq), 0) FROM doc;

-- name: doc_put
-- Keep a document; its number stays.
INSERT INTO doc (seq, coll, id, rev, json) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (seq) DO UPDATE SET rev = excluded.rev, json = excluded.json;

-- name: doc_drop
-- Forget a document.
DELETE FROM doc WHERE seq = ?;

-- name: doc_json
-- One document.
SELECT json FROM doc WHERE coll = ? AND id = ?;

-- name: digest
-- Every id with its rev.
SELECT id, rev FROM doc WHERE coll = :coll;

-- name: sums
-- How many documents there are, and the sum of their revs.
SELECT count(*), coalesce(sum(rev), 0) FROM doc WHERE coll = :coll;

-- name: any_doc
-- Whether there is a document at all.
SELECT 1 FROM doc WHERE coll = :coll LIMIT 1;

-- name: post_put
-- The list row of a post.
INSERT OR REPLACE INTO post (seq, id, org, status, at, updated, title)
VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: post_drop
-- Forget a list row.
DELETE FROM post WHERE seq = ?;

-- name: posts_at
-- Where these posts stand on the calendar.
SELECT post.id, post.org, post.at, post.status FROM json_each(:ids) AS wanted
CROSS JOIN post ON post.id = wanted.value WHERE post.at IS NOT NULL;

-- name: calendar_put
-- The calendar row of a post.
INSERT OR REPLACE INTO calendar (org, at, post_id, version, title, status, failure_code,
                                 accounts, networks, has_media, movable, held)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: calendar_drop
-- Take a post off the calendar.
DELETE FROM calendar WHERE org = ? AND at = ? AND post_id = ?;

-- name: calendar_targets
-- What a post's targets make of its calendar row; untouched where nothing differs.
UPDATE calendar SET networks = :networks, movable = :movable, held = :held, version = :version
WHERE org = :org AND at = :at AND post_id = :id
  AND (networks <> :networks OR movable <> :movable OR held <> :held);

-- name: words_put
-- Index a post's words.
INSERT INTO words (rowid, text) VALUES (?, ?);

-- name: words_drop
-- Forget a post's words.
DELETE FROM words WHERE rowid = ?;

-- name: targets_of
-- The targets of these posts, as far as the calendar needs them.
SELECT target.post_id, target.account, target.network, target.status, target.held
FROM json_each(:ids) AS wanted CROSS JOIN target ON target.post_id = wanted.value
ORDER BY target.post_id, target.account;

-- name: posts_of_targets
-- The posts of these targets.
SELECT DISTINCT target.post_id FROM json_each(:ids) AS wanted
CROSS JOIN target ON target.id = wanted.value;

-- name: target_put
-- A target's row.
INSERT OR REPLACE INTO target (id, org, post_id, account, network, status, at, held)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: target_drop
-- Forget a target's row.
DELETE FROM target WHERE id = ?;

-- name: attempt_put
-- An attempt's place.
INSERT OR REPLACE INTO attempt (target_id, at, id) VALUES (?, ?, ?);

-- name: attempt_drop
-- Forget an attempt's place.
DELETE FROM attempt WHERE target_id = ? AND at = ? AND id = ?;

-- name: account_drop
-- Forget an account's row.
DELETE FROM account WHERE id = ?;

-- name: account_put
-- An account's row.
INSERT INTO account (org, network, username, id) VALUES (?, ?, ?, ?);

-- name: metric_drop
-- Forget a measurement's place.
DELETE FROM metric WHERE id = ?;

-- name: metric_put
-- A measurement's place.
INSERT OR REPLACE INTO metric (id, post_id) VALUES (?, ?);

-- name: notice_drop
-- Forget a notice's row.
DELETE FROM notice WHERE id = ?;

-- name: notice_put
-- A notice's row.
INSERT OR REPLACE INTO notice (id, org, at, unread, seen) VALUES (?, ?, ?, ?, ?);
