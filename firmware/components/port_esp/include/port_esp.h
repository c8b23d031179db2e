/* The tables of gw/port.h on ESP-IDF 5.5. Each is filled once, before the agent starts, and lives for ever. */
#ifndef GW_PORT_ESP_H
#define GW_PORT_ESP_H

#include "gw/config.h"
#include "gw/meter_shelly.h"
#include "gw/port.h"

struct port_pins {
  int mains;
  int modem_tx, modem_rx, modem_key, modem_status;
  int meter_tx, meter_rx;
};

/* Milliseconds since power-on. */
int64_t port_now_ms(void);
/* Gives the processor up until then. */
void port_wait_until(int64_t until_ms);

extern const struct gw_rtc port_rtc;
extern const struct gw_kv port_kv;
extern const struct gw_mains port_mains;
extern const struct gw_secure_element port_secure_element;
extern const struct gw_verifier port_verifier;
extern const struct gw_ota_sink port_ota_sink;
extern const struct gw_board port_board;
extern const struct gw_log port_log;

/* Opens NVS; erases it only when its format is unreadable. */
enum gw_status port_kv_open(void);
/* Starts counting pulses. */
enum gw_status port_mains_open(const struct port_pins *pins);
/* Finds the secure element; its pins are those of esp-cryptoauthlib's menu. */
enum gw_status port_se_open(uint32_t bus_hz);
/* The partition called "ring". */
enum gw_status port_flash_open(struct gw_flash *flash);
enum gw_status port_uart_open(struct gw_stream *stream, int uart, int baud, int tx, int rx);
/* The USB serial port, as it is wired and set already. */
enum gw_status port_console_open(struct gw_stream *stream, int uart);
/* Joins the Wi-Fi of these settings, which stay, and reaches their Shelly. */
enum gw_status port_lan_join(const struct gw_settings *settings, const struct gw_lan **lan);
enum gw_status port_modem_pins_open(struct gw_modem_pins *modem, const struct port_pins *pins);
/* Subscribes the calling task to the watchdog and lets the chip slow down between steps. */
enum gw_status port_board_open(void);
/* The running image is on trial. */
bool port_ota_unconfirmed(void);
/* The image has proved itself: no way back to the one before. */
enum gw_status port_ota_confirm(void);

#endif
