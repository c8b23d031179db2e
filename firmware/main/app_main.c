/* Wiring, as firmware/host/device.c does it on a laptop: open the ports, step the device for ever. */
#include "board.h"

#include "gw/device.h"
#include "gw/text.h"

#include "esp_app_desc.h"
#include "esp_log.h"
#include "esp_system.h"

#include <stdio.h>
#include <string.h>

#define TAG "gw"
#define SELF_TEST_MS (30 * 60 * 1000) /* a new image must have delivered a reading by then */
#define RESTART_DELAY_MS 5000

extern const char portal_ca_pem[] asm("_binary_portal_ca_pem_start");

static const struct port_pins pins = BOARD_PINS;
static char firmware[GW_FIRMWARE_MAX + 1];
static uint8_t operator_key[GW_PUBLIC_KEY_BYTES];
static struct gw_flash log_flash;
static struct gw_stream modem_uart, meter_uart, console;
static struct gw_modem_pins modem_pins;
static struct gw_device device;

/* What cannot be opened now may open after a restart; the watchdog of the bootloader counts on. */
static void require(enum gw_status status, const char *what) {
  if (status == GW_OK) return;
  ESP_LOGE(TAG, "%s failed (%d), restarting", what, (int)status);
  port_wait_until(port_now_ms() + RESTART_DELAY_MS);
  esp_restart();
}

static const uint8_t *built_in_key(void) {
  size_t len = 0;
  if (gw_hex_decode(CONFIG_GW_OPERATOR_KEY, strlen(CONFIG_GW_OPERATOR_KEY), operator_key, sizeof operator_key, &len) ==
          GW_OK &&
      len == sizeof operator_key)
    return operator_key;
  ESP_LOGE(TAG, "GW_OPERATOR_KEY is not 128 hex digits: settings and firmware cannot be changed");
  return NULL;
}

static void open_ports(void) {
  require(port_kv_open(), "nvs");
  require(port_se_open(BOARD_I2C_HZ), "secure element");
  require(port_flash_open(&log_flash), "log partition");
  require(port_console_open(&console, BOARD_CONSOLE_UART), "console");
  require(port_uart_open(&modem_uart, BOARD_MODEM_UART, BOARD_MODEM_BAUD, pins.modem_tx, pins.modem_rx), "modem uart");
  require(port_uart_open(&meter_uart, BOARD_METER_UART, BOARD_METER_BAUD, pins.meter_tx, pins.meter_rx), "meter uart");
  require(port_modem_pins_open(&modem_pins, &pins), "modem pins");
  require(port_mains_open(&pins), "mains sensor");
  require(port_board_open(), "watchdog");
}

static void open_device(void) {
  const struct gw_device_ports ports = {.log_flash = &log_flash,
                                        .kv = &port_kv,
                                        .rtc = &port_rtc,
                                        .mains = &port_mains,
                                        .element = &port_secure_element,
                                        .verifier = &port_verifier,
                                        .board = &port_board,
                                        .log = &port_log,
                                        .modem_uart = &modem_uart,
                                        .modem_pins = &modem_pins,
                                        .console = &console,
                                        .meter_uart = &meter_uart,
                                        .ota = &port_ota_sink,
                                        .join_lan = port_lan_join};
  struct gw_device_build build = {.firmware = firmware,
                                  .target = CONFIG_GW_FIRMWARE_TARGET,
                                  .ca_pem = portal_ca_pem,
                                  .operator_key = built_in_key()};
  snprintf(firmware, sizeof firmware, "%s", esp_app_get_description()->version);
  gw_config_defaults(&build.settings);
  require(gw_device_init(&device, &ports, &build, port_now_ms()), "device");
  ESP_LOGI(TAG, "device %s, settings version %u", device.device_id, (unsigned)device.settings.version);
}

/* An image that reads, signs, stores and delivers has proved itself; one that does not goes back by restarting. */
static void self_test(int64_t now_ms) {
  static bool is_confirmed;
  if (is_confirmed) return;
  if (gw_device_has_delivered(&device)) is_confirmed = port_ota_confirm() == GW_OK;
  if (!is_confirmed && now_ms > SELF_TEST_MS && port_ota_unconfirmed()) esp_restart();
}

void app_main(void) {
  open_ports();
  open_device();
  for (;;) {
    int64_t now_ms = port_now_ms();
    int64_t wake_ms = gw_device_step(&device, now_ms);
    if (gw_device_wants_restart(&device)) esp_restart();
    self_test(now_ms);
    port_wait_until(wake_ms);
  }
}
