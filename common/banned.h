/* SPDX-License-Identifier: Apache-2.0 */
/* Force-included everywhere: functions that have cost others dearly become compile errors. */
#ifndef BANNED_H
#define BANNED_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* With clang, the C library's headers define some of them as macros. */
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef atoi
#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol gets
#pragma GCC poison gmtime localtime ctime asctime system popen mktemp tmpnam
#endif
