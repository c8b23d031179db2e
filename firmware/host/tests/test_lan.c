#include "gw/lan_http.h"
#include "tests/groups.h"

#include <string.h>

/* A meter in the local network: what it hears, and what it answers in pieces. */
static struct {
  char heard[256];
  size_t heard_len;
  size_t takes;        /* bytes of the request it takes at a time */
  const char *answer;
  size_t given;
  size_t gives;        /* bytes of the answer it gives at a time */
  bool is_open;
  bool refuses;
  unsigned connections;
} far;

static enum gw_status far_connect(void *ctx) {
  (void)ctx;
  if (far.refuses) return GW_E_IO;
  far.connections++;
  far.heard_len = 0;
  far.given = 0;
  far.is_open = true;
  return GW_OK;
}

static size_t far_write(void *ctx, const uint8_t *bytes, size_t len) {
  const size_t count = len < far.takes ? len : far.takes;
  (void)ctx;
  CHECK(far.heard_len + count < sizeof far.heard);
  memcpy(far.heard + far.heard_len, bytes, count);
  far.heard_len += count;
  far.heard[far.heard_len] = '\0';
  return count;
}

/* Answers when the request has ended. */
static size_t far_read(void *ctx, uint8_t *bytes, size_t max) {
  const size_t left = strlen(far.answer) - far.given;
  size_t count = left < far.gives ? left : far.gives;
  (void)ctx;
  if (far.heard_len < 4 || memcmp(far.heard + far.heard_len - 4, "\r\n\r\n", 4) != 0) return 0;
  if (count > max) count = max;
  memcpy(bytes, far.answer + far.given, count);
  far.given += count;
  return count;
}

static bool far_ended(void *ctx) {
  (void)ctx;
  return far.given == strlen(far.answer);
}

static const struct gw_tcp tcp = {NULL, far_connect, {NULL, far_write, far_read}, far_ended};
static struct gw_lan_http http;
static struct gw_lan lan;

static void begin(const char *answer, size_t takes, size_t gives) {
  memset(&far, 0, sizeof far);
  far.answer = answer;
  far.takes = takes;
  far.gives = gives;
  gw_lan_http_init(&http, &tcp, "192.168.1.7", &lan);
}

/* Reads to the end; gives the status with which it ended. */
static enum gw_status load(const char *path, char *body, size_t max) {
  size_t used = 0;
  bool ended = false;
  enum gw_status status = lan.get(lan.ctx, path);
  for (unsigned round = 0; status == GW_OK && !ended && round < 1000; round++) {
    size_t len = 0;
    status = lan.read(lan.ctx, (uint8_t *)body + used, max - 1 - used, &len, &ended);
    used += len;
  }
  body[used] = '\0';
  return status == GW_OK && !ended ? GW_E_NONE : status;
}

static void whatever_the_pieces(void) {
  static const char answer[] = "HTTP/1.1 200 OK\r\nServer: Mongoose/6\r\nX: 500 4\r\n\r\n{\"power\": 16.35}\r\n";
  char body[64];
  for (size_t takes = 1; takes < 80; takes += 13) {
    for (size_t gives = 1; gives < 80; gives += 7) {
      begin(answer, takes, gives);
      EQUAL(GW_OK, load("/emeter/0", body, sizeof body));
      CHECK(strcmp(body, "{\"power\": 16.35}\r\n") == 0);
      CHECK(strcmp(far.heard, "GET /emeter/0 HTTP/1.0\r\nHost: 192.168.1.7\r\n\r\n") == 0);
    }
  }
}

static void what_is_no_answer(void) {
  static const char *const answers[] = {
      "HTTP/1.1 404 Not Found\r\n\r\n{\"power\": 1}", "HTTP/1.1 2000 OK\r\n\r\n{}", "HTTP/1.1\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nServer: x", "{\"power\": 1}", "",
  };
  char body[64];
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    begin(answers[i], 100, 5);
    EQUAL(GW_E_IO, load("/emeter/0", body, sizeof body));
  }
  begin("", 100, 100);
  far.refuses = true;
  EQUAL(GW_E_IO, load("/emeter/0", body, sizeof body));
}

static void meter_asks_again(void) {
  static const char answer[] = "HTTP/1.0 200 OK\r\n\r\n{\"power\":16.35,\"voltage\":237.13,\"is_valid\":true,\"total\":8.9,\"total_returned\":0.0}";
  struct gw_shelly shelly;
  struct gw_meter meter;
  struct gw_measurement sample;
  int64_t sampled_at_ms = 0;
  begin(answer, 7, 11);
  gw_shelly_init(&shelly, &lan, false, &meter);
  far.refuses = true;
  for (int64_t now_ms = 0; now_ms < 120000; now_ms += 500) {
    if (now_ms == 60000) far.refuses = false;
    meter.step(meter.ctx, now_ms);
    if (now_ms < 60000) CHECK(!meter.latest(meter.ctx, &sample, &sampled_at_ms));
  }
  CHECK(meter.latest(meter.ctx, &sample, &sampled_at_ms));
  EQUAL(237130, sample.voltage_mv);
  CHECK(far.connections > 1);
}

static const struct test lan_tests[] = {
    {"brings the body of an answer, in whatever pieces it comes and the request goes", whatever_the_pieces},
    {"takes nothing for an answer that is none", what_is_no_answer},
    {"a Shelly that was away is read once it is back", meter_asks_again},
};
TEST_GROUP(lan, lan_tests);
