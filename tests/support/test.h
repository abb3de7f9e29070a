/* cmocka with what it needs in front of it, and short forms for slices. */
#ifndef BICES_TEST_H
#define BICES_TEST_H

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define assert_slice(s, text) \
	do { \
		struct slice got_ = (s), want_ = slice_text(text); \
		assert_int_equal(got_.len, want_.len); \
		if (want_.len) \
			assert_memory_equal(got_.data, want_.data, want_.len); \
	} while (0)
#define assert_ok(call) assert_int_equal((call), ERR_OK)

#endif
