/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_BATCH_H
#define ACCESS_BATCH_H
/* Questions as JSON Lines: {"user","groups","verb","group","resource","subresource","name","namespace","path"}. */
#include "common/json.h"
#include "rbac-rule.h"

/* The question that a line asks. A line with a `path` that is not empty, or without `resource`, asks for a non-resource URL.
 * ERR_INPUT: what the API server would refuse as a SubjectAccessReview. Spans point into `v`. */
int access_question(struct arena *a, const struct json *v, struct rbac_question *q, struct err *e);
/* The line's object with `allowed` and `by` added (replaced where they stand already). */
void access_answer_line(struct buf *out, struct span line, const struct json *v, bool allowed, struct span by);
#endif
