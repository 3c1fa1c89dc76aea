-- +goose Up

-- What came from boxes that were ticked in the questionnaire, thousands of them,
-- is told from what somebody wrote, or took up since: the team reads that first.
-- The index ends by the instant, so that each list is read in its order.
ALTER TABLE knowledge_item ADD COLUMN ticked BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE knowledge_item SET ticked = TRUE WHERE kind = 'obstacle' AND origin >= 'answer/' AND origin < 'answer0' AND state <> 'retained';
CREATE INDEX knowledge_item_ticked ON knowledge_item (kind, region, ticked, at, id);

-- +goose Down
DROP INDEX knowledge_item_ticked;
ALTER TABLE knowledge_item DROP COLUMN ticked;
