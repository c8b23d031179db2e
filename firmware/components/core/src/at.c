#include "gw/at.h"

#include <string.h>

/* A counted block comes at line speed; one that stops for this long has lost bytes. */
#define BLOCK_SILENCE_MS 3000u
#define DECIMAL_DIGITS_MAX 10
#define NEVER_MS UINT64_MAX

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

void gw_at_init(gw_at_t *at, const gw_at_owner_t *owner)
{
    memset(at, 0, sizeof *at);
    at->owner = owner;
    at->result = GW_AT_IDLE;
    at->code = GW_AT_NO_CODE;
}

void gw_at_chars(gw_at_t *at, const char *chars, size_t length)
{
    at->owner->write(at->owner->context, chars, length);
}

void gw_at_text(gw_at_t *at, const char *text)
{
    gw_at_chars(at, text, strlen(text));
}

void gw_at_begin(gw_at_t *at, const char *text)
{
    at->result = GW_AT_BUSY;
    at->code = GW_AT_NO_CODE;
    at->deadline_ms = NEVER_MS;
    gw_at_text(at, text);
}

void gw_at_number(gw_at_t *at, uint32_t value)
{
    char digits[DECIMAL_DIGITS_MAX];
    size_t start = sizeof digits;
    do {
        start -= 1;
        digits[start] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0);
    gw_at_chars(at, digits + start, sizeof digits - start);
}

void gw_at_hex(gw_at_t *at, const uint8_t *bytes, size_t length)
{
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i += 1) {
        const char pair[2] = {DIGITS[bytes[i] >> 4], DIGITS[bytes[i] & 0x0fu]};
        gw_at_chars(at, pair, sizeof pair);
    }
}

void gw_at_end(gw_at_t *at, uint64_t now_ms, uint32_t timeout_ms)
{
    at->deadline_ms = now_ms + timeout_ms;
    gw_at_text(at, "\r");
}

void gw_at_send(gw_at_t *at, const char *command, uint64_t now_ms, uint32_t timeout_ms)
{
    gw_at_begin(at, command);
    gw_at_end(at, now_ms, timeout_ms);
}

static void finish(gw_at_t *at, gw_at_result_t result, int code)
{
    /* A result that nobody waits for is the late answer to a command given up. */
    if (at->result != GW_AT_BUSY)
        return;
    at->result = result;
    at->code = code;
}

static bool take_final_result(gw_at_t *at)
{
    static const char *const ERRORS[] = {"+CME ERROR", "+CMS ERROR"};
    if (strcmp(at->line, "OK") == 0) {
        finish(at, GW_AT_OK, GW_AT_NO_CODE);
        return true;
    }
    if (strcmp(at->line, "ERROR") == 0) {
        finish(at, GW_AT_ERROR, GW_AT_NO_CODE);
        return true;
    }
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i += 1) {
        const char *parameters = gw_at_parameters(at->line, ERRORS[i]);
        int32_t code = GW_AT_NO_CODE;
        if (parameters == NULL)
            continue;
        (void)gw_at_parameter_number(parameters, 0, &code);
        finish(at, GW_AT_ERROR, code);
        return true;
    }
    return false;
}

/* The module repeats commands until echo is off, and again after it restarted; no line of its own begins so. */
static bool is_echo(const char *line)
{
    return (line[0] == 'A' || line[0] == 'a') && (line[1] == 'T' || line[1] == 't');
}

static void end_line(gw_at_t *at)
{
    at->line[at->length] = '\0';
    const bool empty = at->length == 0;
    at->length = 0;
    if (empty || is_echo(at->line) || take_final_result(at))
        return;
    at->owner->on_line(at->owner->context, at->line);
}

static unsigned commas_in(const char *text)
{
    unsigned commas = 0;
    for (; *text != '\0'; text += 1)
        commas += *text == ',' ? 1u : 0u;
    return commas;
}

static void begin_block(gw_at_t *at, uint64_t now_ms, const gw_at_special_t *special)
{
    int32_t bytes = 0;
    const char *parameters = strchr(at->line, ':') + 1;
    const bool counted = gw_at_parameter_number(parameters, special->commas - 1u, &bytes);
    end_line(at);
    if (!counted || bytes <= 0)
        return;
    at->block_left = (uint32_t)bytes;
    at->block_deadline_ms = now_ms + BLOCK_SILENCE_MS;
    at->reading = GW_AT_IN_BLOCK;
}

