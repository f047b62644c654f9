/* A table that ends before match(). */
#include "null.h"

NULL_ENGINE(.size = offsetof(struct yufu_face_engine, match))
