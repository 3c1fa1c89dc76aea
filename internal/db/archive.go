package db

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"jalon/internal/apperr"
)

// ArchiveFormat is the version of the portable archive: a ZIP that holds
// tables/NAME.ndjson, one JSON object a line in key order, and manifest.json.
const ArchiveFormat = 1

const (
	manifestName = "manifest.json"
	maxManifest  = 4 << 20
	maxLine      = 64 << 20 // one row: longer is no row of Jalon
)

// ArchiveMeta is what the caller says of a dump.
type ArchiveMeta struct {
	CreatedAt time.Time
	Version   string // of the program
}

// Manifest says what an archive holds. The digest of a table is that of its
// NDJSON text, so it is the same whichever engine wrote it, and whichever
// compressor.
type Manifest struct {
	Format    int             `json:"format"`
	Product   string          `json:"product"`
	Version   string          `json:"version"`
	Schema    int64           `json:"schema"`
	Engine    Engine          `json:"engine"`
	CreatedAt string          `json:"created_at"`
	Tables    []ManifestTable `json:"tables"`
	LeftOut   []string        `json:"left_out"`
}

// ManifestTable describes the file of one table.
type ManifestTable struct {
	Name    string   `json:"name"`
	File    string   `json:"file"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
	Columns []Column `json:"columns"`
}

// Rows is the number of rows of the whole archive.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// cell reads and writes one value of a column of type t.
type cell struct {
	t     Type
	text  *string
	whole *int64
	yes   *bool
	real  *float64
	bytes []byte
}

func (c *cell) dest() any {
	switch c.t {
	case BigInt:
		return &c.whole
	case Bool:
		return &c.yes
	case Double:
		return &c.real
	case Bytes:
		return &c.bytes
	}
	return &c.text
}

// append writes the value as JSON: doubles by their shortest exact form, bytes
// in base 64. -0 becomes 0, since SQLite keeps no sign on a whole double.
func (c *cell) append(b []byte) ([]byte, error) {
	switch {
	case c.t == Text && c.text != nil:
		return appendText(b, *c.text)
	case c.t == BigInt && c.whole != nil:
		return strconv.AppendInt(b, *c.whole, 10), nil
	case c.t == Bool && c.yes != nil:
		return strconv.AppendBool(b, *c.yes), nil
	case c.t == Double && c.real != nil:
		v := *c.real
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("db: %v cannot be dumped", v)
		}
		if v == 0 {
			return append(b, '0'), nil
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64), nil
	case c.t == Bytes && c.bytes != nil:
		b = append(b, '"')
		b = base64.StdEncoding.AppendEncode(b, c.bytes)
		return append(b, '"'), nil
	}
	return append(b, "null"...), nil
}

func appendText(b []byte, s string) ([]byte, error) {
	buf := bytes.NewBuffer(b)
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), err
}

// parse turns a JSON value of a line into the argument of an INSERT.
func parse(t Type, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch t {
	case BigInt:
		return strconv.ParseInt(string(raw), 10, 64)
	case Bool:
		return strconv.ParseBool(string(raw))
	case Double:
		return strconv.ParseFloat(string(raw), 64)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, err
	}
	if t == Bytes {
		return base64.StdEncoding.DecodeString(s)
	}
	return s, nil
}

// typed gives the columns of a table, refusing a type that has no exact form.
func typed(table string, columns []Column) error {
	if len(columns) == 0 {
		return fmt.Errorf("db: table %s does not exist", table)
	}
	for _, c := range columns {
		switch c.Type {
		case Text, BigInt, Bool, Double, Bytes:
		default:
			return fmt.Errorf("db: %s.%s has type %s", table, c.Name, c.Type)
		}
	}
	return nil
}

func damaged(cause error, format string, args ...any) error {
	return apperr.New(apperr.Invalid, cause, "L’archive est incomplète ou altérée\u00a0: %s. Rien n’a été chargé\u00a0; reprenez le fichier d’origine.", fmt.Sprintf(format, args...))
}
