#include "tests/upstream/auth.h"

#include "base/clock.h"
#include "base/random.h"
#include "tests/upstream/revision.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COOKIE_LIFE_MS  (600 * 1000)
#define LOCK_TIME_MS    (300 * 1000)
#define FAILURES_MAX    5
#define CREDENTIALS_MAX 512

struct auth {
    char *user, *password;
    unsigned char secret[16];
    pthread_mutex_t lock;
    int failures;
    int64_t locked_until;
};

enum verdict { VERDICT_ANONYMOUS, VERDICT_USER, VERDICT_WRONG, VERDICT_LOCKED };

enum status auth_new(const char *user, const char *password, struct auth **out, struct error *error)
{
    struct auth *auth = calloc(1, sizeof *auth);
    if (auth == NULL)
        return error_nomem(error);
    pthread_mutex_init(&auth->lock, NULL);
    enum status status = random_bytes(auth->secret, sizeof auth->secret, error);
    if (status == STATUS_OK && user != NULL) {
        auth->user = strdup(user);
        auth->password = strdup(password);
        if (auth->user == NULL || auth->password == NULL)
            status = error_nomem(error);
    }
    if (status == STATUS_OK)
        *out = auth;
    else
        auth_free(auth);
    return status;
}

void auth_free(struct auth *auth)
{
    if (auth == NULL)
        return;
    free(auth->user);
    free(auth->password);
    pthread_mutex_destroy(&auth->lock);
    free(auth);
}

static enum verdict judge(struct auth *auth, const char *user, const char *password)
{
    int64_t now = clock_mono_ms();
    enum verdict verdict = VERDICT_WRONG;
    pthread_mutex_lock(&auth->lock);
    if (now < auth->locked_until) {
        verdict = VERDICT_LOCKED;
    } else if (strcmp(user, auth->user) == 0 && strcmp(password, auth->password) == 0) {
        auth->failures = 0;
        verdict = VERDICT_USER;
    } else if (++auth->failures >= FAILURES_MAX) {
        auth->failures = 0;
        auth->locked_until = now + LOCK_TIME_MS;
    }
    pthread_mutex_unlock(&auth->lock);
    return verdict;
}

static enum verdict judge_basic(struct auth *auth, const char *encoded)
{
    unsigned char text[CREDENTIALS_MAX];
    size_t length = 0;
    if (strlen(encoded) > CREDENTIALS_MAX ||
        !base64_decode(encoded, strlen(encoded), text, &length))
        return VERDICT_WRONG;
    text[length] = '\0';
    char *colon = strchr((char *)text, ':');
    if (colon == NULL)
        return VERDICT_WRONG;
    *colon = '\0';
    return judge(auth, (char *)text, colon + 1);
}

/* Hexadecimal time, and the MD5 of it and the secret: enough against forgery by a test. */
static void make_cookie(const struct auth *auth, int64_t made, char out[64])
{
    unsigned char text[40];
    char digest[DIGEST_BASE64_MAX];
    memcpy(text, auth->secret, sizeof auth->secret);
    snprintf((char *)text + sizeof auth->secret, sizeof text - sizeof auth->secret, "%016llx",
             (unsigned long long)made);
    digest_base64(text, sizeof auth->secret + 16, digest);
    for (char *c = digest; *c != '\0'; c++)
        *c = *c == '+' ? '-' : *c == '/' ? '_' : *c == '=' ? '.' : *c;
    snprintf(out, 64, "%016llx%s", (unsigned long long)made, digest);
}

static void set_cookie(const struct auth *auth, struct reply *reply)
{
    char cookie[64];
    char header[160];
    make_cookie(auth, clock_mono_ms(), cookie);
    snprintf(header, sizeof header, "AuthSession=%s; Version=1; Path=/; HttpOnly", cookie);
    reply_header(reply, "Set-Cookie", header);
}

static enum verdict judge_cookie(const struct auth *auth, const char *cookies, struct reply *reply)
{
    char expected[64];
    char sent[64];
    const char *at = strstr(cookies, "AuthSession=");
    if (at == NULL || at[12] == '\0' || at[12] == ';')
        return VERDICT_ANONYMOUS;
    snprintf(sent, sizeof sent, "%.*s", (int)strcspn(at + 12, "; "), at + 12);
    char hex[17];
    snprintf(hex, sizeof hex, "%.16s", sent);
    int64_t made = (int64_t)strtoull(hex, NULL, 16);
    int64_t age = clock_mono_ms() - made;
    make_cookie(auth, made, expected);
    if (strcmp(sent, expected) != 0 || age < 0 || age > COOKIE_LIFE_MS)
        return VERDICT_ANONYMOUS;
    if (age > COOKIE_LIFE_MS / 10 && reply != NULL)
        set_cookie(auth, reply);
    return VERDICT_USER;
}

