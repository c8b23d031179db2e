#include "console.h"

#include "port_esp.h"

#include "gw/text.h"

#include "driver/uart.h"
#include "esp_log.h"
#include "esp_system.h"

#include <string.h>

#define TAG "console"
#define COMMAND "settings "
#define LINE_MAX (sizeof COMMAND + 2 * GW_CONFIG_BYTES_MAX)
#define CONSOLE_UART 0
#define RX_BUFFER_BYTES 2048

static struct gw_settings *current;
static uint8_t key[GW_PUBLIC_KEY_BYTES];
static uint8_t number[GW_SERIAL_BYTES];
static char line[LINE_MAX];
static size_t line_len;
static bool overflowed;

void console_open(struct gw_settings *settings, const uint8_t operator_key[GW_PUBLIC_KEY_BYTES],
                  const uint8_t serial[GW_SERIAL_BYTES]) {
  char text[2 * GW_SERIAL_BYTES + 1];
  memcpy(key, operator_key, sizeof key);
  memcpy(number, serial, sizeof number);
  if (uart_driver_install(CONSOLE_UART, RX_BUFFER_BYTES, 0, 0, NULL, 0) != ESP_OK) return;
  current = settings;
  gw_hex_encode(serial, GW_SERIAL_BYTES, text);
  ESP_LOGI(TAG, "device %s, settings version %u", text, (unsigned)settings->version);
}

static void take_line(void) {
  uint8_t message[GW_CONFIG_BYTES_MAX];
  size_t len = 0;
  const size_t prefix = sizeof COMMAND - 1;
  if (line_len < prefix || memcmp(line, COMMAND, prefix) != 0) return;
  if (gw_hex_decode(line + prefix, line_len - prefix, message, sizeof message, &len) != GW_OK) {
    ESP_LOGE(TAG, "expected hex digits");
    return;
  }
  enum gw_status status = gw_config_apply(current, &port_kv, &port_verifier, key, number, message, len);
  if (status != GW_OK) {
    ESP_LOGE(TAG, "settings refused (%d)", (int)status);
    return;
  }
  ESP_LOGI(TAG, "settings version %u accepted, restarting", (unsigned)current->version);
  esp_restart();
}

void console_step(void) {
  uint8_t byte = 0;
  while (current && uart_read_bytes(CONSOLE_UART, &byte, 1, 0) == 1) {
    if (byte != '\n' && byte != '\r') {
      if (line_len < sizeof line) line[line_len++] = (char)byte;
      else overflowed = true;
      continue;
    }
    if (!overflowed) take_line();
    line_len = 0;
    overflowed = false;
  }
}
