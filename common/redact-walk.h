/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_WALK_H
#define REDACT_WALK_H
/* What the parts of redaction share; callers elsewhere use redact.h. */
#include "redact-detect.h"
#include "redact.h"

enum redact_rule { RULE_SECRET, RULE_CONFIG_MAP, RULE_NAMED, RULE_FORM, RULE_LAST_APPLIED, RULE_MANAGED_FIELDS, REDACT_RULES };

void redact_counted(struct redact *r, enum redact_rule rule);
/* From now on values get the number 0, which says nothing of where they stand again; or their own numbers as before. */
void redact_unnumbered(struct redact *r, bool on);
/* The token for a value. */
struct span redact_value(struct redact *r, struct arena *a, struct span value, enum secret_class class, enum redact_rule rule);
/* Hides what looks secret inside a text; absent span when nothing was found. */
struct span redact_text(struct redact *r, struct arena *a, struct span s);
/* The same on a string of a tree, in place. */
void redact_string(struct redact *r, struct arena *a, struct json *v);
/* Words of a command line ("command", "args") and variables ("env", a list of {name, value}) under such a key of `object`; false: it is none of them. */
bool redact_container_list(struct redact *r, struct arena *a, const struct json *object, struct span key, struct json *list);
/* Facts of a certificate in PEM (RFC 5280): {subject, issuer, notBefore, notAfter, keyType, keyBits, isCA}; false when it is none. */
bool redact_certificate(struct arena *a, struct span pem, struct json *out);
/* Facts of a JWT (RFC 7519) without its signature: {issuer, subject, expires}; false when it is none. */
bool redact_jwt(struct arena *a, struct span token, struct json *out);
/* Decodes base64 (RFC 4648, either alphabet, white space ignored) into the arena; absent span when it is not base64. */
struct span redact_base64(struct arena *a, struct span text);
#endif
