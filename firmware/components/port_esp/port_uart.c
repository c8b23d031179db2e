#include "port_esp.h"

#include "driver/gpio.h"
#include "driver/uart.h"

#define RX_BUFFER_BYTES 4096 /* a whole answer of the modem while the flash is being erased */
#define TX_BUFFER_BYTES 2048

static size_t stream_write(void *ctx, const uint8_t *bytes, size_t len) {
  uart_port_t uart = (uart_port_t)(intptr_t)ctx;
  size_t room = 0;
  if (uart_get_tx_buffer_free_size(uart, &room) != ESP_OK) return 0;
  size_t taken = len < room ? len : room;
  if (taken == 0) return 0;
  int written = uart_write_bytes(uart, bytes, taken);
  return written > 0 ? (size_t)written : 0;
}

static size_t stream_read(void *ctx, uint8_t *bytes, size_t max) {
  int got = uart_read_bytes((uart_port_t)(intptr_t)ctx, bytes, (uint32_t)max, 0);
  return got > 0 ? (size_t)got : 0;
}

enum gw_status port_uart_open(struct gw_stream *stream, int uart, int baud, int tx, int rx) {
  const uart_config_t config = {
      .baud_rate = baud,
      .data_bits = UART_DATA_8_BITS,
      .parity = UART_PARITY_DISABLE,
      .stop_bits = UART_STOP_BITS_1,
      .flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
      .source_clk = UART_SCLK_REF_TICK, /* keeps its rate while the CPU's clock is scaled */
  };
  uart_port_t port = (uart_port_t)uart;
  if (uart_driver_install(port, RX_BUFFER_BYTES, TX_BUFFER_BYTES, 0, NULL, 0) != ESP_OK) return GW_E_IO;
  if (uart_param_config(port, &config) != ESP_OK) return GW_E_IO;
  if (uart_set_pin(port, tx, rx, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE) != ESP_OK) return GW_E_IO;
  *stream = (struct gw_stream){.ctx = (void *)(intptr_t)uart, .write = stream_write, .read = stream_read};
  return GW_OK;
}

enum gw_status port_console_open(struct gw_stream *stream, int uart) {
  if (uart_driver_install((uart_port_t)uart, RX_BUFFER_BYTES, TX_BUFFER_BYTES, 0, NULL, 0) != ESP_OK) return GW_E_IO;
  *stream = (struct gw_stream){.ctx = (void *)(intptr_t)uart, .write = stream_write, .read = stream_read};
  return GW_OK;
}

static const struct port_pins *modem_wiring;

/* A transistor pulls PWRKEY low while the GPIO is high. */
static void power_key(void *ctx, bool pressed) {
  (void)ctx;
  gpio_set_level((gpio_num_t)modem_wiring->modem_key, pressed ? 1 : 0);
}

static bool running(void *ctx) {
  (void)ctx;
  return modem_wiring->modem_status < 0 || gpio_get_level((gpio_num_t)modem_wiring->modem_status) == 1;
}

enum gw_status port_modem_pins_open(struct gw_modem_pins *modem, const struct port_pins *pins) {
  const gpio_config_t key = {.pin_bit_mask = 1ULL << pins->modem_key, .mode = GPIO_MODE_OUTPUT};
  modem_wiring = pins;
  if (gpio_config(&key) != ESP_OK) return GW_E_IO;
  if (gpio_set_level((gpio_num_t)pins->modem_key, 0) != ESP_OK) return GW_E_IO;
  if (pins->modem_status >= 0) {
    const gpio_config_t status = {.pin_bit_mask = 1ULL << pins->modem_status, .mode = GPIO_MODE_INPUT};
    if (gpio_config(&status) != ESP_OK) return GW_E_IO;
  }
  *modem = (struct gw_modem_pins){.power_key = power_key, .running = running};
  return GW_OK;
}
