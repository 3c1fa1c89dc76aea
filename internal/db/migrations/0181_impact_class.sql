-- +goose Up
-- Impacts by action within a state, with their class: how many retained actions are
-- told in words alone is read from here in order, without any row of the table.
CREATE INDEX action_impact_class ON action_impact (state, cop_id, action_id, class);

-- +goose Down
DROP INDEX action_impact_class;
