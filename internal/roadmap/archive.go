package roadmap

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"jalon/internal/apperr"
	"jalon/internal/composition"
	"jalon/internal/cop"
	"jalon/internal/db"
	"jalon/internal/document"
)

// The names within an archive. The ZIP is only a container: what both heads validated is
// the digest of the manifest's bytes, which names every part.
const (
	manifestName    = "manifest.json"
	validationsName = "validations.json"
	evidenceName    = "preuves.json"
	sealName        = "sceau.json"
	readmeName      = "LISEZ-MOI.txt"
	partsFolder     = "parties/"
)

// Recorded is validations.json.
type Recorded struct {
	Kind        string       `json:"kind"`
	COP         string       `json:"cop"`
	Region      string       `json:"region"`
	Cycle       string       `json:"cycle"`
	Edition     int64        `json:"edition"`
	Day         string       `json:"day"`
	PublishedOn string       `json:"published_on"`
	Why         string       `json:"why,omitempty"`
	EndedOn     string       `json:"ended_on,omitempty"`
	EndedWhy    string       `json:"ended_why,omitempty"`
	SHA256      string       `json:"sha256"`
	Adoption    Adoption     `json:"adoption"`
	Commitments []Commitment `json:"commitments"`
}

// seal binds what the manifest does not hold to it: validations and evidence come after
// freezing.
type seal struct {
	Manifest    string `json:"manifest"`
	Validations string `json:"validations"`
	Evidence    string `json:"evidence"`
}

const readme = `Archive d’une édition de la feuille de route d’une COP régionale, faite par Jalon.

manifest.json     liste chaque partie avec sa longueur et son empreinte SHA-256. Son
                  empreinte est ce que les deux têtes de la COP ont validé.
parties/          le document figé, dans chaque format. document.json porte les
                  chiffres et l’explication de chacun, tels qu’ils étaient.
validations.json  les validations enregistrées, et les engagements des organismes.
preuves.json      les documents joints après l’adoption, avec leur empreinte.
sceau.json        les empreintes des trois listes. La page de l’édition montre la sienne.

Pour tout vérifier, hors ligne : jalon verify --roadmap FICHIER
`

// Packed is an archive ready to be written: all but its parts, which are read as they go.
type Packed struct {
	pub   document.Publication
	files []document.File
	seal  string
}

// Seal is the digest of sceau.json: it changes when a commitment or an evidence comes.
func (p Packed) Seal() string { return p.seal }

// Pack reads what goes with an edition that was published.
func Pack(ctx context.Context, q db.Q, c cop.COP, e composition.Edition) (p Packed, err error) {
	defer apperr.Wrap(&err, "roadmap.Pack(%s)", e.ID)
	if e.PublishedOn == "" {
		return p, apperr.NotFoundf("Cette édition n’est pas adoptée\u00a0: elle n’a pas d’archive.")
	}
	if p.pub, err = document.Find(ctx, q, e.Publication); err != nil {
		return p, err
	}
	manifest, err := document.ManifestBytes(ctx, q, e.Publication)
	if err != nil {
		return p, err
	}
	r := Recorded{Kind: string(e.Kind), COP: e.COP, Region: e.Region, Cycle: e.Cycle, Edition: e.Seq, Day: e.Day, PublishedOn: e.PublishedOn, Why: e.Why, EndedOn: e.EndedOn, EndedWhy: e.EndedWhy, SHA256: e.SHA256}
	if r.Adoption, err = AdoptionOf(ctx, q, c, e); err != nil {
		return p, err
	}
	if r.Commitments, err = Commitments(ctx, q, e.ID); err != nil {
		return p, err
	}
	evidence, err := EvidenceOf(ctx, q, e.ID)
	if err != nil {
		return p, err
	}
	validations, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return p, err
	}
	list, err := json.MarshalIndent(evidence, "", " ")
	if err != nil {
		return p, err
	}
	bound, err := json.MarshalIndent(seal{sum(manifest), sum(validations), sum(list)}, "", " ")
	if err != nil {
		return p, err
	}
	p.seal = sum(bound)
	p.files = []document.File{{Path: readmeName, Body: []byte(readme)}, {Path: manifestName, Body: manifest}, {Path: validationsName, Body: validations}, {Path: evidenceName, Body: list}, {Path: sealName, Body: bound}}
	return p, nil
}

// Write writes the archive. The same edition with the same evidence gives the same bytes.
func (p Packed) Write(ctx context.Context, q db.Q, w io.Writer) (err error) {
	defer apperr.Wrap(&err, "roadmap.Write(%s)", p.pub.ID)
	z := zip.NewWriter(w)
	add := func(name string, body io.Reader) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		_, err = io.Copy(f, body)
		return err
	}
	for _, f := range p.files {
		if err := add(f.Path, bytes.NewReader(f.Body)); err != nil {
			return err
		}
	}
	for _, e := range p.pub.Manifest {
		body, err := document.Open(ctx, q, p.pub, e.Path)
		if err != nil {
			return errors.Join(err, z.Close())
		}
		if err := add(partsFolder+e.Path, body); err != nil {
			return err
		}
	}
	return z.Close()
}
