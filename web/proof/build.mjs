// Served at /oauth/authorize, its files in proof/.
export const base = "../proof/";
