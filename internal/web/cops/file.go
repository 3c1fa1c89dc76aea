package cops

import (
	"mime"
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/policy"
	"jalon/internal/web/shell"
)

// file sends a document: always as an attachment, with its length and the digest
// of its bytes as tag, in parts for who asks. One that the reader may not know
// of is «not found».
func (d Deps) file(w http.ResponseWriter, r *http.Request) error {
	a, id := shell.Actor(r), r.PathValue("id")
	var x cop.Document
	var body *blob.Reader
	var err error
	older := r.URL.Query().Get("version")
	if older == "" {
		x, body, err = cop.OpenDocument(r.Context(), d.Q, a, id)
	} else {
		rev, perr := strconv.ParseInt(older, 10, 64)
		if perr != nil {
			return apperr.New(apperr.NotFound, perr, "Ce document n’a pas cette version.")
		}
		x, body, err = cop.OpenVersion(r.Context(), d.Q, a, id, rev)
	}
	if err != nil {
		return err
	}
	h := w.Header()
	// Its tag lets it be kept; whether it may still be read is asked each time.
	h.Set("Cache-Control", "private, no-cache")
	if older == "" && x.State == cop.Kept && x.Part == policy.Public {
		h.Set("Cache-Control", "public, no-cache")
	}
	h.Set("ETag", `"`+x.SHA256+`"`)
	h.Set("Content-Type", x.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", attachment(x.FileName))
	http.ServeContent(w, r, "", body.Blob().At, body)
	return nil
}

// attachment names a file for every browser, whatever letters it holds.
func attachment(name string) string {
	if v := mime.FormatMediaType("attachment", map[string]string{"filename": name}); v != "" {
		return v
	}
	return "attachment"
}
