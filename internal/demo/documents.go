package demo

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"jalon/internal/blob"
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/policy"
)

type paper struct {
	kind  cop.DocumentKind
	stage cop.Stage
	title string
	file  string
	part  string
	lines []string
}

var papers = []paper{
	{cop.DiagnosisDoc, cop.Diagnosis, "Diagnostic partagé, version de travail", "diagnostic.pdf", cop.Internal, []string{"Ce que dit le panorama des leviers.", "Ce qui se fait déjà dans les territoires.", "Ce qui manque, et qui peut le faire."}},
	{cop.RoadmapDoc, cop.Roadmap, "Feuille de route de la COP", "feuille-de-route.pdf", policy.Public, []string{"1. Objectifs par levier.", "2. État des lieux partagé.", "3. Plan d’action.", "4. Suites et suivi."}},
	{cop.MinutesDoc, cop.Debate, "Compte rendu du groupe « mieux se déplacer »", "compte-rendu-se-deplacer.pdf", policy.Public, []string{"Décision : étudier deux lignes de covoiturage.", "Décision : recenser les aires de rabattement.", "À suivre : le fret, faute de données."}},
	{cop.PresentationDoc, cop.Launch, "Support de la réunion de lancement", "lancement.pdf", policy.Public, []string{"Pourquoi une COP.", "Les objectifs sont indicatifs.", "Le calendrier."}},
	{cop.StudyDoc, cop.Diagnosis, "Note de l’expertise : potentiel des haies", "potentiel-haies.txt", cop.Internal, []string{"Linéaire existant, linéaire perdu, linéaire à planter.", "Trois freins : la main d’œuvre, l’entretien, le foncier."}},
}

// documents deposits the files of each COP: small, true PDFs, that say that they
// are invented.
func documents(s *Script) {
	for _, r := range s.Tree.Regions() {
		n := 1
		if s.Lively(r.Code) {
			n = Between(s.Random, 3, len(papers))
		}
		for _, k := range s.Random.Perm(len(papers))[:n] {
			p, ago := papers[k], Between(s.Random, 10, opened-15)
			who := s.Head(policy.Team, r.Code)
			if p.kind == cop.StudyDoc {
				who = s.Head(policy.Expert, r.Code)
			}
			title := fr(p.title)
			body := text(title, r.Name, s.Date(ago), p.lines)
			if strings.HasSuffix(p.file, ".pdf") {
				body = pdf(title, r.Name, s.Date(ago), p.lines)
			}
			s.As(who, s.At(ago), "document in "+r.Slug, func(ctx context.Context, a policy.Actor) error {
				_, err := s.COPs.AddDocument(ctx, a, copOf(r), cop.NewDocument{Title: title, Kind: p.kind, Stage: p.stage, Day: s.Date(ago), Part: p.part},
					bytes.NewReader(body), blob.Claim{Name: r.Slug + "-" + p.file})
				return err
			})
		}
	}
}

const invented = "Données de démonstration : ce document est inventé."

func text(title, region, day string, lines []string) []byte {
	all := append([]string{title, region + ", " + french.Day(day), fr(invented), ""}, lines...)
	for i := range all {
		all[i] = fr(all[i])
	}
	return []byte(strings.Join(all, "\n") + "\n")
}

// pdf is one page of text, in a font that every reader has.
func pdf(title, region, day string, lines []string) []byte {
	var page bytes.Buffer
	y := 770
	show := func(size int, line string) {
		page.WriteString("BT /F1 " + strconv.Itoa(size) + " Tf 60 " + strconv.Itoa(y) + " Td (")
		page.Write(latin(fr(line)))
		page.WriteString(") Tj ET\n")
		y -= size + 12
	}
	show(18, title)
	show(12, region+", "+french.Day(day))
	show(12, invented)
	y -= 12
	for _, l := range lines {
		show(12, l)
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		"<< /Length " + strconv.Itoa(page.Len()) + " >>\nstream\n" + page.String() + "endstream",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< /Title (" + string(latin(title)) + ") /Producer (Jalon) >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var table strings.Builder
	for i, o := range objects {
		at := strconv.Itoa(b.Len())
		table.WriteString(strings.Repeat("0", 10-len(at)) + at + " 00000 n \n")
		b.WriteString(strconv.Itoa(i+1) + " 0 obj\n" + o + "\nendobj\n")
	}
	n := strconv.Itoa(len(objects) + 1)
	start := strconv.Itoa(b.Len())
	b.WriteString("xref\n0 " + n + "\n0000000000 65535 f \n" + table.String() + "trailer\n<< /Size " + n + " /Root 1 0 R /Info 6 0 R >>\nstartxref\n" + start + "\n%%EOF\n")
	return b.Bytes()
}

// latin writes a text in the encoding of the page, its brackets escaped.
func latin(text string) []byte {
	var b []byte
	for _, r := range text {
		switch {
		case r == '’':
			b = append(b, 0x92)
		case r == '…':
			b = append(b, 0x85)
		case r == '(' || r == ')' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < utf8.RuneSelf || r >= 0xa0 && r <= 0xff:
			b = append(b, byte(r))
		default:
			b = append(b, '?')
		}
	}
	return b
}
