// SPDX-License-Identifier: Apache-2.0
// Redaction: planted canaries in every place that Kubernetes keeps secrets, and what must stay readable. All secrets here are invented.
#include "test.h"
#include "common/redact-detect.h"
#include "common/redact-evidence.h"
#include "common/redact.h"

static void names(void)
{
	static const char *const secret[] = {"DB_PASSWORD", "password", "apiKey", "API_KEY", "AWS_SECRET_ACCESS_KEY", "token", "--token", "DATABASE_URL", "client-secret",
					     "PGPASSWORD", "SMTP_PASS", "auth", "identitytoken", "JWT_SIGNING_KEY", "signing_key"};
	static const char *const open[] = {"PORT", "TOKEN_FILE", "secretName", "PASSWORD_POLICY", "METALLB_ML_SECRET_NAME", "METALLB_ML_SECRET_KEY_PATH", "KUBECONFIG",
					   "tokenExpirationSeconds", "AUTHOR", "LOG_LEVEL", "serviceAccountToken_audience", "REPLICAS"};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		test_check(secret_name(span_of(secret[i])), secret[i], __FILE__, __LINE__);
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		test_check(!secret_name(span_of(open[i])), open[i], __FILE__, __LINE__);
}

static const char *found(const char *text)
{
	struct secret_hit hit;

	return secret_find(span_of(text), 0, &hit) ? secret_class_name(hit.class) : "none";
}

static void forms(void)
{
	CHECK_STR(found("key AKIAIOSFODNN7EXAMPLE here"), "cloud-key");
	CHECK_STR(found("postgres://app:Tr0ub4dor@db.data.svc:5432/x"), "url-password");
	CHECK_STR(found("https://example.org/a?b=c"), "none");
	CHECK_STR(found("ssh://git@host/repo"), "none");
	CHECK_STR(found("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"), "pem-key");
	CHECK_STR(found("-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----"), "none");
	CHECK_STR(found("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"), "jwt");
	CHECK_STR(found("ghp_abcdefghijklmnopqrstuvwxyz0123456789"), "api-token");
	CHECK_STR(found("Server=db;User Id=sa;Password=Sup3r!x;"), "low");
	CHECK_STR(found("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"), "none");
	CHECK_STR(found("/var/lib/kubelet/pods/8f2d1e1c-1111-2222-3333-444455556666/volumes/kubernetes.io~secret"), "none");
	CHECK_STR(found("wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYaB3dE9"), "high");
	CHECK_STR(found("-----BEGIN CERTIFICATE-----\nMIIDEzCCAfugAwIBAgIUMiw2WxFVGWFzpEwOAPBcavrqVr8wDQYJKoZIhvcNAQEL\nBQAwETEPMA0GA1UE\n-----END CERTIFICATE-----\n"), "none");
	CHECK_STR(found("-----BEGIN CERTIFICATE-----\nMIIDEzCCAfugAwIB\n-----END CERTIFICATE-----\nwJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYaB3dE9"), "high");
	CHECK_STR(found("-----BEGIN CERTIFICATE-----\nwJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYaB3dE9\n-----END CERTIFICATE-----"), "high");
	CHECK_STR(found("host ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRg=\n"), "none");
	CHECK_STR(found("--use-service-account-credentials=true"), "none");
	CHECK_STR(found("curl -u admin:Tr0ub4dor https://example.org"), "low");
	CHECK_STR(found("curl --user 'admin:Tr0ub4dor' x"), "low");
	CHECK_STR(found("docker run -u 1000:1000 img"), "none");
	CHECK_STR(found("mysqldump --password Tr0ub4dor shop"), "low");
	CHECK_STR(found("docker login --password-stdin registry.example"), "none");
	CHECK_STR(found("tool --token-file /run/token --verbose"), "none");
	CHECK_STR(found("curl -H 'Authorization: Bearer Tr0ub4dor' x"), "low");
	CHECK_STR(found("curl -u admin: https://example.org"), "none");
	CHECK_STR(found("a plain sentence about tokens and passwords, nothing else"), "none");
}

