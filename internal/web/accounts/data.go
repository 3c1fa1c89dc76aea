package accounts

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"jalon/internal/account"
	"jalon/internal/apperr"
	"jalon/internal/french"
	"jalon/internal/mail"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
)

// ownShown is how many rows of a table the page shows; the file has them all.
const ownShown = 20

type ownView struct {
	Email  string
	Groups []ownGroup
}

type ownGroup struct {
	ID, Title, Note string
	Rows            [][]ownCell
}

type ownCell struct{ Label, Value string }

// tableNames are the tables as people call what they hold; another shows under
// its own name.
var tableNames = map[string]string{
	"account": "Votre compte", "account_version": "Les états successifs de votre compte", "identity": "Vos identités chez un fournisseur", "notice": "Les messages que vous recevez",
	"sign_in": "Vos demandes de connexion", "session": "Vos sessions", "role_grant": "Vos rôles", "journal": "Ce que vous avez fait", "mail_outbox": "Les courriels pour vous",
	"mail_bounce": "Les refus de votre adresse", "cop_visit": "Vos visites au bureau d’une COP", "calendar_feed": "Vos calendriers", "delegation": "Vos délégations",
	"office": "Vos fonctions", "act": "Les validations que vous avez proposées", "act_consent": "Les validations que vous avez données", "cop_event": "Les événements d’étape que vous avez enregistrés",
	"cop_check": "Les lignes que vous avez cochées", "export": "Les fichiers que vous avez produits", "import_run": "Les imports que vous avez faits",
	"action": "Les actions que vous avez inscrites", "action_version": "Ce que vous avez écrit d’une action", "action_view": "Les vues du registre des actions que vous gardez",
}

var columnNames = map[string]string{
	"id": "identifiant", "rev": "version", "email": "adresse", "to_email": "adresse", "name": "nom", "to_name": "nom", "at": "date", "by": "par", "account": "compte", "person": "compte",
	"role": "rôle", "scope_kind": "périmètre", "scope": "code du périmètre", "granted_by": "donné par", "ended_at": "fin", "ended_by": "terminé par", "kind": "sorte", "choice": "choix",
	"actor": "par", "acting_for": "au nom de", "verb": "acte", "subject": "objet", "state": "état", "created_at": "création", "seen_at": "dernière visite", "expires_at": "expiration",
	"signed_in_at": "dernière connexion", "warned_at": "prévenu le", "notify": "messages", "reason": "raison", "body": "contenu", "agent": "navigateur", "letter": "contenu", "sent_at": "envoi",
	"issuer": "fournisseur", "sub": "identité chez lui", "cop_id": "COP", "side": "tête", "title": "fonction", "used_at": "utilisation", "next": "page demandée",
	"dedup": "nom unique", "from_name": "expéditeur", "secret": "porte un secret", "tries": "essais", "day": "jour", "giver": "donnée par", "reach": "portée", "target": "objet",
	"from_day": "du", "to_day": "au", "decision": "décision", "organisation": "organisme", "error": "refus", "detail": "détail", "times": "fois", "reply_to": "réponse à",
	"proposed_by": "proposé par", "author": "auteur", "query": "filtres", "shared": "partagé avec l’équipe", "grouped_in": "récapitulatif",
}

func (d Deps) ownData(w http.ResponseWriter, r *http.Request) error {
	data, err := d.Room.Export(r.Context(), shell.Actor(r))
	if err != nil {
		return err
	}
	v := ownView{Email: data.Email}
	for i, t := range data.Tables {
		v.Groups = append(v.Groups, group(i, t))
	}
	return d.Shell.Render(w, r, d.page(r, "Mes données"), v.page())
}

func group(i int, t account.OwnTable) ownGroup {
	g := ownGroup{ID: "donnees-" + strconv.Itoa(i), Title: tableNames[t.Table]}
	if g.Title == "" {
		g.Title = t.Table
	}
	if !t.About {
		g.Title += ", où vous figurez"
	}
	n := len(t.Rows)
	g.Note = french.Integer(n) + "\u00a0lignes."
	if n == 1 {
		g.Note = "Une ligne."
	}
	if t.More {
		g.Note = "Plus de " + french.Integer(n) + "\u00a0lignes\u00a0: demandez le reste à l’équipe de Jalon."
	}
	if n > ownShown {
		g.Note += " Les " + strconv.Itoa(ownShown) + " dernières sont ici\u00a0; le fichier les contient toutes."
	}
	for k := n - 1; k >= max(0, n-ownShown); k-- {
		var row []ownCell
		for _, c := range t.Columns {
			if text := cellText(c, t.Rows[k][c]); text != "" {
				label := columnNames[c]
				if label == "" {
					label = c
				}
				row = append(row, ownCell{label, text})
			}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// cellText is a value as people read it: an instant is a date.
func cellText(column string, v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		var l mail.Letter
		if column == "letter" && json.Unmarshal([]byte(x), &l) == nil {
			if l.Subject == "" {
				return "effacé après l’envoi"
			}
			return l.Subject + "\u00a0: " + strings.Join(strings.Fields(l.Text()), " ")
		}
		return x
	case bool:
		if x {
			return "oui"
		}
		return "non"
	case int64:
		if n := len(column); column == "at" || n > 3 && column[n-3:] == "_at" {
			if x == 0 {
				return ""
			}
			at := time.UnixMilli(x).UTC()
			return french.Date(at) + " à " + at.Format("15:04") + " (UTC)"
		}
		return french.Integer(x)
	}
	return fmt.Sprint(v)
}

func (d Deps) ownDataJSON(w http.ResponseWriter, r *http.Request) error {
	data, err := d.Room.Export(r.Context(), shell.Actor(r))
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(data, "", "  ")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="jalon-mes-donnees.json"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // whoever left does not need to hear it
	return nil
}

func phraseField(value, wrong string) ui.Field {
	return ui.Field{ID: "phrase", Label: "Pour continuer, écrivez\u00a0: " + account.ErasePhrase, Required: true, Value: value, Error: wrong, Autocomplete: "off"}
}

func (d Deps) eraseAsk(w http.ResponseWriter, r *http.Request) error {
	return d.Shell.Render(w, r, d.page(r, "Effacer mon compte"), erasePage(phraseField("", "")))
}

// eraseTyped is the first step: the words are right, and nothing is erased yet.
func (d Deps) eraseTyped(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	who := shell.Of(r)
	token, err := d.Room.AskErase(r.Context(), who.Actor, who.Session, r.PostForm.Get("phrase"))
	if err != nil && shell.Beside(err) {
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Effacer mon compte"), erasePage(phraseField(r.PostForm.Get("phrase"), apperr.Message(err))))
	}
	if err != nil {
		return err
	}
	return d.Shell.Render(w, r, d.page(r, "Effacer mon compte, dernière étape"), eraseLastPage(token))
}

// eraseConfirm is the second step.
func (d Deps) eraseConfirm(w http.ResponseWriter, r *http.Request) error {
	if err := shell.ReadForm(r); err != nil {
		return err
	}
	who := shell.Of(r)
	err := d.Room.EraseSelf(r.Context(), who.Actor, who.Session, r.PostForm.Get("jeton"))
	if err != nil && shell.Beside(err) {
		return d.Shell.RenderStatus(w, r, apperr.Status(err), d.page(r, "Effacer mon compte"), erasePage(phraseField("", apperr.Message(err))))
	}
	if err != nil {
		return err
	}
	d.setCookie(w, shell.SessionCookie, "", "/", 0)
	return d.Shell.Render(w, r, d.page(r, "Votre compte est effacé"), erasedPage())
}
