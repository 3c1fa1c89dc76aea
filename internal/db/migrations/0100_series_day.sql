-- +goose Up

-- The day on which a year was measured, when it was not over: «2024-10-01».
ALTER TABLE observation ADD COLUMN day TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE observation DROP COLUMN day;