/* Command lines without telling names: the manual pages of the programs say what is a secret in them. */
static void commands(void)
{
	static const char *const secret[] = {
		"redis-cli -a Tr0ub4dor ping", "until redis-cli -h db -a 'Tr0ub4dor' ping; do sleep 1; done", "mysql -u root -pTr0ub4dor shop", "/usr/bin/mysqldump -p'Tr0ub4dor' shop",
		"sh -c \"mysqladmin -pTr0ub4dor ping\"", "mongosh -u admin -p Tr0ub4dor", "mongodump -pTr0ub4dor", "sshpass -p Tr0ub4dor ssh host", "sshpass -pTr0ub4dor ssh host",
		"PGPASSWORD=Tr0ub4dor psql -h db", "curl -H \"X-Api-Key: Tr0ub4dor\" https://example.org", "A=b sudo ldapsearch -x -w Tr0ub4dor", "docker login -u x -p Tr0ub4dor registry.example",
		"mc alias set site http://minio:9000 app Tr0ub4dor", "rabbitmqctl add_user app Tr0ub4dor", "vault login Tr0ub4dor", "redis-server --requirepass Tr0ub4dor", "keytool -storepass Tr0ub4dor",
	};
	static const char *const open[] = {"docker run -p 8080:80 img", "kubectl logs -p pod", "psql -h db -p 5432", "mysql -p", "ls -a /tmp", "mkdir -p /data/x", "redis-cli -a $PASS ping",
					   "mongosh -p \"$PASSWORD\"", "a sentence about mysql - perhaps", "nc -w 5 db 5432", "tar -P -c x"};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++) {
		struct span s = span_of(secret[i]);
		struct secret_hit hit;
		bool hidden = false;

		for (size_t at = 0; secret_find(s, at, &hit); at = hit.to)
			hidden |= memmem(s.p + hit.from, hit.to - hit.from, "Tr0ub4dor", 9) != NULL;
		test_check(hidden, secret[i], __FILE__, __LINE__);
	}
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++)
		test_check(strcmp(found(open[i]), "none") == 0, open[i], __FILE__, __LINE__);
}

static void word_lists(void)
{
	static const char pod[] = "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"command\":[\"redis-cli\"],\"args\":[\"-a\",\"Tr0ub4dor\",\"ping\"]},"
				  "{\"args\":[\"mysql\",\"-u\",\"root\",\"-pTr0ub4dor\",\"-P\",\"3306\"]},{\"command\":[\"mc\",\"alias\",\"set\",\"s\",\"http://minio:9000\",\"app\",\"Tr0ub 4dor\"]},"
				  "{\"command\":[\"sh\",\"-c\",\"sshpass -p Tr0ub4dor ssh x\"]},{\"args\":[\"-p\",\"8080\",\"-a\",\"all\"]}]}}";
	auto_arena a = ARENA_INIT;
	auto_buf b = BUF_INIT;
	struct redact *r = redact_new();
	struct json *v;

	CHECK(json_parse(&a, span_of(pod), &v, NULL) == 0);
	redact_kubernetes(r, &a, SPAN("Pod"), v);
	json_write(&b, v);
	CHECK(!memmem(b.p, b.n, "4dor", 4));
	CHECK(memmem(b.p, b.n, "\"-p@plim:", 9) && memmem(b.p, b.n, "\"3306\"", 6) && memmem(b.p, b.n, "\"http://minio:9000\"", 19));
	CHECK(memmem(b.p, b.n, "[\"-p\",\"8080\",\"-a\",\"all\"]", 24) && memmem(b.p, b.n, "\"ping\"", 6));
	redact_free(r);
}

