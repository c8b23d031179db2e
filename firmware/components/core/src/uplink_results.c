#include "uplink_parts.h"

#define STATUS_OK 200
#define STATUS_REDIRECT 300
#define STATUS_BAD_REQUEST 400
#define STATUS_TOO_MANY 429
#define STATUS_SERVER_ERROR 500

static bool is_success(int32_t status) { return status >= STATUS_OK && status < STATUS_REDIRECT; }

static bool is_client_error(int32_t status) { return status >= STATUS_BAD_REQUEST && status < STATUS_SERVER_ERROR; }

/* A refusal without a code of the API is no judgement of the reading: a wrong path, a proxy in between. */
static bool is_judgement(enum gw_reject code) { return code != GW_REJECT_NONE && code != GW_REJECT_OTHER; }

static struct gw_result result_of(const struct gw_http_response *response, const struct gw_answer_item *item) {
  struct gw_result result = {GW_OUTCOME_RETRY_LATER, GW_REJECT_NONE, response->retry_after_s};
  const bool taken = is_success(response->status) && item->has_status && item->outcome != GW_OUTCOME_REJECTED;
  const bool refused = is_client_error(response->status) ||
                       (is_success(response->status) && item->outcome == GW_OUTCOME_REJECTED);
  if (taken) {
    result.outcome = item->outcome;
  } else if (refused && is_judgement(item->code)) {
    result.outcome = GW_OUTCOME_REJECTED;
    result.code = item->code;
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
