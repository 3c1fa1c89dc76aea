-- +goose Up

-- The day on which a year was measured, when it was not over: «2024-10-01».
ALTER TABLE observation ADD COLUMN day TEXT NOT NULL DEFAULT '';

-- The last edition of each series of a territory is found without reading the
-- rows of the others.
DROP INDEX observation_territory;
CREATE INDEX observation_territory ON observation (territory, series, edition);

-- +goose Down
DROP INDEX observation_territory;
CREATE INDEX observation_territory ON observation (territory, series);
ALTER TABLE observation DROP COLUMN day;