/* After ':' or ',' the line may turn out to be one of those that are not read as lines. */
static void look_for_special(gw_at_t *at, uint64_t now_ms)
{
    at->line[at->length] = '\0';
    for (size_t i = 0; i < at->owner->special_count; i += 1) {
        const gw_at_special_t *special = &at->owner->specials[i];
        if (!starts_with(at->line, special->prefix))
            continue;
        if (special->kind == GW_AT_STREAMED_LINE) {
            at->length = 0;
            at->reading = GW_AT_IN_STREAM;
        } else if (commas_in(at->line) == special->commas) {
            begin_block(at, now_ms, special);
        }
        return;
    }
}

static void feed_line(gw_at_t *at, uint64_t now_ms, char byte)
{
    if (byte == '\r' || byte == '\n') {
        end_line(at);
        return;
    }
    if (byte == '\0' || (byte == ' ' && at->length == 0))
        return; /* a line that floats while the module restarts; the space behind a prompt */
    if (byte == '>' && at->length == 0) {
        at->owner->on_prompt(at->owner->context);
        return;
    }
    if (at->length == GW_AT_LINE_MAX - 1u) {
        at->reading = GW_AT_IN_EXCESS;
        return;
    }
    at->line[at->length] = byte;
    at->length += 1;
    if (byte == ':' || byte == ',')
        look_for_special(at, now_ms);
}

static void feed_byte(gw_at_t *at, uint64_t now_ms, char byte)
{
    const bool ends = byte == '\r' || byte == '\n';
    switch (at->reading) {
    case GW_AT_IN_LINE:
        feed_line(at, now_ms, byte);
        break;
    case GW_AT_IN_BLOCK:
        at->block_deadline_ms = now_ms + BLOCK_SILENCE_MS;
        at->block_left -= 1;
        if (at->block_left == 0)
            at->reading = GW_AT_IN_LINE;
        break;
    case GW_AT_IN_STREAM:
        at->owner->on_stream(at->owner->context, ends ? '\n' : byte);
        if (ends)
            at->reading = GW_AT_IN_LINE;
        break;
    case GW_AT_IN_EXCESS:
        if (ends) {
            at->reading = GW_AT_IN_LINE;
            end_line(at);
        }
        break;
    }
}

void gw_at_feed(gw_at_t *at, uint64_t now_ms, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i += 1)
        feed_byte(at, now_ms, (char)bytes[i]);
}

void gw_at_tick(gw_at_t *at, uint64_t now_ms)
{
    if (at->reading == GW_AT_IN_BLOCK && now_ms >= at->block_deadline_ms)
        at->reading = GW_AT_IN_LINE;
    if (at->result == GW_AT_BUSY && now_ms >= at->deadline_ms)
        finish(at, GW_AT_TIMEOUT, GW_AT_NO_CODE);
}

uint64_t gw_at_deadline_ms(const gw_at_t *at)
{
    const uint64_t block = at->reading == GW_AT_IN_BLOCK ? at->block_deadline_ms : NEVER_MS;
    const uint64_t command = at->result == GW_AT_BUSY ? at->deadline_ms : NEVER_MS;
    return block < command ? block : command;
}

gw_at_result_t gw_at_take_result(gw_at_t *at)
{
    const gw_at_result_t result = at->result;
    if (result != GW_AT_BUSY)
        at->result = GW_AT_IDLE;
    return result;
}

const char *gw_at_parameters(const char *line, const char *name)
{
    if (!starts_with(line, name) || line[strlen(name)] != ':')
        return NULL;
    line += strlen(name) + 1;
    while (*line == ' ')
        line += 1;
    return line;
}

const char *gw_at_parameter(const char *parameters, unsigned index)
{
    bool quoted = false;
    for (; index > 0; parameters += 1) {
        if (*parameters == '\0')
            return NULL;
        if (*parameters == '"')
            quoted = !quoted;
        else if (*parameters == ',' && !quoted)
            index -= 1;
    }
    return parameters;
}

bool gw_at_parameter_number(const char *parameters, unsigned index, int32_t *value)
{
    const char *digit = gw_at_parameter(parameters, index);
    if (digit == NULL)
        return false;
    while (*digit == ' ')
        digit += 1;
    const bool negative = *digit == '-';
    digit += negative ? 1 : 0;
    if (*digit < '0' || *digit > '9')
        return false;
    int32_t number = 0;
    for (; *digit >= '0' && *digit <= '9'; digit += 1) {
        if (number > (INT32_MAX - 9) / 10)
            return false;
        number = number * 10 + (*digit - '0');
    }
    *value = negative ? -number : number;
    return true;
}
