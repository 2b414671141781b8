// SPDX-License-Identifier: Apache-2.0
// Which systems there are though nothing of them was collected: clouds that nodes, accounts and images hint at, registries that
// images come from. Their checks are then not-assessed; what nothing hints at is assumed absent, and listed as such. What the
// engagement file says comes between the two (derive-engagement.c).
#include "derive-scope.h"

/* Accounts of Amazon that the system images of EKS come from: a hint at AWS, but no account of this site's.
 * https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html */
#define EKS_ACCOUNTS                                                                                                          \
	"('602401143452', '877085696533', '800184023465', '918309763551', '961992271922', '590381155156', '558608220178', "   \
	"'900889452093', '491585149902', '296578399912', '759879836304', '455263428931', '900612956339', '066635153087', "    \
	"'013241004608', '151742754352', '761377655185', '730335286997', '151610086707')"
#define DIGITS12 "[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]"
/* Registries that anybody uses: images of them run everywhere, nothing of them is this site's. */
#define PUBLIC_REGISTRIES                                                                                                     \
	"('docker.io', 'quay.io', 'ghcr.io', 'gcr.io', 'registry.k8s.io', 'k8s.gcr.io', 'public.ecr.aws', 'mcr.microsoft.com', 'lscr.io', " \
	"'registry.gitlab.com', 'docker.elastic.co', 'nvcr.io', 'registry.access.redhat.com', 'registry.redhat.io', 'registry.connect.redhat.com', "  \
	"'registry.opensource.zalan.do', 'cr.l5d.io', 'xpkg.upbound.io', 'cgr.dev', 'ttl.sh', 'container-registry.oracle.com', 'registry.suse.com', " \
	"'cr.fluentbit.io')"

static const char *const clouds[] = {
	"CREATE TEMP TABLE cloud_hint (kind TEXT, name TEXT, hint TEXT)",

	"INSERT INTO cloud_hint SELECT DISTINCT 'aws', substr(cloud_role, instr(cloud_role, '::') + 2, 12), 'service accounts of the cluster take roles of it' "
	"FROM service_account WHERE cloud_role GLOB 'arn:aws*:iam::" DIGITS12 ":role/*'",
	"INSERT INTO cloud_hint SELECT DISTINCT 'gcp', substr(rest, 1, instr(rest, '.') - 1), 'service accounts of the cluster act as accounts of it' "
	"FROM (SELECT substr(cloud_role, instr(cloud_role, '@') + 1) AS rest FROM service_account WHERE cloud_role GLOB '?*@?*.iam.gserviceaccount.com')",
	"INSERT INTO cloud_hint SELECT DISTINCT 'azure', NULL, 'service accounts of the cluster act as identities of it' "
	"FROM annotation WHERE key = 'azure.workload.identity/client-id'",

	"INSERT INTO cloud_hint SELECT DISTINCT 'aws', iif(account IN " EKS_ACCOUNTS ", NULL, account), 'images come from its registry' "
	"FROM (SELECT substr(image_registry, 1, 12) AS account FROM container WHERE image_registry GLOB '" DIGITS12 ".dkr.ecr.*.amazonaws.com*')",
	"INSERT INTO cloud_hint SELECT DISTINCT 'azure', NULL, 'images come from its registry' FROM container WHERE image_registry GLOB '?*.azurecr.io'",

	"INSERT INTO cloud_hint SELECT 'aws', NULL, 'nodes of the cluster run on it' FROM node WHERE provider = 'aws' LIMIT 1",
	/* azure:///subscriptions/ID/..., gce://PROJECT/ZONE/NAME */
	"INSERT INTO cloud_hint SELECT DISTINCT 'azure', nullif(substr(rest, 1, instr(rest, '/') - 1), ''), 'nodes of the cluster run on it' FROM (SELECT "
	"iif(lower(id) GLOB 'azure:///subscriptions/?*/*', substr(id, length('azure:///subscriptions/') + 1), '/') AS rest "
	"FROM (SELECT json_extract(object(thing), '$.spec.providerID') AS id FROM node WHERE provider = 'azure'))",
	"INSERT INTO cloud_hint SELECT DISTINCT 'gcp', nullif(substr(rest, 1, instr(rest, '/') - 1), ''), 'nodes of the cluster run on it' "
	"FROM (SELECT substr(json_extract(object(thing), '$.spec.providerID'), length('gce://') + 1) AS rest FROM node WHERE provider = 'gce')",

	"INSERT INTO cloud_hint SELECT DISTINCT CASE WHEN provisioner IN ('ebs.csi.aws.com', 'efs.csi.aws.com', 'kubernetes.io/aws-ebs') THEN 'aws' "
	"WHEN provisioner IN ('disk.csi.azure.com', 'file.csi.azure.com', 'kubernetes.io/azure-disk', 'kubernetes.io/azure-file') THEN 'azure' ELSE 'gcp' END, "
	"NULL, 'volumes come from it' FROM storage_class WHERE provisioner IN ('ebs.csi.aws.com', 'efs.csi.aws.com', 'kubernetes.io/aws-ebs', "
	"'disk.csi.azure.com', 'file.csi.azure.com', 'kubernetes.io/azure-disk', 'kubernetes.io/azure-file', 'pd.csi.storage.gke.io', 'kubernetes.io/gce-pd')",

	"INSERT OR IGNORE INTO scope(kind, name, hint) SELECT kind, name, min(hint) FROM cloud_hint WHERE name IS NOT NULL GROUP BY kind, name ORDER BY kind, name",
	/* Without an account's name one scope stands for the cloud. */
	"INSERT OR IGNORE INTO scope(kind, name, hint) SELECT kind, kind, min(hint) FROM cloud_hint h WHERE NOT EXISTS (SELECT 1 FROM scope s WHERE s.kind = h.kind) "
	"GROUP BY kind ORDER BY kind",
	"DROP TABLE cloud_hint",
	NULL,
};

