/* Resident identity numbers, GB 11643-1999. */
#include <gongji/domain/id_number.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TODAY "2026-01-31"

/* Synthetic, the standard's own example, and areas that no longer exist. */
static const struct {
    const char *number, *birth_date;
} GOOD[] = {
    { "34050319850612001X", "1985-06-12" }, { "340504198702230028", "1987-02-23" },
    { "340503201904010021", "2019-04-01" }, { "340506202309150015", "2023-09-15" },
    { "340503202510010015", "2025-10-01" }, { "340521195708080043", "1957-08-08" },
    { "350102198003050017", "1980-03-05" }, { "320106199001100011", "1990-01-10" },
    { "11010519491231002X", "1949-12-31" },
};
enum { GOOD_COUNT = sizeof(GOOD) / sizeof(GOOD[0]) };

/* The check character by ISO 7064 MOD 11-2's other form (a running double-and-add), to judge the table by. */
static char check_character(const char *digits)
{
    int product = 0;
    for (int i = 0; i < ID_NUMBER_LENGTH - 1; i++)
        product = (product + digits[i] - '0') * 2 % 11;
    int check = (12 - product) % 11;
    return check == 10 ? 'X' : (char)('0' + check);
}

/* A number with the right check character for these 17 digits. */
static const char *completed(const char *digits)
{
    static char number[ID_NUMBER_LENGTH + 1];
    assert_int_equal(strlen(digits), ID_NUMBER_LENGTH - 1);
    memcpy(number, digits, ID_NUMBER_LENGTH - 1);
    number[ID_NUMBER_LENGTH - 1] = check_character(digits);
    return number;
}

/* S0-20 */
static void right_numbers_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++)
        if (!id_number_valid(GOOD[i].number, TODAY))
            fail_msg("refused %s", GOOD[i].number);
}

/* S0-20 */
static void check_digit_must_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        assert_int_equal(check_character(GOOD[i].number), GOOD[i].number[ID_NUMBER_LENGTH - 1]);
        for (const char *check = "0123456789X"; *check; check++) {
            char number[ID_NUMBER_LENGTH + 1];
            strncpy(number, GOOD[i].number, sizeof(number));
            number[ID_NUMBER_LENGTH - 1] = *check;
            assert_int_equal(id_number_valid(number, TODAY), *check == check_character(number));
        }
    }
}

/* S0-20 */
static void one_wrong_or_two_swapped_digits_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        for (int at = 0; at < ID_NUMBER_LENGTH - 1; at++) {
            char number[ID_NUMBER_LENGTH + 1];
            for (char digit = '0'; digit <= '9'; digit++) {
                strncpy(number, GOOD[i].number, sizeof(number));
                number[at] = digit;
                assert_int_equal(id_number_valid(number, TODAY), digit == GOOD[i].number[at]);
            }
            strncpy(number, GOOD[i].number, sizeof(number));
            if (at + 2 >= ID_NUMBER_LENGTH || number[at] == number[at + 1])
                continue;
            number[at] = GOOD[i].number[at + 1];
            number[at + 1] = GOOD[i].number[at];
            assert_false(id_number_valid(number, TODAY));
        }
    }
}

static void the_birth_date_is_a_real_day(void **state)
{
    (void)state;
    static const char *const BAD[] = { "34050319850230001", "34050319851301001", "34050319850001001",
                                       "34050319850100001", "34050319850431001", "34050320230229001",
                                       "34050319000229001", "34050318991231001" };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (id_number_valid(completed(BAD[i]), TODAY))
            fail_msg("took %s", BAD[i]);
    assert_true(id_number_valid(completed("34050320240229001"), TODAY));
    assert_true(id_number_valid(completed("34050320000229001"), TODAY));
}

static void nobody_is_born_after_today(void **state)
{
    (void)state;
    assert_true(id_number_valid(completed("34050320260131001"), TODAY));
    assert_false(id_number_valid(completed("34050320260201001"), TODAY));
    assert_true(id_number_valid(completed("34050320260201001"), "2026-02-01"));
    assert_false(id_number_valid("340503202510010015", "2025-09-30"));
}

static void abolished_area_prefixes_stay_valid(void **state)
{
    (void)state;
    assert_true(id_number_valid(completed("34050219850612001"), TODAY)); /* Jinjiazhuang, abolished in 2012 */
    assert_false(id_number_valid(completed("04050219850612001"), TODAY));
}

static void other_shapes_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "340503850612001",
        "34050319850612001",
        "34050319850612001x",
        "34050319850612001XX",
        " 34050319850612001X",
        "3405031985061200 X",
        "34050319850612０1X",
        "X4050319850612001X",
        "34050319850612-01X",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        if (id_number_valid(BAD[i], TODAY))
            fail_msg("took '%s'", BAD[i]);
    assert_false(id_number_valid(NULL, TODAY));
}

static void a_lower_case_x_and_blanks_are_made_canonical(void **state)
{
    (void)state;
    char text[ID_NUMBER_LENGTH + 1] = "untouched";
    assert_false(id_number_canonical("34050319850612001", text));
    assert_false(id_number_canonical("", text));
    assert_false(id_number_canonical("                    ", text));
    assert_false(id_number_canonical(NULL, text));
    assert_string_equal(text, "untouched");
    assert_true(id_number_canonical(" 34050319850612001x  ", text));
    assert_string_equal(text, "34050319850612001X");
    assert_true(id_number_valid(text, TODAY));
}

static void the_birth_date_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < GOOD_COUNT; i++) {
        char date[11];
        id_number_birth_date(GOOD[i].number, date);
        assert_string_equal(date, GOOD[i].birth_date);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_numbers_are_taken),
        cmocka_unit_test(check_digit_must_match),
        cmocka_unit_test(one_wrong_or_two_swapped_digits_are_found),
        cmocka_unit_test(the_birth_date_is_a_real_day),
        cmocka_unit_test(nobody_is_born_after_today),
        cmocka_unit_test(abolished_area_prefixes_stay_valid),
        cmocka_unit_test(other_shapes_are_refused),
        cmocka_unit_test(a_lower_case_x_and_blanks_are_made_canonical),
        cmocka_unit_test(the_birth_date_is_read),
    };
    return cmocka_run_group_tests_name("domain/id_number", tests, NULL, NULL);
}
