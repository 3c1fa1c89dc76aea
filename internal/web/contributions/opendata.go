package contributions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"jalon/internal/db"
	"jalon/internal/debate/contribution"
	"jalon/internal/exchange"
	"jalon/internal/web/shell"
)

// dataset is the open data of a COP: what was published, without what says who a
// person is.
func (x place) dataset(ctx context.Context, q db.Q) exchange.Dataset {
	set := exchange.Dataset{Name: "contributions-" + x.Slug, Title: "Contributions publiées, " + x.cop.Name, Source: "Jalon, contributions publiées après modération. Licence Ouverte 2.0.",
		Note: "Sans nom de personne ni adresse. Les organismes sont nommés. Une contribution lue avec une autre n’y est pas: ses soutiens comptent avec ceux de l’autre.",
		Fields: []exchange.Field{{Name: "id", Label: "identifiant permanent"}, {Name: "titre", Label: "titre"}, {Name: "texte", Label: "texte, tel que publié"}, {Name: "parole", Label: "en quel nom: personne, organisme ou groupe d’organismes"},
			{Name: "organismes", Label: "noms des organismes", Missing: "une personne a écrit"}, {Name: "thematique", Label: "code de la thématique", Missing: "son auteur ne l’a pas dite"}, {Name: "levier", Label: "code du levier", Missing: "son auteur ne l’a pas dit"},
			{Name: "territoire", Label: "référence du territoire concerné"}, {Name: "territoire_nom", Label: "nom du territoire"}, {Name: "deposee_le", Label: "jour du dépôt, heure de la COP"}, {Name: "publiee_le", Label: "jour de la publication"},
			{Name: "soutiens", Label: "nombre de soutiens", Number: true}, {Name: "commentaires", Label: "nombre de commentaires et de réponses publiés", Number: true}, {Name: "suite_donnee", Label: "suite donnée par l’équipe de la COP"}}}
	set.Rows = func(yield func([]exchange.Datum, error) bool) {
		for c, err := range contribution.Published(ctx, q, x.cop) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield([]exchange.Datum{exchange.Text(c.ID), exchange.Text(c.Title), exchange.Text(c.Text), exchange.Text(c.Speaker), exchange.Text(c.Orgs), exchange.Text(c.Theme), exchange.Text(c.Lever), exchange.Text(c.Territory), exchange.Text(x.placeName(c.Territory)),
				exchange.Text(x.cop.DayAt(c.At)), exchange.Text(x.cop.DayAt(c.Published)), exchange.Integer(c.Supports), exchange.Integer(c.Comments), exchange.Text(c.Study.Name())}, nil) {
				return
			}
		}
	}
	return set
}

func (d Deps) csv(w http.ResponseWriter, r *http.Request) error {
	return d.send(w, r, "csv", "text/csv; charset=utf-8", func(w io.Writer, set exchange.Dataset) (int64, error) {
		return exchange.WriteCSV(w, set, ',')
	})
}

func (d Deps) json(w http.ResponseWriter, r *http.Request) error {
	return d.send(w, r, "json", "application/json; charset=utf-8", exchange.WriteJSON)
}

// send writes the file to a temporary one from one snapshot, then sends it whole with
// its digest, or the digest alone.
func (d Deps) send(w http.ResponseWriter, r *http.Request, ext, media string, write func(io.Writer, exchange.Dataset) (int64, error)) (err error) {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp("", "jalon-contributions-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	h := sha256.New()
	var rows int64
	name := ""
	err = db.Snapshot(r.Context(), d.Q, func(ctx context.Context, q db.Q) (err error) {
		set := x.dataset(ctx, q)
		set.Rows = exchange.Until(ctx, set.Rows)
		name = set.Name + "." + ext
		rows, err = write(io.MultiWriter(f, h), set)
		return err
	})
	if err != nil {
		return err
	}
	if d.Shell.Demo {
		name = shell.DemoName(name)
	}
	digest := hex.EncodeToString(h.Sum(nil))
	head := w.Header()
	head.Set("Cache-Control", "public, max-age=60, must-revalidate")
	head.Set("Access-Control-Allow-Origin", "*")
	if strings.HasSuffix(r.URL.Path, ".sha256") {
		head.Set("Content-Type", "text/plain; charset=utf-8")
		_, err = io.WriteString(w, digest+"  "+name+"\n")
		return err
	}
	id, err := d.NewID()
	if err != nil {
		return err
	}
	if _, err := d.Q.Exec(r.Context(), `INSERT INTO export (id, by, at, what, filter, rows, sha256, data_version) VALUES ($1, '', $2, $3, '', $4, $5, $6)`, id, d.Now().UnixMilli(), name, rows, digest, x.cop.ID); err != nil {
		return err
	}
	head.Set("Content-Type", media)
	head.Set("ETag", `"`+digest+`"`)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// codebook says what each column is.
func (d Deps) codebook(w http.ResponseWriter, r *http.Request) error {
	x, err := d.place(r)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if _, err := exchange.WriteCSV(&body, exchange.Codebook([]exchange.Dataset{x.dataset(r.Context(), d.Q)}), ','); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=60, must-revalidate")
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="contributions-dictionnaire.csv"`)
	_, err = w.Write(body.Bytes())
	return err
}
