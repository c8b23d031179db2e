#include "gw/meter_pzem.h"
#include "gw/meter_shelly.h"
#include "tests/groups.h"

#include <string.h>

/* 225.7 V, 0.108 A, 24.4 W, 38 Wh, 50.0 Hz. */
static const char FRAME[] = "01041408d1006c000000f400000026000001f4006400005134";

static uint8_t line[256];
static size_t line_len, line_at, chunk;
static uint8_t asked[8];

static size_t uart_write(void *ctx, const uint8_t *bytes, size_t len) {
  (void)ctx;
  CHECK(len == sizeof asked);
  memcpy(asked, bytes, len);
  return len;
}

static size_t uart_read(void *ctx, uint8_t *bytes, size_t max) {
  size_t len = line_len - line_at;
  (void)ctx;
  if (len > max) len = max;
  if (len > chunk) len = chunk;
  memcpy(bytes, line + line_at, len);
  line_at += len;
  return len;
}

static const struct gw_stream uart = {NULL, uart_write, uart_read};

static void pzem_reads(void) {
  struct gw_pzem pzem;
  struct gw_meter meter;
  struct gw_measurement m;
  int64_t at_ms = 0;
  const uint8_t query[8] = {0xf8, 0x04, 0, 0, 0, 0x0a, 0x64, 0x64};
  for (chunk = 1; chunk <= 30; chunk++) {
    gw_pzem_init(&pzem, &uart, &meter);
    line_len = line_at = 0;
    meter.step(meter.ctx, 0);
    SAME_BYTES(query, asked, sizeof query);
    CHECK(!meter.latest(meter.ctx, &m, &at_ms));
    line_len = test_hex("ff01", line, sizeof line); /* noise before the frame */
    line_len += test_hex(FRAME, line + line_len, sizeof line - line_len);
    meter.step(meter.ctx, 100);
    CHECK(meter.latest(meter.ctx, &m, &at_ms));
    EQUAL(100, at_ms);
    EQUAL(225700, m.voltage_mv);
    EQUAL(108, m.current_ma);
    EQUAL(24, m.power_w);
    EQUAL(38, m.energy_import_wh);
    EQUAL(50000, m.frequency_mhz);
  }
}

static void pzem_damaged(void) {
  struct gw_pzem pzem;
  struct gw_meter meter;
  struct gw_measurement m;
  int64_t at_ms = 0;
  size_t len = test_hex(FRAME, line, sizeof line);
  chunk = 7;
  for (size_t bit = 8; bit < len * 8; bit++) {
    gw_pzem_init(&pzem, &uart, &meter);
    line_len = line_at = 0;
    meter.step(meter.ctx, 0);
    line_len = test_hex(FRAME, line, sizeof line);
    line[bit / 8] ^= (uint8_t)(1u << bit % 8);
    meter.step(meter.ctx, 100);
    CHECK(!meter.latest(meter.ctx, &m, &at_ms));
  }
}

static void pzem_fuzz(void) {
  struct gw_pzem pzem;
  struct gw_meter meter;
  uint64_t seed = 99;
  gw_pzem_init(&pzem, &uart, &meter);
  for (int round = 0; round < 5000; round++) {
    const uint8_t likely[] = {0x01, 0x04, 0x14, 0xf8};
    chunk = 1 + test_random(&seed) % 40;
    line_at = 0;
    line_len = test_random(&seed) % sizeof line;
    for (size_t i = 0; i < line_len; i++)
      line[i] = test_random(&seed) % 2 ? likely[test_random(&seed) % 4] : (uint8_t)test_random(&seed);
    meter.step(meter.ctx, round * 500);
    CHECK(pzem.got < GW_PZEM_FRAME_BYTES);
  }
}

static enum gw_status parse_in(const char *json, size_t piece, struct gw_measurement *m) {
  struct gw_shelly_parser parser;
  size_t len = strlen(json);
  gw_shelly_parser_init(&parser);
  for (size_t at = 0; at < len; at += piece)
    gw_shelly_parser_feed(&parser, (const uint8_t *)json + at, len - at < piece ? len - at : piece);
  return gw_shelly_parser_finish(&parser, m);
}

static void shelly_reads(void) {
  struct gw_measurement m;
  for (size_t piece = 1; piece < 20; piece++) {
    EQUAL(GW_OK, parse_in("{\"power\":16.35,\"reactive\":24.38,\"voltage\":237.13,\"is_valid\":true,\"total\":8.9,\"total_returned\":0.0}", piece, &m));
    EQUAL(GW_HAS_POWER | GW_HAS_VOLTAGE | GW_HAS_ENERGY_IMPORT | GW_HAS_ENERGY_EXPORT, m.has);
    EQUAL(16, m.power_w);
    EQUAL(237130, m.voltage_mv);
    EQUAL(9, m.energy_import_wh);
    EQUAL(GW_OK, parse_in("{\"id\":0,\"current\":4.029,\"voltage\":236.1,\"act_power\":-951.2,\"aprt_power\":951.9,\"pf\":1,\"freq\":50,\"calibration\":\"factory\"}", piece, &m));
    EQUAL(4029, m.current_ma);
    EQUAL(-951, m.power_w);
    EQUAL(50000, m.frequency_mhz);
  }
}

