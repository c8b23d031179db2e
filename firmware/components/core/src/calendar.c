#include "gw/calendar.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR 3600
#define SECONDS_PER_DAY 86400
#define YEAR_FIRST 1970
#define YEAR_LAST 9999

static bool is_leap(int32_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Leap days up to the end of `year`. */
static int32_t leap_days(int32_t year) { return year / 4 - year / 100 + year / 400; }

static bool is_between(int32_t value, int32_t low, int32_t high) { return value >= low && value <= high; }

enum gw_status gw_calendar_epoch_s(const struct gw_date *date, int64_t *epoch_s) {
  static const int16_t days_before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
  if (!is_between(date->year, YEAR_FIRST, YEAR_LAST) || !is_between(date->month, 1, 12)) return GW_E_RANGE;
  const bool leap = is_leap(date->year);
  const int32_t in_month = days_before[date->month] - days_before[date->month - 1] +
                           (leap && date->month == 2 ? 1 : 0);
  if (!is_between(date->day, 1, in_month) || !is_between(date->hour, 0, 23) ||
      !is_between(date->minute, 0, 59) || !is_between(date->second, 0, 59))
    return GW_E_RANGE;
  const int64_t days = (int64_t)(date->year - YEAR_FIRST) * 365 + leap_days(date->year - 1) -
                       leap_days(YEAR_FIRST - 1) + days_before[date->month - 1] +
                       (leap && date->month > 2 ? 1 : 0) + date->day - 1;
  *epoch_s = days * SECONDS_PER_DAY + (int64_t)date->hour * SECONDS_PER_HOUR +
             (int64_t)date->minute * SECONDS_PER_MINUTE + date->second;
  return GW_OK;
}

/* Exactly `count` digits. */
static bool digits(const char *text, size_t count, int32_t *value) {
  *value = 0;
  for (size_t i = 0; i < count; i += 1) {
    if (text[i] < '0' || text[i] > '9') return false;
    *value = *value * 10 + (text[i] - '0');
  }
  return true;
}

enum gw_status gw_calendar_http_date(const char *text, int64_t *epoch_s) {
  static const char shape[] = "Sat, 21 Nov 2026 12:23:03 GMT";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  struct gw_date date = {0};
  if (strlen(text) != sizeof shape - 1u) return GW_E_FORMAT;
  for (int32_t month = 1; month <= 12; month += 1)
    if (strncmp(text + 8, months + 3 * (month - 1), 3) == 0) date.month = month;
  const bool sound = date.month > 0 && strncmp(text + 3, ", ", 2) == 0 && digits(text + 5, 2, &date.day) &&
                     digits(text + 12, 4, &date.year) && digits(text + 17, 2, &date.hour) &&
                     text[19] == ':' && digits(text + 20, 2, &date.minute) && text[22] == ':' &&
                     digits(text + 23, 2, &date.second) && strcmp(text + 25, " GMT") == 0;
  return sound ? gw_calendar_epoch_s(&date, epoch_s) : GW_E_FORMAT;
}
