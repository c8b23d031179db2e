#include "tests/groups.h"

const struct test_group *const groups[] = {
    &sha256_group, &text_group,  &crc_group,   &cbor_group, &record_group, &ring_group,
      &power_group, &clock_group, &sched_group, &seq_group, &agent_group, &config_group, &ota_group, &meters_group,
    &lan_group,
};
const size_t groups_count = sizeof groups / sizeof groups[0];
