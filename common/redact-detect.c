// SPDX-License-Identifier: Apache-2.0
// Recognising secrets by their form and by the name they go under. What is done with them is redact.c's.
#include "redact-detect.h"
#include "redact-command.h"

#include <ctype.h>
#include <math.h>

static const char *const names[CLASSES] = {"plain", "empty", "reference", "placeholder", "known-weak", "low", "mid", "high", "pem-key", "certificate", "jwt",
					   "cloud-key", "api-token", "url-password"};

const char *secret_class_name(enum secret_class c)
{
	return names[c];
}

/* Tables, because every character of all evidence is asked. */
static bool word_char(char c)
{
	static const bool table[256] = {['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['_'] = true, ['-'] = true};

	return table[(unsigned char)c];
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Which second characters follow a first one among some words: a quick no to nearly every place of a text. A bit stands for eight characters. */
struct pairs {
	uint32_t second[256];
	bool ready;
};

static void pairs_add(struct pairs *p, const char *word)
{
	p->second[(unsigned char)word[0]] |= 1u << (word[1] & 31);
}

static bool pairs_may(const struct pairs *p, char first, char second)
{
	return p->second[(unsigned char)first] >> (second & 31) & 1;
}

/* Length of the run of characters at `i` that may stand in a token. */
static size_t run_at(struct span s, size_t i, const char *extra)
{
	size_t n = 0;

	while (i + n < s.n && (word_char(s.p[i + n]) || (s.p[i + n] && strchr(extra, s.p[i + n]))))
		n++;
	return n;
}

/* Tokens that say what they are: prefix, least length of the whole, class. */
static const struct {
	const char *prefix;
	size_t least;
	enum secret_class class;
} prefixes[] = {
	{"AKIA", 16, CLASS_CLOUD_KEY}, {"ASIA", 16, CLASS_CLOUD_KEY}, {"AIza", 35, CLASS_CLOUD_KEY}, {"AGE-SECRET-KEY-", 40, CLASS_API_TOKEN},
	{"eyJ", 30, CLASS_JWT}, {"ghp_", 30, CLASS_API_TOKEN}, {"gho_", 30, CLASS_API_TOKEN}, {"ghu_", 30, CLASS_API_TOKEN}, {"ghs_", 30, CLASS_API_TOKEN},
	{"ghr_", 30, CLASS_API_TOKEN}, {"github_pat_", 40, CLASS_API_TOKEN}, {"glpat-", 20, CLASS_API_TOKEN}, {"gldt-", 20, CLASS_API_TOKEN},
	{"xoxb-", 20, CLASS_API_TOKEN}, {"xoxp-", 20, CLASS_API_TOKEN}, {"xoxa-", 20, CLASS_API_TOKEN}, {"xoxr-", 20, CLASS_API_TOKEN}, {"xapp-", 20, CLASS_API_TOKEN},
	{"sk_live_", 20, CLASS_API_TOKEN}, {"sk_test_", 20, CLASS_API_TOKEN}, {"rk_live_", 20, CLASS_API_TOKEN}, {"npm_", 36, CLASS_API_TOKEN},
	{"hvs.", 20, CLASS_API_TOKEN}, {"hvb.", 20, CLASS_API_TOKEN}, {"SG.", 40, CLASS_API_TOKEN}, {"dckr_pat_", 20, CLASS_API_TOKEN}, {"pypi-", 40, CLASS_API_TOKEN},
};

static bool by_prefix(struct span s, size_t i, struct secret_hit *out)
{
	static struct pairs pairs;

	for (size_t k = 0; !pairs.ready && k < sizeof(prefixes) / sizeof(prefixes[0]); k++)
		pairs_add(&pairs, prefixes[k].prefix);
	pairs.ready = true;
	if (s.n - i < 2 || !pairs_may(&pairs, s.p[i], s.p[i + 1]) || (i && word_char(s.p[i - 1])))
		return false;
	for (size_t k = 0; k < sizeof(prefixes) / sizeof(prefixes[0]); k++) {
		size_t n = strlen(prefixes[k].prefix), run;

		if (s.n - i < prefixes[k].least || memcmp(s.p + i, prefixes[k].prefix, n) != 0)
			continue;
		run = run_at(s, i, prefixes[k].class == CLASS_JWT || prefixes[k].prefix[n - 1] == '.' ? "." : "");
		if (run < prefixes[k].least || (prefixes[k].class == CLASS_JWT && !memchr(s.p + i, '.', run)))
			continue;
		*out = (struct secret_hit){i, i + run, prefixes[k].class};
		return true;
	}
	return false;
}

/* "-----BEGIN ... PRIVATE KEY-----" up to its end line, or to the end of the text. */
static bool private_key(struct span s, size_t i, struct secret_hit *out)
{
	static const char begin[] = "-----BEGIN ", mark[] = "PRIVATE KEY", end[] = "-----END ";
	const char *line, *stop;

	if (s.n - i < sizeof(begin) || memcmp(s.p + i, begin, sizeof(begin) - 1) != 0)
		return false;
	line = memmem(s.p + i, s.n - i < 64 ? s.n - i : 64, mark, sizeof(mark) - 1);
	if (!line)
		return false;
	stop = memmem(line, (size_t)(s.p + s.n - line), end, sizeof(end) - 1);
	stop = stop ? memmem(stop, (size_t)(s.p + s.n - stop), "KEY-----", 8) : NULL;
	*out = (struct secret_hit){i, stop ? (size_t)(stop - s.p) + 8 : s.n, CLASS_PEM_KEY};
	return true;
}

static bool base64_char(char c);

/* Where a certificate or public key in PEM ends that begins at `i`: what is in it is no secret. 0: there is none, or what stands in it is not
 * the base64 of a DER sequence. */
static size_t public_pem(struct span s, size_t i)
{
	static const char *const begins[] = {"-----BEGIN CERTIFICATE", "-----BEGIN TRUSTED CERT", "-----BEGIN PUBLIC KEY", "-----BEGIN RSA PUBLIC", "-----BEGIN X509 CRL"};
	struct span rest = {s.p + i, s.n - i};
	bool known = false;
	size_t k = 0;

	for (size_t b = 0; b < sizeof(begins) / sizeof(begins[0]); b++)
		known |= span_starts(rest, begins[b]);
	while (known && k < rest.n && k < 64 && (k < 11 || memcmp(rest.p + k - 5, "-----", 5) != 0))
		k++;
	while (known && k < rest.n && (rest.p[k] == '\n' || rest.p[k] == '\r' || (rest.p[k] == '\\' && k + 1 < rest.n && rest.p[++k] == 'n')))
		k++;
	if (!known || rest.n - k < 2 || memcmp(rest.p + k, "MI", 2) != 0)
		return 0;
	while (k < rest.n && rest.p[k] != '-' && (base64_char(rest.p[k]) || strchr("\r\n\\ ", rest.p[k])))
		k++;
	return span_starts((struct span){rest.p + k, rest.n - k}, "-----END ") ? i + k : 0;
}

/* "scheme://user:password@host": `i` is at "://". The password is the hit; of "scheme://token@host" the token. */
static bool url_password(struct span s, size_t i, struct secret_hit *out)
{
	size_t at = 0, colon = 0, from = i + 3;

	for (size_t k = from; k < s.n && !strchr("/?# \t\n\"'<>", s.p[k]) && s.p[k]; k++) {
		if (s.p[k] == '@')
			at = k;
		if (s.p[k] == ':' && !colon && !at)
			colon = k;
	}
	if (!at || (colon && colon + 1 >= at))
		return false;
	if (!colon && at - from < 12)
		return false; /* "ssh://git@host" names a user, no secret */
	*out = (struct secret_hit){colon ? colon + 1 : from, at, CLASS_URL_PASSWORD};
	return s.p[out->from] != '$' && s.p[out->from] != '@';
}

/* "password=...": `i` is at '=' or ':' behind a name that says so. Ends at a separator, or at the closing quote. */
static bool assigned(struct span s, size_t i, struct secret_hit *out)
{
	static const char *const schemes[] = {"Bearer ", "Basic ", "Token ", "ApiKey "};
	size_t end = i, from, to = i + 1;
	struct span name;
	bool member;
	char quote = 0;

	while (end && s.p[end - 1] == ' ')
		end--;
	member = end && s.p[end - 1] == '"' && s.p[i] == ':';
	if (end && s.p[end - 1] == '"')
		end--;
	for (from = end; from && word_char(s.p[from - 1]);)
		from--;
	name = (struct span){s.p + from, end - from};
	if (name.n < 3 || name.n > 64 || !secret_name(name))
		return false;
	while (to < s.n && (s.p[to] == ' ' || s.p[to] == '='))
		to++;
	if (to < s.n && (s.p[to] == '"' || s.p[to] == '\''))
		quote = s.p[to++];
	from = to;
	/* "Authorization: Bearer ...": the scheme is not the secret (RFC 9110, 11.4). */
	for (size_t k = 0; !quote && k < sizeof(schemes) / sizeof(schemes[0]); k++)
		if (s.n - from > strlen(schemes[k]) && span_ieq((struct span){s.p + from, strlen(schemes[k])}, schemes[k]))
			from = to = from + strlen(schemes[k]);
	while (to < s.n && (quote ? s.p[to] != quote : !strchr(" \t\n\r;&,\"'", s.p[to])))
		to++;
	if (to - from < 3 || s.p[from] == '$' || s.p[from] == '{' || s.p[from] == '<' || s.p[from] == '@' || s.p[from] == '/')
		return false;
	/* A switch is no secret: --use-service-account-credentials=true. Of a member of JSON what redact_named() leaves is none. */
	if (secret_harmless(name, (struct span){s.p + from, to - from}) && (member || s.p[from] < '0' || s.p[from] > '9'))
		return false;
	*out = (struct secret_hit){from, to, CLASS_PLAIN};
	out->class = secret_strength((struct span){s.p + from, to - from});
	return out->class != CLASS_EMPTY && out->class != CLASS_REFERENCE;
}

/* What a command line says behind an option and a blank: `i` is at the blank. "-u user:password" and "--user user:password" (curl) give the
 * password, "--password word" the word. */
static bool option_value(struct span s, size_t i, struct secret_hit *out)
{
	size_t from = i, to = i + 1, colon = 0;
	struct span option;
	int64_t group;

	while (from && (word_char(s.p[from - 1]) || s.p[from - 1] == '-'))
		from--;
	option = (struct span){s.p + from, i - from};
	while (to < s.n && (s.p[to] == ' ' || s.p[to] == '"' || s.p[to] == '\''))
		to++;
	if (!option.n || option.p[0] != '-' || to >= s.n || strchr("$-{<@/|>&;(", s.p[to]))
		return false;
	for (from = to; to < s.n && !strchr(" \t\n\r;\"'", s.p[to]); to++)
		if (s.p[to] == ':' && !colon)
			colon = to + 1;
	if (span_eq(option, "-u") || span_eq(option, "--user")) {
		/* "1000:1000" is a user and a group. */
		if (!colon || to - colon < 3 || s.p[colon] == '$' || s.p[colon] == '/' || span_starts((struct span){s.p + colon, to - colon}, "@plim:") || span_int((struct span){s.p + colon, to - colon}, &group))
			return false;
		from = colon;
	} else if (option.n < 5 || to - from < 3 || !secret_name(option)) {
		return false;
	}
	*out = (struct secret_hit){from, to, secret_strength((struct span){s.p + from, to - from})};
	return out->class != CLASS_EMPTY && out->class != CLASS_REFERENCE;
}

static double entropy(struct span s)
{
	unsigned count[256] = {0};
	double h = 0;

	for (size_t i = 0; i < s.n; i++)
		count[(unsigned char)s.p[i]]++;
	for (int i = 0; i < 256; i++)
		if (count[i]) {
			double p = (double)count[i] / (double)s.n;

			h -= p * log2(p);
		}
	return h;
}

static bool base64_char(char c)
{
	static const bool table[256] = {['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['+'] = true, ['/'] = true,
					['='] = true, ['_'] = true, ['-'] = true};

	return table[(unsigned char)c];
}

/* A run of 40 and more base64 characters that looks random: upper, lower and digits, few separators, entropy of 4.5 bits and more. Certificates
 * in base64 ("LS0tLS1CRUdJTiBDRV") and public keys are no secrets. */
static bool random_text(struct span s, size_t i, size_t n)
{
	size_t upper = 0, lower = 0, digit = 0, other = 0;
	struct span run = {s.p + i, n};

	/* Public keys of SSH (RFC 4253): a length, then ssh-rsa, ecdsa-sha2, ssh-ed25519 or their sk- kind. */
	static const char *const open[] = {"LS0tLS1CRUdJTiBDRV", "LS0tLS1CRUdJTiBQVU", "AAAAB3NzaC1yc2", "AAAAE2VjZHNhLXNoYTIt", "AAAAC3NzaC1lZDI1NTE5", "AAAAGnNrLXNzaC1l",
					   "AAAAInNrLWVjZHNh"};

	for (size_t k = 0; k < sizeof(open) / sizeof(open[0]); k++)
		if (span_starts(run, open[k]))
			return false;
	for (size_t k = 0; k < n; k++) {
		char c = run.p[k];

		upper += c >= 'A' && c <= 'Z';
		lower += c >= 'a' && c <= 'z';
		digit += c >= '0' && c <= '9';
		other += c == '/' || c == '-' || c == '_';
	}
	return upper > n / 10 && lower > n / 10 && digit > n / 20 && other < n / 12 && entropy(run) >= 4.5;
}

/* What begins with the run of base64 characters at `i`. */
static bool at_run(struct span s, size_t i, struct secret_hit *out)
{
	return by_prefix(s, i, out) || (s.p[i] == '-' && private_key(s, i, out));
}

/* What stands at the character at `i`, behind `run` base64 characters. */
static bool behind_run(struct span s, size_t i, size_t run, struct secret_hit *out)
{
	char c = s.p[i];

	if (c == ':' && s.n - i > 4 && s.p[i + 1] == '/' && s.p[i + 2] == '/' && url_password(s, i, out))
		return true;
	if ((c == '=' || (c == ':' && i + 1 < s.n && (s.p[i + 1] == ' ' || s.p[i + 1] == '"'))) && assigned(s, i, out))
		return true;
	return c == ' ' && run && (option_value(s, i, out) || command_secret(s, i, out));
}

/* Neither in a run of base64 nor what behind_run() looks at. */
static bool dull_char(char c)
{
	return !base64_char(c) && c != ':' && c != ' ';
}

bool secret_find(struct span s, size_t from, struct secret_hit *out)
{
	size_t i = from, start, end, skip;

	for (;;) {
		while (i < s.n && dull_char(s.p[i]))
			i++;
		if (i >= s.n)
			return false;
		if (s.p[i] == '-' && (skip = public_pem(s, i)))
			i = skip;
		start = i;
		if (base64_char(s.p[i]) && at_run(s, i, out))
			return true;
		while (i < s.n && s.p[i] != '=' && base64_char(s.p[i]))
			i++;
		/* A run that ends in '=' holds this character too. */
		end = i + (i < s.n && s.p[i] == '=');
		if (end - start >= 40 && random_text(s, start, end - start)) {
			*out = (struct secret_hit){start, end, CLASS_HIGH};
			return true;
		}
		if (i < s.n && behind_run(s, i, end - start, out))
			return true;
		i++;
	}
}

/* Words that make a name secret, by their first letter: asked of every name in all evidence. */
static bool secret_word(struct span name)
{
	static const char *const words[128][12] = {
		['_'] = {"_auth", "_dsn", "_pwd", "_pass"},
		['a'] = {"apikey", "api_key", "api-key", "accesskey", "access_key", "access-key", "authorization", "accountkey", "account_key", "account-key", "adminpw"},
		['b'] = {"bearer", "bindpw"},
		['c'] = {"credential", "client_key", "connectionstring", "connection_string", "creds"},
		['d'] = {"database_url", "dbpass"},
		['e'] = {"encryption_key"},
		['k'] = {"kennwort", "keypass"},
		['l'] = {"license_key"},
		['m'] = {"masterkey", "master_key", "master-key", "masterauth"},
		['p'] = {"password", "passwd", "passphrase", "passwort", "privatekey", "private_key", "private-key"},
		['r'] = {"requirepass", "rootpw", "rootpass"},
		['s'] = {"secret", "signing_key", "salt", "subscription-key", "subscription_key", "shared_key", "sharedkey", "storepass"},
		['t'] = {"token"},
		['u'] = {"userpass"},
		['w'] = {"webhook_url"},
	};

	static struct pairs pairs;

	for (int c = 0; !pairs.ready && c < 128; c++)
		for (const char *const *w = words[c]; *w; w++)
			pairs_add(&pairs, *w);
	pairs.ready = true;
	for (size_t i = 0; i + 4 <= name.n; i++) {
		if (!pairs_may(&pairs, lower(name.p[i]), lower(name.p[i + 1])))
			continue;
		for (const char *const *w = words[lower(name.p[i]) & 127]; *w; w++)
			if (lower(name.p[i + 1]) == (*w)[1] && name.n - i >= strlen(*w) && span_ieq((struct span){name.p + i, strlen(*w)}, *w))
				return true;
	}
	return name.n > 3 && (span_ieq((struct span){name.p + name.n - 3, 3}, "_pw") || span_ieq((struct span){name.p + name.n - 3, 3}, "-pw"));
}

/* A secret word, and none behind it that takes it back. */
bool secret_name(struct span name)
{
	static const char *const ends[] = {"file", "path", "dir", "name", "names", "ref", "url", "uri", "endpoint", "host", "port", "ttl", "timeout", "expiry", "expiration",
					   "seconds", "length", "size", "policy", "provider", "type", "enabled", "namespace", "issuer", "audience", "audiences", "mount",
					   "key_path", "method", "count", "mode", "duration", "lifetime", "class", "store", "id", "reviews", "format", "rotation",
					   "annotations", "labels", "keys", "prefix", "header", "version", "controller", "count", "s3_bucket", "env", "requests", "stdin"};
	static const char *const whole[] = {"pass", "pwd", "auth", "dsn", "identitytoken"};
	bool hit = false;

	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]) && name.n && !hit; i++)
		hit = lower(name.p[0]) == whole[i][0] && span_ieq(name, whole[i]);
	if (!hit && !secret_word(name))
		return false;
	if (span_has(name, "database_url") || span_has(name, "webhook_url") || span_has(name, "secret_access_key") || span_has(name, "access_key_id"))
		return true;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (name.n > n && span_ieq((struct span){name.p + name.n - n, n}, ends[i]))
			return false;
	}
	return true;
}

