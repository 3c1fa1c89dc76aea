// Command jalon runs the platform and its maintenance: each command reads its
// flags and calls internal/app, which holds the logic.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"jalon/internal/apperr"
	"jalon/internal/config"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, terminal{out: os.Stdout, err: os.Stderr, env: os.Environ()}, os.Args[1:])
	stop()
	os.Exit(code)
}

// terminal is where a command reads and writes.
type terminal struct {
	out, err io.Writer
	env      []string
}

// command is one sub-command. setup declares its flags and returns what runs
// once they are read.
type command struct {
	name  string
	args  string // as shown after the name
	short string // one line of help
	long  string // what follows the line of usage, may be empty
	setup func(*flag.FlagSet, terminal) func(ctx context.Context, cfg config.Config, args []string) error
}

func commands() []command {
	return []command{serveCommand, workerCommand, demoCommand, migrateCommand, importCommand, exportCommand, panoramaCommand, verifyCommand, backupCommand, restoreCommand, dumpCommand, loadCommand, userCommand, versionCommand}
}

// run returns the exit status: 0, 1 when something failed, 2 when what the user
// gave is to be mended.
func run(ctx context.Context, t terminal, args []string) int {
	if len(args) == 0 || isHelp(args[0]) {
		usage(t.out)
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, t, args[1:])
		}
	}
	fmt.Fprintf(t.err, "jalon\u00a0: commande inconnue, «\u00a0%s\u00a0». Lancez «\u00a0jalon --help\u00a0».\n", args[0])
	return 2
}

func isHelp(arg string) bool {
	return arg == "help" || arg == "-h" || arg == "--help" || arg == "-help"
}

func (c command) run(ctx context.Context, t terminal, args []string) int {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	do := c.setup(fs, t)
	rest, err := parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		c.help(t.out, fs)
		return 0
	}
	if err != nil {
		fmt.Fprintf(t.err, "jalon %s\u00a0: %s. Lancez «\u00a0jalon %s --help\u00a0».\n", c.name, frenchFlagError(err), c.name)
		return 2
	}
	cfg, err := config.Load(t.env)
	if err == nil {
		err = do(ctx, cfg, rest)
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(t.err, "jalon "+c.name+"\u00a0: "+apperr.Message(err))
	if apperr.KindOf(err) == apperr.Internal || apperr.KindOf(err) == apperr.Unavailable {
		fmt.Fprintln(t.err, "Cause\u00a0: "+err.Error())
	}
	return apperr.ExitCode(err)
}

// parse reads flags wherever they stand: «import keys f.csv --apply» is how
// people write it.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		args = fs.Args()
		if len(args) == 0 {
			return rest, nil
		}
		rest, args = append(rest, args[0]), args[1:]
	}
}

// frenchFlagError says what the flag package says, in French.
func frenchFlagError(err error) string {
	text := err.Error()
	for _, m := range [][2]string{
		{"flag provided but not defined: ", "option inconnue\u00a0: "},
		{"flag needs an argument: ", "option sans valeur\u00a0: "},
		{"invalid value ", "valeur refusée\u00a0: "},
		{"invalid boolean value ", "valeur refusée\u00a0: "},
	} {
		if rest, ok := strings.CutPrefix(text, m[0]); ok {
			return m[1] + rest
		}
	}
	return text
}

func (c command) help(w io.Writer, fs *flag.FlagSet) {
	fmt.Fprintf(w, "%s\n\nUsage\u00a0: jalon %s %s\n", c.short, c.name, c.args)
	if c.long != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimRight(c.long, "\n"))
	}
	first := true
	fs.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprint(w, "\nOptions\u00a0:\n")
			first = false
		}
		name, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  --%s %s\n        %s", f.Name, name, usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(w, " (par défaut\u00a0: %s)", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}

func usage(w io.Writer) {
	fmt.Fprint(w, "Jalon, de l’objectif national à l’action locale et retour.\n\nUsage\u00a0: jalon COMMANDE [options]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-10s %s\n", c.name, c.short)
	}
	fmt.Fprint(w, "\n«\u00a0jalon COMMANDE --help\u00a0» décrit chacune.\n")
}

// need checks the count of arguments.
func need(args []string, names ...string) error {
	if len(args) == len(names) {
		return nil
	}
	if len(names) == 0 {
		return apperr.Invalidf("Argument en trop\u00a0: «\u00a0%s\u00a0».", args[0])
	}
	return apperr.Invalidf("Arguments attendus\u00a0: %s.", strings.Join(names, " "))
}
