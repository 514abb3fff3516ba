/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram: finds the command in the table, checks options and arguments against its row, runs it.
 */
#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static bool speaks_vietnamese(void) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return strncmp(value, "vi", 2) == 0;
    }
    return false;
}

static const struct command *find_command(const char *name) {
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0) return c;
    return NULL;
}

static int usage(const char *command, const char *why, const char *what) {
    fprintf(stderr, "tram%s%s: %s%s (see: tram %s --help)\n", command ? " " : "", command ? command : "", why, what,
            command ? command : "");
    return EXIT_USAGE;
}

/* `--name`, `--name=value` or `--name value`; moves *i. NULL when fine, else why not. */
static const char *take_option(struct invocation *in, int argc, char **argv, int *i) {
    str word = str_of(argv[*i] + 2);
    size_t equals = str_find(word, '=');
    for (size_t k = 0; in->command->options && in->command->options[k].name; k++) {
        const struct option *o = &in->command->options[k];
        if (!str_eq(str_slice(word, 0, equals), str_of(o->name))) continue;
        if (!o->argument) {
            in->values[k] = "";
            return equals < word.len ? "this option takes no value: " : NULL;
        }
        if (equals < word.len) in->values[k] = word.at + equals + 1;
        else if (*i + 1 < argc) in->values[k] = argv[++*i];
        else return "this option needs a value: ";
        return NULL;
    }
    return "unknown option ";
}

static size_t option_count(const struct command *c) {
    size_t n = 0;
    while (c->options && c->options[n].name) n++;
    return n;
}

static int run(const struct command *command, int argc, char **argv, bool vietnamese) {
    struct arena *arena = arena_new();
    struct invocation in = {.arena = arena, .command = command, .vietnamese = vietnamese};
    in.arguments = ARENA_ARRAY(arena, const char *, (size_t)argc + 1);
    in.values = ARENA_ARRAY(arena, const char *, option_count(command) + 1);
    bool only_arguments = false;
    for (int i = 0; i < argc; i++) {
        if (!only_arguments && strcmp(argv[i], "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
            return help_command(command, vietnamese);
        } else if (!only_arguments && strncmp(argv[i], "--", 2) == 0) {
            const char *word = argv[i], *why = take_option(&in, argc, argv, &i);
            if (why) return usage(command->name, why, word);
        } else {
            in.arguments[in.count++] = argv[i];
        }
    }
    if ((int)in.count < command->least) return usage(command->name, "an argument is missing: ", command->arguments);
    if (command->most >= 0 && (int)in.count > command->most)
        return usage(command->name, "too many arguments: ", in.arguments[command->most]);
    int code = command->run(&in);
    arena_free(arena);
    return code;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8");
    bool vietnamese = speaks_vietnamese();
    if (argc < 2) {
        help_main(vietnamese);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) return help_main(vietnamese);
    if (strcmp(argv[1], "--version") == 0) {
        puts("tram " TRAM_VERSION);
        return EXIT_DONE;
    }
    const struct command *command = find_command(argv[1]);
    if (!command) return usage(NULL, "unknown command ", argv[1]);
    return run(command, argc - 2, argv + 2, vietnamese);
}