bool secret_harmless(struct span name, struct span v)
{
	static const char *const words[] = {"true", "false", "yes", "no", "none", "null", "disabled", "enabled"};
	int64_t number;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(v, words[i]))
			return true;
	/* A number is a switch or a time, but for a password of digits. */
	if (span_int(v, &number))
		return v.n < 4 || !(span_has(name, "passw") || span_has(name, "passphrase") || span_has(name, "_pwd") || span_has(name, "_pass") || span_ieq(name, "pass") || span_ieq(name, "pwd"));
	return v.n > 1 && v.p[0] == '/' && !memchr(v.p, '=', v.n);
}

static bool known_weak(struct span v)
{
	static const char *const list[] = {"password", "passw0rd", "password1", "password123", "admin", "admin123", "administrator", "root", "toor", "secret", "secret123",
					   "test", "test123", "guest", "user", "default", "postgres", "mysql", "mongo", "redis", "rabbitmq", "minio", "minioadmin",
					   "elastic", "changeit", "letmein", "welcome", "welcome1", "qwerty", "qwerty123", "abc123", "hunter2", "123456", "1234567",
					   "12345678", "123456789", "1234567890", "111111", "000000", "iloveyou", "monkey", "dragon", "master", "p@ssw0rd", "p@ssword",
					   "pass", "pass123", "grafana", "prometheus", "kubernetes", "docker", "oracle", "system", "manager", "demo", "example"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (span_ieq(v, list[i]))
			return true;
	return false;
}

static bool placeholder(struct span v)
{
	static const char *const words[] = {"changeme", "change-me", "change_me", "replaceme", "replace-me", "your-", "your_", "placeholder", "dummy", "xxxx", "todo", "redacted"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_has(v, words[i]))
			return true;
	return v.n > 2 && ((v.p[0] == '<' && v.p[v.n - 1] == '>') || span_starts(v, "***"));
}

enum secret_class secret_strength(struct span value)
{
	struct secret_hit hit;
	struct span v = span_trim(value);
	bool upper = false, lower = false, digit = false, other = false;
	double bits;
	int set = 0;

	if (!v.n)
		return CLASS_EMPTY;
	if ((v.n > 3 && v.p[0] == '$' && (v.p[1] == '(' || v.p[1] == '{')) || span_starts(v, "vault:") || span_starts(v, "secretsmanager:") ||
	    span_starts(v, "arn:aws:secretsmanager:") || span_starts(v, "ref+"))
		return CLASS_REFERENCE;
	if (span_starts(v, "-----BEGIN CERT"))
		return CLASS_CERTIFICATE;
	if (v.n >= 16 && !memchr(v.p, ' ', v.n < 64 ? v.n : 64) && by_prefix(v, 0, &hit))
		return hit.class;
	if (v.n > 30 && v.p[0] == '-' && private_key(v, 0, &hit))
		return hit.class;
	if (placeholder(v))
		return CLASS_PLACEHOLDER;
	if (known_weak(v))
		return CLASS_KNOWN_WEAK;
	for (size_t i = 0; i < v.n && i < 256; i++) {
		unsigned char c = (unsigned char)v.p[i];

		upper |= isupper(c) != 0;
		lower |= islower(c) != 0;
		digit |= isdigit(c) != 0;
		other |= !isalnum(c);
	}
	set = upper * 26 + lower * 26 + digit * 10 + other * 33;
	/* Never more than the text's own entropy says: "aaaaaaaa" is no strong secret. */
	bits = fmin(log2(set) * (double)v.n, (entropy(v) + 0.5) * (double)v.n);
	return bits < 40 ? CLASS_LOW : bits < 80 ? CLASS_MID : CLASS_HIGH;
}
