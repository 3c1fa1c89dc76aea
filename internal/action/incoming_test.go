package action_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"jalon/internal/action"
	"jalon/internal/apperr"
	"jalon/internal/db"
	"jalon/internal/exchange"
	"jalon/internal/intake"
)

// importing gives the room what imports need.
func (k *kit) importing() *kit {
	k.room.Intake = intake.New(db.NewIDs(k.room.Now, rand.Reader), k.room.Now)
	return k
}

// stage sends a file and reads its verdicts.
func (k *kit) stage(t testing.TB, name string, body []byte, said [][2]string, c action.Chosen) (intake.Run, []intake.Line) {
	t.Helper()
	ctx := context.Background()
	if c.State == "" {
		c.State = action.Proposed
	}
	u, err := k.room.Keep(ctx, k.team, k.cop, nil, action.Upload{Name: name, Said: said, Chosen: c}, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	run, err := k.verdicts(t, u)
	if err != nil {
		t.Fatal(err)
	}
	var bad []intake.Line
	for after := 0; ; {
		lines, err := intake.Verdicts(ctx, k.db, run.ID, "", after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if after = l.Line; l.Verdict == intake.Error {
				bad = append(bad, l)
			}
		}
		if len(lines) < 1000 {
			return run, bad
		}
	}
}

// verdicts judges a file that was kept.
func (k *kit) verdicts(t testing.TB, u action.Upload) (run intake.Run, err error) {
	t.Helper()
	ctx := context.Background()
	r, err := u.Read(ctx, k.db)
	if err != nil {
		return run, err
	}
	f, err := exchange.OpenActions(u.Name, r, r.Size(), exchange.Options{Limits: exchange.ActionLimits()}, u.Said)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if f.Undecided() {
		t.Fatalf("%s: %s, columns left to decide: %q of %q", u.Name, f.Format.ID, f.Columns, f.Header)
	}
	return exchange.StageActions(ctx, k.room, k.model, k.team, k.cop, f, u)
}

// said is what the first refused rows were told.
func said(bad []intake.Line) (out string) {
	for _, l := range bad[:min(len(bad), 12)] {
		out += fmt.Sprintf("\n%d, %d: %s", l.Line, l.Col, l.Reason)
	}
	return out
}

func (k *kit) apply(t testing.TB, run intake.Run) action.Applied {
	t.Helper()
	out, err := k.room.ApplyRun(context.Background(), k.team, k.cop, run.ID, run.Rev)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// all reads the actions of the COP in the order of their numbers.
func (k *kit) all(t testing.TB) (out []action.Action) {
	t.Helper()
	ctx := context.Background()
	rows, err := k.db.Query(ctx, `SELECT id FROM action WHERE cop_id = $1 ORDER BY seq`, k.cop.ID)
	ids, err := db.Collect(rows, err, func(r *db.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		x, _, err := action.Find(ctx, k.db, k.team, id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

func (k *kit) rows(t testing.TB, table string) (n int64) {
	t.Helper()
	if err := k.db.QueryRow(context.Background(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// book writes a workbook of one sheet.
func book(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The 28 columns of a plan: header in row 2, explanations in row 3, data from row 4; a
// row without a title is a part of the action above it.
func TestPlanOf28Columns(t *testing.T) {
	var heads []any
	format, _ := exchange.FindActionFormat(exchange.TeTActions)
	for _, c := range format.Known() {
		heads = append(heads, c[0])
	}
	if len(heads) != 28 {
		t.Fatalf("%d columns", len(heads))
	}
	file := book(t, []any{"Plan"}, heads, []any{"Texte", "Texte"},
		[]any{"1. Mobilité", "1.1 Vélo", "", "Schéma cyclable", "", "Relier les gares", "Comité", "30 km", "", "Région Grand Est", "1 ETP", "DREAL; SNCF", "Service mobilité", "Jeanne Martin", "Luc Petit", "Concertation", "À trouver",
			"ADEME", 12000, "Région", "30 k€", "", "", "1 200 000,50", "En cours", "Élevé", "01/09/2025", "2028"},
		[]any{"1. Mobilité", "1.1 Vélo", "", "", "Compter les cyclistes", "", "", "", "", "", "", "", "", "Ana Roux", "", "", "", "", "", "", "", "", "", "", "", "", "", "2026-06"},
		[]any{"2. Haies", "", "", "Planter des haies", "", "", "", "", "", "Chambre d’agriculture", "", "", "", "", "", "", "", "", "", "", "", "", "", "", "A discuter", "", "", ""})
	each(t, func(t *testing.T, k *kit) {
		run, bad := k.importing().stage(t, "plan.xlsx", file, nil, action.Chosen{})
		if len(bad) > 0 || run.State != intake.Staged || run.Rows != 3 {
			t.Fatalf("%+v %s", run, said(bad))
		}
		if n := k.rows(t, "action"); n != 0 {
			t.Fatalf("%d actions before anybody applied", n)
		}
		if out := k.apply(t, run); out.Added != 2 {
			t.Fatalf("%+v", out)
		}
		all := k.all(t)
		x := all[0]
		if x.Title != "Schéma cyclable" || x.Seq != 1 || x.State != action.Proposed || x.Status != "going" || x.Starts != "2025-09-01" || x.Ends != "2028" || *x.Budget.Invest != 120_000_050 {
			t.Errorf("got %+v", x)
		}
		if len(x.Funding) != 2 || *x.Funding[1].Amount != 3_000_000 || x.Funding[0].Funder != "ADEME" || len(x.Partners) != 2 || x.Contact != "Jeanne Martin" || x.Referent != "Luc Petit" {
			t.Errorf("got %+v", x)
		}
		if len(x.Tasks) != 1 || x.Tasks[0].Title != "Compter les cyclistes" || x.Tasks[0].Who != "Ana Roux" || x.Tasks[0].Due != "2026-06" {
			t.Errorf("the part: %+v", x.Tasks)
		}
		if !strings.Contains(x.Summary, "Niveau de priorité\u00a0: Élevé") || !strings.Contains(all[1].Summary, "Statut\u00a0: A discuter") || all[1].Status != "" {
			t.Errorf("words without a field are kept: %q, %q", x.Summary, all[1].Summary)
		}
		// Sent again, nothing comes twice.
		run, _ = k.stage(t, "plan.xlsx", file, nil, action.Chosen{Again: true})
		if out := k.apply(t, run); out.Added != 0 || out.Left != 2 || k.rows(t, "action") != 2 {
			t.Errorf("again: %+v, %d actions", out, k.rows(t, "action"))
		}
	})
}

// The example that the schema of projects ships, by its own columns and values.
func TestProjectsOfTheSchema(t *testing.T) {
	const head = "id,createdAt,updatedAt,nom,description,budgetPrevisionnel,dateDebutPrevisionnelle,phase,phaseStatut,programme,porteurCodeSiret,porteurReferentEmail,porteurReferentTelephone,porteurReferentPrenom,porteurReferentNom,porteurReferentFonction,competences,leviers,mecId,tetId,recocoId,collectiviteIds"
	file := head + `
01890e30-5a80-7c22-9842-8263d0d0d890,2025-04-15T14:30:00.000Z,2025-04-15T14:30:00.000Z,"Rénover les écoles","Isoler, puis régler",450000,2025-03-01,Étude,"En cours",CRTE,21690123100011,marie@exemple.fr,0472123456,Marie,Dupont,"Directrice","[""90-211""]","[""Rénovation (hors changement chaudières)"",""Electricité renouvelable"",""Sobriété des bâtiments (tertiaire)""]",MEC-7652,12345,,"[""x""]"
01890e30-5a80-7c22-9842-8263d0d0d891,2025-04-10T10:15:00.000Z,2025-04-15T11:30:45.000Z,"Pistes cyclables","",750000,2025-06-01,Opération,"Terminé",ADEME,,jacques@exemple.fr,,Jacques,Martin,"","[]","[""Vélo"",""Réduction des déplacements""]",,,,
`
	each(t, func(t *testing.T, k *kit) {
		run, bad := k.importing().stage(t, "projets.csv", []byte(file), nil, action.Chosen{})
		if len(bad) > 0 || run.Rows != 2 {
			t.Fatalf("%+v %s", run, said(bad))
		}
		k.apply(t, run)
		x := k.all(t)
		if x[0].Origin != "communs:01890e30-5a80-7c22-9842-8263d0d0d890" || x[0].Phase != "study" || x[0].Status != "going" || *x[0].Budget.Invest != 45_000_000 || x[0].Email != "marie@exemple.fr" || len(x[0].Levers) != 3 {
			t.Errorf("got %+v", x[0])
		}
		if x[1].Status != "done" || x[1].Levers[1] != "reduction-deplacements" {
			t.Errorf("got %+v", x[1])
		}
	})
}

// The vivier of the COP, with its four statuses.
func TestVivierOfTheCOP(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		file := "id;nom;copMillesime;copStatutVivier;territoire\ncop_20687601;Chaufferie bois;2024;a_travailler;67482\ncop_20687602;Atlas;2025;peut_etre;67482\n"
		_, bad := k.importing().stage(t, "vivier.csv", []byte(file), nil, action.Chosen{})
		if len(bad) != 1 || bad[0].Line != 3 || bad[0].Col != 4 || !strings.Contains(bad[0].Reason, "à remonter") {
			t.Fatal(said(bad))
		}
		run, _ := k.stage(t, "vivier.csv", []byte(strings.Replace(file, "peut_etre", "hors_cop_mais_crte", 1)), nil, action.Chosen{})
		k.apply(t, run)
		x := k.all(t)
		if x[0].State != action.Pool || x[0].PoolState != "a_travailler" || x[0].Origin != "vivier:cop_20687601" || x[0].Places[0].Territory != "commune:67482" || x[1].PoolState != "hors_cop_mais_crte" {
			t.Errorf("got %+v", x)
		}
	})
}

// The sixteen fields of an adaptation priority.
func TestPrioritiesOfAdaptation(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		file := "Intitulé de la priorité,Région,Département,Effet du changement climatique,Sensibilité,Levier,Niveau de priorité,Description,Date de fin prévue,Critères de réussite (indicateurs),Parties prenantes à mobiliser,Porteur d'aide ingénierie,Porteur d'aide financement,Freins à lever - remontées régionales,Freins - remontées nationales,Budget total anticipé\n" +
			"Renaturer les cours d’école,Grand Est,Bas-Rhin,Chaleur,Enfants,,1,Arbres et sols vivants,2027,50 cours,Communes; CAUE,CEREMA,Agence de l’eau,Foncier,,\"1,5 M€\"\n"
		run, bad := k.importing().stage(t, "priorites.csv", []byte(file), nil, action.Chosen{})
		if len(bad) > 0 {
			t.Fatal(said(bad))
		}
		k.apply(t, run)
		x := k.all(t)[0]
		if x.Places[0].Territory != "department:67" || *x.Budget.Invest != 150_000_000 || x.Ends != "2027" || len(x.Partners) != 2 || !strings.Contains(x.Summary, "Sensibilité\u00a0: Enfants") {
			t.Errorf("got %+v", x)
		}
	})
}

// Real projects, read with their euros, their communes and the levers that the table of
// the questionnaire gives them.
func TestFundedProjects(t *testing.T) {
	file, err := os.ReadFile("../../../shared/data/projets/fonds-vert-2023-extrait.csv")
	if err != nil {
		t.Skip("the extract of funded projects is not beside this checkout: ", err)
	}
	each(t, func(t *testing.T, k *kit) {
		k.importing()
		k.room.Suggest = func(_, measure, _ string) (string, bool) {
			return "l25-sobriete-tertiaire", strings.HasPrefix(measure, "Rénovation")
		}
		began := time.Now()
		run, bad := k.stage(t, "fonds-vert.csv", file, nil, action.Chosen{Choices: action.Choices{State: action.Pool, Pool: "hors_cop_mais_crte"}})
		if len(bad) > 0 || run.Rows != 1920 {
			t.Fatalf("%+v %s", run, said(bad))
		}
		out := k.apply(t, run)
		t.Logf("%s: %d projects added, %d of other regions left in %s", k.db.Engine(), out.Added, out.Left, time.Since(began))
		if out.Added+out.Left != 1920 || out.Left < 551+62 {
			t.Errorf("%+v", out)
		}
		x := k.all(t)[0]
		if x.State != action.Pool || x.Funding[0].State != "granted" || x.Funding[0].Amount == nil || x.Funding[0].Funder != "Fonds vert" || !strings.HasPrefix(x.Origin, "fonds-vert:") {
			t.Errorf("got %+v", x)
		}
	})
}

// Every row has its verdict at its line and column, and nothing is written.
func TestRowsThatAreRefused(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		file := "Titre;Leviers;Territoires;Début;Fin;Budget d’investissement (€);Quantité visée;Unité;Adresse électronique\n" +
			"Bonne;Gestion des haies;Bas-Rhin;2025;2026;12 k€;3 MW;;a@exemple.fr\n" +
			"Levier;Machins;;;;;;;\n" +
			"Lieu;;Atlantide;;;;;;\n" +
			"Fin;;;2026;2025;;;;\n" +
			"Montant;;;;;1,234.5.6;;;\n" +
			"Unité;;;;;;3 MW;km;\n" +
			"Courriel;;;;;;;;chez moi\n" +
			";;;2025;;;;;\n" +
			"Siècle;;;14/03/25;;;;;\n" +
			"Bonne;;Bas-Rhin;;;;;;\n"
		run, bad := k.importing().stage(t, "f.csv", []byte(file), nil, action.Chosen{})
		want := map[int]int{3: 2, 4: 3, 5: 5, 6: 6, 7: 7, 8: 9, 10: 4}
		for _, l := range bad {
			if col, ok := want[l.Line]; ok && l.Col != col {
				t.Errorf("line %d: column %d (%s), want %d", l.Line, l.Col, l.Reason, col)
			}
		}
		if len(bad) != 9 || run.State != intake.Refused {
			t.Errorf("%d refused: %s", len(bad), said(bad))
		}
		if _, err := k.room.ApplyRun(context.Background(), k.team, k.cop, run.ID, run.Rev); apperr.KindOf(err) != apperr.Invalid {
			t.Errorf("a refused file is applied: %v", err)
		}
		if k.rows(t, "action")+k.rows(t, "action_version")+k.rows(t, "action_word") != 0 {
			t.Error("something was written")
		}
	})
}

// Twenty people apply the same actions at once: each is there once, and whoever came
// second is told.
func TestSameActionsTwentyTimesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		k.importing()
		var runs []intake.Run
		for i := range 20 {
			run, _ := k.stage(t, fmt.Sprint(i, ".csv"), []byte("Titre;Territoires\nA;Bas-Rhin\nB;Bas-Rhin\n"+strings.Repeat("\n", i)), nil, action.Chosen{})
			runs = append(runs, run)
		}
		errs := make([]error, len(runs))
		var g sync.WaitGroup
		for i, run := range runs {
			g.Go(func() { _, errs[i] = k.room.ApplyRun(context.Background(), k.team, k.cop, run.ID, run.Rev) })
		}
		g.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case apperr.KindOf(err) != apperr.Conflict || !strings.Contains(apperr.Message(err), "Un autre import vient d’enregistrer 2"):
				t.Errorf("told: %v", err)
			}
		}
		if won != 1 || k.rows(t, "action") != 2 || k.rows(t, "action_version") != 2 {
			t.Errorf("%d won, %d actions, %d versions", won, k.rows(t, "action"), k.rows(t, "action_version"))
		}
	})
}

