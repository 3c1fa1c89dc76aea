-- +goose Up

-- How many people work for each region, for the national board: read in the index
-- alone, whatever crowd takes part.
CREATE INDEX role_grant_people ON role_grant (role, scope_kind, scope, account, at, ended_at);

-- +goose Down
DROP INDEX role_grant_people;
