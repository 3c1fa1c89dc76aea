-- +goose Up
-- Impacts by class, COP after COP: how many retained actions are told in words alone is
-- read from here, without going through every impact of the nation.
CREATE INDEX action_impact_class ON action_impact (class, state, cop_id, action_id);

-- +goose Down
DROP INDEX action_impact_class;
