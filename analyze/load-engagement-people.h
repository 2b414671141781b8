/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_ENGAGEMENT_PEOPLE_H
#define LOAD_ENGAGEMENT_PEOPLE_H
/* Sections of the engagement file (docs/engagement.md) on people, each into its table. One entry of the section; `ctx` is the reader. */
#include "engagement-section.h"

int engagement_team(void *ctx, const struct entry *n, struct err *e);
int engagement_job_role(void *ctx, const struct entry *n, struct err *e);
int engagement_person(void *ctx, const struct entry *n, struct err *e);
int engagement_duty(void *ctx, const struct entry *n, struct err *e);
#endif
