/* A sealed copy of the drafts, so that a reload or a crashed tab loses nothing that was typed.
 *
 * What is written is AES-256-GCM under a key that the browser makes and never shows (not extractable). Key and text lie apart:
 * the key in IndexedDB, the sealed text in the tab's session storage, which ends with the tab. Signing out deletes both. The
 * owner (nation and user) is authenticated with the text, so that nobody else's sign-in opens it. */
const DATABASE = 'bices';
const STORE = 'keys';
const KEY = 'drafts';
const PLACE = 'bices.drafts';

function open(): Promise<IDBDatabase> {
	return new Promise((resolve, reject) => {
		const request = indexedDB.open(DATABASE, 1);
		request.onupgradeneeded = () => request.result.createObjectStore(STORE);
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => reject(request.error ?? new Error('no database'));
	});
}

async function withStore<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
	const database = await open();
	try {
		return await new Promise<T>((resolve, reject) => {
			const request = run(database.transaction(STORE, mode).objectStore(STORE));
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error ?? new Error('no answer'));
		});
	} finally {
		database.close();
	}
}

async function key(make: boolean): Promise<CryptoKey | null> {
	const kept = (await withStore('readonly', (store) => store.get(KEY))) as CryptoKey | undefined;
	if (kept || !make) return kept ?? null;
	const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
	await withStore('readwrite', (store) => store.put(made, KEY));
	return made;
}

const octets = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
const toText = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const toBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/* True once the text is kept. */
export async function seal(owner: string, text: string): Promise<boolean> {
	try {
		const with_ = await key(true);
		if (!with_) return false;
		const iv = crypto.getRandomValues(new Uint8Array(12));
		const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: octets(owner) }, with_, octets(text));
		sessionStorage.setItem(PLACE, btoa(toText(iv) + toText(new Uint8Array(sealed))));
		return true;
	} catch {
		return false;
	}
}

/* The text of this owner, or null: nothing is kept, or it is somebody else's. */
export async function unseal(owner: string): Promise<string | null> {
	try {
		const kept = sessionStorage.getItem(PLACE);
		const with_ = kept ? await key(false) : null;
		if (!kept || !with_) return null;
		const bytes = toBytes(atob(kept));
		const open = { name: 'AES-GCM', iv: bytes.slice(0, 12), additionalData: octets(owner) };
		return new TextDecoder().decode(await crypto.subtle.decrypt(open, with_, bytes.slice(12)));
	} catch {
		return null;
	}
}

export async function forget(): Promise<void> {
	try {
		sessionStorage.removeItem(PLACE);
		await withStore('readwrite', (store) => store.delete(KEY));
	} catch {
		return;
	}
}
