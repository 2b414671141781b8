/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SELECTOR_H
#define SELECTOR_H
/*
 * Label selectors: of Kubernetes (apimachinery, metav1.LabelSelector) and the expressions of Calico (libcalico-go,
 * lib/selector). What cannot be understood selects nothing: a policy never protects by mistake.
 */
#include "common/json.h"

struct label {
	struct span key, value;
};
struct labels {
	const struct label *at; /* in any order */
	size_t n;
};

/* The value of a label, absent span when there is none. */
struct span labels_get(struct labels l, struct span key);
/* A map of labels, as spec.selector of a Service; an empty one selects everything. */
bool selector_map_matches(const struct json *map, struct labels l);
/* matchLabels and matchExpressions (In, NotIn, Exists, DoesNotExist); an absent or empty selector selects everything. */
bool selector_matches(const struct json *selector, struct labels l);
/* A selector as Cilium writes it with the source of its labels ("k8s:app", "any:app") left out; a copy in the arena. */
struct json selector_cilium_plain(struct arena *a, const struct json *v);
/* Calico: "app == 'web' && has(tier)"; empty selects everything. */
bool selector_calico_matches(struct span expression, struct labels l);
#endif
