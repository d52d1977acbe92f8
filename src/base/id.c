/* Identifiers: UUID version 7, whose text sorts in the order of making. */
#include <gongji/base/id.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <gongji/base/clock.h>
#include <gongji/base/crypto.h>

enum { UUID_BYTES = 16, UUID_LENGTH = 36 };

static bool is_dash(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

void id_new(char ret_text[static 37])
{
    static const char HEX[] = "0123456789abcdef";
    unsigned char uuid[UUID_BYTES];
    int64_t now = clock_now_us();
    crypto_random(uuid, sizeof(uuid));
    for (int i = 0; i < 6; i++)
        uuid[i] = (unsigned char)(now / 1000 >> (40 - 8 * i));
    int64_t fraction = now % 1000 * 4096 / 1000; /* RFC 9562 §6.2 method 3: the millisecond's fraction in rand_a */
    uuid[6] = (unsigned char)(0x70 | fraction >> 8);
    uuid[7] = (unsigned char)fraction;
    uuid[8] = (unsigned char)(0x80 | (uuid[8] & 0x3F));
    const unsigned char *byte = uuid;
    for (size_t at = 0; at < UUID_LENGTH;) {
        if (is_dash(at)) {
            ret_text[at++] = '-';
            continue;
        }
        ret_text[at++] = HEX[*byte >> 4];
        ret_text[at++] = HEX[*byte++ & 15];
    }
    ret_text[UUID_LENGTH] = '\0';
}

bool id_valid(const char *text)
{
    if (!text || strlen(text) != UUID_LENGTH)
        return false;
    for (size_t at = 0; at < UUID_LENGTH; at++)
        if (is_dash(at) ? text[at] != '-' : !strchr("0123456789abcdef", text[at]))
            return false;
    return true;
}

const char *id_strip(const char *prefix, const char *text)
{
    size_t length = strlen(prefix);
    return text && strncmp(text, prefix, length) == 0 && id_valid(text + length) ? text + length : NULL;
}
