/* Finding the label of an object and of its portions in a STIX document. Internal to this room. */
#ifndef BICES_OBJECT_STIX_LABELS_H
#define BICES_OBJECT_STIX_LABELS_H

#include "object/stix.h"

/* Where one reading of a document stands. */
struct stix_reader {
	const struct stix_input *input;
	struct arena *arena;
	struct diag *diag;
	json_t *labels;    /* object: marking-definition id → compact label; owned */
	json_t *foreign;   /* object: marking-definition id → foreign marking-definition of the document; owned */
	json_t *portioned; /* object: the labels of the portions of the object in hand, as names; NULL without portions
			    */
	const char *where; /* "objects[12] malware--…": begins every message */
};

/* Refuses with "where: message". */
#define REFUSE(reader, err, ...) stix_refuse((reader), (err), __VA_ARGS__)
enum err stix_refuse(struct stix_reader *reader, enum err err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Takes in a marking-definition that carries our label; *ret_taken tells whether it does. */
enum err stix_take_label(struct stix_reader *reader, json_t *object, bool *ret_taken) MUST_USE;

/* The label that this marking-definition id stands for; empty when it is a foreign marking. ERR_UNKNOWN when it is one of
 * our labels, but neither document nor caller say which. */
enum err stix_find_label(struct stix_reader *reader, struct slice marking_id, struct slice *ret_label) MUST_USE;

/* The canonical form of a compact label as written in the document. */
enum err stix_read_label(struct stix_reader *reader, struct slice text, struct slice *ret_label) MUST_USE;

/* The compact form of a marking line. */
enum err stix_read_marking(struct stix_reader *reader, struct slice line, struct slice *ret_label) MUST_USE;

/* Refuses a marking line beside a label unless it is what the label prints or what it reads as: someone who changed the
 * line by hand meant it. */
enum err stix_check_marking(struct stix_reader *reader, struct slice label, struct slice line) MUST_USE;

/* Our labels among object_marking_refs: the one label of a plain object, or empty. Foreign markings are appended to the
 * new array *ret_foreign (NULL when there are none; the caller releases it). For an object with portions several
 * are no contradiction, each must be the label of a portion, and none is returned. */
enum err stix_object_label(struct stix_reader *reader, json_t *object, struct slice *ret_label,
			   json_t **ret_foreign) MUST_USE;

/* What the foreign markings of an object and of its parts mean by the map: the strictest label of all, or empty where they
 * say nothing about readers. ERR_INVALID: they come in with a label of ours only; ERR_AMBIGUOUS: none is the strictest. */
enum err stix_map_markings(struct stix_reader *reader, json_t *object, struct slice *ret_label) MUST_USE;

/* The granular markings that stay in the head: those of others. Ours are made anew from the portions' labels. A foreign
 * one on a reference is refused: it would tell of references that a reader may not see. */
enum err stix_foreign_granular(struct stix_reader *reader, json_t *object, json_t **ret_foreign) MUST_USE;

#endif
