/* A test is a function with a sentence for a name; it stops at the first thing that is not so. */
#ifndef GW_TEST_H
#define GW_TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
  const char *sentence;
  void (*run)(void);
};

struct test_group {
  const char *module;
  const struct test *tests;
  size_t count;
};

#define TEST_GROUP(name, list) \
  const struct test_group name##_group = {#name, list, sizeof(list) / sizeof((list)[0])}

/* Ends the process with a message: every test runs in a process of its own. */
_Noreturn void test_fail(const char *file, int line, const char *what, int64_t expected, int64_t got);
void test_bytes(const char *file, int line, const char *what, const void *expected, const void *got, size_t len);

#define CHECK(condition)                                                   \
  do {                                                                     \
    if (!(condition)) test_fail(__FILE__, __LINE__, #condition, 1, 0);     \
  } while (0)
#define EQUAL(expected, got)                                                                       \
  do {                                                                                             \
    int64_t expected_ = (int64_t)(expected);                                                       \
    int64_t got_ = (int64_t)(got);                                                                 \
    if (expected_ != got_) test_fail(__FILE__, __LINE__, #got, expected_, got_);                   \
  } while (0)
#define SAME_BYTES(expected, got, len) test_bytes(__FILE__, __LINE__, #got, expected, got, len)

/* Bytes of a hex string; gives their number. */
size_t test_hex(const char *hex, uint8_t *bytes, size_t max);

/* A seeded generator (xorshift64*): the same bytes on every machine. */
uint32_t test_random(uint64_t *state);

#endif
