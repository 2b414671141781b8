# SPDX-License-Identifier: Apache-2.0
# Images: a gzip OCI archive of 75 MB and its docker-save twin; one layer of half a million entries.
python3 "$here/make-image.py" "$work/image" 75
python3 "$here/make-image.py" "$work/entries" entries=500000
gzip=$(cpu "$work/rss" sh -c 'gzip -dc "$1"/layer*.gz | sha256sum' sh "$work/image")
oci=$(cpu "$work/rss-oci" "$plimsoll" image "$work/image/oci.tar" --cache "$work/cache" --format json)
docker=$(cpu "$work/rss" "$plimsoll" image "$work/image/docker.tar" --no-cache --format json)
cpu "$work/rss-entries" "$plimsoll" image "$work/entries/oci.tar" --no-cache --format json > /dev/null
again=$(cpu "$work/rss" "$plimsoll" image "$work/image/oci.tar" --cache "$work/cache" --format json)
verdict "image, layers known / the first run" "$(ratio "$again" "$oci")" 0.05
verdict "image, OCI / gzip -dc layers | sha256sum" "$(ratio "$oci" "$gzip")" 0.40
verdict "image, docker save / gzip -dc layers | sha256sum" "$(ratio "$docker" "$gzip")" 0.40
verdict "peak memory of image, MB" "$(cat "$work/rss-oci")" 64
verdict "peak memory of image with 500,000 entries, MB" "$(cat "$work/rss-entries")" 64
# Without its database, and without its search for secrets, which ours includes: Trivy's default takes ten times as long.
trivy_image() {
	cpu "$work/rss" trivy image --cache-dir "$work/trivy" --input "$1" --offline-scan --skip-db-update --format json --list-all-pkgs --scanners license
	rm -rf "$work/trivy"
}
if command -v trivy > /dev/null; then
	mkdir "$work/layout"
	tar -xf "$work/image/oci.tar" -C "$work/layout"
	verdict "image, OCI / trivy image" "$(ratio "$oci" "$(trivy_image "$work/layout")")" 0.50
	verdict "image, docker save / trivy image" "$(ratio "$docker" "$(trivy_image "$work/image/docker.tar")")" 0.50
fi
if command -v syft > /dev/null; then
	verdict "image, OCI / syft" "$(ratio "$oci" "$(cpu "$work/rss" syft scan "oci-archive:$work/image/oci.tar" -o json)")" 0.125
	verdict "image, docker save / syft" "$(ratio "$docker" "$(cpu "$work/rss" syft scan "docker-archive:$work/image/docker.tar" -o json)")" 0.125
fi
