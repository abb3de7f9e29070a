/* SPDX-License-Identifier: Apache-2.0 */
#include "xml.h"

#include <stdio.h>

#define LABEL_NS "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
#define CLEARANCE_NS "urn:nato:stanag:4774:confidentialityclearance:1:0"

static void put_escaped(struct buf *xml, const json_t *string)
{
	for (const char *c = json_string_value(string); c && *c; c++) {
		if (*c == '<' || *c == '&' || *c == '"')
			buf_printf(xml, "&#%d;", *c);
		else
			buf_put_octet(xml, (uint8_t)*c);
	}
}

static void put_element(struct buf *xml, const char *name, const json_t *string)
{
	buf_printf(xml, "<l:%s>", name);
	put_escaped(xml, string);
	buf_printf(xml, "</l:%s>", name);
}

static void put_categories(struct buf *xml, const json_t *categories)
{
	size_t i, j;
	const json_t *category, *value;
	json_array_foreach(categories, i, category) {
		buf_put_text(xml, "<l:Category Type=\"");
		put_escaped(xml, json_object_get(category, "type"));
		buf_put_text(xml, "\" TagName=\"");
		put_escaped(xml, json_object_get(category, "tag_set"));
		buf_put_text(xml, "\">");
		json_array_foreach(json_object_get(category, "values"), j, value)
			put_element(xml, "GenericValue", value);
		buf_put_text(xml, "</l:Category>");
	}
}

void put_label(struct buf *xml, const json_t *label)
{
	buf_put_text(xml, "<l:originatorConfidentialityLabel xmlns:l=\"" LABEL_NS "\" ReviewDateTime=\"2030-01-01T00:00:00Z\">"
		     "<l:ConfidentialityInformation>");
	put_element(xml, "PolicyIdentifier", json_object_get(label, "policy"));
	put_element(xml, "Classification", json_object_get(label, "classification"));
	if (json_object_get(label, "privacy_mark"))
		put_element(xml, "PrivacyMark", json_object_get(label, "privacy_mark"));
	put_categories(xml, json_object_get(label, "categories"));
	buf_put_text(xml, "</l:ConfidentialityInformation><l:CreationDateTime>2026-01-01T00:00:00Z</l:CreationDateTime>"
		     "</l:originatorConfidentialityLabel>");
}

void put_clearance_xml(struct buf *xml, const json_t *clearance)
{
	size_t i;
	const json_t *name;
	buf_put_text(xml, "<c:ConfidentialityClearance xmlns:c=\"" CLEARANCE_NS "\" xmlns:l=\"" LABEL_NS "\">");
	put_element(xml, "PolicyIdentifier", json_object_get(clearance, "policy"));
	buf_put_text(xml, "<c:ClassificationList>");
	json_array_foreach(json_object_get(clearance, "classifications"), i, name)
		put_element(xml, "Classification", name);
	buf_put_text(xml, "</c:ClassificationList>");
	put_categories(xml, json_object_get(clearance, "categories"));
	buf_put_text(xml, "</c:ConfidentialityClearance>");
}

static void put_name(struct buf *line, const json_t *string)
{
	for (const char *c = json_string_value(string); c && *c; c++) {
		if (*c == '|' || *c == '=' || *c == ',' || *c == '%' || (unsigned char)*c < 0x20)
			buf_printf(line, "%%%02X", (unsigned)*c);
		else
			buf_put_octet(line, (uint8_t)*c);
	}
}

static void put_names(struct buf *line, const json_t *names)
{
	size_t i;
	const json_t *name;
	json_array_foreach(names, i, name) {
		if (i)
			buf_put_octet(line, ',');
		put_name(line, name);
	}
}

/* The categories of one type, given by the first letter of its name. */
static void put_tags(struct buf *line, const json_t *categories, char letter)
{
	size_t i;
	const json_t *category;
	json_array_foreach(categories, i, category) {
		if (json_string_value(json_object_get(category, "type"))[0] != letter)
			continue;
		buf_printf(line, "|%c:", letter);
		put_name(line, json_object_get(category, "tag_set"));
		buf_put_octet(line, '=');
		put_names(line, json_object_get(category, "values"));
	}
}

void put_clearance(struct buf *line, const json_t *clearance)
{
	put_name(line, json_object_get(clearance, "policy"));
	buf_put_octet(line, '|');
	put_names(line, json_object_get(clearance, "classifications"));
	for (const char *letter = "RPI"; *letter; letter++)
		put_tags(line, json_object_get(clearance, "categories"), *letter);
}
