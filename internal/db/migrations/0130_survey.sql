-- +goose Up

-- A questionnaire: a national template (region empty) or the variant of a
-- region. doc is the draft being edited; published versions are kept for ever
-- in questionnaire_form, and never change.
CREATE TABLE questionnaire (
    code    TEXT   NOT NULL PRIMARY KEY,
    rev     BIGINT NOT NULL,
    region  TEXT   NOT NULL,
    cycle   TEXT   NOT NULL,
    title   TEXT   NOT NULL,
    version BIGINT NOT NULL,
    doc     TEXT   NOT NULL,
    state   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
CREATE TABLE questionnaire_version (
    code   TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (code, rev)
);
CREATE TABLE questionnaire_form (
    code    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    doc     TEXT   NOT NULL,
    sha256  TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    by      TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    PRIMARY KEY (code, version)
);

-- The place of each closed answer in packed responses, allotted once for all
-- questionnaires and never used again. options are the codes, in their order.
CREATE TABLE survey_slot (
    slot_key TEXT   NOT NULL PRIMARY KEY,
    n        BIGINT NOT NULL UNIQUE,
    options  TEXT   NOT NULL
);

-- One campaign per COP. state: draft, open, nearly, closed; marked_on is the day
-- on which its team said «presque finalisée» or «close».
CREATE TABLE campaign (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    cop_id       TEXT    NOT NULL UNIQUE,
    region       TEXT    NOT NULL,
    cycle        TEXT    NOT NULL,
    form         TEXT    NOT NULL,
    form_version BIGINT  NOT NULL,
    communes     BOOLEAN NOT NULL,
    opens_on     TEXT    NOT NULL,
    closes_on    TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    marked_on    TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    contact      TEXT    NOT NULL,
    remind_max   BIGINT  NOT NULL,
    remind_every BIGINT  NOT NULL,
    relevance    DOUBLE PRECISION NOT NULL,
    mobilisation DOUBLE PRECISION NOT NULL,
    published_on TEXT    NOT NULL,
    at           BIGINT  NOT NULL
);
CREATE TABLE campaign_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- One response per authority of a campaign. authority is the id of its
-- organisation. counted is false for those that the team added outside the tree.
-- state: listed, invited, opened, started, submitted, validated, refused. seq is
-- the last validated version, 0 before. reason is that of a refusal, or of the
-- validator who sent it back; correction, why the next version is written.
CREATE TABLE response (
    id           TEXT    NOT NULL PRIMARY KEY,
    rev          BIGINT  NOT NULL,
    campaign_id  TEXT    NOT NULL,
    authority    TEXT    NOT NULL,
    cop_id       TEXT    NOT NULL,
    region       TEXT    NOT NULL,
    department   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    size         TEXT    NOT NULL,
    capacities   TEXT    NOT NULL,
    metropole    BOOLEAN NOT NULL,
    counted      BOOLEAN NOT NULL,
    name         TEXT    NOT NULL,
    sort_key     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    form_version BIGINT  NOT NULL,
    seq          BIGINT  NOT NULL,
    rows_asked   BIGINT  NOT NULL,
    rows_rated   BIGINT  NOT NULL,
    prefilled    BIGINT  NOT NULL,
    answered     BIGINT  NOT NULL,
    silent       BOOLEAN NOT NULL,
    reminders    BIGINT  NOT NULL,
    reminded_at  BIGINT  NULL,
    invited_at   BIGINT  NULL,
    opened_at    BIGINT  NULL,
    started_at   BIGINT  NULL,
    submitted_at BIGINT  NULL,
    validated_at BIGINT  NULL,
    reason       TEXT    NOT NULL,
    correction   TEXT    NOT NULL DEFAULT '',
    UNIQUE (campaign_id, authority)
);
CREATE INDEX response_authority ON response (authority, id);
CREATE INDEX response_list ON response (campaign_id, sort_key, id);
CREATE INDEX response_group ON response (campaign_id, counted, department, kind, size);

-- Whom the questionnaire of an authority was sent to.
CREATE TABLE response_contact (
    response_id TEXT    NOT NULL,
    email       TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    title       TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    silent      BOOLEAN NOT NULL,
    at          BIGINT  NOT NULL,
    PRIMARY KEY (response_id, email)
);
CREATE INDEX response_contact_email ON response_contact (email);

-- A seat is somebody at the table of a response: who holds the personal link of
-- the authority, a colleague who was given sections (their ids, a space between;
-- empty is all), the elected validator. role: writer, colleague, validator.
-- Links and codes are hashed; a seat that is ended opens nothing.
CREATE TABLE response_seat (
    id          TEXT   NOT NULL PRIMARY KEY,
    response_id TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    email       TEXT   NOT NULL,
    title       TEXT   NOT NULL,
    account     TEXT   NOT NULL,
    sections    TEXT   NOT NULL,
    token_hash  TEXT   NOT NULL UNIQUE,
    code_hash   TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    opened_at   BIGINT NULL,
    ended_at    BIGINT NULL
);
CREATE INDEX response_seat_response ON response_seat (response_id, id);
CREATE INDEX response_seat_email ON response_seat (email);

-- What is being answered, cell by cell. class is a figure.Class: declared,
-- confirmed_zero, or what a prefilled value came as, until it is confirmed.
CREATE TABLE draft (
    response_id TEXT   NOT NULL,
    question    TEXT   NOT NULL,
    value       TEXT   NOT NULL,
    class       TEXT   NOT NULL,
    source      TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    by          TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    rev         BIGINT NOT NULL,
    PRIMARY KEY (response_id, question)
);

-- A validated version, frozen: packed closed answers, and the whole as JSON.
CREATE TABLE response_version (
    response_id  TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    form         TEXT   NOT NULL,
    form_version BIGINT NOT NULL,
    packed       BYTEA  NOT NULL,
    doc          TEXT   NOT NULL,
    sha256       TEXT   NOT NULL,
    by           TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    reason       TEXT   NOT NULL,
    PRIMARY KEY (response_id, seq)
);

-- The last validated version of each response, with what it is grouped by: all
-- that a restitution reads, in one statement.
CREATE TABLE answer (
    response_id TEXT   NOT NULL PRIMARY KEY,
    cycle       TEXT   NOT NULL,
    region      TEXT   NOT NULL,
    department  TEXT   NOT NULL,
    authority   TEXT   NOT NULL,
    kind        TEXT   NOT NULL,
    size        TEXT   NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    packed      BYTEA  NOT NULL
);
CREATE INDEX answer_region ON answer (cycle, region, at);
CREATE INDEX answer_at ON answer (cycle, at);

-- Public projects financed in an authority's name, put beside the row that they
-- concern.
CREATE TABLE funded_project (
    id         TEXT   NOT NULL PRIMARY KEY,
    siren      TEXT   NOT NULL,
    year       BIGINT NOT NULL,
    programme  TEXT   NOT NULL,
    measure    TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    cents      BIGINT NULL,
    commune    TEXT   NOT NULL,
    source     TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX funded_project_siren ON funded_project (siren, id);

-- +goose Down
DROP TABLE funded_project; DROP TABLE answer; DROP TABLE response_version; DROP TABLE draft; DROP TABLE response_seat; DROP TABLE response_contact;
DROP TABLE response; DROP TABLE campaign_version; DROP TABLE campaign; DROP TABLE survey_slot; DROP TABLE questionnaire_form;
DROP TABLE questionnaire_version; DROP TABLE questionnaire;
