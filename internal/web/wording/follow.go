package wording

import (
	"net/url"

	"jalon/internal/cop"
	"jalon/internal/debate/follow"
	"jalon/internal/web/ui"
)

// FollowPath is the address that offers to follow a subject of a COP, and leads back.
func FollowPath(c cop.COP, s follow.Subject, back string) string {
	return "/suivre?" + url.Values{"cop": {c.ID}, "sorte": {string(s.Kind)}, "objet": {s.ID}, "retour": {back}}.Encode()
}

// FollowLink is the link to it: what names the subject, «ce groupe».
func FollowLink(c cop.COP, kind follow.Kind, id, what, back string) ui.Link {
	return ui.Link{Label: "Suivre " + what + ", par courriel", Href: FollowPath(c, follow.Subject{Kind: kind, ID: id}, back)}
}
