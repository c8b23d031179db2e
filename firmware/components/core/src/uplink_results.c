#include "uplink_results.h"

#define STATUS_OK 200
#define STATUS_REDIRECT 300
#define STATUS_BAD_REQUEST 400
#define STATUS_TOO_MANY 429
#define STATUS_SERVER_ERROR 500

/* Of the same bytes the portal will never think otherwise; all other refusals may pass, with time or an enrolment. */
static bool is_final(enum gw_reject code) {
  return code == GW_REJECT_MALFORMED || code == GW_REJECT_BAD_SIGNATURE || code == GW_REJECT_EQUIVOCATION;
}

static bool is_success(int32_t status) { return status >= STATUS_OK && status < STATUS_REDIRECT; }

static bool is_client_error(int32_t status) {
  return status >= STATUS_BAD_REQUEST && status < STATUS_SERVER_ERROR && status != STATUS_TOO_MANY;
}

static struct gw_result refused(enum gw_reject code) {
  struct gw_result result = {GW_OUTCOME_RETRY_LATER, GW_REJECT_NONE, 0};
  if (is_final(code)) {
    result.outcome = GW_OUTCOME_REJECTED;
    result.code = code;
  }
  return result;
}

static struct gw_result result_of(const struct gw_http_response *response, const struct gw_answer_item *item) {
  struct gw_result result = {GW_OUTCOME_RETRY_LATER, GW_REJECT_NONE, response->retry_after_s};
  if (is_success(response->status) && item->has_status) {
    if (item->outcome == GW_OUTCOME_REJECTED) return refused(item->code);
    result.outcome = item->outcome;
  } else if (is_client_error(response->status)) {
    return refused(item->code);
  }
  return result;
}

void gw_uplink_take_results(const struct gw_http_response *response, size_t count, struct gw_result *results) {
  const struct gw_answer *answer = &response->answer;
  /* An answer of another shape than the question speaks of none of the readings. */
  const bool fits = answer->count == count && answer->is_array == (count > 1u);
  for (size_t i = 0; i < count; i += 1) {
    const struct gw_answer_item none = {false, GW_OUTCOME_RETRY_LATER, GW_REJECT_NONE};
    results[i] = result_of(response, fits ? &answer->items[i] : &none);
  }
}

bool gw_uplink_refused_as_one(const struct gw_http_response *response) {
  return is_client_error(response->status) && !response->answer.is_array &&
         response->answer.items[0].code == GW_REJECT_MALFORMED;
}

bool gw_uplink_goes_on(const struct gw_http_response *response) {
  return response->status != 0 && response->status < STATUS_SERVER_ERROR && response->status != STATUS_TOO_MANY;
}
