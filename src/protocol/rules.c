/* The rules as they are in force. */
#include "protocol/rules.h"

bool rule_control_satisfied(uint64_t required, uint64_t applied)
{
	return applied >= required;
}

bool rule_epoch_is_current(uint64_t epoch, uint64_t current)
{
	return epoch == current;
}

bool rule_digest_matches(const uint8_t named[32], const uint8_t found[32])
{
	return memcmp(named, found, 32) == 0;
}
