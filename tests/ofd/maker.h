#ifndef HUILIU_TESTS_OFD_MAKER_H
#define HUILIU_TESTS_OFD_MAKER_H
/* A maker of small sealed documents, good ones and ones with a particular fault. */
#include "tests/ofd/keys.h"
#include "tests/ofd/pack.h"

enum ofd_form { FORM_SEAL_V4, FORM_SEAL_V1, FORM_CMS_ATTRIBUTES, FORM_CMS_DIGEST, FORM_BARE };

struct ofd_recipe {
    enum ofd_form form;
    const struct key *signer;
    const struct key *maker;  /* of the seal */
    const struct key *holder; /* listed in the seal; NULL: the signer */
    int64_t signed_ms, seal_from_ms, seal_to_ms, seal_made_ms;
    const struct key *stamper; /* puts a time stamp on the signature; NULL: none. v4 and CMS */
    int64_t stamped_ms;
    bool stamp_other;          /* the stamp is for something else */
    bool holder_digest;        /* the seal lists a digest of the certificate */
    bool raw;                  /* signature values as r || s */
    bool lock_list;            /* Signatures.xml is signed too */
    bool short_oid;            /* 1.2.156.10197.501 */
    bool relative;             /* locations without a slash in front */
    bool climbing;             /* references by way of "../" */
    bool extensions;           /* additions of the maker's own in the seal, without their tag */
    bool spelled_time;         /* v1: the time as people write it, in China */
    bool unwrapped;            /* CMS: without the wrapping that names it */
    bool open_lengths;         /* CMS: BER, lengths left open and the digest in pieces */
    const struct key *carried; /* CMS: a further certificate beside the signer's; NULL: none */
    bool carried_damaged;      /* … of which a byte was changed */
    bool addition;             /* CMS: an attribute that is not signed, of no known kind */
    const char *check_method;  /* instead of the right one */
    const char *left_out;      /* a member the signature does not list */
};

/* The members of an unsigned document. */
void ofd_make_plain(struct pack *pack);
/* Adds signature number `number` (from 0). The list names all of 0..number. */
void ofd_sign(struct pack *pack, const struct ofd_recipe *recipe, int number);

/* A licence that an office has sealed yesterday, and in PEM the root its certificate comes from. */
void ofd_make_licence(struct buf *file, struct buf *root_pem);

#endif
