/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_SECRET_H
#define IMAGE_SECRET_H
/* Secrets in text files of images, by common/redact-detect.h. Only their classes are told, never a value. */
#include "common/span.h"

/* True for files that are worth reading for secrets: settings and scripts outside of the folders of packages. */
bool image_secret_candidate(const char *path, struct span head, uint64_t bytes);
/* The classes that occur ("api-token, url-password") in `out`; false when there is none. */
bool image_secret_classes(struct span text, char *out, size_t cap);
/* Names of users whose password is empty, of etc/shadow or etc/passwd; false when there is none. */
bool image_secret_passwordless(struct span text, char *out, size_t cap);
enum { IMAGE_SECRET_BYTES_MAX = 65536 };
#endif
