#pragma once

#include "codec/json.h"

/*
 * `yufu bench db`: what durable writes cost here, beside their limit measured
 * in the same run.  Appends one object a row to the array that is open in
 * `out`:
 *
 *   db.sync          4 KiB written and synced to disk, one after the other
 *   db.one_by_one    writes a second, 64 clients, each with its own commit;
 *                    limit: db.sync
 *   db.group_commit  the same clients sharing commits; limit: db.one_by_one,
 *                    so that its ratio is the gain
 *   db.read          point reads a second, 4 clients
 *
 * folder       on the disk that is meant; a scratch folder is made inside and
 *              removed
 * duration_ms  of each row
 *
 * IO, STORE, MEMORY
 */
YF_CHECKED yf_err yf_bench_db(const char *folder, unsigned duration_ms,
			      struct yf_json_out *out);
