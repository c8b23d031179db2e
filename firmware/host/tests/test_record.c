#include "gw/record.h"
#include "tests/groups.h"

#include <string.h>

static struct gw_reading longest(void) {
  struct gw_reading r = {.seq = 9007199254740991u, .timestamp_s = 4294967296, .power = GW_POWER_ON, .reason = GW_REASON_BOOT};
  const int64_t most = 9007199254740991;
  r.measurement = (struct gw_measurement){63, most, most, most, most, -most, most};
  r.has_off_since = true;
  r.off_since_s = 4294967296;
  r.has_previous = true;
  r.firmware = "0123456789abcdef";
  return r;
}

static void longest_fits(void) {
  const struct gw_reading r = longest();
  const uint8_t serial[GW_SERIAL_BYTES] = {1};
  const uint8_t signature[GW_SIGNATURE_BYTES] = {2};
  uint8_t payload[GW_PAYLOAD_MAX];
  uint8_t cose[GW_COSE_MAX];
  size_t len = 0;
  size_t cose_len = 0;
  EQUAL(GW_OK, gw_record_payload(&r, payload, sizeof payload, &len));
  EQUAL(GW_OK, gw_record_cose(serial, payload, len, signature, cose, sizeof cose, &cose_len));
  EQUAL(GW_E_SPACE, gw_record_payload(&r, payload, len - 1, &len));
}

static void expect_range(const struct gw_reading *r) {
  uint8_t payload[GW_PAYLOAD_MAX];
  size_t len = 0;
  EQUAL(GW_E_RANGE, gw_record_payload(r, payload, sizeof payload, &len));
}

static void refusals(void) {
  struct gw_reading r = longest();
  r.seq = 0;
  expect_range(&r);
  r = longest();
  r.measurement.voltage_mv = -1;
  expect_range(&r);
  r = longest();
  r.reason = GW_REASON_HEARTBEAT; /* off_since only with boot */
  expect_range(&r);
  r = longest();
  r.place = (struct gw_place){.is_public = true, .latitude_e6 = 90000001};
  expect_range(&r);
  r = longest();
  r.firmware = "0123456789abcdefg";
  expect_range(&r);
}

static void reads_itself_back(void) {
  const struct gw_reading r = longest();
  const uint8_t serial[GW_SERIAL_BYTES] = {1, 2, 3};
  const uint8_t signature[GW_SIGNATURE_BYTES] = {2};
  uint8_t payload[GW_PAYLOAD_MAX];
  uint8_t cose[GW_COSE_MAX];
  size_t len = 0;
  size_t cose_len = 0;
  struct gw_record_view view;
  EQUAL(GW_OK, gw_record_payload(&r, payload, sizeof payload, &len));
  EQUAL(GW_OK, gw_record_cose(serial, payload, len, signature, cose, sizeof cose, &cose_len));
  EQUAL(GW_OK, gw_record_view(cose, cose_len, &view));
  EQUAL(r.seq, view.seq);
  EQUAL(r.timestamp_s, view.timestamp_s);
  EQUAL(GW_REASON_BOOT, view.reason);
  EQUAL(len, view.payload_len);
  SAME_BYTES(payload, view.payload, len);
  SAME_BYTES(serial, view.serial, sizeof serial);
  for (size_t cut = 0; cut < cose_len; cut++) EQUAL(GW_E_FORMAT, gw_record_view(cose, cut, &view));
}

static void view_fuzz(void) {
  const struct gw_reading r = longest();
  const uint8_t serial[GW_SERIAL_BYTES] = {1, 2, 3};
  const uint8_t signature[GW_SIGNATURE_BYTES] = {2};
  uint8_t payload[GW_PAYLOAD_MAX];
  uint8_t cose[GW_COSE_MAX];
  size_t len = 0;
  size_t cose_len = 0;
  uint64_t seed = 77;
  struct gw_record_view view;
  EQUAL(GW_OK, gw_record_payload(&r, payload, sizeof payload, &len));
  for (int round = 0; round < 20000; round++) {
    EQUAL(GW_OK, gw_record_cose(serial, payload, len, signature, cose, sizeof cose, &cose_len));
    for (int change = 0; change < 3; change++) cose[test_random(&seed) % cose_len] = (uint8_t)test_random(&seed);
    if (gw_record_view(cose, cose_len, &view) == GW_OK)
      CHECK(view.payload >= cose && view.payload + view.payload_len <= cose + cose_len);
  }
}

static const struct test record_tests[] = {
    {"fits its longest reading into the buffers the headers promise", longest_fits},
    {"makes no bytes of a reading that no server would take", refusals},
    {"reads its own bytes back, and no shortened ones", reads_itself_back},
    {"stays inside its bytes when they are damaged", view_fuzz},
};
TEST_GROUP(record, record_tests);
