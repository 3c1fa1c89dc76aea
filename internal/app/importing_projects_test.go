package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jalon/internal/db"
	"jalon/internal/survey"
	"jalon/internal/testkit"
)

// fundedFile are real rows of the public export of 2023: a department, a region,
// an EPCI, two communes of the Grand Est, and a holder that is no authority.
const fundedFile = "\ufeffnom_region;code_departement;nom_departement;code_commune;nom_commune;axe;numero_demarche_ds;nom_demarche_ds;numero_dossier_ds;nom_du_projet;nom_beneficiaire_principal;siren;montant_engage\n" +
	"Grand Est;67;Bas-Rhin;67437;Saverne;3;69278;Développement du covoiturage;11349215;Aménagement d'une aire de covoiturage avec installation d'ombrières photovoltaïques;COLLECTIVITE EUROPEENNE D'ALSACE;200094332;932 074,44 €\n" +
	"Grand Est;67;Bas-Rhin;67073;CHATENOIS;1;69071;Rénovation énergétique des bâtiments publics locaux;12243722;Rénovation thermique et restructuration du collège de Chatenois;COLLECTIVITE EUROPEENNE D'ALSACE;200094332;1 566 989,00 €\n" +
	"Grand Est;67;Bas-Rhin;67194;HERRLISHEIM;1;69071;Rénovation énergétique des bâtiments publics locaux;12243512;Rénovation thermique et restructuration du collège de Herrlisheim;COLLECTIVITE EUROPEENNE D'ALSACE;200094332;4 220 000,00 €\n" +
	"Grand Est;68;Haut-Rhin;68253;OTTMARSHEIM;1;69071;Rénovation énergétique des bâtiments publics locaux;12372181;Rénovation du gymnase d'Ottmarsheim;COLLECTIVITE EUROPEENNE D'ALSACE;200094332;900 000,00 €\n" +
	"Grand Est;68;Haut-Rhin;68224;MULHOUSE;1;69071;Rénovation énergétique des bâtiments publics locaux;12385049;Rénovation du collège Wolf de Mulhouse;COLLECTIVITE EUROPEENNE D'ALSACE;200094332;1 350 000,00 €\n" +
	"Grand Est;51;Marne;51649;VITRY-LE-FRANCOIS;1;69071;Rénovation énergétique des bâtiments publics locaux;12480763;Rénovation du gymnase François 1er à Vitry-le-François;REG GRAND-EST;200052264;522 847,50 €\n" +
	"Grand Est;51;Marne;51030;AY CHAMPAGNE;1;69071;Rénovation énergétique des bâtiments publics locaux;11401849;Remplacement des éclairages des bâtiments communaux par des éclairages LED;AY;215100264;4 220,48 €\n" +
	"Grand Est;51;Marne;51030;AY CHAMPAGNE;1;69071;Rénovation énergétique des bâtiments publics locaux;11401849;Remplacement des éclairages des bâtiments communaux par des éclairages LED;AY;21510026400017;1 808,78 €\n" +
	"Grand Est;57;Moselle;57597;ROSSELANGE;1;69022;Rénovation des parcs de luminaires d’éclairage public;11495838;Fourniture et pose de luminaires LED - Eclairage public;ROSSELANGE;215705971;\n" +
	"Bretagne;22;Côtes-d'Armor;22081;HILLION;3;69282;Accompagnement de la stratégie nationale biodiversité 2030;13729598;AVITRACK Baie de Saint-Brieuc;VIVARMOR NATURE GEPN;389116765;349 859,00 €\n"

// importFunded brings the file above in.
func importFunded(t *testing.T, c *Core) {
	t.Helper()
	if o, err := c.Import(context.Background(), ImportRequest{Kind: fondsVert, Path: file(t, "fonds-vert.csv", fundedFile), Apply: true, Year: 2023, By: "test"}); err != nil {
		t.Fatalf("%v\n%s", err, o)
	}
}

