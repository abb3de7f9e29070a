/* Time. Pure rooms get it as an argument; only proc/ asks here. */
#ifndef BICES_OS_CLOCK_H
#define BICES_OS_CLOCK_H

#include <stdint.h>

uint64_t clock_now_ms(void);       /* UTC, milliseconds since 1970; never 0 */
uint64_t clock_monotonic_ms(void); /* since some moment; never goes back */

#endif
