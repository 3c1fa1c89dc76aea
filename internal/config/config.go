// Package config reads the settings of Jalon from the environment: one typed
// value, one table that documents it, errors a person can act on.
package config

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/caarlos0/env/v11"

	"jalon/internal/apperr"
)

// Config is what the environment says, checked. The tag help is the French
// sentence that `jalon serve --help` shows.
type Config struct {
	// Addr is where the pages are served.
	Addr string `env:"JALON_ADDR" envDefault:"localhost:8080" help:"adresse et port d’écoute du serveur"`
	// DB is a file (SQLite) or a postgres:// address; empty means a file in DataDir.
	DB string `env:"JALON_DB" help:"base de données : un fichier (SQLite) ou une adresse « postgres://… »" shown:"jalon.db dans JALON_DATA_DIR"`
	// DataDir holds the SQLite file and what is prepared before sending.
	DataDir string `env:"JALON_DATA_DIR" envDefault:"./jalon-data" help:"dossier des données"`
	// BaseURL is how people reach Jalon, without a final slash: links in mails
	// and exports are made of it.
	BaseURL string `env:"JALON_BASE_URL" help:"adresse publique du site, sans barre finale" shown:"http:// suivi de JALON_ADDR"`
	// ThemeDir mounts an official DSFR build in place of our style sheet.
	ThemeDir string `env:"JALON_THEME_DIR" help:"dossier d’une version officielle du DSFR, pour les services de l’État" shown:"feuille de style neutre de Jalon"`
	// MetricsAddr is a separate listener, never the public one.
	MetricsAddr string `env:"JALON_METRICS_ADDR" help:"adresse et port des métriques Prometheus" shown:"métriques désactivées"`
	// SMTPURL is the server that mails leave by; without it they wait.
	SMTPURL string `env:"JALON_SMTP_URL" help:"serveur d’envoi des courriels : smtp://utilisateur:motdepasse@hôte:587 (STARTTLS), smtps://… (TLS) ou smtp://hôte:25?tls=none" shown:"les courriels restent en attente"`
	// SMTP is SMTPURL as read; nil without one.
	SMTP *SMTP `env:"-"`
	// MailFrom is the address that mails come from, and that reports of mails
	// which could not be delivered go to.
	MailFrom string `env:"JALON_MAIL_FROM" help:"adresse de l’expéditeur des courriels, par exemple ne-pas-repondre@exemple.fr" shown:"aucune : à indiquer avec JALON_SMTP_URL"`
	// RetentionMail is how many days what a mail said, and to whom, is kept.
	RetentionMail int `env:"JALON_RETENTION_MAIL" envDefault:"90" help:"nombre de jours pendant lesquels le texte et le destinataire d’un courriel sont gardés"`
	// RetentionJobs is how many days a task done stays known, so that it is not
	// done twice.
	RetentionJobs int `env:"JALON_RETENTION_JOBS" envDefault:"40" help:"nombre de jours pendant lesquels une tâche de fond faite reste connue"`
	// Chromium prints documents to PDF; internal/document reads it by itself, as
	// commands that have no Config do.
	Chromium string `env:"JALON_CHROMIUM" help:"chemin de Chromium, qui produit les PDF des documents" shown:"chromium ou google-chrome, s’ils sont dans le PATH ; sinon, pas de PDF"`

	// OIDCIssuer is the OpenID Connect provider that people may sign in by.
	OIDCIssuer string `env:"JALON_OIDC_ISSUER" help:"adresse (issuer) du fournisseur OpenID Connect, par exemple ProConnect" shown:"connexion par courriel seulement"`
	// OIDCClientID and OIDCClientSecret are what the provider knows Jalon by.
	OIDCClientID     string `env:"JALON_OIDC_CLIENT_ID" help:"identifiant de Jalon chez ce fournisseur" shown:"aucun"`
	OIDCClientSecret string `env:"JALON_OIDC_CLIENT_SECRET" help:"secret de Jalon chez ce fournisseur" shown:"aucun"`
	OIDCScopes       string `env:"JALON_OIDC_SCOPES" envDefault:"openid given_name usual_name email" help:"ce que Jalon demande au fournisseur de dire de la personne"`
	OIDCName         string `env:"JALON_OIDC_NAME" envDefault:"ProConnect" help:"nom du fournisseur, sur le bouton de connexion"`
	// OIDCACR lists the levels of authentication asked for; one of them is then
	// required.
	OIDCACR string `env:"JALON_OIDC_ACR_VALUES" help:"niveaux d’authentification exigés (acr_values), séparés par des espaces" shown:"aucun"`
	// OIDCEmailTrusted says that an address counts as checked though the provider
	// does not say so of each.
	OIDCEmailTrusted bool `env:"JALON_OIDC_EMAIL_TRUSTED" envDefault:"false" help:"true si le fournisseur vérifie toutes les adresses sans le dire par email_verified (ProConnect)"`
	// TrustedProxy lists the front servers whose X-Forwarded-For is believed.
	TrustedProxy string `env:"JALON_TRUSTED_PROXY" help:"réseaux des serveurs frontaux dont l’en-tête X-Forwarded-For est cru, séparés par des virgules" shown:"aucun : la machine est celle qui se connecte"`
	// TrustedProxies is TrustedProxy as read.
	TrustedProxies []netip.Prefix `env:"-"`
	// RetentionAccounts is how many days without any sign-in an account without
	// role is kept; 0 is for ever.
	RetentionAccounts int `env:"JALON_RETENTION_ACCOUNTS" envDefault:"1095" help:"nombre de jours sans connexion après lesquels un compte sans rôle est effacé, un courriel prévenant 30 jours avant ; 0 : jamais"`
	// RetentionSignIn is how many days links that were asked for, and counts of
	// tries, are kept.
	RetentionSignIn int `env:"JALON_RETENTION_SIGNIN" envDefault:"7" help:"nombre de jours pendant lesquels les demandes et les essais de connexion sont gardés"`

	// HubURL is the hub of territorial indicators, up to its version; HubToken
	// opens it.
	HubURL   string `env:"JALON_HUB_URL" help:"adresse du hub d’indicateurs territoriaux (API Cube), jusqu’à sa version : https://…/cubejs-api/v1" shown:"aucune : les séries viennent de fichiers"`
	HubToken string `env:"JALON_HUB_TOKEN" help:"jeton du hub d’indicateurs territoriaux" shown:"aucun"`

	// AidsToken opens the API of Aides-territoires; CheckLinks lets the program ask the
	// addresses of aids whether they still answer.
	AidsToken  string `env:"JALON_AIDS_TOKEN" help:"jeton de l’API d’Aides-territoires, pour jalon import aids --api" shown:"aucun"`
	CheckLinks bool   `env:"JALON_CHECK_LINKS" envDefault:"false" help:"true pour vérifier chaque nuit que les liens publics des aides répondent"`

	// Unknown names the JALON_ variables that nothing reads, for a warning at
	// start-up.
	Unknown []string `env:"-"`
}

