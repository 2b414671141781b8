// SPDX-License-Identifier: Apache-2.0
// A map of the cluster's namespaces and what may pass between them.
#include "network-list.h"

int network_picture(const struct network_options *o, struct err *e)
{
	return err_set(e, ERR_USAGE, "network reach: --format is text, json or csv, not '%s'", o->format);
}
