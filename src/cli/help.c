/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Help in two languages, the manual page and the shell completion: three views of the command table.
 */
#include "cli.h"

#include <stdio.h>

static const char *const about_en = "one program for the public-health network of a province";
static const char *const about_vi = "một chương trình cho mạng lưới y tế cơ sở của một tỉnh";

int help_main(bool vietnamese) {
    printf("tram: %s\n\n%s\n", vietnamese ? about_vi : about_en,
           vietnamese ? "Cách dùng: tram LỆNH [THAM SỐ] (xem: tram LỆNH --help)" : "Usage: tram COMMAND [ARGUMENTS] (see: tram COMMAND --help)");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-11s %s\n", c->name, vietnamese ? c->vi : c->en);
    return EXIT_DONE;
}

static void print_options(const struct command *c, bool vietnamese) {
    for (const struct option *o = c->options; o && o->name; o++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
        printf("  %-24s %s\n", left, vietnamese ? o->vi : o->en);
    }
    printf("  %-24s %s\n", "--help", vietnamese ? "lời hướng dẫn này" : "this help");
}

int help_command(const struct command *c, bool vietnamese) {
    printf("tram %s %s\n%s\n\n", c->name, c->arguments, vietnamese ? c->vi : c->en);
    print_options(c, vietnamese);
    if (c->details) printf("\n%s\n", c->details);
    return EXIT_DONE;
}

int command_help(struct invocation *in) {
    if (!in->count) return help_main(in->vietnamese);
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, in->arguments[0]) == 0) return help_command(c, in->vietnamese);
    return fail(in, err_make(in->arena, ERR_USAGE, NULL, "no command is called %s", in->arguments[0]));
}

/* roff wants a backslash before "-" and none at the start of a line with "." */
static void roff(const char *text) {
    if (*text == '.' || *text == '\'') fputs("\\&", stdout);
    for (; *text; text++) {
        if (*text == '-' || *text == '\\') putchar('\\');
        putchar(*text);
    }
}

static void manual_command(const struct command *c) {
    fputs(".TP\n.B tram ", stdout);
    roff(c->name);
    putchar(' ');
    roff(c->arguments);
    putchar('\n');
    roff(c->en);
    fputs(".\n", stdout);
    if (c->details) {
        roff(c->details);
        putchar('\n');
    }
    for (const struct option *o = c->options; o && o->name; o++) {
        fputs(".br\n\\fB\\-\\-", stdout);
        roff(o->name);
        fputs("\\fR", stdout);
        if (o->argument) printf(" \\fI%s\\fR", o->argument);
        fputs(": ", stdout);
        roff(o->en);
        putchar('\n');
    }
}

int command_manual(struct invocation *in) {
    (void)in;
    puts(".TH TRAM 1 \"\" \"tram " TRAM_VERSION "\" \"User Commands\"\n.SH NAME");
    printf("tram \\- %s\n.SH SYNOPSIS\n.B tram\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.SH COMMANDS\n", about_en);
    for (const struct command *c = commands; c->name; c++) manual_command(c);
    puts(".SH EXIT STATUS\n0 done; 1 the input or the answer is wrong or absent; 2 wrong usage; 3 the directory is busy or not "
         "a node; 4 input or output failed.\n.SH FILES\n.TP\n.I DIR/tram.db\nthe database\n.TP\n.I DIR/tram.conf\nevery option of "
         "serve, one a line: name = value\n.TP\n.I DIR/tram.sock\nwhere a running server takes commands that write\n.SH "
         "ENVIRONMENT\nLC_ALL, LC_MESSAGES, LANG: help is Vietnamese when the first of them that is set begins with vi.");
    return EXIT_DONE;
}

int command_completion(struct invocation *in) {
    if (strcmp(in->arguments[0], "bash") != 0)
        return fail(in, err_make(in->arena, ERR_USAGE, NULL, "only bash is known, not %s", in->arguments[0]));
    puts("_tram() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" = 1 ]; then");
    fputs("    COMPREPLY=($(compgen -W \"", stdout);
    for (const struct command *c = commands; c->name; c++) printf("%s ", c->name);
    puts("--help --version\" -- \"$cur\")); return\n  fi\n  local options=--help\n  case ${COMP_WORDS[1]} in");
    for (const struct command *c = commands; c->name; c++) {
        printf("    %s) options=\"--help", c->name);
        for (const struct option *o = c->options; o && o->name; o++) printf(" --%s", o->name);
        puts("\";;");
    }
    puts("  esac\n  case $cur in\n    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"));;\n"
         "    *) COMPREPLY=($(compgen -f -- \"$cur\"));;\n  esac\n}\ncomplete -o filenames -F _tram tram");
    return EXIT_DONE;
}
