// SPDX-License-Identifier: Apache-2.0
// VEX statements into vulns.db, merged one by one.
#include "vex-store.h"

#include "common/limits.h"

int vex_store(struct store *s, const struct vex_row *r, struct err *e)
{
	int64_t id;

	if (r->name.n == 0 || r->name.n > LIMIT_VERSION_BYTES || r->product.n == 0 || r->product.n > LIMIT_NAME_BYTES || r->component.n > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "a statement without vulnerability or product");
	id = db_int(&s->db, 0, "SELECT id FROM vex WHERE name = ? AND feed = ? AND product = ? AND component IS ? AND author IS ?", "tittt", r->name,
		    s->feed, r->product, r->component, r->author);
	if (id) {
		bool same = db_int(&s->db, 0, "SELECT (status = ? AND justification IS ?) OR coalesce(stated, 0) > ? FROM vex WHERE id = ?", "stii",
				   r->status, r->justification, r->stated, id);

		s->same += same;
		if (same)
			return 0;
		if (db_run(&s->db, e, "DELETE FROM vex WHERE id = ?", "i", id))
			return -1;
	}
	s->changed = true;
	s->records++;
	return db_run(&s->db, e,
		      "INSERT INTO vex (feed, name, product, component, status, justification, note, author, stated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "itttstttr", s->feed, r->name, r->product, r->component, r->status, r->justification, r->note, r->author, r->stated);
}
