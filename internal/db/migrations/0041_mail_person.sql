-- +goose Up

-- What was for a person, whoever read it in their stead: their data, and their
-- erasure.
CREATE INDEX mail_outbox_person ON mail_outbox (person, id);

-- +goose Down
DROP INDEX mail_outbox_person;
