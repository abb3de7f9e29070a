/* XML signatures (XMLDSig) over ADatP-4778 bindings: libxml2 and libxmlsec1 stand behind this header. The second place
 * beside exchange/ where OpenSSL is called directly: xmlsec takes keys in no other form.
 *
 * What is verified is what is used: answers are read again from the very octets that were digested, never from the
 * document that held them. Nothing is fetched: a URI means an element of the document, or octets the caller gives.
 * Keys come from X509Data and count only with a chain to an anchor that the caller gives; the system's own anchors are
 * never asked. One thread at a time: libxmlsec1 keeps its input callbacks globally.
 *
 * spec: ADatP-4778 with XML Signature 1.1. Accepted: ECDSA-SHA256 and -SHA384 on P-256 or P-384, RSA-SHA256 from 2048
 * bits; digests SHA-256, -384, -512; canonical XML 1.0, 1.1 and exclusive, without comments; the enveloped-signature
 * transform on data in the same document. Everything else is refused: SHA-1, MD5, HMAC, XPath, XSLT, base64, comments.
 */
#ifndef BICES_COLLECT_BINDING_SIGNATURE_H
#define BICES_COLLECT_BINDING_SIGNATURE_H

#include "label/binding.h"

/* What a DataReference outside of the document names. */
struct binding_resource {
	struct slice uri; /* exactly as in the binding */
	struct slice octets;
};
struct binding_resources {
	const struct binding_resource *items;
	size_t count;
};

struct binding_signer {
	struct slice key_pem;         /* EC P-256, EC P-384 or RSA; not encrypted */
	struct slice certificate_pem; /* the key's certificate, then those between it and the anchor */
};

/* Appends the document with a signature in its binding: one Reference for each MetadataBinding (each must have an Id)
 * and for each data reference; digests SHA-384, exclusive canonical XML, KeyInfo with X509Data. The other octets stay.
 * ERR_INVALID: an Id is missing or twice; ERR_CONFLICT: signed already; ERR_NOT_FOUND: a URI that is neither in the
 * document nor in resources; ERR_UNSUPPORTED: a reference to metadata, one with transforms, or a key of another kind;
 * ERR_CRYPTO: key and certificate do not belong together. */
enum err binding_sign(struct slice xml, const struct binding_signer *signer, const struct binding_resources *resources,
		      struct arena *arena, struct buf *signed_xml, struct diag *diag) MUST_USE;

struct binding_trust {
	struct slice anchors_pem; /* certificates that end a chain; at least one */
	uint64_t now_ms;          /* when certificates must be valid */
};

/* The octets that were digested for a Reference: canonical XML, or the resource as it was given. */
struct verified_octets {
	struct slice uri, octets;
	struct verified_octets *next;
};
struct verified_binding {
	struct metadata_binding *bindings; /* read from verified octets only */
	struct verified_octets *data;      /* of every data reference, and of nothing else */
	struct slice signer;               /* the certificate's subject, RFC 2253 */
};

/* Verifies the one signature of a binding and that it covers all of it: every MetadataBinding and everything these
 * name. Results live in the arena. ERR_CRYPTO: no signature, one that does not verify, or a signer without a chain to
 * an anchor; ERR_UNSUPPORTED: an algorithm, transform or form that is refused; ERR_INVALID: an Id twice, a part that is
 * not signed, a Reference to something that the binding does not name; ERR_NOT_FOUND: data were not given; else as
 * binding_read. */
enum err binding_verify(struct slice xml, const struct binding_trust *trust, const struct binding_resources *resources,
			struct arena *arena, struct verified_binding *ret_verified, struct diag *diag) MUST_USE;

#endif
