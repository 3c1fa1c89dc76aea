-- +goose Up

-- The unit that shared_level was written in: that of the lever may change after, with
-- the territory or the panorama. Empty for what was shared before it was kept: the
-- unit on the table then stands for it.
ALTER TABLE objective ADD COLUMN shared_unit TEXT NOT NULL DEFAULT '';

-- The objectives of a list, which ends them together.
CREATE INDEX objective_list ON objective (sharing);

-- +goose Down
DROP INDEX objective_list;
ALTER TABLE objective DROP COLUMN shared_unit;
