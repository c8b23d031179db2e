/* core-tests list | core-tests run "<module>: <sentence>" */
#include "tests/groups.h"
#include "tests/test.h"

#include "gw/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void test_fail(const char *file, int line, const char *what, int64_t expected, int64_t got) {
  fprintf(stderr, "%s:%d: %s: expected %" PRId64 ", got %" PRId64 "\n", file, line, what, expected, got);
  exit(1);
}

void test_bytes(const char *file, int line, const char *what, const void *expected, const void *got, size_t len) {
  const uint8_t *a = expected;
  const uint8_t *b = got;
  for (size_t i = 0; i < len; i++) {
    if (a[i] == b[i]) continue;
    fprintf(stderr, "%s: byte %zu of %zu differs\n", what, i, len);
    test_fail(file, line, what, a[i], b[i]);
  }
}

size_t test_hex(const char *hex, uint8_t *bytes, size_t max) {
  size_t len = 0;
  EQUAL(GW_OK, gw_hex_decode(hex, strlen(hex), bytes, max, &len));
  return len;
}

uint32_t test_random(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return (uint32_t)((*state * UINT64_C(2685821657736338717)) >> 32);
}

static bool run_named(const struct test_group *group, const char *name) {
  size_t prefix = strlen(group->module);
  if (strncmp(name, group->module, prefix) != 0 || strncmp(name + prefix, ": ", 2) != 0) return false;
  for (size_t i = 0; i < group->count; i++) {
    if (strcmp(group->tests[i].sentence, name + prefix + 2) != 0) continue;
    group->tests[i].run();
    return true;
  }
  return false;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "list") == 0) {
    for (size_t g = 0; g < groups_count; g++)
      for (size_t i = 0; i < groups[g]->count; i++)
        printf("%s: %s\n", groups[g]->module, groups[g]->tests[i].sentence);
    return 0;
  }
  if (argc == 3 && strcmp(argv[1], "run") == 0) {
    for (size_t g = 0; g < groups_count; g++)
      if (run_named(groups[g], argv[2])) return 0;
    fprintf(stderr, "no test is called \"%s\"\n", argv[2]);
    return 2;
  }
  fprintf(stderr, "usage: core-tests list | core-tests run NAME\n");
  return 2;
}
