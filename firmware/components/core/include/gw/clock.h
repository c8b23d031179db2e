/* UTC for a device that starts without it: the merge of what the network, the server and the RTC say. */
#ifndef GW_CLOCK_H
#define GW_CLOCK_H

#include "gw/port.h"

/* In ascending order of trust. */
enum gw_clock_source {
  GW_CLOCK_RTC = 1,   /* survived a restart, drifts */
  GW_CLOCK_NITZ = 2,  /* the operator's network, second precision */
  GW_CLOCK_SNTP = 3,
  GW_CLOCK_SERVER = 4 /* Date of the portal inside TLS */
};

struct gw_clock {
  const struct gw_rtc *rtc; /* may be NULL */
  bool is_set;
  enum gw_clock_source source;
  int64_t offset_ms;  /* epoch_ms - now_ms */
  int64_t set_at_ms;  /* now_ms of the sample in force */
  bool has_suspect;   /* a sample far from the clock waits for a second one that agrees */
  int64_t suspect_offset_ms;
};

/* Starts from the RTC when that is set. */
void gw_clock_init(struct gw_clock *clock, const struct gw_rtc *rtc, int64_t now_ms);

/*
 * Offers a sample that was true at `now_ms`. GW_OK when the clock follows it (or already agrees), GW_E_RANGE for a time
 * before 2024 or after 2099 (a modem without network time says 2000-01-01), GW_E_BUSY for a jump of over ten minutes on
 * a set clock, which is believed only when a second sample says the same.
 */
enum gw_status gw_clock_offer(struct gw_clock *clock, int64_t now_ms, enum gw_clock_source source,
                              int64_t epoch_ms);

/* UTC of a moment of this power-on, past ones included. False while the clock is not set. */
bool gw_clock_epoch_ms(const struct gw_clock *clock, int64_t at_ms, int64_t *epoch_ms);

#endif
