/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_RANK_H
#define DERIVE_RANK_H
/* What is derived from verdicts, after the checks: who accepts what, risks of things, scores and grades. Formulas: docs/scores.md. */
#include "common/db.h"

/* Switched-off checks, changed severities, owners and accepted risks, as the engagement file says (analyze/settle.sql). */
int derive_settled(struct db *db, struct err *e);
/* Reads analyze/risk.yaml into its tables. ERR_ENV names what is wrong in it. */
int risk_rules_load(struct db *db, struct span yaml, struct err *e);
/* risk and risk_factor (analyze/risk.sql); loads the rules first. */
int derive_risk(struct db *db, struct err *e);
/* domain_score, overall and verdict_count (analyze/score.sql); needs the rules. */
int derive_score(struct db *db, struct err *e);
#endif
