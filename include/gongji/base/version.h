#pragma once
/* The version of the program; the schema keeps its own major (db/migrate.c). */
#define GONGJI_VERSION "0.1.0"
