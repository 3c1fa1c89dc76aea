-- +goose Up

-- Whether what an action brings is kept from who reads only what is public, until the
-- action is retained. Boards read it beside kg.
ALTER TABLE action ADD COLUMN impact_hidden BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX action_board; DROP INDEX action_cop_board;
CREATE INDEX action_cop_board ON action (cop_id, state, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, invest, budget_hidden, kg, impact_hidden, id);
CREATE INDEX action_board ON action (id, state, cop_id, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, sort, changed, invest, budget_hidden, kg, impact_hidden);

-- +goose Down
DROP INDEX action_board; DROP INDEX action_cop_board;
ALTER TABLE action DROP COLUMN impact_hidden;
CREATE INDEX action_cop_board ON action (cop_id, state, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, invest, budget_hidden, kg, id);
CREATE INDEX action_board ON action (id, state, cop_id, kind, lever, department, status, phase, theme, step, region, holder_org, author, cycle, sort, changed, invest, budget_hidden, kg);
