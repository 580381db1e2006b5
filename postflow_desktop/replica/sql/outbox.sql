-- name: draft_get
-- One draft.
SELECT json FROM draft WHERE id = :id;

-- name: drafts
-- The drafts of an organization, last changed first.
SELECT json FROM draft WHERE organization_id = :org ORDER BY seq DESC;

-- name: draft_drop
-- Forget a draft; its links to media go with it.
DELETE FROM draft WHERE id = :id;

-- name: draft_put
-- Keep a draft as the last changed one.
INSERT INTO draft (id, organization_id, json) VALUES (:id, :org, :json);

-- name: media_of
-- The media that a draft has.
SELECT sha256 FROM draft_media WHERE draft_id = :id;

-- name: link_put
-- A draft has a picture.
INSERT OR IGNORE INTO draft_media (sha256, draft_id) VALUES (?, ?);

-- name: media_put
-- Keep a picture's bytes.
INSERT INTO media (sha256, data) VALUES (?, ?)
ON CONFLICT (sha256) DO UPDATE SET data = excluded.data, added = excluded.added;

-- name: media_get
-- A picture's bytes.
SELECT data FROM media WHERE sha256 = :sha256;

-- name: media_drop_unused
-- Forget a picture that no draft has.
DELETE FROM media WHERE sha256 = ?1
  AND NOT EXISTS (SELECT 1 FROM draft_media WHERE sha256 = ?1);

-- name: media_sweep
-- Forget pictures that no draft has had for a week: chosen, and never used.
DELETE FROM media WHERE added < unixepoch() - 7 * 86400
  AND NOT EXISTS (SELECT 1 FROM draft_media WHERE draft_media.sha256 = media.sha256);

-- name: media_used
-- The media that drafts have.
SELECT DISTINCT sha256 FROM draft_media;
