-- +goose Up

-- One row per act of a person, ids only: what it was before and after are the
-- revisions of the thing it points to. Nothing is ever changed or removed here.
CREATE TABLE journal (
    id         TEXT   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    acting_for TEXT   NOT NULL DEFAULT '',
    verb       TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    rev        BIGINT NOT NULL DEFAULT 0,
    cop_id     TEXT   NOT NULL DEFAULT ''
);
CREATE INDEX journal_at ON journal (at, id);
CREATE INDEX journal_cop ON journal (cop_id, at, id);
CREATE INDEX journal_actor ON journal (actor, at, id);
CREATE INDEX journal_subject ON journal (subject, at, id);
CREATE INDEX journal_kind ON journal (kind, at, id);

-- +goose Down
DROP TABLE journal;