/* What was hidden once is not found again, or objects would be left out for it; what is no secret stays and is not found either. */
static void gate(void)
{
	static const char *const specs[] = {
		"{\"auth\":\"none\",\"token\":\"enabled\",\"labels\":{\"auth\":\"oidc\"},\"password\":\"12\"}", "{\"password\":\"123456\",\"data\":{\"token\":\"12345\"}}",
		"{\"command\":[\"sh\",\"-c\",\"curl -u admin:Tr0ub4dor -H 'Authorization: Bearer Tr0ub4dor' x; mysqldump --password Tr0ub4dor shop; mysql -pTr0ub4dor; mc alias set s http://x a Tr0ub4dor; redis-cli -a 'Tr0ub4dor'\"]}",
		"{\"a\":\"postgres://app:Tr0ub4dor@db/x redis://:Tr0ub4dor@r password='Tr0ub4dor' Password=Tr0ub4dor; token: Tr0ub4dor\",\"image\":\"x\"}",
	};

	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		auto_arena a = ARENA_INIT;
		auto_buf b = BUF_INIT;
		struct redact *r = redact_new();
		struct json *v;

		CHECK(json_parse(&a, span_of(arena_printf(&a, "{\"kind\":\"X\",\"spec\":%s}", specs[i])), &v, NULL) == 0);
		redact_kubernetes(r, &a, SPAN("X"), v);
		redact_evidence_deeply(r, &a, v);
		json_write(&b, v);
		test_check(!redact_leaks(buf_span(&b)) && !memmem(b.p, b.n, "4dor", 4) && !memmem(b.p, b.n, "123456", 6), specs[i], __FILE__, __LINE__);
		redact_free(r);
	}
}

static void strengths(void)
{
	CHECK_STR(secret_class_name(secret_strength(SPAN(""))), "empty");
	CHECK_STR(secret_class_name(secret_strength(SPAN("$(POD_NAME)"))), "reference");
	CHECK_STR(secret_class_name(secret_strength(SPAN("changeme"))), "placeholder");
	CHECK_STR(secret_class_name(secret_strength(SPAN("hunter2"))), "known-weak");
	CHECK_STR(secret_class_name(secret_strength(SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))), "low");
	CHECK_STR(secret_class_name(secret_strength(SPAN("q8#Lw2!zRt5")) ), "mid");
	CHECK_STR(secret_class_name(secret_strength(SPAN("9fJ2kQp7Xw4Lm8Zt1Vb6Nc3R"))), "high");
}

/* Redacts an object and returns its JSON. */
static const char *hidden(struct buf *out, struct arena *a, const char *text)
{
	struct redact *r = redact_new();
	struct json *v;
	struct err e = {0};

	buf_reset(out);
	if (json_parse(a, span_of(text), &v, &e))
		return "does not parse";
	redact_kubernetes(r, a, json_text_at(v, "kind"), v);
	json_write(out, v);
	redact_free(r);
	return buf_str(out);
}

static void secrets(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf out = BUF_INIT;

	/* "aHVudGVyMg==" is hunter2, "Y29ycmVjdC1ob3JzZQ==" is correct-horse. */
	CHECK_STR(hidden(&out, &a,
			 "{\"kind\":\"Secret\",\"type\":\"Opaque\",\"metadata\":{\"name\":\"s\",\"managedFields\":[{}],\"annotations\":{"
			 "\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"data\\\":{\\\"p\\\":\\\"aHVudGVyMg==\\\"}}\"}},"
			 "\"data\":{\"p\":\"aHVudGVyMg==\",\"q\":\"Y29ycmVjdC1ob3JzZQ==\",\"r\":\"aHVudGVyMg==\",\"e\":\"\"}}"),
		  "{\"kind\":\"Secret\",\"type\":\"Opaque\",\"metadata\":{\"name\":\"s\",\"annotations\":{"
		  "\"kubectl.kubernetes.io/last-applied-configuration\":\"@plim:dropped:held-secret-values\"}},"
		  "\"data\":{\"p\":\"@plim:known-weak:1-7:1\",\"q\":\"@plim:mid:12-15:2\",\"r\":\"@plim:known-weak:1-7:1\",\"e\":\"@plim:empty:0:3\"}}");
	/* A docker configuration keeps registry and user. {"auths":{"r.example":{"username":"u","password":"pw12345","auth":"dTpwdzEyMzQ1"}}} */
	hidden(&out, &a,
	       "{\"kind\":\"Secret\",\"type\":\"kubernetes.io/dockerconfigjson\",\"data\":{\".dockerconfigjson\":"
	       "\"eyJhdXRocyI6eyJyLmV4YW1wbGUiOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJwdzEyMzQ1IiwiYXV0aCI6ImRUcHdkekV5TXpRMSJ9fX0=\"}}");
	CHECK(strstr(buf_str(&out), "\"plimsollFacts\":{\"registries\":[{\"registry\":\"r.example\",\"username\":\"u\"}]}") != NULL);
	CHECK(!strstr(buf_str(&out), "pw12345") && !strstr(buf_str(&out), "dTpwdzEyMzQ1") && !strstr(buf_str(&out), "eyJhdXRo"));
	/* A service-account token keeps issuer, subject and expiry. {"iss":"k","sub":"system:serviceaccount:a:b"} */
	hidden(&out, &a,
	       "{\"kind\":\"Secret\",\"stringData\":{\"token\":\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrIiwic3ViIjoic3lzdGVtOnNlcnZpY2VhY2NvdW50OmE6YiJ9.c2ln\"}}");
	CHECK(strstr(buf_str(&out), "\"token\":{\"issuer\":\"k\",\"subject\":\"system:serviceaccount:a:b\"}") != NULL);
	CHECK(!strstr(buf_str(&out), "eyJ"));
}

