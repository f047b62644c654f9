#pragma once

/*
 * One function a verb, one file each.  argv[0] is the first word behind the
 * verb; what comes back is the exit code (cli/args.h).
 */
int yf_cli_init(int argc, char **argv);
int yf_cli_serve(int argc, char **argv);
int yf_cli_demo(int argc, char **argv);
int yf_cli_person(int argc, char **argv);
int yf_cli_rp(int argc, char **argv);
int yf_cli_key(int argc, char **argv);
int yf_cli_offer(int argc, char **argv);
int yf_cli_status(int argc, char **argv);
int yf_cli_approve(int argc, char **argv);
int yf_cli_verify(int argc, char **argv);
int yf_cli_wallet(int argc, char **argv);
int yf_cli_face(int argc, char **argv);
int yf_cli_face_worker(int argc, char **argv);
int yf_cli_bench(int argc, char **argv);
