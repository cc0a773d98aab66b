//! What is kept in this browser between visits: sessions, in `IndexedDB`, which works in a page opened from a file too.
//!
//! A session is the files as they were dropped, so that any later version reads them, and a text with what the person made
//! of them. Both are written in one transaction: a tab that dies in the middle leaves what was there before.

use super::bundles::Bundles;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DomException, IdbDatabase, IdbRequest, IdbTransaction, IdbTransactionMode};

const DATABASE: &str = "runsift";
/// The number of this layout of the database.
const LAYOUT: u32 = 1;
/// The store of the texts, each alone or in an array with what is sealed of it, and that of the files: an array for each drop, of what is known of its files, its blobs, and
/// the budget with which it was read. What is of a session has the same key in both; that of the first one, from before
/// there were several, is `last`.
const TEXTS: &str = "texts";
const DROPS: &str = "drops";

/// What makes the text to be kept in the place of what there is; `None` leaves that as it is.
pub type Make<'m> = &'m mut dyn FnMut(Option<&str>) -> Option<String>;

/// A session as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its text.
    pub text: String,
    /// What is sealed of it, if anything is.
    pub sealed: Option<JsValue>,
    /// Its drops, for [`drops`] or, of a sealed one, [`super::sealing`].
    pub drops: JsValue,
}

/// Keeps what `make` makes of the text that is kept under a key, with what is sealed and with drops where there are any: else
/// these stay. Answers whether something was kept. Errors are for people.
pub async fn keep(
    key: &str,
    make: Make<'_>,
    sealed: Option<&JsValue>,
    drops: Option<&JsValue>,
) -> Result<bool, String> {
    let kept = async {
        let (database, changes) = begin().await?;
        let key = JsValue::from_str(key);
        let known = succeeded(&changes.object_store(TEXTS)?.get(&key)?).await?;
        let (known, known_sealed) = parts(&known);
        let Some(text) = make(known.as_deref()) else {
            database.close();
            return Ok(false);
        };
        let text = JsValue::from_str(&text);
        let text = match sealed.or(known_sealed.as_ref()) {
            Some(sealed) => Array::of2(&text, sealed).into(),
            None => text,
        };
        changes.object_store(TEXTS)?.put_with_key(&text, &key)?;
        if let Some(drops) = drops {
            changes.object_store(DROPS)?.put_with_key(drops, &key)?;
        }
        let done = completed(&changes).await;
        database.close();
        done.map(|()| true)
    };
    kept.await.map_err(told)
}

/// The keys and texts of the sessions that are kept.
pub async fn texts() -> Vec<(String, String)> {
    let read = async {
        let database = open().await?;
        let store = database.transaction_with_str(TEXTS)?.object_store(TEXTS)?;
        // Both are in the order of the keys.
        let keys = Array::from(&succeeded(&store.get_all_keys()?).await?);
        let texts = Array::from(&succeeded(&store.get_all()?).await?);
        database.close();
        let both = keys.iter().zip(texts.iter());
        let both = both.map(|(key, text)| Some((key.as_string()?, parts(&text).0?)));
        Ok::<_, JsValue>(both.flatten().collect())
    };
    read.await.unwrap_or_default()
}

/// The session that is kept under a key, if one is. Errors are for people.
pub async fn read(key: &str) -> Result<Option<Stored>, String> {
    let read = async {
        let database = open().await?;
        let key = JsValue::from_str(key);
        let all = database.transaction_with_str_sequence(&stores())?;
        let text = succeeded(&all.object_store(TEXTS)?.get(&key)?).await?;
        let drops = succeeded(&all.object_store(DROPS)?.get(&key)?).await?;
        database.close();
        let (text, sealed) = parts(&text);
        let stored = |text| Stored {
            text,
            sealed,
            drops,
        };
        Ok(text.map(stored))
    };
    read.await.map_err(told)
}

/// Deletes the session that is kept under a key. Errors are for people.
pub async fn forget(key: &str) -> Result<(), String> {
    let forgotten = async {
        let (database, changes) = begin().await?;
        for store in [TEXTS, DROPS] {
            changes
                .object_store(store)?
                .delete(&JsValue::from_str(key))?;
        }
        let done = completed(&changes).await;
        database.close();
        done
    };
    forgotten.await.map_err(told)
}

