/* The tables of gw/port.h, each call a frame to the harness. Time is the harness's. */
#ifndef GW_HOST_PORT_PIPE_H
#define GW_HOST_PORT_PIPE_H

#include "frames.h"
#include "gw/port.h"

extern const struct gw_stream host_uart;
extern const struct gw_modem_pins host_pins;
extern const struct gw_log host_log;
extern const struct gw_secure_element host_element;
extern const struct gw_kv host_kv;
extern const struct gw_rtc host_rtc;
extern const struct gw_mains host_mains;
extern const struct gw_stream host_console;
extern const struct gw_verifier host_verifier;
extern const struct gw_ota_sink host_ota;
extern struct gw_flash host_flash; /* sizes are set at start */

/* Bytes from the modem, to be read by the core. */
void host_uart_arrive(const uint8_t *bytes, size_t len);
/* What was typed, to be read by the core. */
void host_console_arrive(const uint8_t *bytes, size_t len);
/* Asks the harness; what it answers, without its status, stays until the next question. */
enum gw_status host_ask(enum frame_kind kind, const void *bytes, size_t len, const uint8_t **answer, size_t *answer_len);
/* The core told something that the harness is to hear at this moment. */
void host_speak(enum frame_kind kind, const void *bytes, size_t len);
/* Whether it did since the last question. */
bool host_spoke(void);
/* Mains are present in these intervals, at 50 Hz: two pulses a cycle. */
void host_mains_set(const uint8_t *pairs, size_t len);
/* Pulses up to this moment may be taken. */
void host_mains_now(int64_t now_ms);

#endif
