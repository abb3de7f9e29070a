/* What the commands of next steps share with those of warnings. */
#ifndef BICES_CLI_STEPS_H
#define BICES_CLI_STEPS_H

/* Publishes the warning problem of a file: FILE [--marking M] [--precedence P]. Answers the exit code. */
int warning_create(int argc, char **argv);

#endif