static enum verdict judge_request(struct auth *auth, const struct request *request,
                                  struct reply *reply)
{
    const char *authorization = request->authorization;
    if (authorization != NULL && strncasecmp(authorization, "Basic ", 6) == 0)
        return judge_basic(auth, authorization + 6);
    if (request->cookie != NULL)
        return judge_cookie(auth, request->cookie, reply);
    return VERDICT_ANONYMOUS;
}

static void refuse(struct reply *reply, enum verdict verdict)
{
    if (verdict == VERDICT_LOCKED) {
        reply_error(reply, 403, "forbidden",
                    "Account is temporarily locked due to multiple authentication failures");
        return;
    }
    if (verdict == VERDICT_ANONYMOUS)
        reply_header(reply, "WWW-Authenticate", "Basic realm=\"server\"");
    reply_error(reply, 401, "unauthorized",
                verdict == VERDICT_ANONYMOUS ? "Authentication required."
                                             : "Name or password is incorrect.");
}

bool auth_admit(struct auth *auth, const struct request *request, struct reply *reply)
{
    if (auth->user == NULL)
        return true;
    bool is_login = request->name_count == 1 && strcmp(request->names[0], "_session") == 0 &&
                    strcmp(request->method, "POST") == 0;
    bool is_open = request->name_count == 1 && strcmp(request->names[0], "_up") == 0;
    if (is_login || is_open)
        return true;
    enum verdict verdict = judge_request(auth, request, reply);
    if (verdict != VERDICT_USER)
        refuse(reply, verdict);
    return verdict == VERDICT_USER;
}

void auth_get_session(struct auth *auth, struct request *request, struct reply *reply)
{
    bool known = auth->user != NULL && judge_request(auth, request, NULL) == VERDICT_USER;
    reply->status = 200;
    buf_str(&reply->body, "{\"ok\":true,\"userCtx\":{\"name\":");
    if (known)
        put_json_string(&reply->body, auth->user);
    else
        buf_str(&reply->body, "null");
    buf_printf(&reply->body,
               ",\"roles\":[%s]},\"info\":{\"authentication_handlers\":[\"cookie\",\"default\"]"
               "%s%s}}\n",
               auth->user == NULL || known ? "\"_admin\"" : "", known ? ",\"authenticated\":" : "",
               !known                           ? ""
               : request->authorization == NULL ? "\"cookie\""
                                                : "\"default\"");
}

/* name=…&password=… as a form, or the same as JSON. */
static bool take_credentials(struct request *request, struct reply *reply, char **user,
                             char **password)
{
    const char *type = request->content_type;
    if (type != NULL && strncmp(type, "application/x-www-form-urlencoded", 33) == 0) {
        struct request form = {0};
        char *target = NULL;
        bool ok = asprintf(&target, "/?%s", buf_text(&request->body)) > 0 &&
                  request_parse_target(&form, target);
        const char *name = ok ? request_parameter(&form, "name") : NULL;
        const char *word = ok ? request_parameter(&form, "password") : NULL;
        *user = strdup(name == NULL ? "" : name);
        *password = strdup(word == NULL ? "" : word);
        free(target);
        request_release(&form);
        return true;
    }
    json_t *value = request_json(request, reply);
    if (value == NULL)
        return false;
    *user = strdup(json_text(value, "name", ""));
    *password = strdup(json_text(value, "password", ""));
    json_decref(value);
    return true;
}

void auth_post_session(struct auth *auth, struct request *request, struct reply *reply)
{
    char *user = NULL;
    char *password = NULL;
    if (!take_credentials(request, reply, &user, &password))
        return;
    enum verdict verdict = VERDICT_WRONG;
    if (auth->user != NULL && user != NULL && password != NULL)
        verdict = judge(auth, user, password);
    if (verdict != VERDICT_USER) {
        refuse(reply, verdict);
    } else {
        reply->status = 200;
        set_cookie(auth, reply);
        buf_str(&reply->body, "{\"ok\":true,\"name\":");
        put_json_string(&reply->body, user);
        buf_str(&reply->body, ",\"roles\":[\"_admin\"]}\n");
    }
    free(user);
    free(password);
}

void auth_delete_session(struct auth *auth, struct request *request, struct reply *reply)
{
    (void)auth;
    (void)request;
    reply_header(reply, "Set-Cookie", "AuthSession=; Version=1; Path=/; HttpOnly");
    reply_ok(reply, 200);
}
