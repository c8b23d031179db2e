#ifndef GW_TEST_GROUPS_H
#define GW_TEST_GROUPS_H

#include "tests/test.h"

extern const struct test_group sha256, text, crc, cbor, record;

extern const struct test_group *const groups[];
extern const size_t groups_count;

#endif