// Option documents one variable.
type Option struct {
	Name    string // JALON_ADDR
	Default string // as shown: the value, or in French what stands for it
	Help    string // French
}

// Options lists every variable in the order of Config.
func Options() []Option {
	var all []Option
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if tag.Get("help") == "" {
			continue
		}
		o := Option{Name: tag.Get("env"), Default: tag.Get("envDefault"), Help: tag.Get("help")}
		if shown := tag.Get("shown"); shown != "" {
			o.Default = shown
		}
		all = append(all, o)
	}
	return all
}

// Help is the table of options as a command prints it.
func Help() string {
	var b strings.Builder
	b.WriteString("Variables d’environnement\u00a0:\n")
	for _, o := range Options() {
		b.WriteString("  " + o.Name + strings.Repeat(" ", max(1, 20-len(o.Name))) + o.Help + "\n")
		b.WriteString(strings.Repeat(" ", 22) + "par défaut\u00a0: " + o.Default + "\n")
	}
	return b.String()
}

// Load reads and checks environ (as os.Environ gives it). Every wrong variable
// is named at once, so that one run is enough to mend them all.
func Load(environ []string) (_ Config, err error) {
	defer apperr.Wrap(&err, "config.Load")
	var c Config
	vars := env.ToMap(environ)
	if err := env.ParseWithOptions(&c, env.Options{Environment: vars}); err != nil {
		return Config{}, apperr.New(apperr.Invalid, err, "La configuration ne se lit pas\u00a0: %s.", unread(err))
	}
	c.Unknown = unknown(vars)
	c.fill()
	if problems := c.problems(); len(problems) > 0 {
		return Config{}, apperr.Invalidf("La configuration est à corriger\u00a0:\n  – %s", strings.Join(problems, "\n  – "))
	}
	return c, nil
}

