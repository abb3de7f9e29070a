/* What the files of the release officer's commands share. */
#ifndef BICES_CLI_OFFICE_H
#define BICES_CLI_OFFICE_H

#include "cli/client.h"

/* withdraw.c */
int release_withdraw(int argc, char **argv);

#endif
