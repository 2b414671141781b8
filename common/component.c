// SPDX-License-Identifier: Apache-2.0
// Telling cluster components by their command lines. What their flags mean is analyze/node-settings.c's.
#include "component.h"

static const char *const components[] = {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubelet", "kube-proxy", "containerd",
					 "cri-o",	   "docker",		      "kernel",		NULL};
/* Programs that are named otherwise than the component they are. */
static const struct {
	const char *program, *component;
} programs[] = {{"crio", "cri-o"}, {"dockerd", "docker"}};

const char *component_named(struct span name)
{
	for (const char *const *c = components; *c; c++)
		if (span_eq(name, *c))
			return *c;
	return NULL;
}

static const char *program_component(struct span program)
{
	const char *name;

	program = span_after_last(program, '/');
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (span_eq(program, programs[i].program))
			return programs[i].component;
	name = component_named(program);
	/* `docker` is the client, `kernel` no program. */
	return name && strcmp(name, "docker") != 0 && strcmp(name, "kernel") != 0 ? name : NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct span next_word(struct span *rest)
{
	struct span word;

	while (rest->n && is_blank(rest->p[0]))
		rest->p++, rest->n--;
	word = (struct span){rest->p, 0};
	while (rest->n && !is_blank(rest->p[0]))
		rest->p++, rest->n--, word.n++;
	return word;
}

static bool is_shell_line(struct span arg)
{
	return memmem(arg.p, arg.n, " --", 3) != NULL && !span_starts(arg, "--");
}

struct words component_words(struct arena *a, const struct span *args, size_t n)
{
	size_t cap = 0;
	struct words w = {0};

	for (size_t i = 0; i < n; i++)
		cap += args[i].n / 2 + 2;
	w.at = arena_array(a, cap, sizeof(*w.at));
	for (size_t i = 0; i < n; i++) {
		struct span rest = args[i], word;

		if (!args[i].n)
			continue;
		if (!is_shell_line(args[i]))
			w.at[w.n++] = args[i];
		else
			while ((word = next_word(&rest)).n)
				w.at[w.n++] = word;
	}
	return w;
}

const char *component_of(const struct span *args, size_t n)
{
	auto_arena a = ARENA_INIT;
	struct words w = component_words(&a, args, n);
	const char *name = NULL;

	/* hyperkube and shells run the component that an argument names. */
	for (size_t i = 0; i < w.n && !name && !span_starts(w.at[i], "--"); i++)
		name = program_component(w.at[i]);
	return name;
}

struct span component_flag(const struct span *args, size_t n, const char *flag)
{
	auto_arena a = ARENA_INIT;
	struct words w = component_words(&a, args, n);
	struct span found = SPAN_NONE;

	for (size_t i = 0; i < w.n; i++) {
		struct span value = w.at[i], name;

		if (!span_starts(value, "-"))
			continue;
		while (value.n && value.p[0] == '-')
			value.p++, value.n--;
		name = span_cut(&value, '=');
		if (span_eq(name, flag))
			found = value.p ? value : i + 1 < w.n ? w.at[i + 1] : SPAN_NONE;
	}
	return found;
}
