package minutes

import (
	"net/http"
	"strconv"

	"jalon/internal/apperr"
	"jalon/internal/debate/minutes"
	"jalon/internal/french"
	"jalon/internal/web/shell"
	"jalon/internal/web/ui"
	"jalon/internal/web/wording"
)

func (d Deps) agenda(w http.ResponseWriter, r *http.Request) error {
	return d.showAgenda(w, r, http.StatusOK, minutes.ItemInput{}, nil)
}

func (d Deps) showAgenda(w http.ResponseWriter, r *http.Request, status int, in minutes.ItemInput, bad error) error {
	x, err := d.meeting(r)
	if err != nil {
		return err
	}
	list, err := minutes.Agenda(r.Context(), d.Q, x.meeting)
	if err != nil {
		return err
	}
	files, err := minutes.Files(r.Context(), d.Q, shell.Actor(r), x.meeting, x.cop)
	if err != nil {
		return err
	}
	total := int64(0)
	v := view{}
	for i, it := range list {
		total += it.Planned
		row := itemView{At: it.At, Title: it.Title, First: i == 0, Last: i == len(list)-1, Rev: rev(it.Rev)}
		about := []string{it.Presenter}
		if it.Planned > 0 {
			about = append(about, french.Integer(it.Planned)+nb+"min")
		}
		if len(it.Levers) > 0 {
			about = append(about, french.Plural(len(it.Levers), "levier", "leviers")+nb+": "+x.leverNames(it.Levers))
		}
		for _, f := range files {
			if f.Item == it.ID {
				about = append(about, "document"+nb+": "+f.Title)
			}
		}
		row.About = join(about...)
		if x.may {
			row.Href, row.Move = x.path(wording.MeetingAgenda)+"/"+it.ID, x.path(wording.MeetingAgenda)+"/"+it.ID
		}
		v.Items = append(v.Items, row)
	}
	title := wording.OfMeeting("L’ordre du jour", x.meeting)
	scope := french.Integer(len(list)) + nb + french.Plural(len(list), "point", "points")
	if total > 0 {
		scope += ", " + french.Integer(total) + nb + "minutes prévues"
	}
	v.Heading = x.heading("Ordre du jour", title, scope)
	if len(list) == 0 {
		v.Empty = &ui.Empty{Title: "L’ordre du jour n’est pas encore connu", Text: "Ses points paraîtront ici, dans leur ordre, avec l’heure prévue de chacun."}
	}
	if x.may {
		v.Forms = []formView{{ID: "ajouter", Title: "Ajouter un point", Action: x.path(wording.MeetingAgenda), Fields: x.itemFields(in, bad), More: []ui.Field{x.leverField(in.Levers)}, Buttons: [][2]string{{"add", "Ajouter le point"}}}}
	}
	return d.show(w, r, status, x, wording.MeetingAgenda, v, ui.Link{Label: "Ordre du jour"})
}

func (x place) itemFields(in minutes.ItemInput, bad error) []ui.Field {
	planned := ""
	if in.Planned != 0 {
		planned = rev(in.Planned)
	}
	title := ui.Field{ID: "title", Label: "Titre du point", Required: true, Value: in.Title}
	if bad != nil {
		title.Error = apperr.Message(bad)
	}
	return []ui.Field{title, {ID: "planned", Label: "Durée prévue", Type: "number", Unit: "minutes", Value: planned}, {ID: "presenter", Label: "Présenté par", Value: in.Presenter}}
}

func (x place) typedItem(r *http.Request) minutes.ItemInput {
	n, err := strconv.ParseInt(shell.Typed(r, "planned"), 10, 64)
	if err != nil && shell.Typed(r, "planned") != "" {
		n = -1
	}
	return minutes.ItemInput{Title: shell.Typed(r, "title"), Planned: n, Presenter: shell.Typed(r, "presenter"), Levers: x.chosen(r)}
}

func (d Deps) addItem(w http.ResponseWriter, r *http.Request) error {
	x, _, err := d.sent(r)
	if err != nil {
		return err
	}
	in := x.typedItem(r)
	if _, err := d.Room.AddItem(r.Context(), shell.Actor(r), x.meeting.ID, in); err != nil {
		if shell.Beside(err) {
			return d.showAgenda(w, r, apperr.Status(err), in, err)
		}
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingAgenda)+"?fait=1")
}

func (d Deps) item(w http.ResponseWriter, r *http.Request) error {
	return d.showItem(w, r, http.StatusOK, nil, nil)
}

// showItem draws a point with its form; typed is what came back.
func (d Deps) showItem(w http.ResponseWriter, r *http.Request, status int, typed *minutes.ItemInput, bad error) error {
	x, err := d.led(r)
	if err != nil {
		return err
	}
	list, err := minutes.Agenda(r.Context(), d.Q, x.meeting)
	if err != nil {
		return err
	}
	for _, it := range list {
		if it.ID != r.PathValue("point") {
			continue
		}
		in := minutes.ItemInput{Title: it.Title, Planned: it.Planned, Presenter: it.Presenter, Levers: it.Levers}
		v := view{Heading: x.heading("Point de l’ordre du jour", it.Title)}
		all := func(in minutes.ItemInput) []ui.Field { return append(x.itemFields(in, nil), x.leverField(in.Levers)) }
		fields := all(in)
		if typed != nil {
			kept := fields
			fields = all(*typed)
			v.Notices = wrong(bad)
			if status == http.StatusConflict {
				v.Conflict = ui.TwoVersions(kept, fields)
			}
		}
		v.Forms = []formView{{ID: "modifier", Title: "Modifier", Action: x.path(wording.MeetingAgenda) + "/" + it.ID, Rev: rev(it.Rev), Fields: fields, Buttons: [][2]string{{"save", "Enregistrer"}}},
			{ID: "retirer", Title: "Retirer de l’ordre du jour", Lead: "Ce qui a été écrit sous ce point reste dans le compte rendu.", Action: x.path(wording.MeetingAgenda) + "/" + it.ID, Rev: rev(it.Rev), Buttons: [][2]string{{"drop", "Retirer le point"}}, Folded: true}}
		return d.show(w, r, status, x, wording.MeetingAgenda, v, ui.Link{Label: "Ordre du jour", Href: x.path(wording.MeetingAgenda)}, ui.Link{Label: it.Title})
	}
	return apperr.NotFoundf("Ce point n’est pas, ou n’est plus, à l’ordre du jour de cette réunion.")
}

func (d Deps) changeItem(w http.ResponseWriter, r *http.Request) error {
	x, n, err := d.sent(r)
	if err != nil {
		return err
	}
	ctx, a, id := r.Context(), shell.Actor(r), r.PathValue("point")
	in := x.typedItem(r)
	switch shell.Typed(r, "do") {
	case "up", "down":
		err = d.Room.MoveItem(ctx, a, x.meeting.ID, id, shell.Typed(r, "do") == "up")
	case "drop":
		err = d.Room.DropItem(ctx, a, x.meeting.ID, id, n)
	default:
		err = d.Room.SaveItem(ctx, a, x.meeting.ID, id, n, in)
	}
	if err != nil && shell.Beside(err) {
		if shell.Typed(r, "do") != "save" {
			return d.showAgenda(w, r, apperr.Status(err), minutes.ItemInput{}, err)
		}
		return d.showItem(w, r, apperr.Status(err), &in, err)
	}
	if err != nil {
		return err
	}
	return shell.SeeOther(w, r, x.path(wording.MeetingAgenda)+"?fait=1")
}
