package exchange

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"jalon/internal/apperr"
)

// decoupageFiles are the parts of the package that are read; the others are
// skipped unread. The flag tells which ones a release cannot miss.
var decoupageFiles = map[string]bool{
	"package.json": true, "README.md": false, "data/regions.json": true, "data/departements.json": true,
	"data/communes.json": true, "data/epci.json": true, "data/ept.json": false,
}

// ReadDecoupageDir reads the package unpacked in a folder.
func ReadDecoupageDir(fsys fs.FS, o DecoupageOptions) (*Decoupage, error) {
	o.Limits = o.decoupageLimits()
	files, total := map[string][]byte{}, int64(0)
	for name := range decoupageFiles {
		f, err := fsys.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", name, err)
		}
		data, err := readCapped(f, name, o.Limits.Expanded-total)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		total += int64(len(data))
		files[name] = data
	}
	return parseDecoupage(files, o)
}

// ReadDecoupageArchive reads the package as the registry gives it, a .tgz, from
// anyone: received bytes, expanded bytes and their ratio are bounded, and no
// name in the archive is used as a path.
func ReadDecoupageArchive(name string, r io.Reader, o DecoupageOptions) (*Decoupage, error) {
	o.Limits = o.decoupageLimits()
	packed := &countingReader{r: io.LimitReader(r, o.Limits.Size+1)}
	zr, err := gzip.NewReader(packed)
	if err != nil {
		return nil, apperr.New(apperr.Invalid, err, "%s\u00a0: ce n’est pas une archive .tgz. Attendu\u00a0: le fichier que donne «\u00a0npm pack @etalab/decoupage-administratif\u00a0».", name)
	}
	open := &guardedReader{name: name, r: zr, packed: packed, limits: o.Limits}
	files := map[string][]byte{}
	for tr, entries := tar.NewReader(open), 0; ; entries++ {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, archiveError(name, err)
		}
		if entries > 1_000 {
			return nil, apperr.New(apperr.TooLarge, nil, "%s\u00a0: l’archive contient trop de fichiers.", name)
		}
		_, inside, _ := strings.Cut(path.Clean(h.Name), "/")
		if _, wanted := decoupageFiles[inside]; !wanted || h.Typeflag != tar.TypeReg {
			continue
		}
		if _, twice := files[inside]; twice {
			return nil, apperr.Invalidf("%s\u00a0: l’archive contient deux fois %s.", name, inside)
		}
		if files[inside], err = io.ReadAll(tr); err != nil {
			return nil, archiveError(name, err)
		}
	}
	return parseDecoupage(files, o)
}

func (o DecoupageOptions) decoupageLimits() Limits {
	if o.Limits == (Limits{}) {
		return DecoupageLimits()
	}
	return o.Limits.orDefault()
}

func archiveError(name string, err error) error {
	if apperr.KindOf(err) == apperr.TooLarge {
		return err
	}
	return apperr.New(apperr.Invalid, err, "%s\u00a0: l’archive est abîmée ou tronquée. Téléchargez-la de nouveau.", name)
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// guardedReader stops an archive that opens into more than it should.
type guardedReader struct {
	name   string
	r      io.Reader
	packed *countingReader
	limits Limits
	n      int64
}

func (g *guardedReader) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	g.n += int64(n)
	switch {
	case g.packed.n > g.limits.Size:
		return n, apperr.New(apperr.TooLarge, nil, "%s\u00a0: le fichier dépasse %d\u00a0Mo.", g.name, g.limits.Size>>20)
	case g.n > g.limits.Expanded:
		return n, apperr.New(apperr.TooLarge, nil, "%s\u00a0: l’archive s’ouvre sur plus de %d\u00a0Mo.", g.name, g.limits.Expanded>>20)
	case g.n > 1<<20 && g.n > g.packed.n*g.limits.Ratio:
		return n, apperr.New(apperr.TooLarge, nil, "%s\u00a0: l’archive est anormalement compressée\u00a0; elle n’a pas été ouverte.", g.name)
	}
	return n, err
}

