//! Sessions that are kept with a passphrase: what is stored of them, through the browser's own cryptography.
//!
//! A key is derived of the passphrase by PBKDF2 (SHA-256, [`ROUNDS`] rounds) with a salt that is drawn anew at each writing, and
//! seals pieces by AES-GCM, each with a nonce of its own and its number beside it, so that none can be put in another's place unseen.
//! The passphrase itself is with the browser, which gives it back to nobody, until the tab ends; it is stored nowhere.

use super::bundles::Bundles;
use super::clock::set;
use super::later;
use js_sys::{Array, Function, JsString, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// What OWASP asks for of PBKDF2 with SHA-256.
const ROUNDS: f64 = 600_000.0;

/// How many bytes a salt and a nonce have.
const SALT: u32 = 16;
const NONCE: u32 = 12;

/// How many bytes of a file are sealed at once: they lie in memory, and the whole need not.
const PIECE: f64 = (8 << 20) as f64;

/// A passphrase, as the browser keeps it.
#[derive(Clone, Debug)]
pub struct Secret(JsValue);

/// Whether the browser lets this page seal: not on a page that came over plain http from another machine.
pub fn can_seal() -> bool {
    subtle().is_ok_and(|subtle| subtle.is_object())
}

impl Secret {
    /// This passphrase.
    pub async fn new(passphrase: &str) -> Option<Self> {
        // However letters with accents were typed.
        let text = String::from(JsString::from(passphrase).normalize("NFC"));
        let bytes = Uint8Array::from(text.as_bytes());
        let uses = Array::of1(&"deriveKey".into());
        let asked: [&JsValue; 5] = [
            &"raw".into(),
            &bytes,
            &"PBKDF2".into(),
            &JsValue::FALSE,
            &uses,
        ];
        call("importKey", &asked).await.ok().map(Self)
    }

    /// A text as it is stored.
    pub async fn seal(&self, text: &str) -> Option<JsValue> {
        let mut key = self.key(random(SALT).ok()?).await.ok()?;
        let sealed = key.seal(&Uint8Array::from(text.as_bytes())).await.ok()?;
        Some(Array::of2(&key.salt, &sealed).into())
    }

    /// A text as it was sealed; none where the passphrase is another one.
    pub async fn open(&self, stored: &JsValue) -> Option<String> {
        let (mut key, sealed) = self.key_of(stored).await?;
        let bytes = key.open(sealed.unchecked_into()).await.ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// Drops as they are stored.
    pub async fn seal_drops(&self, drops: &[Bundles]) -> Option<JsValue> {
        let mut key = self.key(random(SALT).ok()?).await.ok()?;
        let all = Array::new();
        for drop in drops {
            let mut known = drop.budget.to_le_bytes().to_vec();
            known.extend_from_slice(&drop.files);
            let known = key.seal(&Uint8Array::from(&*known)).await.ok()?;
            let blobs = Array::new();
            for blob in &drop.blobs {
                let pieces = Array::new();
                let mut from = 0.0;
                while from < blob.size() {
                    let piece = blob.slice_with_f64_and_f64(from, from + PIECE).ok()?;
                    let sealed = key.seal(&bytes_of(&piece).await.ok()?).await.ok()?;
                    let sealed = in_blob(&sealed)?;
                    pieces.push(&sealed);
                    from += PIECE;
                }
                blobs.push(&pieces);
            }
            all.push(&Array::of2(&known, &blobs));
        }
        Some(Array::of2(&key.salt, &all).into())
    }

    /// Drops as they were sealed; none where the passphrase is another one, or something of them is not there.
    pub async fn open_drops(&self, stored: &JsValue) -> Option<Vec<Bundles>> {
        let (mut key, all) = self.key_of(stored).await?;
        let mut drops = Vec::new();
        for drop in Array::from(&all).iter() {
            let drop = Array::from(&drop);
            let known = key.open(drop.get(0).unchecked_into()).await.ok()?.to_vec();
            let (budget, files) = known.split_first_chunk()?;
            let mut blobs = Vec::new();
            for pieces in Array::from(&drop.get(1)).iter() {
                let opened = Array::new();
                for piece in Array::from(&pieces).iter() {
                    let bytes = bytes_of(piece.unchecked_ref()).await.ok()?;
                    let bytes = key.open(bytes).await.ok()?;
                    let piece = in_blob(&bytes)?;
                    opened.push(&piece);
                }
                blobs.push(Blob::new_with_blob_sequence(&opened).ok()?);
            }
            drops.push(Bundles {
                files: files.into(),
                blobs,
                budget: u64::from_le_bytes(*budget),
                is_followed: false,
            });
        }
        Some(drops)
    }

    /// The key with the salt of what is stored, and what is sealed by it.
    async fn key_of(&self, stored: &JsValue) -> Option<(Key, JsValue)> {
        let stored: &Array = stored.dyn_ref()?;
        let key = self.key(stored.get(0).dyn_into().ok()?).await.ok()?;
        Some((key, stored.get(1)))
    }

    async fn key(&self, salt: Uint8Array) -> Result<Key, JsValue> {
        let how = named("PBKDF2");
        set(&how, "hash", &"SHA-256".into());
        set(&how, "salt", &salt);
        set(&how, "iterations", &ROUNDS.into());
        let of = named("AES-GCM");
        set(&of, "length", &256.into());
        let uses = Array::of2(&"encrypt".into(), &"decrypt".into());
        let asked: [&JsValue; 5] = [&how, &self.0, &of, &JsValue::FALSE, &uses];
        Ok(Key {
            derived: call("deriveKey", &asked).await?,
            salt,
            pieces: 0,
        })
    }
}

/// A key, and how many pieces it has sealed or opened.
struct Key {
    derived: JsValue,
    salt: Uint8Array,
    pieces: u32,
}

impl Key {
    /// A piece: its nonce, then what it holds.
    async fn seal(&mut self, bytes: &Uint8Array) -> Result<Uint8Array, JsValue> {
        let nonce = random(NONCE)?;
        let sealed = self.work("encrypt", &nonce, bytes).await?;
        let both = Uint8Array::new_with_length(NONCE + sealed.length());
        both.set(&nonce, 0);
        both.set(&sealed, NONCE);
        Ok(both)
    }

    async fn open(&mut self, sealed: Uint8Array) -> Result<Uint8Array, JsValue> {
        let nonce = sealed.slice(0, NONCE);
        let rest = sealed.subarray(NONCE, sealed.length());
        self.work("decrypt", &nonce, &rest).await
    }

    async fn work(
        &mut self,
        method: &str,
        nonce: &Uint8Array,
        bytes: &Uint8Array,
    ) -> Result<Uint8Array, JsValue> {
        let how = named("AES-GCM");
        set(&how, "iv", nonce);
        let place = Uint8Array::from(self.pieces.to_le_bytes().as_slice());
        set(&how, "additionalData", &place);
        self.pieces += 1;
        let made = call(method, &[&how, &self.derived, bytes]).await?;
        Ok(Uint8Array::new(&made))
    }
}

fn named(name: &str) -> Object {
    let object = Object::new();
    set(&object, "name", &name.into());
    object
}

fn crypto() -> Result<JsValue, JsValue> {
    Reflect::get(&js_sys::global(), &"crypto".into())
}

fn subtle() -> Result<JsValue, JsValue> {
    Reflect::get(&crypto()?, &"subtle".into())
}

/// So many bytes by chance.
fn random(count: u32) -> Result<Uint8Array, JsValue> {
    let crypto = crypto()?;
    let draw: Function = Reflect::get(&crypto, &"getRandomValues".into())?.dyn_into()?;
    let bytes = Uint8Array::new_with_length(count);
    draw.call1(&crypto, &bytes)?;
    Ok(bytes)
}

/// Bytes as a blob, which the browser may keep on its disk rather than in memory.
fn in_blob(bytes: &Uint8Array) -> Option<Blob> {
    Blob::new_with_buffer_source_sequence(&Array::of1(bytes)).ok()
}

async fn bytes_of(blob: &Blob) -> Result<Uint8Array, JsValue> {
    let buffer = later::call(blob, "arrayBuffer", &[]).await?;
    Ok(Uint8Array::new(&buffer))
}

/// Calls a method of the browser's cryptography.
async fn call(method: &str, asked: &[&JsValue]) -> Result<JsValue, JsValue> {
    later::call(&subtle()?, method, asked).await
}
