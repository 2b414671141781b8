// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
int cmd_inspect(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 0;
}
int cmd_verify(int argc, char **argv)
{
	(void)argc, (void)argv;
	return 0;
}
