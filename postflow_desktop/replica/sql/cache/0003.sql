-- Whether a person holds the target, or one of the post's.
ALTER TABLE target ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calendar ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
