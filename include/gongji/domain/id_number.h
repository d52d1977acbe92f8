#pragma once
/* Resident identity numbers, GB 11643-1999: 6 area + 8 birth date + 3 sequence (odd male) + check character.
 * The area prefix need not exist today: numbers issued under abolished areas stay valid for life. */
#include <stdbool.h>

enum { ID_NUMBER_LENGTH = 18 };
/* 18 characters, real birth date not after `today` ("YYYY-MM-DD"), check character right (ISO 7064 MOD 11-2); a lower-case x is not canonical and refused here. */
bool id_number_valid(const char *text, const char *today);
/* Upper-cases a final x and strips surrounding blanks; false when what is left is not 18 characters. */
bool id_number_canonical(const char *text, char ret_text[static ID_NUMBER_LENGTH + 1]);
void id_number_birth_date(const char *valid_number, char ret_date[static 11]);