// What is there takes the values of the file when its sender chose so; an empty cell
// takes nothing away, and an action that moved meanwhile stops all.
func TestWhatIsThereIsUpdated(t *testing.T) {
	each(t, func(t *testing.T, k *kit) {
		ctx := context.Background()
		run, _ := k.importing().stage(t, "a.csv", []byte("Identifiant;Titre;Début;Porteur\n1;A;2025;Région\n2;B;2025;\n"), nil, action.Chosen{})
		k.apply(t, run)
		update := action.Chosen{Choices: action.Choices{State: action.Draft, Update: true}}
		second := []byte("Identifiant;Titre;Début;Porteur\n1;A;2026;\n2;B;2025;\n3;C;;\n")
		run, _ = k.stage(t, "b.csv", second, nil, update)
		if out := k.apply(t, run); out.Added != 1 || out.Changed != 1 || out.Same != 1 {
			t.Errorf("%+v", out)
		}
		x := k.all(t)
		if x[0].Starts != "2026" || x[0].Holder.Name != "Région" || x[0].Rev != 2 || x[2].Seq != 3 || x[2].State != action.Draft {
			t.Errorf("got %+v", x)
		}
		run, _ = k.stage(t, "c.csv", []byte("Identifiant;Titre;Début\n1;A;2027\n4;D;\n"), nil, update)
		x[0].Title = "A, autrement"
		if _, err := k.room.Save(ctx, k.db, k.team, x[0], ""); err != nil {
			t.Fatal(err)
		}
		if _, err := k.room.ApplyRun(ctx, k.team, k.cop, run.ID, run.Rev); apperr.KindOf(err) != apperr.Conflict {
			t.Errorf("an action moved: %v", err)
		}
		if k.rows(t, "action") != 3 {
			t.Errorf("%d actions", k.rows(t, "action"))
		}
	})
}
