// SPDX-License-Identifier: Apache-2.0
// Programs that take secrets by a short option or by place. Facts: their manual pages. Options that say what they are
// ("--password") are redact-detect.c's.
#include "redact-command.h"

enum { COMMAND_BYTES = 512 }; /* how far back a command's beginning is looked for */

static const struct {
	const char *program; /* begins so */
	const char *option;
	bool behind, attached; /* "-p X", "-pX" */
	const char *word;      /* must stand between; NULL: nothing */
} options[] = {
	{"redis-cli", "-a", true, false, NULL}, {"redis-benchmark", "-a", true, false, NULL}, {"valkey-cli", "-a", true, false, NULL},
	{"mysql", "-p", false, true, NULL}, {"mariadb", "-p", false, true, NULL}, {"mongo", "-p", true, true, NULL}, {"sshpass", "-p", true, true, NULL},
	{"ldap", "-w", true, true, NULL}, {"sqlcmd", "-P", true, true, NULL}, {"bcp", "-P", true, true, NULL}, {"cqlsh", "-p", true, false, NULL},
	{"mosquitto_", "-P", true, false, NULL}, {"ipmitool", "-P", true, true, NULL}, {"zip", "-P", true, false, NULL}, {"unzip", "-P", true, false, NULL},
	{"7z", "-p", false, true, NULL}, {"docker", "-p", true, true, " login"}, {"podman", "-p", true, true, " login"}, {"nerdctl", "-p", true, true, " login"},
	{"buildah", "-p", true, true, " login"}, {"skopeo", "-p", true, true, " login"}, {"oras", "-p", true, true, " login"}, {"crane", "-p", true, true, " login"},
	{"helm", "-p", true, true, " login"}, {"az", "-p", true, false, " login"},
};

static bool ends_command(char c)
{
	return c == '|' || c == ';' || c == '&' || c == '\n' || c == '(' || c == '`';
}

/* The words of the command up to `i`, from its program on, without assignments and programs that run others. */
static struct span command_before(struct span s, size_t i)
{
	static const char *const runners[] = {"sudo", "exec", "env", "time", "nohup", "do", "then", "else", "if", "while", "until", "!", "sh", "bash", "ash", "/bin/sh", "/bin/bash", "-c", "-ec", "-xc", "-lc",
					      "-exc"};
	size_t from = i;
	struct span command;

	while (from && i - from < COMMAND_BYTES && !ends_command(s.p[from - 1]))
		from--;
	command = (struct span){s.p + from, i - from};
	for (;;) {
		struct span rest, word;
		bool runs = false;

		while (command.n && strchr(" \t\"'\\", command.p[0]))
			command.p++, command.n--;
		rest = command;
		word = span_cut(&rest, ' ');
		for (size_t k = 0; k < sizeof(runners) / sizeof(runners[0]); k++)
			runs |= span_eq(word, runners[k]);
		if (!rest.n || !(runs || memchr(word.p, '=', word.n)))
			break;
		command = rest;
	}
	for (size_t k = 0; k < command.n && command.p[k] != ' '; k++)
		if (command.p[k] == '/') {
			command.p += k + 1, command.n -= k + 1;
			k = (size_t)-1;
		}
	return command;
}

/* The word that begins at or behind `at`: without its quotes. */
static struct span word_at(struct span s, size_t at)
{
	size_t to;
	char quote = 0;

	if (at > s.n)
		at = s.n;
	while (at < s.n && s.p[at] == ' ')
		at++;
	if (at < s.n && (s.p[at] == '"' || s.p[at] == '\''))
		quote = s.p[at++];
	for (to = at; to < s.n && (quote ? s.p[to] != quote : !strchr(" \t\n\r;|&)\"'", s.p[to]));)
		to++;
	return (struct span){s.p + at, to - at};
}

static bool give(struct span s, struct span value, struct secret_hit *out)
{
	if (value.n < 2 || strchr("$-{<@/>", value.p[0]))
		return false;
	*out = (struct secret_hit){(size_t)(value.p - s.p), (size_t)(value.p - s.p) + value.n, secret_strength(value)};
	return out->class != CLASS_EMPTY && out->class != CLASS_REFERENCE;
}

static bool by_option(struct span s, size_t i, struct span before, struct span next, struct secret_hit *out)
{
	struct span command = SPAN_NONE;

	for (size_t k = 0; k < sizeof(options) / sizeof(options[0]); k++) {
		bool behind = options[k].behind && span_eq(before, options[k].option), attached = options[k].attached && span_starts(next, options[k].option) &&
				(next.n > 2 || (next.p + 2 < s.p + s.n && (next.p[2] == '\'' || next.p[2] == '"')));

		if (!behind && !attached)
			continue;
		if (!command.p)
			command = command_before(s, i);
		if (!span_starts(command, options[k].program) || (options[k].word && !memmem(command.p, command.n, options[k].word, strlen(options[k].word))))
			continue;
		if (attached) /* quotes inside: -p'X' */
			next = word_at(s, (size_t)(next.p - s.p) + 2);
		return give(s, next, out);
	}
	return false;
}

/* The n-th word before `i`; absent: there is none. */
static struct span word_before(struct span s, size_t i, int n)
{
	size_t from = i, to = i;

	while (n-- > 0) {
		for (to = from; to && s.p[to - 1] == ' ';)
			to--;
		for (from = to; from && to - from < COMMAND_BYTES && s.p[from - 1] != ' ' && !ends_command(s.p[from - 1]);)
			from--;
	}
	return (struct span){s.p + from, to - from};
}

/* Words that by_place() knows: asked at every blank of all evidence. */
static bool place_word(struct span before)
{
	return strchr("acl", before.p[0]) ? span_eq(before, "add_user") || span_eq(before, "change_password") || span_eq(before, "authenticate_user") || span_eq(before, "login")
					  : span_starts(before, "http");
}

/* mc alias set NAME URL KEY SECRET; rabbitmqctl add_user NAME PASSWORD; vault login TOKEN. */
static bool by_place(struct span s, size_t i, struct span before, struct secret_hit *out)
{
	struct span first = word_at(s, i), second = word_at(s, first.p ? (size_t)(first.p + first.n - s.p) + 1 : s.n);

	if (span_eq(before, "add_user") || span_eq(before, "change_password") || span_eq(before, "authenticate_user"))
		return give(s, second, out);
	if (span_eq(before, "login") && span_eq(word_before(s, i, 2), "vault") && !memchr(first.p, '=', first.n))
		return give(s, first, out);
	if (span_starts(before, "http") && (span_eq(word_before(s, i, 3), "set") || span_eq(word_before(s, i, 3), "add")) &&
	    (span_eq(word_before(s, i, 4), "alias") || span_eq(word_before(s, i, 4), "host")) && second.n > 1) {
		if (!give(s, second, out))
			return false;
		if (give(s, first, &(struct secret_hit){0}))
			out->from = (size_t)(first.p - s.p);
		return true;
	}
	return false;
}

bool command_secret(struct span s, size_t i, struct secret_hit *out)
{
	struct span before = word_before(s, i, 1), next;
	bool option = before.n == 2 && before.p[0] == '-', place;
	size_t at = i;

	if (!before.n)
		return false;
	while (at < s.n && s.p[at] == ' ')
		at++;
	at += at < s.n && (s.p[at] == '"' || s.p[at] == '\'');
	option |= at < s.n && s.p[at] == '-';
	place = place_word(before);
	if (!option && !place)
		return false;
	next = word_at(s, i);
	return next.n && ((option && by_option(s, i, before, next, out)) || (place && by_place(s, i, before, out)));
}
