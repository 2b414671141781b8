/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TREE_H
#define TREE_H
/*
 * Builds a json tree from events, for the JSON and the YAML reader alike. Open containers gather on a stack
 * and are copied into the arena when they close. Each function returns 0, or -1 with `e` set (ERR_INPUT)
 * when a limit is passed or a key comes twice.
 */
#include "json.h"

struct tree_frame {
	size_t start;	/* first slot of this container on the stack */
	uint32_t line;
	bool object;
	bool has_key;
};

struct tree {
	struct arena *arena; /* where results go; set by the reader before each document */
	struct json *slots;  /* finished values of open containers; keys and values alternate in objects */
	size_t n, cap;
	struct tree_frame *frames;
	int depth, max_depth;
	size_t values;
	uint32_t line;	/* that the reader is at, kept with values and keys; 0: it does not tell */
	bool done; /* a whole document stands in `root` */
	struct json root;
};

/* Starts a new document. Keeps the stack's memory. */
void tree_start(struct tree *t, struct arena *a, int max_depth);
int tree_open(struct tree *t, bool object, struct err *e);
int tree_close(struct tree *t, bool object, struct err *e);
/* A key (when one is due in an object and the text is a scalar) or a value. */
int tree_key(struct tree *t, struct span key, struct err *e);
int tree_value(struct tree *t, struct json v, struct err *e);
/* True when the innermost open container is an object that waits for a key. */
bool tree_wants_key(const struct tree *t);
void tree_fini(struct tree *t);
#endif
