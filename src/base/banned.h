/* Calls that do not compile: each has a bounded counterpart in base/. Included by base/slice.h, so by everybody. */
#ifndef BICES_BASE_BANNED_H
#define BICES_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name) use_of_##name##_is_banned
#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gmtime
#undef localtime
#undef alloca
#undef atoi
#undef atol
#define strcpy(to, from) BANNED(strcpy)
#define strcat(to, from) BANNED(strcat)
#define strncpy(to, from, n) BANNED(strncpy)
#define strncat(to, from, n) BANNED(strncat)
#define sprintf(...) BANNED(sprintf)
#define vsprintf(...) BANNED(vsprintf)
#define strtok(text, set) BANNED(strtok)
#define gmtime(moment) BANNED(gmtime)
#define localtime(moment) BANNED(localtime)
#define alloca(n) BANNED(alloca)
#define atoi(text) BANNED(atoi)
#define atol(text) BANNED(atol)

#endif