/// A text as it is stored, and what is sealed of it.
fn parts(stored: &JsValue) -> (Option<String>, Option<JsValue>) {
    match stored.dyn_ref::<Array>() {
        Some(both) => (both.get(0).as_string(), Some(both.get(1))),
        None => (stored.as_string(), None),
    }
}

/// Drops as they are stored.
pub fn written(drops: &[Bundles]) -> JsValue {
    drops.iter().map(write_drop).collect::<Array>().into()
}

/// Drops as they were stored; none of what is no drop.
pub fn drops(stored: &JsValue) -> Vec<Bundles> {
    let drops = Array::from(stored);
    drops.iter().filter_map(|drop| read_drop(&drop)).collect()
}

fn write_drop(drop: &Bundles) -> Array {
    let blobs: Array = drop.blobs.iter().map(JsValue::from).collect();
    let files = Uint8Array::from(&*drop.files);
    Array::of3(&files, &blobs, &JsValue::from_f64(drop.budget as f64))
}

/// A drop as it was written; none of what is no drop.
fn read_drop(drop: &JsValue) -> Option<Bundles> {
    let drop: &Array = drop.dyn_ref()?;
    let files: Uint8Array = drop.get(0).dyn_into().ok()?;
    let blobs: Array = drop.get(1).dyn_into().ok()?;
    let blobs = blobs.iter().map(|blob| blob.dyn_into::<Blob>().ok());
    Some(Bundles {
        files: files.to_vec().into(),
        blobs: blobs.collect::<Option<_>>()?,
        budget: drop.get(2).as_f64()? as u64,
        is_followed: false,
    })
}

/// Both stores.
fn stores() -> JsValue {
    Array::of2(&TEXTS.into(), &DROPS.into()).into()
}

/// A transaction that may change both stores.
async fn begin() -> Result<(IdbDatabase, IdbTransaction), JsValue> {
    let database = open().await?;
    let changes = database
        .transaction_with_str_sequence_and_mode(&stores(), IdbTransactionMode::Readwrite)?;
    Ok((database, changes))
}

async fn open() -> Result<IdbDatabase, JsValue> {
    let factory = leptos::prelude::window().indexed_db()?;
    let factory = factory.ok_or_else(|| JsValue::from_str("it has no database"))?;
    let request = factory.open_with_u32(DATABASE, LAYOUT)?;
    let asked = request.clone();
    let make = Closure::once(move || {
        if let Ok(database) = asked.result().and_then(JsCast::dyn_into::<IdbDatabase>) {
            for store in [TEXTS, DROPS] {
                // There is none yet in a new database.
                let _made = database.create_object_store(store);
            }
        }
    });
    request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
    succeeded(&request).await?.dyn_into()
}

/// The result of a request, once it is there.
async fn succeeded(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let done = Promise::new(&mut |resolve: Function, reject: Function| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => request.result(),
        Err(_) => Err(request.error()?.map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// That all changes are on the disk.
async fn completed(changes: &IdbTransaction) -> Result<(), JsValue> {
    let done = Promise::new(&mut |resolve: Function, reject: Function| {
        changes.set_oncomplete(Some(&resolve));
        changes.set_onabort(Some(&reject));
    });
    match JsFuture::from(done).await {
        Ok(_) => Ok(()),
        Err(_) => Err(changes.error().map_or(JsValue::UNDEFINED, JsValue::from)),
    }
}

/// What went wrong, in words.
fn told(error: JsValue) -> String {
    let Some(error) = error.dyn_ref::<DomException>() else {
        return error
            .as_string()
            .unwrap_or_else(|| "the browser gave no reason".to_owned());
    };
    match error.name().as_str() {
        "QuotaExceededError" => "there is not enough room on this disk for the browser".to_owned(),
        "NotReadableError" | "NotFoundError" => {
            "a dropped file was changed or moved since".to_owned()
        }
        name => format!("{name}: {}", error.message()),
    }
}
