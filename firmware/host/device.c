/* The whole device, as app_main.c opens it on the chip, with pipes for everything outside. */
#include <stdlib.h>
#include <string.h>

#include "gw/device.h"
#include "gw/text.h"
#include "pipe/options.h"
#include "pipe/port_pipe.h"
#include "pipe/program.h"

#define FIRMWARE_VERSION "host"
#define E6 1000000.0

static struct gw_device device;
static uint8_t operator_key[GW_PUBLIC_KEY_BYTES];
static enum gw_reset_cause cause;
static bool is_ending;

static enum gw_reset_cause reset_cause(void *ctx) {
  (void)ctx;
  return cause;
}
static void feed_watchdog(void *ctx) { (void)ctx; }
static const struct gw_board board = {NULL, reset_cause, feed_watchdog};

static uint32_t number(int argc, char **argv, const char *name, const char *fallback) {
  return (uint32_t)strtoul(host_option(argc, argv, name, fallback), NULL, 10);
}

/* Without a place it has no settings until the operator's are typed at its console. */
static void read_settings(int argc, char **argv, struct gw_settings *settings) {
  const char *latitude = host_option(argc, argv, "latitude", NULL);
  gw_config_defaults(settings);
  if (latitude == NULL) return;
  settings->version = 1;
  settings->place.is_public = true;
  settings->place.latitude_e6 = (int32_t)(strtod(latitude, NULL) * E6);
  settings->place.longitude_e6 = (int32_t)(strtod(host_option(argc, argv, "longitude", "0"), NULL) * E6);
  settings->heartbeat_s = number(argc, argv, "heartbeat-s", "900");
  settings->declare_ms = number(argc, argv, "declare-ms", "2000");
  settings->spread_s = number(argc, argv, "spread-s", "30");
}

static const uint8_t *read_operator_key(int argc, char **argv) {
  const char *hex = host_option(argc, argv, "operator-key", "");
  size_t len = 0;
  const enum gw_status status = gw_hex_decode(hex, strlen(hex), operator_key, sizeof operator_key, &len);
  return status == GW_OK && len == sizeof operator_key ? operator_key : NULL;
}

static void begin(int argc, char **argv) {
  const struct gw_device_ports ports = {.log_flash = &host_flash,
                                        .kv = &host_kv,
                                        .rtc = &host_rtc,
                                        .mains = &host_mains,
                                        .element = &host_element,
                                        .verifier = &host_verifier,
                                        .board = &board,
                                        .log = &host_log,
                                        .modem_uart = &host_uart,
                                        .modem_pins = &host_pins,
                                        .console = &host_console,
                                        .ota = &host_ota};
  struct gw_device_build build = {.firmware = FIRMWARE_VERSION,
                                  .target = host_option(argc, argv, "target", "host"),
                                  .ca_pem = host_option(argc, argv, "ca", NULL),
                                  .operator_key = read_operator_key(argc, argv)};
  host_options_read(argc, argv, &build.uplink);
  read_settings(argc, argv, &build.settings);
  host_flash.size_bytes = number(argc, argv, "flash-bytes", "65536");
  host_flash.sector_bytes = 4096;
  cause = strcmp(host_option(argc, argv, "cause", "power"), "power") == 0 ? GW_RESET_POWER : GW_RESET_RESTART;
  if (gw_device_init(&device, &ports, &build, 0) != GW_OK) exit(EXIT_FAILURE);
}

static int64_t step(int64_t now_ms) {
  const int64_t wake_ms = gw_device_step(&device, now_ms);
  if (gw_device_wants_restart(&device) && !is_ending) {
    is_ending = true;
    host_speak(FRAME_RESTART, NULL, 0);
  }
  return wake_ms;
}

static bool take(enum frame_kind kind, const uint8_t *bytes, size_t len, int64_t now_ms) {
  (void)now_ms;
  if (kind == FRAME_MAINS) host_mains_set(bytes, len);
  else if (kind == FRAME_TYPE) host_console_arrive(bytes, len);
  else return false;
  return true;
}

int main(int argc, char **argv) {
  static const struct host_program program = {begin, step, take};
  return host_serve(&program, argc, argv);
}