static const char *const registries[] = {
	"INSERT OR IGNORE INTO scope(kind, name, state, hint) SELECT 'registry', image_registry, iif(image_registry IN " PUBLIC_REGISTRIES
	" OR substr(image_registry, 1, 12) IN " EKS_ACCOUNTS ", 'assumed-absent', 'in-scope'), "
	"iif(image_registry IN " PUBLIC_REGISTRIES " OR substr(image_registry, 1, 12) IN " EKS_ACCOUNTS ", 'a public registry: images of it run', 'images of it run') "
	"FROM container WHERE image_registry IS NOT NULL GROUP BY image_registry ORDER BY image_registry",
	"INSERT OR IGNORE INTO thing(kind, ref, scope, type, name) SELECT 'registry', 'registry:' || c.image_registry, s.id, 'registry', c.image_registry "
	"FROM container c JOIN scope s ON s.kind = 'registry' AND s.name = c.image_registry GROUP BY c.image_registry ORDER BY c.image_registry",
	"INSERT OR IGNORE INTO registry(thing, host, collected) SELECT id, name, 0 FROM thing WHERE kind = 'registry' ORDER BY id",
	"INSERT OR IGNORE INTO thing(kind, ref, scope, type, name, parent) "
	"SELECT 'repository', 'repository:' || r.host || '/' || c.image_repository, t.scope, 'repository', c.image_repository, r.thing "
	"FROM (SELECT DISTINCT image_registry, image_repository FROM container WHERE image_registry IS NOT NULL) c JOIN registry r ON r.host = c.image_registry "
	"JOIN thing t ON t.id = r.thing ORDER BY r.host, c.image_repository",
	"INSERT OR IGNORE INTO repository(thing, registry, name) SELECT id, parent, name FROM thing WHERE kind = 'repository' ORDER BY id",

	"INSERT OR IGNORE INTO scope(kind, name, hint) SELECT 'images', 'images', 'workloads run them' FROM container LIMIT 1",
	NULL,
};

static const char *const absent[] = {
	"INSERT INTO scope(kind, name, state, hint) SELECT k.value, k.value, 'assumed-absent', 'nothing in the evidence or the engagement file hints at it' "
	"FROM json_each('[\"cluster\",\"images\",\"registry\",\"aws\",\"azure\",\"gcp\"]') k "
	"WHERE NOT EXISTS (SELECT 1 FROM scope s WHERE s.kind = k.value) ORDER BY k.key",
	NULL,
};

int derive_scopes(struct db *db, struct err *e)
{
	if (db_exec_all(db, clouds, e))
		return -1;
	return db_exec_all(db, registries, e);
}

int derive_absent_scopes(struct db *db, struct err *e)
{
	return db_exec_all(db, absent, e);
}