func TestImportOfFinancedProjects(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, c := context.Background(), coreOn(d)
		path := file(t, "fonds-vert.csv", fundedFile)
		ask := func(r ImportRequest) (Outcome, error) {
			r.Kind, r.By = fondsVert, "test"
			if r.Path == "" {
				r.Path = path
			}
			return c.Import(ctx, r)
		}
		if _, err := ask(ImportRequest{}); err == nil || !strings.Contains(err.Error(), "--year") {
			t.Errorf("a file without a year: %v", err)
		}
		o, err := ask(ImportRequest{Year: 2023})
		if err != nil || o.Applied || rowsIn(t, d, "funded_project") != 0 {
			t.Fatalf("dry run: %v, %d rows kept", err, rowsIn(t, d, "funded_project"))
		}
		if text := o.String(); !strings.Contains(text, "10 ligne(s) lue(s)") || !strings.Contains(text, "389116765") || !strings.Contains(text, "d’une collectivité\u00a0: 9\u00a0;") {
			t.Errorf("the dry run says: %s", text)
		}
		if o, err = ask(ImportRequest{Year: 2023, Apply: true}); err != nil || !o.Applied || rowsIn(t, d, "funded_project") != 10 {
			t.Fatalf("%v, %d rows\n%s", err, rowsIn(t, d, "funded_project"), o)
		}
		if _, err = ask(ImportRequest{Year: 2023, Apply: true}); err == nil {
			t.Error("the same bytes went in twice")
		}
		// A later edition changes an amount: the row is the same one.
		later := file(t, "later.csv", strings.Replace(fundedFile, "900 000,00 €", "950 000,50 €", 1))
		o, err = ask(ImportRequest{Year: 2023, Apply: true, Path: later})
		if err != nil || rowsIn(t, d, "funded_project") != 10 || !strings.Contains(o.String(), "ajoutés\u00a0: 0\u00a0; modifiés\u00a0: 1\u00a0; inchangés\u00a0: 9") {
			t.Errorf("%v, %d rows\n%s", err, rowsIn(t, d, "funded_project"), o)
		}
		alsace, err := survey.ProjectsOf(ctx, d, "200094332")
		if err != nil || len(alsace) != 5 {
			t.Fatalf("%v, %d projects", err, len(alsace))
		}
		if p := alsace[0]; p.Cents == nil || *p.Cents != 422_000_000 || p.Year != 2023 || p.Commune != "67194" {
			t.Errorf("the largest: %+v", p)
		}
		// The SIREN and the SIRET are of Aÿ, which merged: both decisions are of the
		// commune of today.
		ay, err := survey.ProjectsOf(ctx, d, "200055622")
		if err != nil || len(ay) != 2 || *ay[0].Cents != 422_048 || *ay[1].Cents != 180_878 {
			t.Errorf("%v %+v", err, ay)
		}
		// Missing is never zero.
		rosselange, err := survey.ProjectsOf(ctx, d, "215705971")
		if err != nil || len(rosselange) != 1 || rosselange[0].Cents != nil {
			t.Errorf("%v %+v", err, rosselange)
		}
	})
}

func TestBadFilesOfProjectsAreRefusedWhole(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := coreOn(d)
		head := "nom_demarche_ds;nom_du_projet;siren;montant_engage\n"
		good := "Recyclage foncier;Friche;200094332;1 000,00 €\n"
		for _, tt := range []struct{ name, text, place, says string }{
			{"SIREN of eight digits", head + good + "Recyclage foncier;Friche;20009433;1 000,00 €\n", "ligne\u00a03, colonne\u00a03", "SIREN"},
			{"SIREN with a slip", head + good + "Recyclage foncier;Friche;200094333;1 000,00 €\n", "ligne\u00a03, colonne\u00a03", "SIREN"},
			{"words as an amount", head + good + "Recyclage foncier;Friche;200094332;mille\n", "ligne\u00a03, colonne\u00a04", "pas un nombre"},
			{"negative", head + good + "Recyclage foncier;Friche;200094332;-12,00 €\n", "ligne\u00a03, colonne\u00a04", "négatif"},
			{"a thousandth of a euro", head + good + "Recyclage foncier;Friche;200094332;12,005 €\n", "ligne\u00a03, colonne\u00a04", "deux décimales"},
			{"enormous", head + good + "Recyclage foncier;Friche;200094332;99999999999999999 €\n", "ligne\u00a03, colonne\u00a04", "trop grand"},
			{"no name", head + good + "Recyclage foncier;;200094332;1,00 €\n", "ligne\u00a03, colonne\u00a02", "remplie"},
		} {
			o, err := c.Import(context.Background(), ImportRequest{Kind: fondsVert, Path: file(t, "f.csv", tt.text), Apply: true, Year: 2023})
			if text := o.String(); err == nil || !strings.Contains(text, tt.place) || !strings.Contains(text, tt.says) {
				t.Errorf("%s: %v\n%s", tt.name, err, text)
			}
			if n := rowsIn(t, d, "funded_project"); n != 0 {
				t.Errorf("%s: %d rows of a refused file", tt.name, n)
			}
		}
		if _, err := c.Import(context.Background(), ImportRequest{Kind: fondsVert, Path: file(t, "f.csv", "nom;montant\nx;1\n"), Year: 2023}); err == nil {
			t.Error("a file of other columns was read")
		}
	})
}

// The shared extract is read whole when it is there; it is never part of the program.
func TestTheWholeExtract(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "data", "projets", "fonds-vert-2023-extrait.csv")
	if _, err := os.Stat(path); err != nil {
		t.Skip("the public extract is not beside this checkout")
	}
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		o, err := coreOn(d).Import(context.Background(), ImportRequest{Kind: fondsVert, Path: path, Apply: true, Year: 2023})
		if err != nil || rowsIn(t, d, "funded_project") != 1920 {
			t.Errorf("%v, %d rows\n%s", err, rowsIn(t, d, "funded_project"), strings.Join(o.Summary, "\n"))
		}
	})
}
