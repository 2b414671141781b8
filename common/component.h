/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPONENT_H
#define COMPONENT_H
/* Command lines of cluster components and engines, as collectors and loaders both meet them. */
#include "arena.h"
#include "span.h"

struct words {
	struct span *at;
	size_t n;
};
/* The command line as words: an argument with blanks that holds a flag is a shell line and is cut up. In the arena; the spans point into
 * the arguments. */
struct words component_words(struct arena *a, const struct span *args, size_t n);
/* The component that a command runs ("/usr/local/bin/kube-apiserver", or a shell line that execs it), NULL when it is none of those known:
 * kube-apiserver, kube-controller-manager, kube-scheduler, etcd, kubelet, kube-proxy, containerd, cri-o, docker. */
const char *component_of(const struct span *args, size_t n);
/* The component of that name, NULL when it is none of those known. */
const char *component_named(struct span name);
/* The value of a flag in a command line ("config" for --config=X and --config X), the last one given; absent span when there is none. */
struct span component_flag(const struct span *args, size_t n, const char *flag);
#endif
