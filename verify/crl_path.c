#include "verify/crl_path.h"

#include "base/i18n.h"
#include "verify/crypto_handle.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define LIST_FLAGS                                                                                 \
    (X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_EXTENDED_CRL_SUPPORT |        \
     X509_V_FLAG_USE_DELTAS)

#define TAKEN_OFF 2 /* by a delta list: the whole one is not asked any more */

/* To judge who signed a list, OpenSSL verifies a second path: its context has the first as parent.
 */
static struct crl_path *path_of(const X509_STORE_CTX *context)
{
    while (X509_STORE_CTX_get0_parent_ctx(context))
        context = X509_STORE_CTX_get0_parent_ctx(context);
    return X509_STORE_CTX_get_app_data(context);
}

static bool is_inner(const X509_STORE_CTX *context)
{
    return X509_STORE_CTX_get0_parent_ctx(context) != NULL || path_of(context)->is_inner;
}

static const struct crl *list_of(const struct crl_path *path, const X509_CRL *handle)
{
    for (size_t i = 0; i < path->list_count; i++)
        if (crl_handle(path->lists[i]) == handle)
            return path->lists[i];
    return NULL;
}

static struct crl_cover *cover_of(const X509_STORE_CTX *context)
{
    int depth = X509_STORE_CTX_get_error_depth(context);

    return depth >= 0 && depth < CRL_PATH_MAX ? &path_of(context)->covers[depth] : NULL;
}

/* --- which lists are offered ------------------------------------------------------------------ */

static bool is_sound(const struct crl_path *path, const struct crl *list)
{
    for (int i = 0; i < sk_X509_num(path->signers); i++) {
        const struct certificate signer = {.x509 = sk_X509_value(path->signers, i)};
        if (crl_is_signed_by(list, &signer))
            return true;
    }
    return false;
}

/* The newest first: of several delta lists OpenSSL takes the first. */
static bool put_sorted(STACK_OF(X509_CRL) * lists, X509_CRL *list)
{
    int at = 0;

    while (at < sk_X509_CRL_num(lists) &&
           ASN1_TIME_compare(X509_CRL_get0_lastUpdate(sk_X509_CRL_value(lists, at)),
                             X509_CRL_get0_lastUpdate(list)) >= 0)
        at++;
    if (X509_CRL_up_ref(list) != 1)
        return false;
    if (sk_X509_CRL_insert(lists, list, at) > 0)
        return true;
    X509_CRL_free(list);
    return false;
}

static STACK_OF(X509_CRL) * offer_lists(const X509_STORE_CTX *context, const X509_NAME *issuer)
{
    const struct crl_path *path = path_of(context);
    STACK_OF(X509_CRL) *lists = sk_X509_CRL_new_null();

    for (size_t i = 0; lists && path && i < path->list_count; i++) {
        const struct crl *list = path->lists[i];
        X509_CRL *handle = crl_handle(list);
        bool wanted =
            crl_is_indirect(list) || X509_NAME_cmp(X509_CRL_get_issuer(handle), issuer) == 0;
        if (wanted && is_sound(path, list) && !put_sorted(lists, handle)) {
            sk_X509_CRL_pop_free(lists, X509_CRL_free);
            return NULL;
        }
    }
    return lists;
}

/* --- what becomes of them --------------------------------------------------------------------- */

static bool is_among(const STACK_OF(X509) * certificates, const X509 *certificate)
{
    for (int i = 0; i < sk_X509_num(certificates); i++)
        if (X509_cmp(sk_X509_value(certificates, i), certificate) == 0)
            return true;
    return false;
}

static const X509 *end_of(const X509_STORE_CTX *context)
{
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);

    return sk_X509_num(chain) > 0 ? sk_X509_value(chain, sk_X509_num(chain) - 1) : NULL;
}

/* The path of the signer ends where this one ends. */
static bool leads_there(const X509_STORE_CTX *context, X509 *signer)
{
    struct crl_path inner = *path_of(context);
    X509_STORE_CTX *own = X509_STORE_CTX_new();

    inner.is_inner = true;
    bool leads =
        own &&
        X509_STORE_CTX_init(own, X509_STORE_CTX_get0_store(context), signer, inner.signers) == 1 &&
        X509_STORE_CTX_set_app_data(own, &inner) == 1 &&
        X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(own),
                               X509_STORE_CTX_get0_param(context)) == 1 &&
        X509_verify_cert(own) == 1 && X509_cmp(end_of(own), end_of(context)) == 0;
    X509_STORE_CTX_free(own);
    return leads;
}

/* A new key of an authority, certified with its old one, has the name of its issuer; without a key
 * identifier OpenSSL takes such a certificate for one that signed itself and looks no further. */
