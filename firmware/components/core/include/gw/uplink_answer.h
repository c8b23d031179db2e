/*
 * Reads the portal's answer to POST /api/v1/readings as it comes, byte by byte: one object for one reading, an array in
 * the same order for a sequence, a problem document (RFC 9457) for a request refused as a whole. Only `status` and
 * `code` are kept; receipts are the reader's of the public record, not the device's.
 */
#ifndef GW_UPLINK_ANSWER_H
#define GW_UPLINK_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most readings one request carries; the module's command line sets the limit (sim7020_http.h). */
#define GW_ANSWER_ITEMS_MAX 8u
#define GW_ANSWER_TOKEN_MAX 24u

typedef enum {
    GW_VERDICT_NONE,
    GW_VERDICT_ACCEPTED,
    GW_VERDICT_DUPLICATE,
    GW_VERDICT_REJECTED
} gw_verdict_t;

/** Codes of the API; any other is OTHER. */
typedef enum {
    GW_REFUSAL_OTHER,
    GW_REFUSAL_MALFORMED,
    GW_REFUSAL_UNKNOWN_DEVICE,
    GW_REFUSAL_BAD_SIGNATURE,
    GW_REFUSAL_SUSPENDED_DEVICE,
    GW_REFUSAL_EQUIVOCATION,
    GW_REFUSAL_CLOCK_AHEAD,
    GW_REFUSAL_RATE_LIMITED
} gw_refusal_t;

typedef struct {
    gw_verdict_t verdict;
    gw_refusal_t refusal;
} gw_answer_item_t;

typedef enum { GW_NAME_OTHER, GW_NAME_STATUS, GW_NAME_CODE } gw_answer_name_t;

typedef struct {
    gw_answer_item_t items[GW_ANSWER_ITEMS_MAX];
    /** Objects begun at the level of the answers; more than ITEMS_MAX are counted, not kept. */
    uint16_t count;
    uint16_t depth;
    bool is_array;
    bool in_string;
    bool escaped;
    bool is_value;
    uint8_t length;
    gw_answer_name_t name;
    char token[GW_ANSWER_TOKEN_MAX];
} gw_answer_t;

void gw_answer_init(gw_answer_t *answer);
void gw_answer_feed(gw_answer_t *answer, char byte);

#endif
