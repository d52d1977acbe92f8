#pragma once
/* The schema's source as gen_embed.py put it into the program; every list ends with a NULL name. */

struct embedded {
    const char *name, *sha256, *text; /* a function's name carries its schema: "api.binding_create" */
};
extern const struct embedded EMBEDDED_ROLES[], EMBEDDED_MIGRATIONS[], EMBEDDED_FUNCTIONS[], EMBEDDED_VIEWS[],
    EMBEDDED_GUARDS[], EMBEDDED_GRANTS[];
extern const char EMBEDDED_DIGEST[]; /* of all of them: what the server compares before it starts */
