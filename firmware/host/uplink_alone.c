/* The modem driver and the uplink of the core, without the agent: what is to be sent comes from the harness. */
#include <stdlib.h>
#include <string.h>

#include "gw/uplink_modem.h"
#include "pipe/options.h"
#include "pipe/port_pipe.h"

/* Steps in a row without time going on: more is a loop that would drain the battery. */
#define STEPS_AT_ONCE_MAX 10000u

static struct gw_modem_uplink modem_uplink;
static struct gw_clock device_clock;
static uint8_t frame[FRAME_MAX];
static uint8_t held[FRAME_MAX]; /* the messages of the submission under way */
static struct gw_result results[GW_UPLINK_MESSAGES_MAX];
static size_t submitted;

static void submit(int64_t now_ms, size_t len) {
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
  frame_send(FRAME_RESULTS, bytes, 2 * submitted);
}

static int64_t run(int64_t now_ms, int64_t until_ms) {
  unsigned at_once = 0;
  for (;;) {
    if (modem_uplink.uplink.poll(modem_uplink.uplink.ctx, now_ms, results)) {
      report();
      return now_ms;
    }
    if (host_uart_spoke() || now_ms >= until_ms) return now_ms;
    int64_t next_ms = modem_uplink.uplink.wake_ms(modem_uplink.uplink.ctx, now_ms);
    if (next_ms > until_ms) next_ms = until_ms;
    at_once = next_ms > now_ms ? 0 : at_once + 1u;
    if (at_once > STEPS_AT_ONCE_MAX) exit(EXIT_FAILURE);
    now_ms = next_ms;
  }
}

static void begin(int argc, char **argv) {
  struct gw_modem_uplink_config config;
  host_options_read(argc, argv, &config);
  gw_clock_init(&device_clock, &host_rtc, 0);
  if (gw_modem_uplink_init(&modem_uplink, &config, &host_uart, &host_pins, &device_clock, &host_log) != GW_OK)
    exit(EXIT_FAILURE);
}

int main(int argc, char **argv) {
  int64_t now_ms = 0;
  for (;;) {
    size_t len = 0;
    switch (frame_read(frame, &len)) {
      case FRAME_BEGIN:
        begin(argc, argv);
        frame_done(now_ms);
        break;
      case FRAME_UART:
        host_uart_arrive(frame, len);
        break;
      case FRAME_SUBMIT:
        submit(now_ms, len);
        break;
      case FRAME_CANCEL:
        modem_uplink.uplink.cancel(modem_uplink.uplink.ctx, now_ms);
        break;
      case FRAME_RUN:
        now_ms = run(now_ms, frame_int64(frame));
        frame_done(now_ms);
        break;
      default:
        return EXIT_FAILURE;
    }
  }
}