static void workloads(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf out = BUF_INIT;

	CHECK_STR(hidden(&out, &a,
			 "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r/a@sha256:00\",\"command\":[\"run\",\"--password\",\"Zebra-77-canary\","
			 "\"--api-token=Canary12345xyz\",\"--port=80\",\"-c\",\"mysql -u root --password=Canary9 db\"],"
			 "\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"correct-horse-battery\"},{\"name\":\"PORT\",\"value\":\"80\"},"
			 "{\"name\":\"URL\",\"value\":\"amqp://u:Canary77@mq/\"},{\"name\":\"X\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\",\"key\":\"password\"}}}]}]}}"),
		  "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r/a@sha256:00\",\"command\":[\"run\",\"--password\",\"@plim:mid:12-15:1\","
		  "\"--api-token=@plim:mid:12-15:2\",\"--port=80\",\"-c\",\"mysql -u root --password=@plim:low:1-7:3 db\"],"
		  "\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"@plim:mid:16-23:4\"},{\"name\":\"PORT\",\"value\":\"80\"},"
		  "{\"name\":\"URL\",\"value\":\"amqp://u:@plim:url-password:8-11:5@mq/\"},{\"name\":\"X\",\"valueFrom\":{\"secretKeyRef\":{\"name\":\"s\",\"key\":\"password\"}}}]}]}}");
}

static void config_maps(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf out = BUF_INIT;

	CHECK_STR(hidden(&out, &a,
			 "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"app\"},\"data\":{\"a\":\"plain text\",\"db.conf\":\"password = Canary-5-x\",\"none\":\"\"}}"),
		  "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"app\"},\"data\":{\"a\":\"@plim:plain:8-11:1\",\"db.conf\":\"@plim:low:16-23:2\",\"none\":\"@plim:empty:0:3\"}}");
	CHECK_STR(hidden(&out, &a, "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"kube-proxy\"},\"data\":{\"config.conf\":\"mode: iptables\"}}"),
		  "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"kube-proxy\"},\"data\":{\"config.conf\":\"mode: iptables\"}}");
}

static void tokens(void)
{
	struct redact_token t;

	CHECK(redact_parse(SPAN("@plim:high:16-23:4"), &t));
	CHECK_SPAN(t.class, "high");
	CHECK_SPAN(t.number, "4");
	CHECK(!redact_parse(SPAN("plain"), &t));
	CHECK_SPAN(redact_class(SPAN("x"), &t), "plain");
	CHECK_SPAN(redact_class(SPAN(""), &t), "empty");
	CHECK(!redact_leaks(SPAN("{\"a\":\"@plim:url-password:8-11:5\",\"password\":\"@plim:low:1-7:3\"}")));
	CHECK(redact_leaks(SPAN("x AKIAIOSFODNN7EXAMPLE")));
}

int main(void)
{
	TEST(names);
	TEST(forms);
	TEST(commands);
	TEST(word_lists);
	TEST(gate);
	TEST(strengths);
	TEST(secrets);
	TEST(workloads);
	TEST(config_maps);
	TEST(tokens);
	return test_end();
}
