-- name: calendar_versions
-- Which posts lie in a span of time, in order: versions only, for rows that are known already.
SELECT post_id, version FROM calendar
WHERE org = :org AND at >= :start AND at < :end ORDER BY at, post_id;

-- name: calendar_rows
-- The whole rows of a span of time, in order.
SELECT post_id, version, at, title, status, failure_code, accounts, networks, has_media, movable,
       held
FROM calendar
WHERE org = :org AND at >= :start AND at < :end ORDER BY at, post_id;

-- name: account_networks
-- The network of each account of an organization.
SELECT id, network FROM account WHERE org = :org;

-- name: post
-- One post's document.
SELECT doc.json FROM post JOIN doc ON doc.seq = post.seq WHERE post.id = :id AND post.org = :org;

-- name: targets_of_post
-- The documents of a post's targets; CROSS, or else every document of the collection is looked at.
SELECT doc.json FROM target CROSS JOIN doc ON doc.coll = 'schedules' AND doc.id = target.id
WHERE target.post_id = :post;

-- name: attempts_of_post
-- The documents of all attempts at a post's targets, oldest first for each target.
SELECT doc.json FROM target
CROSS JOIN attempt ON attempt.target_id = target.id
CROSS JOIN doc ON doc.coll = 'publishAttempts' AND doc.id = attempt.id
WHERE target.post_id = :post;

-- name: metrics_of_post
-- The documents of what was measured of a post, one for each account.
SELECT doc.json FROM metric CROSS JOIN doc ON doc.coll = 'analytics' AND doc.id = metric.id
WHERE metric.post_id = :post;

-- name: accounts
-- The documents of an organization's accounts, by network and name.
SELECT doc.json FROM account CROSS JOIN doc ON doc.coll = 'socialAccounts' AND doc.id = account.id
WHERE account.org = :org ORDER BY account.network, account.username, account.id;

-- name: document
-- One document.
SELECT json FROM doc WHERE coll = :coll AND id = :id;

-- name: people
-- The memberships of an organization with the documents of their people.
SELECT membership.json, person.json
FROM doc AS membership
LEFT JOIN doc AS person
    ON person.coll = 'users' AND person.id = json_extract(membership.json, '$.userId')
WHERE membership.coll = 'memberships'
    AND json_extract(membership.json, '$.organizationId') = :org;

-- name: attention
-- Targets that a person should look at, newest first; those of deleted posts are passed over.
SELECT target.id, target.post_id, target.account, account.username, target.network,
       target.status, target.at, post.title, doc.json
FROM target
JOIN post ON post.id = target.post_id
JOIN doc ON doc.coll = 'schedules' AND doc.id = target.id
LEFT JOIN account ON account.id = target.account
WHERE target.org = :org AND target.status IN ('failed', 'missed', 'needs_attention')
ORDER BY target.at DESC LIMIT :limit;

-- name: drafts
-- Drafts, last changed first.
SELECT id, title, status, at FROM post
WHERE org = :org AND status = 'draft' ORDER BY updated DESC LIMIT :limit;

-- name: search
-- Posts that have words which begin like all of these, best first (BM25).
SELECT post.id, post.title, post.status, post.at FROM words
JOIN post ON post.seq = words.rowid
WHERE words.text MATCH :query AND post.org = :org
ORDER BY words.rank LIMIT :limit;

-- name: posts_of_targets
-- The posts of some targets, given as a JSON list of ids.
SELECT target.id, post.id, post.title, post.status, post.at
FROM json_each(:ids) AS wanted
CROSS JOIN target ON target.id = wanted.value
JOIN post ON post.id = target.post_id
WHERE target.org = :org;

-- name: count_posts
-- How many posts have one of these states.
SELECT status, count(*) FROM post
WHERE org = :org AND status IN ('draft', 'scheduled', 'queued') GROUP BY status;

-- name: count_attention
-- How many targets a person should look at.
SELECT count(*) FROM target JOIN post ON post.id = target.post_id
WHERE target.org = :org AND target.status IN ('failed', 'missed', 'needs_attention');

-- name: notices
-- The documents of an organization's notices, newest first.
SELECT doc.json FROM notice CROSS JOIN doc ON doc.coll = 'notifications' AND doc.id = notice.id
WHERE notice.org = :org ORDER BY notice.at DESC, notice.id LIMIT :limit;

-- name: count_unread
-- How many notices wait for a member.
SELECT count(*) FROM notice WHERE org = :org AND unread = 1 AND instr(seen, :user) = 0;
