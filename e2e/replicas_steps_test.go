package e2e

import (
	"bytes"
	"crypto/rand"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"jalon/internal/db"
	"jalon/internal/jobs"
	"jalon/internal/national"
)

// send posts a form with a file and gives the page at the end of redirections.
func send(t *testing.T, c *http.Client, address string, fields [][2]string, name, file string) (int, string, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(file)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &b)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var page bytes.Buffer
	if _, err := page.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, page.String(), res.Request.URL.Path
}

var sendRev = regexp.MustCompile(`name="rev" value="(\d+)"`)

// A file of invitations is staged on one replica and sent from the other, once.
func sendsFromTheOther(t *testing.T, c *http.Client, one, two *replica) {
	t.Helper()
	status, page, run := send(t, c, one.url+"/invitations", [][2]string{{"scope", "region:44"}}, "invitations.csv",
		"email;nom;role;organisme;fonction\r\nmaire@exemple.fr;Anne;validation;67482;maire\r\nagent@exemple.fr;Paul;rédaction;67482;\r\n")
	rev := sendRev.FindStringSubmatch(page)
	if status != http.StatusOK || rev == nil {
		t.Fatalf("staging on the first: %d at %s", status, run)
	}
	if status, page = visit(t, c, two.url+run+"/envoyer", url.Values{"rev": {rev[1]}}); status != http.StatusOK || !strings.Contains(page, "Invitations envoyées") {
		t.Errorf("sending from the second: %d", status)
	}
	if status, _ = visit(t, c, one.url+run+"/envoyer", url.Values{"rev": {rev[1]}}); status != http.StatusConflict {
		t.Errorf("sending again from the first: %d", status)
	}
	if status, page = visit(t, c, one.url+"/organisations/commune-67482", nil); status != http.StatusOK || !strings.Contains(page, "maire@exemple.fr") {
		t.Errorf("the invited on the first: %d", status)
	}
}

// An organisation edited on one replica is read on the other, where what is based
// on the former is told so.
func editsOnOneReadsOnTheOther(t *testing.T, c *http.Client, one, two *replica) {
	t.Helper()
	form := url.Values{"name": {"Alter Alsace"}, "kind": {"association"}, "region": {"44"}}
	status, page := visit(t, c, one.url+"/organisations", form)
	found := regexp.MustCompile(`/organisations/([0-9a-f-]{36})/modifier`).FindStringSubmatch(page)
	if status != http.StatusOK || found == nil {
		t.Fatalf("adding an organisation: %d", status)
	}
	path := "/organisations/" + found[1]
	form.Set("rev", "1")
	form.Set("name", "Alter Alsace Énergies")
	if status, _ = visit(t, c, one.url+path+"/modifier", form); status != http.StatusOK {
		t.Errorf("editing it on the first: %d", status)
	}
	if status, page = visit(t, c, two.url+path, nil); status != http.StatusOK || !strings.Contains(page, "Alter Alsace Énergies") {
		t.Errorf("reading it on the second: %d", status)
	}
	form.Set("name", "Autre nom")
	if status, page = visit(t, c, two.url+path+"/modifier", form); status != http.StatusConflict || !strings.Contains(page, "Alter Alsace Énergies") {
		t.Errorf("editing the former on the second: %d", status)
	}
}

const deposited = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

// deposits uploads a public document and gives its address.
func deposits(t *testing.T, c *http.Client, on *replica) string {
	t.Helper()
	fields := [][2]string{{"title", "Décision de lancement"}, {"kind", "decision"}, {"stage", "lancement"}, {"day", "2026-02-27"}, {"part", "public"}}
	status, page, _ := send(t, c, on.url+"/regions/grand-est/bureau/documents", fields, "decision.pdf", deposited)
	found := regexp.MustCompile(`/documents/[0-9a-f-]{36}`).FindString(page)
	if status != http.StatusOK || found == "" {
		t.Fatalf("depositing a document: %d", status)
	}
	return found
}

// The job of the night, put eight times at once for whichever replica takes it,
// adds the one night that is missing, whole and by one writer.
func keepsOneNight(t *testing.T, dsn string) {
	t.Helper()
	ctx := t.Context()
	d, err := db.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	count := func(query string, args ...any) (n int64) {
		t.Helper()
		if err := d.QueryRow(ctx, query, args...).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	done := func() {
		t.Helper()
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for limit := time.Now().Add(20 * time.Second); count(`SELECT COUNT(*) FROM job WHERE kind = $1 AND state <> 'done'`, national.NightKind) > 0; {
			if time.Now().After(limit) {
				t.Fatal("the job of the night is never done")
			}
			<-tick.C
		}
	}
	done() // that of the start, which may have kept yesterday
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().In(paris)
	before, yesterday := today.AddDate(0, 0, -2).Format(time.DateOnly), today.AddDate(0, 0, -1).Format(time.DateOnly)
	for _, table := range []string{"metric_night", "metric_day"} {
		if _, err := d.Exec(ctx, `DELETE FROM `+table); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Exec(ctx, `INSERT INTO metric_night (cycle, day, late, at) SELECT code, $1, FALSE, 1 FROM cycle WHERE state = 'open'`, before); err != nil {
		t.Fatal(err)
	}
	queue := jobs.New(db.NewIDs(time.Now, rand.Reader), time.Now)
	for i := range 8 {
		if _, err := queue.Enqueue(ctx, d, national.NightKind, nil, jobs.Opts{Dedup: "night " + strconv.Itoa(i)}); err != nil {
			t.Fatal(err)
		}
	}
	done()
	if n := count(`SELECT COUNT(*) FROM metric_night WHERE day <> $1`, before); n != 1 {
		t.Errorf("%d nights were added", n)
	}
	if n := count(`SELECT COUNT(DISTINCT at) FROM metric_day WHERE day = $1`, yesterday); n != 1 {
		t.Errorf("the night was written by %d", n)
	}
	if n, all := count(`SELECT COUNT(DISTINCT cop_id) FROM metric_day`), count(`SELECT COUNT(*) FROM metric_day WHERE day <> $1`, yesterday); n != 18 || all != 0 {
		t.Errorf("the night of %d COPs, and %d rows of other days", n, all)
	}
}
