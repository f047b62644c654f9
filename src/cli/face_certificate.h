#pragma once

/*
 * Certificates of face engines; argv[0] is the verb.  Exit codes: 0 done or
 * believed, 1 `certificate`: not to be believed, 2 failed.
 */

/* certify REPORT.json --key KEY.pem --cert CERT.pem [--by TEXT] ... */
int yf_cli_face_certify(int argc, char **argv);

/* certificate FILE [--trust PEM] [--json] */
int yf_cli_face_certificate(int argc, char **argv);

/* certifier DIR [--name TEXT]: a root of the operator's own, and a key */
int yf_cli_face_certifier(int argc, char **argv);
