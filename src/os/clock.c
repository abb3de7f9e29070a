/* The two clocks of the kernel. */
#include "os/clock.h"

#include <time.h>

static uint64_t read_ms(clockid_t id)
{
	struct timespec now = {0};
	if (clock_gettime(id, &now) != 0 || now.tv_sec < 0)
		return 1;
	uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	return ms ? ms : 1;
}

uint64_t clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

uint64_t clock_monotonic_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}
