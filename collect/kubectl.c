// SPDX-License-Identifier: Apache-2.0
// The child process. What is asked of it is source-kubernetes.c's.
#include "kubectl.h"
#include "common/refused.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGS_MAX = 24, SAID_MAX = 256 * 1024 };

struct kubectl_run {
	pid_t pid;
	int said; /* standard error, in memory: it may hold names of users and servers */
	struct source pipe, out;
	int status;
	bool waited;
	struct buf text; /* of standard error, once it ended */
};

static void words(const struct kubectl *k, const char *const *args, char *argv[static ARGS_MAX])
{
	size_t n = 0;

	argv[n++] = (char *)(uintptr_t)k->program;
	if (k->kubeconfig) {
		argv[n++] = (char *)(uintptr_t) "--kubeconfig";
		argv[n++] = (char *)(uintptr_t)k->kubeconfig;
	}
	if (k->context) {
		argv[n++] = (char *)(uintptr_t) "--context";
		argv[n++] = (char *)(uintptr_t)k->context;
	}
	while (*args && n + 1 < ARGS_MAX)
		argv[n++] = (char *)(uintptr_t)*args++;
	argv[n] = NULL;
}

static int spawn(struct kubectl_run *r, const struct kubectl *k, const char *const *args, int out, struct err *e)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	char *argv[ARGS_MAX];
	int rc;

	words(k, args, argv);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, r->said, 2);
	posix_spawnattr_init(&attributes);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE); /* we ignore it; a child whose reader is gone shall end */
	sigaddset(&defaults, SIGXFSZ);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawnp(&r->pid, k->program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return rc ? err_set(e, ERR_ENV, "%s: cannot be run: %s", k->program, strerror(rc)) : 0;
}

static void read_said(struct kubectl_run *r)
{
	struct buf *said = &r->text;
	ssize_t got;

	if (lseek(r->said, 0, SEEK_SET))
		return;
	while (said->n < SAID_MAX && ((got = read(r->said, buf_room(said, 4096), 4096)) > 0 || (got < 0 && errno == EINTR)))
		said->n += got > 0 ? (size_t)got : 0;
	buf_add_char(said, 0);
	said->n--;
}

/* The last line that tells an error, in our words: "forbidden: User … cannot list resource …". */
static void reason(struct span said, int status, struct err *why)
{
	auto_arena a = ARENA_INIT;
	struct span rest = said, found = SPAN_NONE, line;

	while (rest.p && rest.n) {
		line = span_trim(span_cut(&rest, '\n'));
		if (refused_is_error(line) || (!found.n && line.n))
			found = line;
	}
	if (found.n)
		err_set(why, ERR_INPUT, "%s", refused_reason(&a, found));
	else if (WIFSIGNALED(status))
		err_set(why, ERR_INPUT, "kubectl was ended by signal %d", WTERMSIG(status));
	else
		err_set(why, ERR_INPUT, "kubectl ended with code %d", WEXITSTATUS(status));
}

/* Once: waits for it and takes what it said. */
static void wait_for(struct kubectl_run *r)
{
	if (r->waited)
		return;
	r->waited = true;
	source_close(&r->pipe);
	while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR)
		;
	read_said(r);
}

static int ended_well(struct kubectl_run *r, struct err *why)
{
	wait_for(r);
	if (WIFEXITED(r->status) && WEXITSTATUS(r->status) == 0)
		return 0;
	reason(buf_span(&r->text), r->status, why);
	return -1;
}

/* The end of the output is none before kubectl ended well: of what it may not list it prints an empty list. */
static ssize_t output_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct kubectl_run *r = s->ctx;
	ssize_t got = r->waited ? 0 : source_read(&r->pipe, p, n, e);

	return got == 0 && ended_well(r, e) ? -1 : got;
}

int kubectl_start(struct kubectl_run **out, const struct kubectl *k, const char *const *args, struct err *e)
{
	struct kubectl_run *r = calloc(1, sizeof(*r));
	int ends[2], rc;

	if (!r)
		die("out of memory");
	r->said = memfd_create("kubectl", MFD_CLOEXEC);
	if (r->said < 0 || pipe2(ends, O_CLOEXEC)) {
		err_errno(e, "%s: cannot be run", k->program);
		if (r->said >= 0)
			close(r->said);
		free(r);
		return -1;
	}
	rc = spawn(r, k, args, ends[1], e);
	close(ends[1]);
	source_from_fd(&r->pipe, ends[0], k->program);
	r->out = (struct source){.read = output_read, .ctx = r, .name = k->program};
	if (rc) {
		source_close(&r->pipe);
		close(r->said);
		free(r);
		return -1;
	}
	*out = r;
	return 0;
}

struct source *kubectl_output(struct kubectl_run *r)
{
	return &r->out;
}

int kubectl_end(struct kubectl_run *r, struct buf *said, struct err *why)
{
	int rc = ended_well(r, why);

	if (said)
		buf_add_span(said, buf_span(&r->text));
	close(r->said);
	buf_fini(&r->text);
	free(r);
	return rc;
}

int kubectl_text(const struct kubectl *k, const char *const *args, size_t limit, struct buf *out, struct buf *said, struct err *why)
{
	struct kubectl_run *r;
	struct err broken = {0};

	if (kubectl_start(&r, k, args, why))
		return -1;
	source_slurp(kubectl_output(r), out, limit, &broken);
	if (kubectl_end(r, said, why))
		return -1;
	return broken.kind ? err_set(why, broken.kind, "%s", broken.msg) : 0;
}

void kubectl_line(const char *const *args, struct buf *out)
{
	buf_add_str(out, "kubectl");
	for (; *args; args++)
		buf_printf(out, " %s", *args);
}
