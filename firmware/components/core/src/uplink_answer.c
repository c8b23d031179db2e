#include "gw/uplink_answer.h"

#include <string.h>

#define DEPTH_MAX UINT16_MAX

void gw_answer_init(gw_answer_t *answer)
{
    memset(answer, 0, sizeof *answer);
}

static uint16_t item_depth(const gw_answer_t *answer)
{
    return answer->is_array ? 2 : 1;
}

static gw_verdict_t verdict_of(const char *text)
{
    static const char *const NAMES[] = {"accepted", "duplicate", "rejected"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i += 1)
        if (strcmp(text, NAMES[i]) == 0)
            return (gw_verdict_t)(GW_VERDICT_ACCEPTED + i);
    return GW_VERDICT_NONE;
}

static gw_refusal_t refusal_of(const char *text)
{
    static const char *const NAMES[] = {
        "malformed",    "unknown_device", "bad_signature", "suspended_device",
        "equivocation", "clock_ahead",    "rate_limited",
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i += 1)
        if (strcmp(text, NAMES[i]) == 0)
            return (gw_refusal_t)(GW_REFUSAL_MALFORMED + i);
    return GW_REFUSAL_OTHER;
}

static void end_string(gw_answer_t *answer)
{
    answer->token[answer->length] = '\0';
    if (answer->depth != item_depth(answer) || answer->count == 0)
        return;
    if (!answer->is_value) {
        answer->name = strcmp(answer->token, "status") == 0 ? GW_NAME_STATUS
                       : strcmp(answer->token, "code") == 0 ? GW_NAME_CODE
                                                            : GW_NAME_OTHER;
        return;
    }
    if (answer->count > GW_ANSWER_ITEMS_MAX)
        return;
    gw_answer_item_t *item = &answer->items[answer->count - 1u];
    if (answer->name == GW_NAME_STATUS)
        item->verdict = verdict_of(answer->token);
    else if (answer->name == GW_NAME_CODE)
        item->refusal = refusal_of(answer->token);
}

static void feed_string(gw_answer_t *answer, char byte)
{
    if (!answer->escaped && byte == '"') {
        answer->in_string = false;
        end_string(answer);
        return;
    }
    answer->escaped = !answer->escaped && byte == '\\';
    /* A longer token is none of ours; what is kept of it is longer than all of them. */
    if (answer->length < GW_ANSWER_TOKEN_MAX - 1u) {
        answer->token[answer->length] = byte;
        answer->length += 1;
    }
}

static void open_level(gw_answer_t *answer, char byte)
{
    if (answer->depth == 0)
        answer->is_array = byte == '[';
    if (answer->depth < DEPTH_MAX)
        answer->depth += 1;
    answer->is_value = false;
    if (byte == '{' && answer->depth == item_depth(answer) && answer->count < UINT16_MAX)
        answer->count += 1;
}

void gw_answer_feed(gw_answer_t *answer, char byte)
{
    if (answer->in_string) {
        feed_string(answer, byte);
        return;
    }
    switch (byte) {
    case '"':
        answer->in_string = true;
        answer->escaped = false;
        answer->length = 0;
        break;
    case '{':
    case '[':
        open_level(answer, byte);
        break;
    case '}':
    case ']':
        if (answer->depth > 0)
            answer->depth -= 1;
        answer->is_value = false;
        break;
    case ':':
        answer->is_value = true;
        break;
    case ',':
        answer->is_value = false;
        break;
    default:
        break;
    }
}
