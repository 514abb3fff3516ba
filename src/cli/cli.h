/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command line. One table (commands.c) is dispatch, help, manual page and completion. A command gets its arguments
 * already checked against its row and returns the exit code: 0 done, 1 the input or answer is wrong or absent, 2 usage,
 * 3 DIR busy or not a node, 4 input/output (contracts.md).
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/err.h"
#include "store/store.h"

enum exit_code { EXIT_DONE, EXIT_WRONG, EXIT_USAGE, EXIT_BUSY, EXIT_IO };

struct option {
    const char *name;     /* without dashes; NULL ends the list */
    const char *argument; /* what its value is called, NULL for a flag */
    const char *en, *vi;
};

struct invocation;

struct command {
    const char *name;
    const char *arguments; /* as shown: "DIR FILE|-..." */
    int least, most;       /* number of arguments; most -1: any */
    const struct option *options;
    const char *en, *vi; /* one sentence */
    const char *details; /* a paragraph for the manual page, or NULL */
    int (*run)(struct invocation *in);
};

struct invocation {
    struct arena *arena;
    const struct command *command;
    const char **arguments;
    size_t count;
    const char **values; /* one per option of the command: NULL absent, "" a flag */
    bool vietnamese;
};

/* The table, ended by a row without a name. */
extern const struct command commands[];
/* The rooms whose tables and projections a node has, for store_options. */
extern const struct store_room *const node_rooms[];
extern const size_t node_room_count;

/* ---- for the commands ---------------------------------------------------------------------------------------------- */

/* Value of an option, "" for a flag that was given, NULL when absent. */
const char *option_value(const struct invocation *in, const char *name);
/* Reads a whole number option into *out (unchanged when absent); ERR_USAGE outside [least, most]. */
err option_number(const struct invocation *in, const char *name, int64_t least, int64_t most, int64_t *out);
/* One line on stderr, "tram COMMAND: why"; returns the error's exit code. */
int fail(const struct invocation *in, err e);
/* Writes all of it to stdout; EXIT_IO (with a line on stderr) when that fails, else `code`. */
int print(const struct invocation *in, str text, int code);
/* Opens the node DIR with all rooms. */
err open_node(const struct invocation *in, const char *dir, enum store_mode mode, struct store **out);
/* The same to write for one command's work: its page cache may take a quarter of the memory (64 MiB … 1 GiB), for a
 * bulk load whose tables do not fit writes each page many times otherwise. */
err open_node_alone(const struct invocation *in, const char *dir, struct store **out);

/* From now on Ctrl-C ends no command: long work asks whether it came and prints what is known by then. */
void interrupt_awaited(void);
bool interrupt_came(void);
/* Monotonic seconds, as solvers want their clock. */
double seconds_now(void *user);

/* A node that is written to: opened here, or by a running server whose socket then does the work. */
struct node_hand {
    const struct invocation *in;
    const char *dir;
    struct store *store; /* NULL: a server holds the node */
};
struct socket_command;
err hand_open(const struct invocation *in, const char *dir, struct node_hand *out);
void hand_close(struct node_hand *h);
/* Runs a command of the socket's table (server/socket.h) here or there; `out` and `problems` live in `a`. */
struct hand_call { const struct socket_command *command; const str *arguments; size_t count; str data;
                   void (*progress)(void *context, int64_t done); void *context; };
err hand_run(struct node_hand *h, struct arena *a, const struct hand_call *call, str *out, str *problems);

/* A file (or "-" for standard input) as one text: .gz and .zst are unpacked by their content; large ones are mapped. Lives
 * until the arena's reset. ERR_IO, ERR_INVALID (damaged). */
err read_input(struct arena *a, const char *path, str *out);

/* help.c */
int help_main(bool vietnamese);
int help_command(const struct command *c, bool vietnamese);
int command_help(struct invocation *in);
int command_manual(struct invocation *in);
int command_completion(struct invocation *in);
/* node.c */
int command_init(struct invocation *in);
int command_check(struct invocation *in);
int command_rebuild(struct invocation *in);
int command_backup(struct invocation *in);
int command_restore(struct invocation *in);
int command_stats(struct invocation *in);
/* data.c */
int command_import_files(struct invocation *in);
int command_export(struct invocation *in);
int command_get(struct invocation *in);
int command_search(struct invocation *in);
/* serve.c */
int command_serve(struct invocation *in);
int command_config(struct invocation *in);
extern const struct option serve_options[];
/* site.c */
int command_site(struct invocation *in);
/* travel.c */
int command_travel(struct invocation *in);
/* rounds.c */
int command_rounds(struct invocation *in);
/* choose.c */
int command_choose(struct invocation *in);
/* account.c */
int command_user(struct invocation *in);
int command_token_issue(struct invocation *in);
/* forecast.c */
int command_forecast(struct invocation *in);
/* language.c */
int command_fhirpath(struct invocation *in);
int command_validate(struct invocation *in);
int command_view(struct invocation *in);
/* growth.c */
int command_growth(struct invocation *in);
/* codes.c */
int command_codes(struct invocation *in);
/* network.c */
int command_network(struct invocation *in);
/* demo.c */
int command_demo(struct invocation *in);

#endif
