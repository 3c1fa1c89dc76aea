-- +goose Up

-- Public consultations on a draft. state: draft, open (its days say whether one may
-- still write). version is that of the text that is read; the one after it, when there
-- is one, is being written.
CREATE TABLE consultation (
    id           TEXT   NOT NULL PRIMARY KEY,
    rev          BIGINT NOT NULL,
    cop_id       TEXT   NOT NULL,
    state        TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    presentation TEXT   NOT NULL,
    opens_on     TEXT   NOT NULL,
    closes_on    TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    at           BIGINT NOT NULL
);
CREATE INDEX consultation_cop ON consultation (cop_id, opens_on, id);
CREATE TABLE consultation_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- The versions of the text that were published, and what they weigh: the SHA-256 of
-- their markdown.
CREATE TABLE consultation_text (
    consultation_id TEXT   NOT NULL,
    version         BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    sha256          TEXT   NOT NULL,
    note            TEXT   NOT NULL,
    PRIMARY KEY (consultation_id, version)
);

-- The articles of a version. origin is the same from one version to the next: what is
-- written about an article hangs from it.
CREATE TABLE consultation_article (
    consultation_id TEXT   NOT NULL,
    version         BIGINT NOT NULL,
    origin          TEXT   NOT NULL,
    seq             BIGINT NOT NULL,
    title           TEXT   NOT NULL,
    text            TEXT   NOT NULL,
    PRIMARY KEY (consultation_id, version, origin)
);

-- What an amendment holds besides its post: on which version, whether it is a remark,
-- another wording or the removal of the article, and what the team decided.
CREATE TABLE amendment (
    post_id         TEXT   NOT NULL PRIMARY KEY,
    rev             BIGINT NOT NULL,
    cop_id          TEXT   NOT NULL,
    consultation_id TEXT   NOT NULL,
    origin          TEXT   NOT NULL,
    version         BIGINT NOT NULL,
    form            TEXT   NOT NULL,
    verdict         TEXT   NOT NULL,
    reason          TEXT   NOT NULL,
    judged_at       BIGINT NOT NULL
);
CREATE INDEX amendment_consultation ON amendment (consultation_id, origin, post_id);
CREATE TABLE amendment_version (
    id     TEXT   NOT NULL,
    rev    BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    by     TEXT   NOT NULL,
    reason TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    PRIMARY KEY (id, rev)
);

-- +goose Down
DROP TABLE amendment_version; DROP TABLE amendment; DROP TABLE consultation_article; DROP TABLE consultation_text; DROP TABLE consultation_version; DROP TABLE consultation;
