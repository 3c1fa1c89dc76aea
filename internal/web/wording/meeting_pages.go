package wording

import (
	"jalon/internal/cop"
	"jalon/internal/french"
	"jalon/internal/web/ui"
)

// The pages of a meeting, as MeetingTabs names the one that is read.
const (
	MeetingPage      = ""
	MeetingAgenda    = "/ordre-du-jour"
	MeetingMinutes   = "/compte-rendu"
	MeetingDecisions = "/decisions"
	MeetingTasks     = "/taches"
	MeetingFiles     = "/documents"
	MeetingVotes     = "/votes"
)

// MeetingPath is the address of a meeting, whatever its COP.
func MeetingPath(x cop.Meeting) string { return "/reunions/" + x.ID }

// MeetingTabs are the pages of a meeting, the same on each of them.
func MeetingTabs(x cop.Meeting, current string) []ui.Link {
	var out []ui.Link
	for _, t := range [][2]string{{MeetingPage, "La réunion"}, {MeetingAgenda, "Ordre du jour"}, {MeetingVotes, "Votes"}, {MeetingDecisions, "Décisions"}, {MeetingTasks, "Tâches"}, {MeetingMinutes, "Compte rendu"}, {MeetingFiles, "Documents"}} {
		out = append(out, ui.Link{Label: t[1], Href: MeetingPath(x) + t[0], Current: t[0] == current})
	}
	return out
}

// MeetingTrail leads back to a meeting, and to its COP.
func MeetingTrail(x cop.Meeting, c cop.COP, last ...ui.Link) []ui.Link {
	return append([]ui.Link{{Label: "Les COP régionales", Href: "/regions"}, {Label: c.Name, Href: c.Path()}, {Label: x.Title, Href: MeetingPath(x)}}, last...)
}

// MeetingScope are the facts that bound what a page says of a meeting.
func MeetingScope(x cop.Meeting, more ...string) []string {
	when := french.Day(x.Day)
	if x.Start != "" {
		when += ", " + x.Start
	}
	return append([]string{x.Kind.Name(), when}, more...)
}

// OfMeeting titles a page of a meeting: «Les votes, « Se loger : d’abord »».
func OfMeeting(what string, x cop.Meeting) string {
	return what + ", «\u00a0" + x.Title + "\u00a0»"
}
