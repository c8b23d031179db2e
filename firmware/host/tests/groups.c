#include "tests/groups.h"

const struct test_group *const groups[] = {&sha256, &text, &crc, &cbor, &record};
const size_t groups_count = sizeof groups / sizeof groups[0];
