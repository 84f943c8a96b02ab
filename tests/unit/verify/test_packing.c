#include "tests/unit/verify/signer.h"

#include "verify/packing.h"

#define MEMBERS     5
#define TEXT_LINES  24
#define CHANGED     3 /* the member that the tests change */
#define STORED_HEAD 5 /* bytes of a stored block in front of its content */

struct archive {
    struct buf contents[MEMBERS], packed[MEMBERS];
    struct deflated members[MEMBERS];
};

static void pack_with(const struct buf *content, int level, int memory, struct buf *out)
{
    unsigned char piece[8192];
    z_stream stream = {.next_in = (z_const Bytef *)buf_text(content),
                       .avail_in = (uInt)content->length,
                       .next_out = piece,
                       .avail_out = sizeof piece};

    buf_clear(out);
    assert_int_equal(deflateInit2(&stream, level, Z_DEFLATED, -15, memory, Z_DEFAULT_STRATEGY),
                     Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    buf_bytes(out, piece, stream.total_out);
    deflateEnd(&stream);
}

/* As a program that does not look for matches packs: one block, as it is. */
static void pack_stored(const struct buf *content, struct buf *out)
{
    unsigned length = (unsigned)content->length, other = ~length;
    const unsigned char head[STORED_HEAD] = {1, (unsigned char)length, (unsigned char)(length >> 8),
                                             (unsigned char)other, (unsigned char)(other >> 8)};

    buf_clear(out);
    buf_bytes(out, head, sizeof head);
    buf_bytes(out, buf_text(content), content->length);
}

/* Lines that resemble each other, as in the pages of a document: the same text stands in many
 * places that a match could point to. */
static void write_text(unsigned seed, struct buf *out)
{
    unsigned n = seed;

    buf_clear(out);
    for (int line = 0; line < TEXT_LINES; line++) {
        n = n * 1103515245u + 12345u;
        buf_printf(out, "<T X=\"%u\" Y=\"%u\" D=\"g %u 3.2\"/>\n", n >> 8 & 15, n >> 12 & 7,
                   n >> 16 & 31);
    }
}

static void list_members(struct archive *archive)
{
    for (size_t i = 0; i < MEMBERS; i++)
        archive->members[i] = (struct deflated){.content = buf_text(&archive->contents[i]),
                                                .size = archive->contents[i].length,
                                                .packed = buf_text(&archive->packed[i]),
                                                .length = archive->packed[i].length};
}

static void make(struct archive *archive, int level, int memory)
{
    *archive = (struct archive){0};
    for (size_t i = 0; i < MEMBERS; i++) {
        write_text((unsigned)i + 7, &archive->contents[i]);
        pack_with(&archive->contents[i], level, memory, &archive->packed[i]);
    }
    list_members(archive);
}

static void release(struct archive *archive)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        buf_release(&archive->contents[i]);
        buf_release(&archive->packed[i]);
    }
}

static size_t named(const struct archive *archive)
{
    size_t changed = 0;

    assert_int_equal(packing_find_changed(archive->members, MEMBERS, &changed, NULL), STATUS_OK);
    return changed;
}

static bool unpacks_alike(const struct archive *archive, struct buf *out)
{
    const struct buf *packed = &archive->packed[CHANGED], *content = &archive->contents[CHANGED];

    buf_clear(out);
    return inflate_raw(packed->data, packed->length, out, NULL) == STATUS_OK &&
           out->length == content->length && memcmp(out->data, content->data, content->length) == 0;
}

/* The first change of one byte in front of the last one that unpacks to the same. */
static bool change_unseen(struct archive *archive)
{
    struct buf *packed = &archive->packed[CHANGED];
    struct buf out = {0};
    bool alike = false;

    for (size_t i = 0; i + 1 < packed->length && !alike; i++) {
        char was = packed->data[i];
        for (int by = 1; by < 256 && !alike; by++) {
            packed->data[i] = (char)(was ^ by);
            alike = unpacks_alike(archive, &out);
        }
        if (!alike)
            packed->data[i] = was;
    }
    buf_release(&out);
    return alike;
}

/* --- what must not be named ------------------------------------------------------------------- */

static void what_zlib_packed_is_not_named(void **state)
{
    struct archive archive;

    (void)state;
    for (int level = 1; level <= 9; level++)
        for (int memory = 8; memory <= 9; memory++) {
            make(&archive, level, memory);
            assert_int_equal(named(&archive), MEMBERS);
            release(&archive);
        }
}

static void settings_may_differ_from_member_to_member(void **state)
{
    struct archive archive;

    (void)state;
    make(&archive, 6, 8);
    for (int i = 0; i < MEMBERS; i++)
        pack_with(&archive.contents[i], 1 + 2 * i, 8 + i % 2, &archive.packed[i]);
    list_members(&archive);
    assert_int_equal(named(&archive), MEMBERS);
    release(&archive);
}

static void other_packers_are_not_named(void **state)
{
    struct archive archive;

    (void)state;
    make(&archive, 6, 8);
    for (size_t i = 0; i < MEMBERS; i++)
        pack_stored(&archive.contents[i], &archive.packed[i]);
    list_members(&archive);
    assert_int_equal(named(&archive), MEMBERS);
    pack_with(&archive.contents[CHANGED], 6, 8, &archive.packed[CHANGED]);
    assert_true(change_unseen(&archive)); /* one against four: who says that zlib was in use? */
    list_members(&archive);
    assert_int_equal(named(&archive), MEMBERS);
    release(&archive);
}

static void one_member_of_another_packer_is_not_named(void **state)
{
    struct archive archive;

    (void)state;
    make(&archive, 6, 8);
    pack_stored(&archive.contents[CHANGED], &archive.packed[CHANGED]);
    list_members(&archive);
    assert_int_equal(named(&archive), MEMBERS);
    release(&archive);
}

/* --- what must -------------------------------------------------------------------------------- */

static void a_change_that_unpacks_alike_is_named(void **state)
{
    struct archive archive;

    (void)state;
    for (int level = 4; level <= 9; level++) {
        make(&archive, level, 8);
        assert_true(change_unseen(&archive));
        assert_int_equal(named(&archive), CHANGED);
        release(&archive);
    }
}

/* Beyond the limit of the work nothing is said: content of seventeen million zeros. */
static void the_work_is_limited(void **state)
{
    struct archive archive;
    const size_t size = PACKING_WORK_MAX + ((size_t)1 << 20);
    void *zeros = calloc(1, size);

    (void)state;
    assert_non_null(zeros);
    make(&archive, 6, 8);
    assert_true(change_unseen(&archive));
    assert_int_equal(named(&archive), CHANGED);
    archive.members[CHANGED].content = zeros;
    archive.members[CHANGED].size = size;
    assert_int_equal(named(&archive), MEMBERS);
    free(zeros);
    release(&archive);
}

static void no_members_at_all(void **state)
{
    size_t changed = 1;

    (void)state;
    assert_int_equal(packing_find_changed(NULL, 0, &changed, NULL), STATUS_OK);
    assert_int_equal(changed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_zlib_packed_is_not_named),
        cmocka_unit_test(settings_may_differ_from_member_to_member),
        cmocka_unit_test(other_packers_are_not_named),
        cmocka_unit_test(one_member_of_another_packer_is_not_named),
        cmocka_unit_test(a_change_that_unpacks_alike_is_named),
        cmocka_unit_test(the_work_is_limited),
        cmocka_unit_test(no_members_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
