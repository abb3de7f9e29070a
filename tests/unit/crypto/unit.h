/* What the tests of this room share. */
#ifndef BICES_TEST_CRYPTO_UNIT_H
#define BICES_TEST_CRYPTO_UNIT_H

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#endif
