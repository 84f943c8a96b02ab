/* Two spellings of one name, and two names. */
#include "db/name.h"
#include "tests/unit/base/support.h"

static void ways_of_writing(void **state)
{
    static const struct {
        const char *a, *b;
        enum name_likeness likeness;
    } rows[] = {
        {"张文涛", "张文涛", NAME_SAME},
        {" 张　文涛 ", "张文涛", NAME_SAME},
        {"ＬＩ Lei", "li lei", NAME_SAME},
        {"买买提·吐尔逊", "买买提•吐尔逊", NAME_SAME},
        {"买买提·吐尔逊", "买买提・吐尔逊", NAME_SAME},
        {"张文涛", "張文濤", NAME_SPELLED_OTHERWISE},
        {"劉國華", "刘国华", NAME_SPELLED_OTHERWISE},
        {"买买提·吐尔逊", "买买提吐尔逊", NAME_SPELLED_OTHERWISE},
        {"張文濤", "张文韬", NAME_OTHER},
        {"张文涛", "张文", NAME_OTHER},
        {"张文涛", "章文涛", NAME_OTHER}, /* sounds alike */
        {"", "", NAME_OTHER},
        {"·", "·", NAME_SAME},
        {"·", "", NAME_OTHER},
        {"\xff\xfe", "\xff\xfe", NAME_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (name_compare(rows[i].a, rows[i].b) != rows[i].likeness)
            fail_msg("%s and %s", rows[i].a, rows[i].b);
        assert_int_equal(name_compare(rows[i].b, rows[i].a), rows[i].likeness);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ways_of_writing)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
