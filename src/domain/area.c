/* Administrative division codes. */
#include <gongji/domain/area.h>

#include <string.h>

bool area_code_valid(const char *text)
{
    return text && strlen(text) == 6 && strspn(text, "0123456789") == 6 &&
           (text[0] != '0' || strcmp(text, "000000") == 0);
}
