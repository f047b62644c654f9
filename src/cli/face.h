#pragma once

/*
 * `yufu face VERB ...`; argv[0] is the verb.
 *
 *	compare A.jpg B.jpg   the distance of two faces
 *	check A.jpg           what the engine sees in a picture
 *	bench PAIRS.csv --root DIR   accuracy and time over a list of pairs
 *	pack FOLDER FILE      the model file from the npm package
 *	certify, certificate, certifier   see cli/face_certificate.h
 *
 * Exit code: 0 done (compare: the same person), 1 compare: not the same, or
 * no usable face; 2 could not tell.
 */
int yf_cli_face(int argc, char **argv);

/* `yufu face-worker ENGINE FOLDER MODEL MEMORY`: started by the pool, not by
 * people. */
int yf_cli_face_worker(int argc, char **argv);
