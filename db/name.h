#ifndef HUILIU_DB_NAME_H
#define HUILIU_DB_NAME_H
/*
 * Are two spellings the name of the same person or enterprise? Width, spaces, case and the kind of
 * the middle dot never matter (verify/fold.h). Beyond that, two ways of writing one name are told
 * apart from two names: traditional and simplified characters (張 and 张), and a middle dot that
 * one register writes and another leaves out. Who is shown a verdict learns of such a difference.
 * Names that merely sound or look alike are different. Pure, thread-safe.
 */
enum name_likeness {
    NAME_OTHER,
    NAME_SPELLED_OTHERWISE, /* the same name in other characters, or with another dot */
    NAME_SAME
};

/* An empty or unreadable name is like no other. */
enum name_likeness name_compare(const char *a, const char *b);

#endif
