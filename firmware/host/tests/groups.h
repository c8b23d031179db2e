#ifndef GW_TEST_GROUPS_H
#define GW_TEST_GROUPS_H

#include "tests/test.h"

extern const struct test_group sha256_group, text_group, crc_group, cbor_group, record_group, ring_group, power_group,
    clock_group, sched_group, seq_group, agent_group, config_group, ota_group, meters_group,
    lan_group;

extern const struct test_group *const groups[];
extern const size_t groups_count;

#endif