func readCapped(r io.Reader, name string, left int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, left+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > left {
		return nil, apperr.New(apperr.TooLarge, nil, "%s\u00a0: le fichier est trop gros pour ce paquet.", name)
	}
	return data, nil
}

type decoupageJSON struct {
	Code         string   `json:"code"`
	Nom          string   `json:"nom"`
	Type         string   `json:"type"`
	Zone         string   `json:"zone"`
	Region       string   `json:"region"`
	Departement  string   `json:"departement"`
	SIREN        string   `json:"siren"`
	CodesPostaux []string `json:"codesPostaux"`
	Population   *int64   `json:"population"`
	ChefLieu     string   `json:"chefLieu"`
	Commune      string   `json:"commune"`
	AnciensCodes []string `json:"anciensCodes"`
	Membres      []struct {
		Code string `json:"code"`
	} `json:"membres"`
}

func parseDecoupage(files map[string][]byte, o DecoupageOptions) (*Decoupage, error) {
	for name, needed := range decoupageFiles {
		if _, ok := files[name]; needed && !ok {
			return nil, apperr.Invalidf("Le paquet ne contient pas %s\u00a0: ce n’est pas @etalab/decoupage-administratif, ou il est incomplet.", name)
		}
	}
	var pack struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(files["package.json"], &pack); err != nil || !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(pack.Version) {
		return nil, apperr.New(apperr.Invalid, err, "package.json\u00a0: la version du paquet est illisible.")
	}
	d := &Decoupage{Version: pack.Version}
	if err := d.years(files["README.md"], o); err != nil {
		return nil, err
	}
	for _, part := range []struct {
		file string
		add  func(file string, line int, v decoupageJSON) error
	}{
		{"regions.json", d.addRegion},
		{"departements.json", d.addDepartment},
		{"communes.json", d.addCommune},
		{"epci.json", func(f string, l int, v decoupageJSON) error { return addGroup(&d.Groups, f, l, v) }},
		{"ept.json", func(f string, l int, v decoupageJSON) error { return addGroup(&d.EPTs, f, l, v) }},
	} {
		if data, ok := files["data/"+part.file]; ok {
			if err := eachJSON(part.file, data, o.Limits.Rows, part.add); err != nil {
				return nil, err
			}
		}
	}
	d.dropKnown()
	return d, d.link()
}

// eachJSON walks an array of objects and says the line of what it cannot read.
func eachJSON(file string, data []byte, rows int, add func(string, int, decoupageJSON) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	line, counted := 1, int64(0)
	lineAt := func(offset int64) int {
		offset = min(max(offset, counted), int64(len(data)))
		line += bytes.Count(data[counted:offset], []byte{'\n'})
		counted = offset
		return line
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return decoupageFault(file, 1, "", "attendu\u00a0: une liste JSON")
	}
	for n := 0; dec.More(); n++ {
		if n >= rows {
			return apperr.New(apperr.TooLarge, nil, "%s\u00a0: plus de %d lignes.", file, rows)
		}
		start := dec.InputOffset()
		for start < int64(len(data)) && strings.IndexByte(" \t\r\n,", data[start]) >= 0 {
			start++
		}
		at := lineAt(start)
		var v decoupageJSON
		if err := dec.Decode(&v); err != nil {
			var syntax *json.SyntaxError
			var wrong *json.UnmarshalTypeError
			switch {
			case errors.As(err, &syntax):
				return decoupageFault(file, lineAt(syntax.Offset), "", "JSON illisible")
			case errors.As(err, &wrong):
				return decoupageFault(file, at, wrong.Value, "le champ «\u00a0%s\u00a0» n’est pas du type attendu", wrong.Field)
			}
			return decoupageFault(file, at, "", "JSON tronqué ou illisible")
		}
		if err := add(file, at, v); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return decoupageFault(file, lineAt(int64(len(data))), "", "JSON tronqué\u00a0: la liste n’est pas fermée")
	}
	return nil
}