// unread says in French which variables hold something else than a number.
func unread(err error) string {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return err.Error()
	}
	var said []string
	for _, one := range all.Errors {
		var p env.ParseError
		field, known := reflect.StructField{}, false
		if errors.As(one, &p) {
			field, known = reflect.TypeFor[Config]().FieldByName(p.Name)
		}
		if !known {
			said = append(said, one.Error())
			continue
		}
		if field.Type.Kind() == reflect.Bool {
			said = append(said, field.Tag.Get("env")+" doit être true ou false")
			continue
		}
		said = append(said, field.Tag.Get("env")+" doit être un nombre entier")
	}
	return strings.Join(said, ", ")
}

// unknown finds the JALON_ variables that nothing reads: probably a misspelling
// that would silently have no effect. They are told, not refused, because
// Kubernetes itself sets JALON_PORT and its like beside a service named jalon.
func unknown(vars map[string]string) []string {
	known := map[string]bool{}
	for _, o := range Options() {
		known[o.Name] = true
	}
	var names []string
	for name := range vars {
		if strings.HasPrefix(name, "JALON_") && !strings.HasPrefix(name, "JALON_TEST_") && !known[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func (c *Config) fill() {
	if c.DB == "" {
		c.DB = filepath.Join(c.DataDir, "jalon.db")
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.BaseURL == "" {
		host, port, err := net.SplitHostPort(c.Addr)
		if err == nil {
			if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
				host = "localhost" // listening everywhere is no address for a link
			}
			c.BaseURL = "http://" + net.JoinHostPort(host, port)
		}
	}
}

func (c *Config) problems() []string {
	var all []string
	add := func(name, value string, err error) {
		if err != nil {
			all = append(all, name+" = «\u00a0"+value+"\u00a0»\u00a0: "+err.Error())
		}
	}
	add("JALON_ADDR", c.Addr, checkAddr(c.Addr))
	if c.MetricsAddr != "" {
		add("JALON_METRICS_ADDR", c.MetricsAddr, checkAddr(c.MetricsAddr))
		if c.MetricsAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
			add("JALON_METRICS_ADDR", c.MetricsAddr, errors.New("les métriques demandent une autre adresse que les pages"))
		}
	}
	if c.BaseURL != "" {
		add("JALON_BASE_URL", c.BaseURL, checkURL(c.BaseURL))
	}
	if c.DataDir == "" {
		add("JALON_DATA_DIR", c.DataDir, errors.New("indiquez un dossier"))
	} else if info, err := os.Stat(c.DataDir); err == nil && !info.IsDir() {
		add("JALON_DATA_DIR", c.DataDir, errors.New("c’est un fichier, pas un dossier"))
	}
	all = append(all, c.mailProblems()...)
	all = append(all, c.identityProblems()...)
	if c.ThemeDir != "" {
		if info, err := os.Stat(c.ThemeDir); err != nil || !info.IsDir() {
			add("JALON_THEME_DIR", c.ThemeDir, errors.New("ce dossier n’existe pas ou ne se lit pas"))
		}
	}
	return all
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New("écrivez hôte:port, par exemple localhost:8080")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("le port est un nombre de 0 à 65535")
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return errors.New("écrivez une adresse complète, par exemple https://jalon.exemple.fr")
	}
	return nil
}
