/* Calendar dates as the network and the server write them. */
#ifndef GW_CALENDAR_H
#define GW_CALENDAR_H

#include "gw/status.h"

#include <stdint.h>

struct gw_date {
  int32_t year; /* 1970 .. 9999 */
  int32_t month;
  int32_t day;
  int32_t hour;
  int32_t minute;
  int32_t second;
};

/* UTC seconds since 1970. GW_E_RANGE for a date that no calendar has. */
enum gw_status gw_calendar_epoch_s(const struct gw_date *date, int64_t *epoch_s);

/* Reads "Sat, 21 Nov 2026 12:23:03 GMT" (IMF-fixdate, RFC 9110 section 5.6.7). GW_E_FORMAT for anything else. */
enum gw_status gw_calendar_http_date(const char *text, int64_t *epoch_s);

#endif
