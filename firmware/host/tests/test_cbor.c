#include "gw/cbor.h"
#include "tests/groups.h"

#include <string.h>

static void expect_int(int64_t value, const char *hex) {
  uint8_t expected[9];
  uint8_t got[9];
  struct gw_cbor_writer writer;
  struct gw_cbor_reader reader;
  size_t len = test_hex(hex, expected, sizeof expected);
  gw_cbor_writer_init(&writer, got, sizeof got);
  gw_cbor_put_int(&writer, value);
  EQUAL(GW_OK, writer.status);
  EQUAL(len, writer.len);
  SAME_BYTES(expected, got, len);
  gw_cbor_reader_init(&reader, got, len);
  EQUAL(value, gw_cbor_take_int(&reader));
  EQUAL(GW_OK, gw_cbor_finish(&reader));
}

/* RFC 8949 appendix A. */
static void integers(void) {
  expect_int(0, "00");
  expect_int(23, "17");
  expect_int(24, "1818");
  expect_int(255, "18ff");
  expect_int(256, "190100");
  expect_int(65536, "1a00010000");
  expect_int(1000000000000, "1b000000e8d4a51000");
  expect_int(-1, "20");
  expect_int(-24, "37");
  expect_int(-25, "3818");
  expect_int(-1000, "3903e7");
  expect_int(INT64_MAX, "1b7fffffffffffffff");
  expect_int(INT64_MIN, "3b7fffffffffffffff");
}

static void expect_refused(const char *hex) {
  uint8_t bytes[16];
  struct gw_cbor_reader reader;
  size_t len = test_hex(hex, bytes, sizeof bytes);
  gw_cbor_reader_init(&reader, bytes, len);
  gw_cbor_take_int(&reader);
  EQUAL(GW_E_FORMAT, gw_cbor_finish(&reader));
}

static void not_deterministic(void) {
  expect_refused("1817");               /* 23 in two bytes */
  expect_refused("1900ff");             /* 255 in three */
  expect_refused("1b00000000ffffffff"); /* 2^32 - 1 in nine */
  expect_refused("1f");                 /* indefinite */
  expect_refused("1b8000000000000000"); /* past 2^63 - 1 */
  expect_refused("4100");               /* a byte string */
  expect_refused("1a0001");             /* cut short */
  expect_refused("");
  expect_refused("0000"); /* something left over */
}

static void full_writer(void) {
  uint8_t bytes[4];
  struct gw_cbor_writer writer;
  gw_cbor_writer_init(&writer, bytes, sizeof bytes);
  gw_cbor_put_text(&writer, "abc", 3);
  gw_cbor_put_int(&writer, 1);
  gw_cbor_put_int(&writer, 2);
  EQUAL(GW_E_SPACE, writer.status);
  EQUAL(4, writer.len);
}

static void fuzz(void) {
  uint64_t seed = 0x6b6f;
  for (int round = 0; round < 20000; round++) {
    uint8_t bytes[24];
    struct gw_cbor_reader reader;
    size_t len = test_random(&seed) % (sizeof bytes + 1);
    for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)test_random(&seed);
    gw_cbor_reader_init(&reader, bytes, len);
    for (int item = 0; item < 6; item++) {
      size_t length = 0;
      size_t before = reader.offset;
      if (test_random(&seed) % 2) gw_cbor_take_int(&reader);
      else gw_cbor_take_string(&reader, GW_CBOR_BYTES, &length);
      CHECK(reader.offset >= before && reader.offset <= len && length <= len);
    }
  }
}

static const struct test cbor_tests[] = {
    {"writes and reads the integers of RFC 8949 appendix A", integers},
    {"refuses every spelling but the deterministic one", not_deterministic},
    {"says so when its buffer is full, and writes nothing past it", full_writer},
    {"never reads past the end, whatever the bytes", fuzz},
};
TEST_GROUP(cbor, cbor_tests);
