// SPDX-License-Identifier: Apache-2.0
// Services, ingresses and network policies as written. Which workloads they take in is derive-workload.c's.
#include "kubernetes.h"

/* Annotations with which clouds make a load balancer internal: any of these values. */
static bool is_internal(const struct json *annotations)
{
	static const struct {
		const char *key, *value;
	} marks[] = {
		{"service.beta.kubernetes.io/aws-load-balancer-internal", "true"},
		{"service.beta.kubernetes.io/aws-load-balancer-internal", "0.0.0.0/0"},
		{"service.beta.kubernetes.io/aws-load-balancer-scheme", "internal"},
		{"service.beta.kubernetes.io/azure-load-balancer-internal", "true"},
		{"networking.gke.io/load-balancer-type", "Internal"},
		{"cloud.google.com/load-balancer-type", "Internal"},
		{"service.beta.kubernetes.io/oci-load-balancer-internal", "true"},
		{"service.beta.kubernetes.io/openstack-internal-load-balancer", "true"},
		{"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "intranet"},
		{"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private"},
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (span_ieq(json_str(json_get(annotations, marks[i].key)), marks[i].value))
			return true;
	return false;
}

static int write_ports(struct kube *k, struct err *e)
{
	JSON_EACH(port, json_get(k->spec, "ports"))
	{
		struct span protocol = json_text_at(port, "protocol");
		int64_t number = 0, node_port = 0;

		if (!json_int(json_get(port, "port"), &number))
			continue;
		json_int(json_get(port, "nodePort"), &node_port);
		if (db_run(k->l->db, e, "INSERT INTO service_port(service, name, port, target, node_port, protocol) VALUES (?, ?, ?, ?, ?, ?)",
			   "ititrt", k->thing, json_text_at(port, "name"), number, json_scalar(json_get(port, "targetPort")), node_port,
			   protocol.n ? protocol : SPAN("TCP")))
			return -1;
	}
	return 0;
}

/* Addresses in the status, as a JSON array of texts; absent when there are none. */
static struct span balancer_addresses(struct arena *a, const struct json *status)
{
	struct json list = {.type = JSON_ARRAY};

	JSON_EACH(in, json_path(status, "loadBalancer.ingress"))
	{
		struct span address = json_text_at(in, "ip");

		if (!address.n)
			address = json_text_at(in, "hostname");
		if (address.n)
			json_push(a, &list, json_make_str(a, address));
	}
	return list.n ? kube_json(a, &list) : SPAN_NONE;
}

int load_service(struct kube *k, struct err *e)
{
	const struct json *ranges = json_get(k->spec, "loadBalancerSourceRanges"), *selector = json_get(k->spec, "selector");
	struct span type = json_text_at(k->spec, "type");
	struct arena *a = &k->l->item;

	if (db_run(k->l->db, e,
		   "INSERT INTO service(thing, cluster, namespace, name, type, cluster_ip, external_ips, load_balancer, source_ranges, internal, "
		   "external_name, selector, external_traffic_policy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "istttttttbttt",
		   k->thing, kube_cluster(k->l), k->namespace, k->name, type.n ? type : SPAN("ClusterIP"), json_text_at(k->spec, "clusterIP"),
		   kube_array(a, json_get(k->spec, "externalIPs")), balancer_addresses(a, k->status),
		   json_count(ranges) ? kube_json(a, ranges) : SPAN_NONE, is_internal(json_get(k->meta, "annotations")),
		   json_text_at(k->spec, "externalName"), json_is(selector, JSON_OBJECT) && json_count(selector) ? kube_json(a, selector) : SPAN_NONE,
		   json_text_at(k->spec, "externalTrafficPolicy")))
		return -1;
	return write_ports(k, e);
}
