/*
 * Streaming engine for AT commands: one command at a time, answers and unsolicited results in any chunking.
 *
 * Bytes go in through gw_at_feed, text lines come out through `on_line`. Three results need more than a line:
 * a counted raw block (the HTTP header that +CHTTPNMIH announces, full of line ends of its own), a line too long to keep
 * (the hex of +CHTTPNMIC), and a prompt without a line end. A table names them.
 */
#ifndef GW_AT_H
#define GW_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest line kept; the rest of a longer one is dropped up to its end. */
#define GW_AT_LINE_MAX 256u
/** Longest command line of the module, the carriage return included; who builds a command keeps to it. */
#define GW_AT_COMMAND_MAX 2048u
/** No error number came with the result. */
#define GW_AT_NO_CODE (-1)

typedef enum {
    GW_AT_IDLE,
    GW_AT_BUSY,
    GW_AT_OK,
    /** ERROR, +CME ERROR or +CMS ERROR; the number is in `code`. */
    GW_AT_ERROR,
    GW_AT_TIMEOUT
} gw_at_result_t;

typedef enum {
    /** After the n-th comma comes a block of as many raw bytes as the number before that comma says. */
    GW_AT_COUNTED_BLOCK,
    /** Everything behind the colon is handed on as it comes. */
    GW_AT_STREAMED_LINE
} gw_at_special_kind_t;

typedef struct {
    const char *prefix;
    gw_at_special_kind_t kind;
    uint8_t commas;
} gw_at_special_t;

typedef struct {
    /** A line that is no final result and no echo; ended by a zero, valid during the call. */
    void (*on_line)(void *context, const char *line);
    /** One byte of a streamed line; '\n' ends it. */
    void (*on_stream)(void *context, char byte);
    /** The module waits for data (">"), which no command of ours asks for. */
    void (*on_prompt)(void *context);
    /** Takes all bytes for the module. */
    void (*write)(void *context, const char *bytes, size_t length);
    void *context;
    const gw_at_special_t *specials;
    size_t special_count;
} gw_at_owner_t;

typedef enum { GW_AT_IN_LINE, GW_AT_IN_BLOCK, GW_AT_IN_STREAM, GW_AT_IN_EXCESS } gw_at_reading_t;

typedef struct {
    const gw_at_owner_t *owner;
    gw_at_result_t result;
    /** Number of +CME ERROR or +CMS ERROR, else GW_AT_NO_CODE. */
    int code;
    uint64_t deadline_ms;
    uint64_t block_deadline_ms;
    gw_at_reading_t reading;
    uint32_t block_left;
    uint16_t length;
    char line[GW_AT_LINE_MAX];
} gw_at_t;

/** Begins with no command under way; `owner` must outlive the engine. */
void gw_at_init(gw_at_t *at, const gw_at_owner_t *owner);

/** Starts a command line. Only while none is BUSY. */
void gw_at_begin(gw_at_t *at, const char *text);
void gw_at_text(gw_at_t *at, const char *text);
void gw_at_chars(gw_at_t *at, const char *chars, size_t length);
void gw_at_number(gw_at_t *at, uint32_t value);
void gw_at_hex(gw_at_t *at, const uint8_t *bytes, size_t length);
/** Ends the line; the final result is awaited for `timeout_ms` from `now_ms`. */
void gw_at_end(gw_at_t *at, uint64_t now_ms, uint32_t timeout_ms);
/** A whole command at once. */
void gw_at_send(gw_at_t *at, const char *command, uint64_t now_ms, uint32_t timeout_ms);

void gw_at_feed(gw_at_t *at, uint64_t now_ms, const uint8_t *bytes, size_t length);
/** Ends a command without an answer, and a raw block whose bytes were lost. */
void gw_at_tick(gw_at_t *at, uint64_t now_ms);
/** When gw_at_tick has something to do, or UINT64_MAX. */
uint64_t gw_at_deadline_ms(const gw_at_t *at);
/** Result of the last command, once; IDLE afterwards. BUSY as long as it lasts. */
gw_at_result_t gw_at_take_result(gw_at_t *at);

/**
 * The parameters of a line behind `name` and its colon, with or without a space; NULL when the line is another one.
 * `name` without the colon, e.g. "+CEREG".
 */
const char *gw_at_parameters(const char *line, const char *name);
/** Decimal number of parameter `index` (from 0), which may be negative; false when it is absent or no number. */
bool gw_at_parameter_number(const char *parameters, unsigned index, int32_t *value);
/** Start of parameter `index`; commas within quotes do not count. NULL when there are fewer. */
const char *gw_at_parameter(const char *parameters, unsigned index);

#endif
