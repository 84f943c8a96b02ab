#include "tests/interop/contract.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX     ((size_t)64 << 20)
#define TIMEOUT_S      20L
#define WATCH_LIMIT_MS 20000

static size_t collect(char *data, size_t size, size_t count, void *context)
{
    buf_bytes(context, data, size * count);
    return buf_failed(context) ? 0 : size * count;
}

static void make_url(const struct client *client, const char *path, char *out, size_t size)
{
    if (*path == '!')
        snprintf(out, size, "%s%s", client->base, path + 1);
    else
        snprintf(out, size, "%s/%s%s", client->base, client->database, path);
}

static struct curl_slist *prepare(const struct client *client, CURL *curl, const char *method,
                                  const char *path, const char *type, const char *body,
                                  size_t length)
{
    char url[2048];
    char header[200];
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    make_url(client, path, url, sizeof url);
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
    /* On a connection it has used before, libcurl repeats a request by itself when the server
     * closes without an answer, a PUT too: then a test would not see what it asked for. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (type != NULL) {
        snprintf(header, sizeof header, "Content-Type: %s", type);
        headers = curl_slist_append(headers, header);
    }
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        headers = curl_slist_append(headers, "Expect:");
        if (type == NULL)
            headers = curl_slist_append(headers, "Content-Type:");
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    return headers;
}

long client_send(struct client *client, const char *method, const char *path, const char *type,
                 const char *body, size_t length)
{
    CURL *curl = client->curl;
    buf_clear(&client->body);
    buf_clear(&client->headers);
    client->body.limit = ANSWER_MAX;
    struct curl_slist *headers = prepare(client, curl, method, path, type, body, length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &client->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &client->headers);
    CURLcode code = curl_easy_perform(curl);
    client->status = 0;
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &client->status);
    curl_slist_free_all(headers);
    return client->status;
}

long client_get(struct client *client, const char *path)
{
    return client_send(client, "GET", path, NULL, NULL, 0);
}

long client_json(struct client *client, const char *method, const char *path, const char *body)
{
    return client_send(client, method, path, "application/json", body, strlen(body));
}

json_t *client_answer(const struct client *client)
{
    return json_loadb(buf_text(&client->body), client->body.length, 0, NULL);
}

void client_member(const struct client *client, const char *name, char *out, size_t size)
{
    json_t *answer = client_answer(client);
    const json_t *value = json_object_get(answer, name);
    if (json_is_integer(value))
        snprintf(out, size, "%lld", (long long)json_integer_value(value));
    else
        snprintf(out, size, "%s", json_is_string(value) ? json_string_value(value) : "");
    json_decref(answer);
}

bool client_has_header(const struct client *client, const char *start)
{
    const char *line = buf_text(&client->headers);
    while (line != NULL && *line != '\0') {
        if (strncasecmp(line, start, strlen(start)) == 0)
            return true;
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return false;
}

struct watch {
    struct client *client;
    const char *needle, *then_method, *then_path, *then_body;
    bool found;
};

static void strike(struct watch *watch)
{
    struct client second = *watch->client;
    memset(&second.body, 0, sizeof second.body);
    memset(&second.headers, 0, sizeof second.headers);
    second.curl = curl_easy_init();
    if (second.curl != NULL)
        client_send(&second, watch->then_method, watch->then_path, "application/json",
                    watch->then_body, watch->then_body == NULL ? 0 : strlen(watch->then_body));
    watch->then_method = NULL;
    curl_easy_cleanup(second.curl);
    buf_release(&second.body);
    buf_release(&second.headers);
}

static size_t on_watched(char *data, size_t size, size_t count, void *context)
{
    struct watch *watch = context;
    buf_bytes(&watch->client->body, data, size * count);
    if (watch->then_method != NULL)
        strike(watch);
    watch->found = strstr(buf_text(&watch->client->body), watch->needle) != NULL;
    return watch->found ? 0 : size * count; /* 0 closes the connection */
}

/* Some servers send nothing, not even headers, before the first change: then the time decides. */
static int on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    struct watch *watch = context;
    if (watch->then_method != NULL && watch->client->headers.length > 0)
        strike(watch);
    return 0;
}

bool client_watch(struct client *client, const char *path, const char *needle,
                  const char *then_method, const char *then_path, const char *then_body)
{
    struct watch watch = {client, needle, then_method, then_path, then_body, false};
    CURL *curl = client->curl;
    buf_clear(&client->body);
    buf_clear(&client->headers);
    struct curl_slist *headers = prepare(client, curl, "GET", path, NULL, NULL, 0);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WATCH_LIMIT_MS);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &client->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_watched);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &watch);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    (void)curl_easy_perform(curl);
    curl_slist_free_all(headers);
    return watch.found;
}