static bool is_other_key_of_chain(const X509_STORE_CTX *context, X509 *signer)
{
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
    const struct certificate one = {.x509 = signer};

    if (X509_get0_authority_key_id(signer) ||
        X509_NAME_cmp(X509_get_subject_name(signer), X509_get_issuer_name(signer)) != 0)
        return false;
    for (int i = 1; i < sk_X509_num(chain); i++) {
        const struct certificate above = {.x509 = sk_X509_value(chain, i)};
        if (certificate_is_issued_by(&one, &above))
            return true;
    }
    return false;
}

/* OpenSSL takes the first certificate of the issuer's name for the one that signed. Is there one
 * that did, on the path, trusted, or leading to the same anchor? */
static bool is_vouched(const X509_STORE_CTX *context, const struct crl *list)
{
    const struct crl_path *path = path_of(context);

    for (int i = 0; list && i < sk_X509_num(path->signers); i++) {
        const struct certificate signer = {.x509 = sk_X509_value(path->signers, i)};
        if (crl_is_signed_by(list, &signer) &&
            (is_among(path->anchors, signer.x509) ||
             is_among(X509_STORE_CTX_get0_chain(context), signer.x509) ||
             is_other_key_of_chain(context, signer.x509) || leads_there(context, signer.x509)))
            return true;
    }
    return false;
}

/* While OpenSSL looks at a delta list it still names the whole one as the current list, also when
 * it checks who signed. */
static int look_at_entry(X509_STORE_CTX *context, X509_CRL *handle, X509 *certificate)
{
    struct crl_path *path = path_of(context);
    const struct crl *list = list_of(path, handle);
    struct crl_cover *cover = is_inner(context) ? NULL : cover_of(context);

    if (!cover || !list)
        return path->entry_check(context, handle, certificate);
    bool delta = crl_is_delta(list);
    if (delta && !is_vouched(context, list))
        return 1;
    path->current = list;
    int answer = path->entry_check(context, handle, certificate);
    if (answer == TAKEN_OFF || !delta)
        cover->list = list;
    return answer;
}

static bool is_on_hold(const X509_STORE_CTX *context, const struct crl *list)
{
    const struct certificate certificate = {.x509 = X509_STORE_CTX_get_current_cert(context)};
    struct chain_revocation found = {0};

    return crl_find(list, &certificate, &found) && found.on_hold;
}

/* A complaint about a list, on the path itself: it is written down, and the path goes on. */
static int note_failure(const X509_STORE_CTX *context, int failure)
{
    const struct crl *list = list_of(path_of(context), X509_STORE_CTX_get0_current_crl(context));
    const struct crl *current = path_of(context)->current;
    struct crl_cover *cover = cover_of(context);

    if (!cover)
        return 0;
    switch (failure) {
    case X509_V_ERR_CERT_REVOKED:
        if (current != cover->doubted && (!cover->names || is_on_hold(context, cover->names)))
            cover->names = current;
        break;
    case X509_V_ERR_UNABLE_TO_GET_CRL:
        cover->incomplete = true;
        break;
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
        cover->obstacle = _("it is for other certificates");
        break;
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_INVALID_EXTENSION:
        cover->obstacle = _("it says something that is not understood here");
        break;
    default:
        if (is_vouched(context, list))
            break;
        cover->obstacle = _("nobody who is trusted here vouches for who signed it");
        cover->doubted = list;
    }
    return 1;
}

/* On the path of who signed a list it does not matter that nothing says whether that certificate
 * was revoked (its own list may be the one, signed with itself), but it does when something does.
 */
static int judge_inner(int failure)
{
    return failure == X509_V_ERR_UNABLE_TO_GET_CRL ||
           failure == X509_V_ERR_CRL_PATH_VALIDATION_ERROR ||
           failure == X509_V_ERR_CRL_SIGNATURE_FAILURE || failure == X509_V_ERR_DIFFERENT_CRL_SCOPE;
}

static int go_on(int good, X509_STORE_CTX *context)
{
    int failure = X509_STORE_CTX_get_error(context);

    if (good)
        return 1;
    if (!X509_STORE_CTX_get0_current_crl(context) && failure != X509_V_ERR_UNABLE_TO_GET_CRL)
        return 0; /* about the path */
    return is_inner(context) ? judge_inner(failure) : note_failure(context, failure);
}

/* --- entrances -------------------------------------------------------------------------------- */

enum status crl_path_prepare(X509_STORE *store, X509_STORE_CTX_cert_crl_fn *entry_check,
                             struct error *error)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool made = context && X509_STORE_CTX_init(context, store, NULL, NULL) == 1;

    if (made)
        *entry_check = X509_STORE_CTX_get_cert_crl(context);
    X509_STORE_CTX_free(context);
    if (!made)
        return error_nomem(error);
    X509_STORE_set_lookup_crls(store, offer_lists);
    X509_STORE_set_cert_crl(store, look_at_entry);
    X509_STORE_set_verify_cb(store, go_on);
    return STATUS_OK;
}

bool crl_path_attach(struct crl_path *path, X509_STORE_CTX *context)
{
    return X509_STORE_CTX_set_app_data(context, path) == 1 &&
           (path->list_count == 0 ||
            X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), LIST_FLAGS) == 1);
}
