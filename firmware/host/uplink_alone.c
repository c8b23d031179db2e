/* The modem driver and the uplink of the core, without the agent: what is to be sent comes from the harness. */
#include <stdlib.h>
#include <string.h>

#include "gw/uplink_modem.h"
#include "pipe/options.h"
#include "pipe/port_pipe.h"
#include "pipe/program.h"

static struct gw_modem_uplink modem_uplink;
static struct gw_clock device_clock;
static uint8_t held[FRAME_MAX]; /* the messages of the submission under way */
static struct gw_result results[GW_UPLINK_MESSAGES_MAX];
static size_t submitted;

static void submit(int64_t now_ms, const uint8_t *frame, size_t len) {
  struct gw_message messages[FRAME_MAX / 2u];
  struct gw_submission submission = {messages, 0, frame[0] != 0};
  memcpy(held, frame, len);
  for (size_t at = 1; at + 2u <= len;) {
    const size_t size = (size_t)(held[at] | held[at + 1] << 8);
    messages[submission.count] = (struct gw_message){held + at + 2, size};
    submission.count += 1;
    at += 2u + size;
  }
  submitted = submission.count;
  const enum gw_status status = modem_uplink.uplink.submit(modem_uplink.uplink.ctx, now_ms, &submission);
  if (status == GW_OK) return;
  frame_send(FRAME_RESULTS, NULL, 0);
}

static void report(void) {
  uint8_t bytes[2 * GW_UPLINK_MESSAGES_MAX];
  for (size_t i = 0; i < submitted; i += 1) {
    bytes[2 * i] = (uint8_t)results[i].outcome;
    bytes[2 * i + 1] = (uint8_t)results[i].code;
  }
  host_speak(FRAME_RESULTS, bytes, 2 * submitted);
}

static int64_t step(int64_t now_ms) {
  const struct gw_uplink *uplink = &modem_uplink.uplink;
  if (uplink->poll(uplink->ctx, now_ms, results)) report();
  return uplink->wake_ms(uplink->ctx, now_ms);
}

static void begin(int argc, char **argv) {
  struct gw_modem_uplink_config config;
  host_options_read(argc, argv, &config);
  if (config.modem.apn == NULL) config.modem.apn = "iot.example";
  gw_clock_init(&device_clock, &host_rtc, 0);
  if (gw_modem_uplink_init(&modem_uplink, &config, &host_uart, &host_pins, &device_clock, &host_log) != GW_OK)
    exit(EXIT_FAILURE);
}

static bool take(enum frame_kind kind, const uint8_t *bytes, size_t len, int64_t now_ms) {
  if (kind == FRAME_SUBMIT) submit(now_ms, bytes, len);
  else if (kind == FRAME_CANCEL) modem_uplink.uplink.cancel(modem_uplink.uplink.ctx, now_ms);
  else return false;
  return true;
}

int main(int argc, char **argv) {
  static const struct host_program program = {begin, step, take};
  return host_serve(&program, argc, argv);
}
