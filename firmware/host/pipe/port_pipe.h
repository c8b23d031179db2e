/* The tables of gw/port.h, each call a frame to the harness. Time is the harness's. */
#ifndef GW_HOST_PORT_PIPE_H
#define GW_HOST_PORT_PIPE_H

#include "frames.h"
#include "gw/port.h"

struct host_sizes {
  uint32_t flash_bytes;
  uint32_t sector_bytes;
};

extern const struct gw_stream host_uart;
extern const struct gw_modem_pins host_pins;
extern const struct gw_log host_log;
extern const struct gw_secure_element host_element;
extern const struct gw_kv host_kv;
extern const struct gw_rtc host_rtc;
extern const struct gw_mains host_mains;
extern struct gw_flash host_flash; /* sizes are set at start */

/* Bytes from the modem, to be read by the core. */
void host_uart_arrive(const uint8_t *bytes, size_t len);
/* Whether the core sent anything to the modem since the last question. */
bool host_uart_spoke(void);
/* Mains are present in these intervals, at 50 Hz: two pulses a cycle. */
void host_mains_set(const uint8_t *pairs, size_t len);
/* Pulses up to this moment may be taken. */
void host_mains_now(int64_t now_ms);

#endif
