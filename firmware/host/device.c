/* The whole core, as app_main.c wires it on the chip, with pipes for everything outside. */
#include <stdlib.h>
#include <string.h>

#include "gw/agent.h"
#include "gw/uplink_modem.h"
#include "pipe/options.h"
#include "pipe/port_pipe.h"

#define FIRMWARE_VERSION "host"
#define E6 1000000.0
/* Steps in a row without time going on: more is a loop that would drain the battery. */
#define STEPS_AT_ONCE_MAX 10000u

static struct gw_agent agent;
static struct gw_modem_uplink modem_uplink;
static struct gw_clock device_clock;
static struct gw_settings settings;
static struct gw_agent_ports ports;
static enum gw_reset_cause cause;
static uint8_t frame[FRAME_MAX];

static enum gw_reset_cause reset_cause(void *ctx) {
  (void)ctx;
  return cause;
}
static void feed_watchdog(void *ctx) { (void)ctx; }
static const struct gw_board board = {NULL, reset_cause, feed_watchdog};

static uint32_t number(int argc, char **argv, const char *name, const char *fallback) {
  return (uint32_t)strtoul(host_option(argc, argv, name, fallback), NULL, 10);
}

static void read_settings(int argc, char **argv) {
  gw_config_defaults(&settings);
  settings.place.is_public = true;
  settings.place.latitude_e6 = (int32_t)(strtod(host_option(argc, argv, "latitude", "0"), NULL) * E6);
  settings.place.longitude_e6 = (int32_t)(strtod(host_option(argc, argv, "longitude", "0"), NULL) * E6);
  settings.heartbeat_s = number(argc, argv, "heartbeat-s", "900");
  settings.declare_ms = number(argc, argv, "declare-ms", "2000");
  settings.spread_s = number(argc, argv, "spread-s", "30");
  host_flash.size_bytes = number(argc, argv, "flash-bytes", "65536");
  host_flash.sector_bytes = 4096;
  cause = strcmp(host_option(argc, argv, "cause", "power"), "power") == 0 ? GW_RESET_POWER : GW_RESET_RESTART;
}

static void begin(int argc, char **argv) {
  struct gw_modem_uplink_config config;
  host_options_read(argc, argv, &config);
  read_settings(argc, argv);
  gw_clock_init(&device_clock, &host_rtc, 0);
  if (gw_modem_uplink_init(&modem_uplink, &config, &host_uart, &host_pins, &device_clock, &host_log) != GW_OK)
    exit(EXIT_FAILURE);
  ports = (struct gw_agent_ports){
      .log_flash = &host_flash,
      .kv = &host_kv,
      .mains = &host_mains,
      .element = &host_element,
      .board = &board,
      .log = &host_log,
      .uplink = &modem_uplink.uplink,
      .clock = &device_clock,
  };
  if (gw_agent_init(&agent, &ports, &settings, FIRMWARE_VERSION, 0) != GW_OK) exit(EXIT_FAILURE);
}

static int64_t run(int64_t now_ms, int64_t until_ms) {
  unsigned at_once = 0;
  for (;;) {
    host_mains_now(now_ms);
    int64_t next_ms = gw_agent_step(&agent, now_ms);
    if (host_uart_spoke() || now_ms >= until_ms) return now_ms;
    if (next_ms > until_ms) next_ms = until_ms;
    at_once = next_ms > now_ms ? 0 : at_once + 1u;
    if (at_once > STEPS_AT_ONCE_MAX) exit(EXIT_FAILURE);
    if (next_ms > now_ms) now_ms = next_ms;
  }
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
      case FRAME_MAINS:
        host_mains_set(frame, len);
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
