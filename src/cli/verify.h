#pragma once

/*
 * yufu verify [--trust FILE] [--status FILE] [--at TIME]
 *             [--nonce N --audience A] [--json] FILE|-
 *
 * Checks an SD-JWT VC, issued or presented, with no network.
 *
 * --trust   PEM certificates of CAs, or a JWK or JWK set of issuers
 * --status  status list tokens, one a line, as /status/N gives them
 * --at      seconds UTC, YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ; now otherwise
 *
 * The exit code: 0 accepted, 1 refused, 2 could not tell (a usage error too).
 * `argv` are the arguments behind the verb.
 */
int yf_cli_verify(int argc, char **argv);
