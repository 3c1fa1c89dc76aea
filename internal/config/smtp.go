package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
)

// TLS says how the line to a mail server is protected.
type TLS string

// The three ways. Plain is for a server on the same machine or network.
const (
	StartTLS TLS = "starttls" // asked for first thing, and required
	FullTLS  TLS = "tls"      // from the first byte
	Plain    TLS = "none"
)

// SMTP is the server that mails leave by.
type SMTP struct {
	Host     string
	Port     int
	TLS      TLS
	User     string // "" for a server that asks for none
	Password string
}

// ParseSMTP reads the address of a mail server: smtp://user:password@host:587
// asks for STARTTLS, smtps:// speaks TLS from the start (465), and
// smtp://host:25?tls=none neither. What it refuses is said without the address,
// which may hold a password.
func ParseSMTP(text string) (SMTP, error) {
	u, err := url.Parse(text)
	if err != nil {
		return SMTP{}, errors.New("ce n’est pas une adresse\u00a0; dans le mot de passe, écrivez %40 pour @, %2F pour /, %3A pour «\u00a0:\u00a0»")
	}
	s := SMTP{Host: u.Hostname(), Port: 587, TLS: StartTLS}
	switch tls := u.RawQuery; {
	case u.Scheme == "smtps" && tls == "":
		s.Port, s.TLS = 465, FullTLS
	case u.Scheme == "smtp" && tls == "":
	case u.Scheme == "smtp" && tls == "tls=none":
		s.Port, s.TLS = 25, Plain
	default:
		return SMTP{}, errors.New("le début est smtp:// ou smtps://, et la seule option ?tls=none (avec smtp://)")
	}
	if s.Host == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return SMTP{}, errors.New("le nom du serveur manque, ou quelque chose le suit\u00a0; écrivez par exemple smtp://utilisateur:motdepasse@smtp.exemple.fr:587")
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return SMTP{}, errors.New("le port est un nombre de 1 à 65535")
		}
	}
	if u.User != nil {
		s.User = u.User.Username()
		s.Password, _ = u.User.Password()
		if s.User == "" || s.Password == "" {
			return SMTP{}, errors.New("l’utilisateur et le mot de passe vont ensemble")
		}
	}
	if s.User != "" && s.TLS == Plain && s.Host != "localhost" && !net.ParseIP(s.Host).IsLoopback() {
		return SMTP{}, errors.New("un mot de passe ne part pas en clair\u00a0: retirez ?tls=none")
	}
	return s, nil
}

// mailProblems says what is wrong in the settings of mails, and reads SMTPURL.
// It does not repeat that address: it may hold a password.
func (c *Config) mailProblems() (all []string) {
	if c.SMTPURL != "" {
		s, err := ParseSMTP(c.SMTPURL)
		if err != nil {
			all = append(all, "JALON_SMTP_URL\u00a0: "+err.Error())
		} else {
			c.SMTP = &s
		}
	}
	switch a, err := mail.ParseAddress(c.MailFrom); {
	case c.MailFrom == "" && c.SMTPURL != "":
		all = append(all, "JALON_MAIL_FROM\u00a0: indiquez l’adresse de l’expéditeur, par exemple ne-pas-repondre@exemple.fr")
	case c.MailFrom != "" && (err != nil || a.Address != c.MailFrom || !strings.Contains(c.MailFrom, ".")):
		all = append(all, "JALON_MAIL_FROM = «\u00a0"+c.MailFrom+"\u00a0»\u00a0: écrivez une adresse seule, par exemple ne-pas-repondre@exemple.fr")
	}
	// A name must outlive the longest tick of a periodic job, a month.
	for _, r := range []struct {
		name         string
		value, least int
	}{{"JALON_RETENTION_MAIL", c.RetentionMail, 7}, {"JALON_RETENTION_JOBS", c.RetentionJobs, 35}} {
		if r.value < r.least || r.value > 3650 {
			all = append(all, fmt.Sprintf("%s = «\u00a0%d\u00a0»\u00a0: un nombre de jours de %d à 3650", r.name, r.value, r.least))
		}
	}
	return all
}
