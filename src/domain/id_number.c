/* Resident identity numbers, GB 11643-1999. */
#include <gongji/domain/id_number.h>

#include <stddef.h>
#include <string.h>

#include <gongji/domain/civil_date.h>

/* ISO 7064 MOD 11-2 as GB 11643 writes it: weights of the 17 digits, and the check character for each remainder. */
static const int WEIGHTS[ID_NUMBER_LENGTH - 1] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
static const char CHECKS[] = "10X98765432";

static bool check_character_right(const char *text)
{
    int sum = 0;
    for (int i = 0; i < ID_NUMBER_LENGTH - 1; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        sum += (text[i] - '0') * WEIGHTS[i];
    }
    return text[ID_NUMBER_LENGTH - 1] == CHECKS[sum % 11];
}

void id_number_birth_date(const char *valid_number, char ret_date[static 11])
{
    const char *birth = valid_number + 6;
    const char date[] = {
        birth[0], birth[1], birth[2], birth[3], '-', birth[4], birth[5], '-', birth[6], birth[7], '\0'
    };
    memcpy(ret_date, date, sizeof(date));
}

bool id_number_valid(const char *text, const char *today)
{
    if (!text || strlen(text) != ID_NUMBER_LENGTH || text[0] == '0' || !check_character_right(text))
        return false;
    char birth_date[11];
    id_number_birth_date(text, birth_date);
    return civil_date_valid(birth_date) && strcmp(birth_date, today) <= 0;
}

bool id_number_canonical(const char *text, char ret_text[static ID_NUMBER_LENGTH + 1])
{
    if (!text)
        return false;
    text += strspn(text, " ");
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ')
        length--;
    if (length != ID_NUMBER_LENGTH)
        return false;
    memcpy(ret_text, text, length);
    ret_text[length] = '\0';
    if (ret_text[length - 1] == 'x')
        ret_text[length - 1] = 'X';
    return true;
}
