#include "face/nets.h"

const float yf_mean_detect[3] = { 117.001f, 114.697f, 97.404f };
const float yf_mean_face[3] = { 122.782f, 117.001f, 104.298f };