static void shelly_unknown_is_absent(void) {
  struct gw_measurement m;
  EQUAL(GW_OK, parse_in("{\"voltage\":null,\"power\":\"16\",\"total\":{\"voltage\":1},\"current\":1e3}", 5, &m));
  EQUAL(0, m.has);
  EQUAL(GW_OK, parse_in("{\"voltage\":5000,\"freq\":0}", 5, &m)); /* no mains has these */
  EQUAL(0, m.has);
  EQUAL(GW_E_NONE, parse_in("{\"power\":0,\"is_valid\":false}", 5, &m));
}

static void shelly_refuses(void) {
  struct gw_measurement m;
  char long_body[GW_SHELLY_BODY_MAX + 2];
  const char *const bad[] = {"", "[]", "{\"power\":1", "{}{}", "}", "{\"a\":[[[[[[[[[1]]]]]]]]]}", "x{}"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) EQUAL(GW_E_FORMAT, parse_in(bad[i], 3, &m));
  memset(long_body, ' ', sizeof long_body - 1);
  long_body[sizeof long_body - 1] = '\0';
  EQUAL(GW_E_FORMAT, parse_in(long_body, 100, &m));
}

static void shelly_fuzz(void) {
  static const char letters[] = "{}[]\":,\\ 0123456789.-eptowrvlagnif";
  uint64_t seed = 31;
  for (int round = 0; round < 20000; round++) {
    struct gw_shelly_parser parser;
    struct gw_measurement m;
    gw_shelly_parser_init(&parser);
    for (int i = 0; i < 8; i++) {
      uint8_t bytes[12];
      size_t len = test_random(&seed) % (sizeof bytes + 1);
      for (size_t b = 0; b < len; b++) bytes[b] = (uint8_t)letters[test_random(&seed) % (sizeof letters - 1)];
      gw_shelly_parser_feed(&parser, bytes, len);
      CHECK(parser.key_len <= GW_SHELLY_TOKEN_MAX && parser.value_len <= GW_SHELLY_TOKEN_MAX);
    }
    (void)gw_shelly_parser_finish(&parser, &m);
  }
}

static unsigned requests;
static const char *answer;
static size_t answer_at;

static enum gw_status lan_get(void *ctx, const char *path) {
  (void)ctx;
  answer = strstr(path, "EM1Data") ? "{\"id\":0,\"total_act_energy\":12345.67,\"total_act_ret_energy\":0.0}"
                                   : "{\"id\":0,\"voltage\":230.0,\"act_power\":100.0}";
  answer_at = 0;
  requests++;
  return GW_OK;
}

static enum gw_status lan_read(void *ctx, uint8_t *bytes, size_t max, size_t *len, bool *ended) {
  size_t left = strlen(answer) - answer_at;
  (void)ctx;
  *len = left < 9 ? left : 9;
  CHECK(*len <= max);
  memcpy(bytes, answer + answer_at, *len);
  answer_at += *len;
  *ended = answer_at == strlen(answer);
  return GW_OK;
}

static void shelly_second_generation(void) {
  const struct gw_lan lan = {NULL, lan_get, lan_read};
  struct gw_shelly shelly;
  struct gw_meter meter;
  struct gw_measurement m;
  int64_t at_ms = 0;
  gw_shelly_init(&shelly, &lan, true, &meter);
  for (int64_t now_ms = 0; now_ms < 3000; now_ms += 100) meter.step(meter.ctx, now_ms);
  EQUAL(2, requests);
  CHECK(meter.latest(meter.ctx, &m, &at_ms));
  EQUAL(230000, m.voltage_mv);
  EQUAL(100, m.power_w);
  EQUAL(12346, m.energy_import_wh);
}

static const struct test meters_tests[] = {
    {"read a PZEM frame in any chunking, behind noise too", pzem_reads},
    {"take no sample from a PZEM frame with a flipped bit", pzem_damaged},
    {"survive any bytes on the PZEM line", pzem_fuzz},
    {"read both generations of Shelly answers in any chunking", shelly_reads},
    {"leave out what a Shelly does not know, and what no mains has", shelly_unknown_is_absent},
    {"refuse a Shelly answer that is no whole object, or too long", shelly_refuses},
    {"survive any characters from a Shelly", shelly_fuzz},
    {"make one sample of the two pages of a second-generation Shelly", shelly_second_generation},
};
TEST_GROUP(meters, meters_tests);
